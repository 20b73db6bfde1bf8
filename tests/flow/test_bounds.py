"""Bounds as a user sees them: kind and value per family, never beaten by a known answer, a proof where one is met."""
import csv

import program
from program import INSTANCES, ROOT, SPECS, run

KINDS = {"mdkp": {"lagrangian"}, "mis": {"clique_cover"}, "qap": {"gilmore_lawler"}, "tsp": {"one_tree", "assignment"},
         "maxcut": {"sdp", "roof_duality"}, "qubo": {"sdp", "roof_duality"}}
LITTLE = ("--reads", "1", "--sweeps", "1", "--rounds", "1", "--local-search", "off")


class Bounds(program.Case):
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
        self.assertEqual(set(kinds), set(KINDS))
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

    def test_text_report_names_it(self):
        p = run("solve", ROOT / "formulations/specs/qap.yaml")
        self.assertIn("gilmore_lawler", p.stdout)

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
        self.assertEqual(set(seen), set(KINDS))


if __name__ == "__main__":
    program.main()
