"""The algorithms that are not the machine's, as a user calls them: sb, tabu, random."""
import pathlib
import tempfile

import program
from program import SPECS, run

SPEC = {spec.stem: spec for spec in SPECS}
BITS = ["maxcut", "mdkp", "mis", "qubo", "market_share"]  # problems over single bits
READS, SWEEPS = 40, 300


class Algorithms(program.Case):
    def test_what_ran_is_reported(self):
        for algorithm in ("sb", "tabu", "random"):
            for name in BITS:
                result = self.solve(SPEC[name], "--algorithm", algorithm, "--reads", READS, "--sweeps", SWEEPS,
                                    "--rounds", 1)
                solver = result["solver"]
                self.assertEqual(solver["algorithm"], algorithm)
                variables = result["formulation"]["variables"]
                self.assertEqual(solver["proposals"], READS * variables * (1 if algorithm == "random" else SWEEPS))
                self.assertIn(result["answer"]["status"], ("feasible", "optimal"), f"{algorithm} on {name}")

    def test_samples_depend_on_the_seed_alone(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            problem = folder / "problem.mc"
            made = run("generate", "maxcut", "--kind", "gnp", "--size", 131, "--range", "-9..9", "--seed", 3,
                       "--to", "rudy", "--output", problem)
            self.assertEqual(made.returncode, 0, made.stderr)
            for algorithm in ("sb", "tabu"):
                seen = set()
                for isa in ("generic", ""):
                    for threads in (1, 3):
                        out = folder / "samples.jsonl"
                        self.solve(problem, "--family", "maxcut", "--format", "rudy", "--algorithm", algorithm,
                                   "--reads", 70, "--sweeps", 200, "--threads", threads, "--samples", out,
                                   env={"TAUT_ISA": isa})
                        seen.add(out.read_bytes())
                self.assertEqual(len(seen), 1, algorithm)

    def test_search_beats_random_states(self):
        with tempfile.TemporaryDirectory() as name:
            problem = pathlib.Path(name) / "problem.mc"
            run("generate", "maxcut", "--kind", "gnp", "--size", 400, "--seed", 3, "--to", "rudy", "--output", problem)
            best = {}
            for algorithm in ("sb", "tabu", "random"):
                result = self.solve(problem, "--family", "maxcut", "--format", "rudy", "--algorithm", algorithm,
                                    "--reads", 16, "--sweeps", 2000)
                best[algorithm] = float(result["answer"]["objective"])
            self.assertGreater(best["sb"], best["random"])
            self.assertGreater(best["tabu"], best["random"])

    def test_groups_and_permutations_need_flip_moves(self):
        for algorithm in ("sb", "tabu"):
            for name in ("tsp", "binary_program"):
                p = run("solve", SPEC[name], "--algorithm", algorithm)
                self.assertEqual(p.returncode, 5, p.stderr)
                self.assertIn("--moves flip", p.stderr)
                self.assertEqual(p.stdout, "")
                result = self.solve(SPEC[name], "--algorithm", algorithm, "--moves", "flip")
                self.assertEqual(result["solver"]["algorithm"], algorithm)
                self.assertIn(result["answer"]["status"], ("feasible", "optimal"))
        result = self.solve(SPEC["qap"], "--algorithm", "random")
        self.assertIn(result["answer"]["status"], ("feasible", "optimal"))


if __name__ == "__main__":
    program.main()
