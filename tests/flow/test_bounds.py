"""Bounds as a user sees them: kind and value per family, never beaten by a known answer, a proof where one is met."""
import csv
import pathlib
import tempfile

import program
from program import INSTANCES, ROOT, SPECS, run

KINDS = {"mdkp": {"lagrangian", "lp", "lp_cover", "depth_first"}, "mis": {"clique_cover", "lp_clique", "theta"}, "qap": {"dual_ascent"}, "tsp": {"one_tree", "assignment"},
         "maxcut": {"sdp", "roof_duality"}, "qubo": {"sdp", "roof_duality"}, "market_share": {"deviation"},
         "binary_program": {"lp", "lp_cover", "lp_clique", "lp_products", "depth_first"}}  # lp...: where there is CLP
LITTLE = ("--reads", "1", "--sweeps", "1", "--rounds", "1", "--local-search", "off")


class Bounds(program.Case):
    def file(self, name, text):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name) / name
        path.write_text(text)
        return path

    def valid(self, r):
        """The bound is on the right side of the answer and of the best known value, and the gap is theirs."""
        where = (r["problem"]["name"], r["bound"])
        sign = -1 if r["problem"]["sense"] == "max" else 1
        bound, found = r["bound"]["value"], r["answer"]["objective"]
        self.assertLessEqual(sign * bound, sign * found, where)
        if r["best_known"] is not None:
            self.assertLessEqual(sign * bound, sign * r["best_known"], where)
        self.assertEqual(r["gap"] == 0, bound == found, where)
        if bound == found:
            self.assertTrue(r["proven"], where)

    def test_shipped_specs(self):
        kinds = {}
        for spec in SPECS:
            r = self.solve(spec, "--sweeps", "100")
            if r["bound"]:
                self.valid(r)
                kinds.setdefault(r["problem"]["family"], set()).add(r["bound"]["kind"])
            else:
                self.assertIsNone(r["gap"], spec)
        self.assertEqual(set(kinds) | {"binary_program"}, set(KINDS))
        for family, seen in kinds.items():
            self.assertLessEqual(seen, KINDS[family])

    def test_a_bound_that_is_met_ends_the_solve(self):
        for family in ("mis", "tsp"):
            r = self.solve(ROOT / f"formulations/specs/{family}.yaml", "--rounds", "50")
            self.assertEqual(r["answer"]["objective"], r["bound"]["value"])
            self.assertTrue(r["proven"])
            self.assertLess(r["formulation"]["rounds"], 50)

    def test_reproducible_whatever_the_seed_and_the_threads(self):
        for spec in SPECS:
            bounds = {str(self.solve(spec, *LITTLE, "--seed", seed, "--threads", threads)["bound"])
                      for seed, threads in (("1", "1"), ("2", "1"), ("1", "3"))}
            self.assertEqual(len(bounds), 1, spec)

    def test_a_short_time_limit_leaves_a_valid_bound_or_none(self):
        for spec in SPECS:
            r = self.solve(spec, "--time-limit", "0.001")
            if r["bound"]:
                self.valid(r)

    def test_small_knapsacks_are_proven(self):
        for seed in (1, 2, 3):
            text = f"taut: 1\nproblem: {{type: mdkp, generate: {{size: 30, rows: 5, seed: {seed}}}}}\n"
            r = self.solve(self.file("small.yaml", text))
            self.assertTrue(r["proven"])
            self.assertEqual(r["bound"], {"value": r["answer"]["objective"], "kind": "depth_first"})
            self.assertEqual(r["gap"], 0)
            again = self.solve(self.file("small.yaml", text), "--seed", "9", "--threads", "3")
            self.assertEqual(again["answer"]["objective"], r["answer"]["objective"])
            plain = self.solve(self.file("small.yaml", text), "--local-search", "off")
            self.assertIn(plain["bound"]["kind"], {"lagrangian", "lp", "lp_cover"})
            self.valid(plain)
            self.assertGreaterEqual(plain["bound"]["value"], r["bound"]["value"])

    def test_a_larger_knapsack_gets_a_better_bound(self):
        text = "taut: 1\nproblem: {type: mdkp, generate: {size: 100, rows: 10, seed: 1}}\n"
        found = [self.solve(self.file("larger.yaml", text), "--method", "penalty", "--threads", threads) for threads in (1, 2)]
        plain = self.solve(self.file("larger.yaml", text), *LITTLE)
        self.valid(found[0])
        self.assertEqual(found[0]["bound"], found[1]["bound"])
        self.assertEqual(found[0]["answer"], found[1]["answer"])
        self.assertLess(found[0]["bound"]["value"], plain["bound"]["value"])

    def test_no_feasible_answer_ends_the_solve(self):
        text = ("taut: 1\nproblem:\n  type: binary_program\n  variables: [a, b, c]\n  objective: {sense: max, linear: {a: 1, b: 2}}\n"
                "  constraints: [{terms: {a: 2, b: 2, c: 2}, equal: 3}]\n")
        r = self.solve(self.file("none.yaml", text), "--method", "augmented_lagrangian", "--rounds", "50", code=10)
        self.assertEqual(r["formulation"]["rounds"], 1)
        self.assertFalse(r["proven"])
        self.assertEqual(r["answer"]["status"], "infeasible")

    def test_text_report_names_it(self):
        p = run("solve", ROOT / "formulations/specs/qap.yaml")
        self.assertIn("dual_ascent", p.stdout)

    @program.needs_instances
    def test_best_known_values_of_the_collection(self):
        with open(INSTANCES / "best_known.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        seen = {}
        for row in rows:
            family, path = row["family"], INSTANCES / row["path"]
            if family not in KINDS or seen.get(family, 0) >= 12 or not path.is_file() or int(row["n"]) > 60:
                continue
            if "#" in row["path"] or path.suffix in (".txt",) and family == "mdkp":
                continue  # several problems in a file
            r = self.solve(path, "--family", family, "--best-known", row["best_known"], *LITTLE)
            self.assertIn(r["bound"]["kind"], KINDS[family])
            self.valid(r)
            seen[family] = seen.get(family, 0) + 1
        self.assertEqual(set(seen), set(KINDS) - {"market_share", "binary_program"})  # listed under other names


if __name__ == "__main__":
    program.main()
