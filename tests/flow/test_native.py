"""Method native: rows as activities on the cpu; what it refuses; that auto takes it where squares would be too many."""
import os
import pathlib
import subprocess
import tempfile

import program
from program import ROOT, TAUT, run

MDKP = ROOT / "formulations/specs/mdkp.yaml"
PROGRAM = ROOT / "formulations/specs/binary_program.yaml"
SHORT = ("--reads", "70", "--sweeps", "30", "--rounds", "3")


class Native(program.Case):
    def generated(self, folder, items, rows):
        path = pathlib.Path(folder) / f"{items}x{rows}.dat"
        self.assertEqual(run("generate", "mdkp", "--size", items, "--rows", rows, "--output", path).returncode, 0)
        return path

    def test_prices_in_the_report(self):
        r = self.solve(MDKP, "--method", "native", *SHORT)
        self.assertEqual(r["formulation"]["method"], "native")
        self.assertEqual(r["formulation"]["slack_variables"], 0)
        self.assertTrue(any(w > 0 for w in r["formulation"]["weights"]))
        given = self.solve(MDKP, "--method", "native", *SHORT, "--penalty", "7")
        self.assertEqual(set(given["formulation"]["weights"]) - {0}, {7})

    def test_same_answer_everywhere(self):
        with tempfile.TemporaryDirectory() as folder:
            path = self.generated(folder, 300, 7)
            want = None
            for isa in ("generic", "avx2", "avx512", "avx512vnni"):
                for threads in (1, 3):
                    p = run("solve", path, "--method", "native", *SHORT, "--threads", threads, "--samples",
                            pathlib.Path(folder) / "s.json", "--quiet", env={"TAUT_ISA": isa})
                    if p.returncode == 2 and "not on this processor" in p.stderr:
                        print(f"SKIPPED: no {isa} here")
                        continue
                    self.assertEqual(p.returncode, 0, p.stderr)
                    samples = (pathlib.Path(folder) / "s.json").read_bytes()
                    want = want or samples
                    self.assertEqual(samples, want, f"{isa}, {threads} threads")

    def test_refusals(self):
        for args, code, said in ((("--backend", "csim"), 5, "cpu backend"),
                                 (("--algorithm", "tabu"), 5, "algorithm sa or pt"),
                                 (("--algorithm", "sqa"), 5, "algorithm sa or pt")):
            p = run("solve", MDKP, "--method", "native", *SHORT, *args)
            self.assertEqual(p.returncode, code, p.stderr)
            self.assertIn(said, p.stderr)
        p = run("solve", PROGRAM, "--method", "native", "--moves", "exchange", *SHORT)
        self.assertEqual(p.returncode, 2)
        self.assertIn("--moves flip", p.stderr)

    def test_tempering(self):
        r = self.solve(MDKP, "--method", "native", "--algorithm", "pt", *SHORT)
        self.assertEqual(r["answer"]["status"], "feasible")

    def test_auto_takes_it_where_squares_are_many(self):
        with tempfile.TemporaryDirectory() as folder:
            small = self.solve(self.generated(folder, 200, 5), *SHORT)
            self.assertEqual(small["formulation"]["method"], "augmented_lagrangian")
            path = self.generated(folder, 2100, 12)
            large = self.solve(path, *SHORT)
            self.assertEqual(large["formulation"]["method"], "native")
            self.assertIn("activities", large["formulation"]["why"])
            self.assertEqual(large["answer"]["status"], "feasible")
            self.assertLess(large["gap"], 0.002)
            self.assertNotEqual(self.solve(path, "--backend", "csim", "--reads", "1", "--sweeps", "1", "--rounds",
                                           "1")["formulation"]["method"], "native")

    def test_memory_of_many_items(self):
        with tempfile.TemporaryDirectory() as folder:
            path = self.generated(folder, 10000, 30)
            with open(pathlib.Path(folder) / "out", "w+") as out:
                child = subprocess.Popen([TAUT, "solve", path, "--reads", "64", "--sweeps", "20", "--rounds", "1", "--repair",
                                          "off", "--threads", "2", "--json"], stdout=out)
                _, status, usage = os.wait4(child.pid, 0)
                child.returncode = os.waitstatus_to_exitcode(status)
                out.seek(0)
                self.assertIn('"native"', out.read())
            self.assertLess(usage.ru_maxrss, 500 * 1024)


if __name__ == "__main__":
    program.main()
