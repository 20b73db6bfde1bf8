"""Algorithm auto under a time limit: the same answer for any thread count and instruction set, what the report says, and which
options leave the portfolio out."""
import pathlib
import tempfile

import program
from program import SPECS, run

SPECS_OF = {p.stem: p for p in SPECS}
LONG = ("--time-limit", 600)  # far beyond what the rounds take: rounds end these runs


def told(result):
    """What may not depend on threads and instruction set."""
    solver = {k: v for k, v in result["solver"].items() if k not in ("device", "threads")}
    return result["answer"], result["raw"], solver


class Portfolio(program.Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.torus = pathlib.Path(folder.name) / "torus.yaml"
        self.torus.write_text("taut: 1\nproblem: {type: maxcut, generate: {kind: torus2d, size: 144, seed: 3}}\n", encoding="utf-8")

    def test_same_answer_everywhere(self):
        specs = [SPECS_OF["maxcut"], SPECS_OF["qap"], SPECS_OF["mis"], self.torus]
        for spec in specs:
            with self.subTest(spec=spec.name):
                command = (spec, *LONG, "--rounds", 14, "--sweeps", 8, "--seed", 5)
                first = self.solve(*command, "--threads", 1)
                again = self.solve(*command, "--threads", 2)
                plain = self.solve(*command, "--threads", 2, env={"TAUT_ISA": "generic"})
                self.assertEqual(told(first), told(again))
                self.assertEqual(told(first), told(plain))

    def test_report(self):
        result = self.solve(self.torus, *LONG, "--rounds", 20)
        solver = result["solver"]
        self.assertEqual(solver["algorithm"], "auto")
        arms = solver["portfolio"]
        self.assertGreater(len(arms), 3)
        self.assertEqual(sum(arm["rounds"] for arm in arms), result["formulation"]["rounds"])
        self.assertAlmostEqual(sum(arm["share"] for arm in arms), 1, places=6)
        self.assertEqual(len({arm["name"] for arm in arms}), len(arms))
        self.assertGreaterEqual(sum(arm["success"] for arm in arms), 1)
        text = run("solve", self.torus, *LONG, "--rounds", 20)
        self.assertIn("portfolio", text.stdout)

    def test_one_algorithm_where_asked(self):
        for options in ((*LONG, "--algorithm", "sa"), ("--algorithm", "auto"),
                        (*LONG, "--schedule", program.ROOT / "formulations/specs/reheat.txt")):
            with self.subTest(options=options):
                result = self.solve(self.torus, "--rounds", 3, *options)
                self.assertEqual(result["solver"]["algorithm"], "sa")
                self.assertIsNone(result["solver"]["portfolio"])

    def test_given_options_hold(self):
        result = self.solve(self.torus, *LONG, "--rounds", 5, "--reads", 7, "--t-cold", 0.25)
        self.assertEqual(result["solver"]["reads"], 7)
        self.assertGreaterEqual(result["raw"]["samples"], result["formulation"]["rounds"] * 7)
        self.assertAlmostEqual(result["solver"]["t_cold"], 0.25)


if __name__ == "__main__":
    program.main()
