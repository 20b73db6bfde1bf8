"""Every allocation of a run fails once: the program says so, exits with 6 and leaves nothing behind. Needs a build with TAUT_FAULTS (preset
debug-asan, where a leak or a use after free fails the run); elsewhere it is skipped, visibly."""
import os
import pathlib
import tempfile

import program
from program import ROOT, SPECS, run

SMALL = ("--reads", "3", "--sweeps", "3", "--rounds", "2", "--threads", "1")


def fails(nth, *args):
    return run(*args, env={"TAUT_FAIL_ALLOC": str(nth), "TAUT_ISA": "generic"})


class Faults(program.Case):
    def setUp(self):
        if fails("1+", "solve", SPECS[0]).returncode != 6:
            self.skipTest("SKIPPED: this build has no allocation faults")

    def walk(self, *args, ok=0):
        """n upwards with growing steps until the run no longer meets the fault."""
        n, met = 1, 0
        while True:
            p = fails(n, *args)
            if p.returncode == ok:
                break
            self.assertEqual(p.returncode, 6, (args, n, p.stderr[-2000:]))
            self.assertIn("memory", p.stderr)
            met += 1
            n += 1 + n // 12
        self.assertGreater(met, 10, args)

    def test_solve(self):
        for spec in SPECS:
            self.walk("solve", spec, *SMALL, "--json")

    def test_dense(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "dense.yaml"
            path.write_text("{taut: 1, problem: {type: maxcut, generate: {kind: complete, size: 512}}}")
            self.walk("solve", path, *SMALL, "--algorithm", "sa", "--json")

    def test_compare(self):
        for name, more in (("mdkp", ("--json",)), ("qap", ("--algorithm", "pt")), ("binary_program", ("--exact",))):
            self.walk("compare", ROOT / f"formulations/specs/{name}.yaml", "--reads", "3", "--sweeps", "3", "--threads", "1",
                      "--backends", "cpu,csim", *more)
        self.walk("compare", ROOT / "formulations/specs/maxcut.yaml", "--reads", "3", "--sweeps", "3", "--threads", "1",
                  "--backends", "cpu,null", "--exact", ok=11)

    def test_methods(self):
        for method in program.METHODS:
            self.walk("solve", ROOT / "formulations/specs/mdkp.yaml", *SMALL, "--method", method, "--moves", "flip")

    def test_verify_and_repair(self):
        spec = ROOT / "formulations/specs/mdkp.yaml"
        with tempfile.TemporaryDirectory() as folder:
            answer = os.path.join(folder, "a.json")
            self.assertEqual(run("solve", spec, *SMALL, "--json", "--output", answer).returncode, 0)
            self.walk("verify", spec, answer)
            self.walk("repair", spec, answer)
            self.walk("solve", spec, *SMALL, "--output", os.path.join(folder, "b"), "--samples", os.path.join(folder, "c"))
            self.assertEqual(sorted(os.listdir(folder)), ["a.json", "b", "c"])

    def test_expert(self):
        schedule = ROOT / "formulations/specs/reheat.txt"
        with tempfile.TemporaryDirectory() as folder:
            for name, more in (("mdkp", ("--method", "slack")), ("qap", ())):
                spec, start = ROOT / f"formulations/specs/{name}.yaml", os.path.join(folder, "a.json")
                self.assertEqual(run("solve", spec, *SMALL, "--json", "--output", start).returncode, 0)
                self.walk("solve", spec, *SMALL, *more, "--initial", start, "--schedule", schedule,
                          "--samples", os.path.join(folder, "s.bin"))

    def test_bench(self):
        with tempfile.TemporaryDirectory() as folder:
            self.walk("bench", ROOT / "tests/data/bench", *SMALL, "--jobs", "1", "--restart", "--method", "penalty,slack",
                      "--csv", os.path.join(folder, "b.csv"))
            self.assertEqual(os.listdir(folder), ["b.csv"])
            self.walk("bench", "formulations", *SMALL, "--jobs", "1", "--restart", "--family", "mdkp", "--method", "penalty,slack",
                      "--csv", os.path.join(folder, "b.csv"))
            self.assertEqual(os.listdir(folder), ["b.csv"])

    def test_generate(self):
        for family in ("mdkp", "qap", "maxcut", "binary_program"):
            self.walk("generate", family, "--size", "10", "--seed", "3")


if __name__ == "__main__":
    program.main()
