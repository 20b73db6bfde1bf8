"""Algorithms pt and sqa, as a user calls them: what is reported, what is refused, and that answers depend on the seed alone."""
import pathlib
import tempfile

import program
from program import SPECS, run

SPEC = {spec.stem: spec for spec in SPECS}
BITS = ["maxcut", "mdkp", "mis", "qubo", "market_share", "binary_program"]
PERMUTATIONS = ["qap", "tsp"]


class Tempering(program.Case):
    def test_ladder_is_reported(self):
        for name in BITS + PERMUTATIONS:
            solver = self.solve(SPEC[name], "--algorithm", "pt", "--reads", 40, "--sweeps", 300)["solver"]
            ladder, rates = solver["ladder"], solver["exchange_rates"]
            self.assertEqual(solver["algorithm"], "pt")
            self.assertIn(len(ladder), (4, 8, 16, 32, 64), name)
            self.assertEqual(ladder, sorted(ladder), name)
            self.assertAlmostEqual(ladder[0], solver["t_cold"], delta=1e-6 * solver["t_cold"])
            self.assertLess(ladder[-1], solver["t_hot"] * (1 + 1e-6), name)
            self.assertEqual(len(rates), len(ladder) - 1, name)
            self.assertTrue(all(0 <= rate <= 1 for rate in rates), f"{name}: {rates}")

    def test_others_have_no_ladder(self):
        for algorithm in ("sa", "sqa"):
            solver = self.solve(SPEC["maxcut"], "--algorithm", algorithm, "--sweeps", 50)["solver"]
            self.assertEqual(solver["algorithm"], algorithm)
            self.assertIsNone(solver["ladder"])
            self.assertIsNone(solver["exchange_rates"])

    def test_report_has_the_ladder(self):
        p = run("solve", SPEC["maxcut"], "--algorithm", "pt", "--sweeps", 200)
        self.assertEqual(p.returncode, 0, p.stderr)
        self.assertRegex(p.stdout, r"ladder +\d+ rungs from \S+ to \S+, exchange rates 0\.\d\d to [01]\.\d\d")

    def test_schedule_file_is_the_ladder(self):
        with tempfile.TemporaryDirectory() as name:
            file = pathlib.Path(name) / "ladder.txt"
            file.write_text("3\n0.5\n# hot\n8\n1\n")
            solver = self.solve(SPEC["maxcut"], "--algorithm", "pt", "--schedule", file)["solver"]
            for have, want in zip(solver["ladder"], [0.5, 1, 3, 8], strict=True):
                self.assertAlmostEqual(have, want, delta=1e-9)
            file.write_text("1\n")
            p = run("solve", SPEC["maxcut"], "--algorithm", "pt", "--schedule", file)
            self.assertEqual(p.returncode, 2)
            self.assertIn("ladder", p.stderr)
            file.write_text("1\n" * 65)
            self.assertEqual(run("solve", SPEC["maxcut"], "--algorithm", "pt", "--schedule", file).returncode, 2)

    def test_sqa_has_no_permutations(self):
        for name in PERMUTATIONS:
            p = run("solve", SPEC[name], "--algorithm", "sqa")
            self.assertEqual(p.returncode, 5, p.stderr)
            self.assertIn("--moves flip", p.stderr)
            self.solve(SPEC[name], "--algorithm", "sqa", "--moves", "flip", "--sweeps", 100)

    def test_multipliers_and_time(self):
        for algorithm in ("pt", "sqa"):
            for more in (("--method", "augmented_lagrangian", "--rounds", 4), ("--time-limit", 0.3)):
                result = self.solve(SPEC["mdkp"], "--algorithm", algorithm, *more)
                self.assertEqual(result["answer"]["status"], "feasible")

    def test_samples_depend_on_the_seed_alone(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            problem = folder / "problem.mc"
            made = run("generate", "maxcut", "--kind", "gnp", "--size", 131, "--range", "-9..9", "--seed", 3,
                       "--to", "rudy", "--output", problem)
            self.assertEqual(made.returncode, 0, made.stderr)
            for algorithm in ("pt", "sqa"):
                seen = set()
                for isa in ("generic", ""):
                    for threads in (1, 3):
                        out = folder / "samples.jsonl"
                        self.solve(problem, "--family", "maxcut", "--format", "rudy", "--algorithm", algorithm,
                                   "--reads", 130, "--sweeps", 100, "--rounds", 2, "--threads", threads,
                                   "--samples", out, env={"TAUT_ISA": isa})
                        seen.add(out.read_bytes())
                self.assertEqual(len(seen), 1, algorithm)


if __name__ == "__main__":
    program.main()
