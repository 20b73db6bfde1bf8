"""cutting_plane and bundle through the program: every family feasible after repair, the same answer with any number of threads."""
import unittest

import program
from program import SPECS, results, run

REFUSED = "method 'cutting_plane' is not built in"


class Cuts(program.Case):
    def check(self, method):
        for spec in SPECS:
            for moves in ("auto", "flip"):
                few = ("--method", method, "--moves", moves, "--sweeps", "100", "--rounds", "3")
                r = self.solve(spec, *few, "--threads", "1")
                self.assertEqual(r["answer"]["status"], "feasible", (spec, moves))
                self.assertEqual(r["formulation"]["slack_variables"], 0)
                again = self.solve(spec, *few, "--threads", "3")
                self.assertEqual(r["answer"], again["answer"], (spec, moves))
                self.assertEqual(r["formulation"], again["formulation"], (spec, moves))

    def test_bundle(self):
        self.check("bundle")

    def test_cutting_plane_or_what_it_needs(self):
        p = run("solve", program.ROOT / "formulations/specs/mdkp.yaml", "--method", "cutting_plane", "--json")
        if p.returncode == 2:
            self.assertEqual(results(p), [])
            self.assertTrue(REFUSED in p.stderr and "-DTAUT_WITH_CLP=ON" in p.stderr or "libClp.so.1" in p.stderr, p.stderr)
            self.skipTest("SKIPPED: this build or machine has no CLP")
        self.assertEqual(p.returncode, 0, p.stderr)
        self.check("cutting_plane")


if __name__ == "__main__":
    unittest.main()
