"""Every method gives a feasible answer, after repair, on the papers' set where it is there, and on the shipped specs."""
import pathlib
import tempfile

import program
from program import INSTANCES, METHODS, SPECS, needs_instances

SHORT = ("--reads", "16", "--sweeps", "50", "--rounds", "3")
MIS = ("1tc.8", "1tc.16", "1tc.32", "1tc.64", "1et.64", "1dc.64", "1dc.128")
QAP = ("chr12a", "chr12b", "chr12c", "nug12", "had12", "rou12", "scr12", "tai10a", "tai10b", "tai12a", "tai12b")
TSP = ("burma14", "ulysses16", "gr17")
CONSTRAINED = ("mdkp", "mis", "qap", "tsp", "market_share", "binary_program")


class Methods(program.Case):
    def feasible(self, *args):
        for method in METHODS:
            with self.subTest(f"{args} {method}"):
                r = self.solve(*args, "--method", method, *SHORT)
                self.assertEqual(r["answer"]["status"], "feasible")
                self.assertEqual(r["answer"]["violations"], [])
                self.assertEqual(r["formulation"]["method"], method)

    def every(self, folder, paths, count, *more):
        self.assertEqual(len(paths), count, f"{INSTANCES / folder}: {paths}")
        for path in paths:
            self.feasible(path, *more)

    def test_shipped(self):
        for spec in SPECS:
            if spec.stem in CONSTRAINED:
                self.feasible(spec, "--moves", "flip")
                self.feasible(spec)

    def test_own_files(self):
        data = program.ROOT / "tests/data/formats"
        for name in ("orlib.txt", "sac94.dat", "qaplib.dat", "tsplib.tsp"):
            args = (data / name,) if name != "orlib.txt" else (data / name, "--index", "1")
            self.feasible(*args, "--moves", "flip")

    def test_a_row_that_cannot_be_met_leaves_multipliers_small(self):
        text = "taut: 1\nproblem: {type: binary_program, variables: [a, b, c], objective: {sense: max, linear: {a: 21, b: -1, c: 1}}, " \
               "constraints: [{terms: {b: -2, c: -1}, equal: -4}]}\n"
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "none.yaml"
            path.write_text(text)
            for method in METHODS:
                for rounds in (1, 20):
                    with self.subTest(f"{method} {rounds}"):
                        r = self.solve(path, "--method", method, "--rounds", rounds, "--local-search", "off", code=10)
                        self.assertEqual(r["formulation"]["rounds"], rounds)
                        self.assertEqual([v["row"] for v in r["answer"]["violations"]], [1])
                        for l in r["formulation"]["multipliers"] or ():
                            self.assertLess(abs(l), 1e8)

    @needs_instances
    def test_knapsacks(self):
        self.every("mdkp/smu/hpp", sorted((INSTANCES / "mdkp/smu/hpp").glob("*.dat")), 12, "--family", "mdkp")

    @needs_instances
    def test_independent_sets(self):
        self.every("mis/sloane", [p for n in MIS for p in (INSTANCES / "mis").rglob(f"{n}.txt")], 7, "--family", "mis")

    @needs_instances
    def test_assignments(self):
        paths = [INSTANCES / f"qap/qaplib/{n}.dat" for n in QAP]
        self.every("qap/qaplib", [p for p in paths if p.exists()], 11, "--family", "qap", "--moves", "flip")

    @needs_instances
    def test_tours(self):
        paths = [p for n in TSP if (p := INSTANCES / f"tsp/{n}.tsp").exists()]
        self.assertTrue(paths)
        self.every("tsp", paths, len(paths), "--moves", "flip")

    @needs_instances
    def test_market_shares(self):
        folder = INSTANCES / "market_split/smu"  # the papers': two to five products; more are slow to repair
        paths = sorted(p for p in folder.rglob("*.json") if str(p.relative_to(folder)).replace("market_sharing_", "")[0] in "2345")
        self.assertTrue(paths)
        self.every("market_split/smu", paths, len(paths), "--family", "market_share")


class TooLarge(program.Case):
    def test_expansion_is_refused_before_it_starts(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "large.dat"
            self.assertEqual(program.run("generate", "qap", "--size", 90, "--seed", 1, "--output", path).returncode, 0)
            p = program.run("solve", path, "--family", "qap", "--moves", "flip")
            self.assertEqual(p.returncode, 5, p.stderr)
            for part in ("couplings of 8100 variables", "the limit is 1.5e+07", "--moves exchange"):
                self.assertIn(part, p.stderr)


if __name__ == "__main__":
    program.main()
