"""`taut bench formulations`: its table says what `taut solve` says, its own problems have the best known values that it claims, and its plots."""
import csv
import pathlib
import shutil
import tempfile

import program
from program import INSTANCES, ROOT, needs_instances, run

FAST = ("--reads", "16", "--sweeps", "50", "--rounds", "3")
DEFAULTS = ("--algorithm", "sa", "--moves", "flip", "--local-search", "off")
FAMILIES = ["mdkp", "mis", "qap", "tsp", "market_share", "binary_program"]


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


class Formulations(program.Case):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def bench(self, *args, code=0, env=None):
        p = run("bench", "formulations", *args, cwd=self.folder, env=env)
        self.assertEqual(p.returncode, code, p.stderr)
        return p

    def rows(self):
        with open(self.folder / "bench.csv", newline="") as f:
            return list(csv.DictReader(f))

    def tables(self, text):
        """Both tables as lists of dicts."""
        found = []
        for block in text.strip().split("\n\n"):
            head, rule, *lines = block.splitlines()
            self.assertEqual(len(cells(rule)), len(cells(head)))
            self.assertLessEqual(set(rule), set("|-: "))
            found.append([dict(zip(cells(head), cells(line), strict=True)) for line in lines])
        self.assertEqual(len(found), 2, text)
        return found

    def assert_as_solved(self, row, result):
        """A row of the CSV against the JSON of the same solve."""
        number = lambda key: float(row[key]) if row[key] else None
        raw, form = result["raw"], result["formulation"]
        for key, value in (("objective", result["answer"]["objective"]), ("binaries", form["variables"]),
                           ("slack_avoided", form["slack_baseline_variables"] - form["variables"]), ("rounds", form["rounds"]),
                           ("coefficient_min", form["coefficient_min"]), ("coefficient_max", form["coefficient_max"]),
                           ("raw_samples", raw["samples"]), ("raw_feasible", raw["feasible"]), ("raw_repaired", raw["repaired"]),
                           ("raw_best", raw["best_objective"])):
            self.assertEqual(number(key), value, (row["instance"], row["method"], key))
        for key, value in (("raw_mean", raw["mean_objective"]), ("repaired_mean", raw["mean_repaired_objective"]),
                           ("bound_gap", result["gap"]), ("coefficient_range", form["coefficient_max"] / form["coefficient_min"])):
            if value is None:
                self.assertEqual(row[key], "", key)
            else:
                self.assertAlmostEqual(number(key), value, delta=1e-6 * max(1, abs(value)), msg=key)
        sense = 1 if row["family"] in ("mdkp", "mis") else -1
        best = float(row["best_known"])
        away = sense * (best - raw["mean_repaired_objective"])
        self.assertAlmostEqual(number("mean_gap"), away / abs(best) if best else away, places=6)

    def assert_line_of(self, line, row):
        """A line of the printed table against its row of the CSV."""
        share = 100 * int(row["raw_feasible"]) / int(row["raw_samples"])
        repaired = 100 * (int(row["raw_feasible"]) + int(row["raw_repaired"])) / int(row["raw_samples"])
        self.assertAlmostEqual(float(line["raw %"]), share, delta=0.06)
        self.assertAlmostEqual(float(line["repaired %"]), repaired, delta=0.06)
        self.assertEqual((line["size"], line["binaries"], line["slack avoided"], line["rounds"]),
                         (f"{row['n']} x {row['rows']}", row["binaries"], row["slack_avoided"], row["rounds"]))
        scale = 100 if float(row["best_known"]) else 1
        self.assertAlmostEqual(float(line["best gap %"]), scale * float(row["gap"]), delta=1e-3 * max(1, abs(scale * float(row["gap"]))))
        self.assertAlmostEqual(float(line["range"]), float(row["coefficient_range"]), delta=1e-3 * float(row["coefficient_range"]))


class Own(Formulations):
    def test_without_operands(self):
        p = self.bench(*FAST)
        runs, sums = self.tables(p.stdout)
        rows = {(r["instance"], r["method"]): r for r in self.rows()}
        methods = [m for m in dict.fromkeys(line["method"] for line in runs)]
        self.assertLessEqual(set(program.METHODS), set(methods))
        self.assertNotIn("auto", methods)
        self.assertEqual(list(dict.fromkeys(line["family"] for line in runs)), FAMILIES)
        self.assertEqual(len(runs), len(FAMILIES) * len(methods))
        self.assertEqual(len(rows), len(runs))
        for line in runs:
            self.assert_line_of(line, rows[line["instance"], line["method"]])
        # slack adds what the others avoid
        mdkp = {line["method"]: line for line in runs if line["family"] == "mdkp"}
        self.assertEqual(mdkp["slack"]["slack avoided"], "0")
        self.assertEqual(int(mdkp["penalty"]["binaries"]) + int(mdkp["penalty"]["slack avoided"]), int(mdkp["slack"]["binaries"]))
        self.assertGreater(int(mdkp["penalty"]["slack avoided"]), 0)
        for line in sums:
            (one,) = [r for r in runs if (r["family"], r["method"]) == (line["family"], line["method"])]
            self.assertEqual((line["runs"], line["errors"], line["raw %"], line["largest range"]), ("1", "0", one["raw %"], one["range"]))

    def test_the_rows_are_those_of_solve(self):
        self.bench(*FAST, "--method", "penalty,slack,subgradient,augmented_lagrangian")
        for row in self.rows():
            command, family, *options = row["path"].split()[1:]
            self.assertEqual(command, "generate")
            problem = self.folder / f"{row['instance']}.txt"
            made = run("generate", family, *options, "--output", problem)
            self.assertEqual(made.returncode, 0, made.stderr)
            self.assert_as_solved(row, self.solve(problem, "--family", family, "--method", row["method"], *FAST, *DEFAULTS))

    def test_the_best_known_values_are_proven(self):
        self.bench(*FAST, "--method", "penalty")
        for row in self.rows():
            _, family, *options = row["path"].split()[1:]
            problem = self.folder / f"{row['instance']}.txt"
            self.assertEqual(run("generate", family, *options, "--output", problem).returncode, 0)
            r = self.solve(problem, "--family", family)
            self.assertEqual(r["answer"]["objective"], float(row["best_known"]), row["instance"])
            if family != "market_share":  # whose 0 needs no proof
                self.assertEqual(r["bound"]["value"], float(row["best_known"]), row["instance"])

    def test_what_the_user_gives_counts(self):
        self.bench(*FAST, "--family", "qap", "--method", "penalty")
        self.bench(*FAST, "--family", "qap", "--method", "penalty", "--moves", "exchange")
        flip, exchange = self.rows()
        self.assertEqual(exchange["raw_feasible"], exchange["raw_samples"])
        self.assertLess(float(exchange["coefficient_range"]), float(flip["coefficient_range"]))

    def test_a_word_and_a_folder(self):
        folder = self.folder / "formulations"
        folder.mkdir()
        shutil.copy(ROOT / "formulations/specs/mdkp.yaml", folder)
        p = run("bench", "./formulations", *FAST, cwd=self.folder)
        self.assertTrue(p.stdout.startswith("instance"), p.stdout)
        self.assertEqual([r["instance"] for r in self.rows()], ["projects"])


class Plots(Formulations):
    def test_three_pictures(self):
        if not shutil.which("gnuplot"):
            self.skipTest("SKIPPED: no gnuplot")
        p = self.bench(*FAST, "--method", "penalty,slack", "--plot", "it's", "--quiet")
        self.assertEqual(p.stderr, "")
        found = {f.name: f.read_text() for f in (self.folder / "it's").iterdir()}
        self.assertEqual(set(found), {"raw.svg", "gap.svg", "range.svg", "plots.gp"})
        for name in ("raw.svg", "gap.svg", "range.svg"):
            self.assertIn("</svg>", found[name])
            self.assertIn("slack", found[name])
            self.assertIn("binary_program", found[name])
        self.assertNotIn("market_share", found["gap.svg"])  # best known 0: no relative gap

    def test_without_gnuplot_nothing_runs(self):
        p = self.bench("--plot", "x", code=2, env={"PATH": "/nonexistent"})
        self.assertIn("gnuplot", p.stderr)
        self.assertIn("install", p.stderr)
        self.assertFalse((self.folder / "bench.csv").exists())

    def test_a_plain_bench_has_none(self):
        p = run("bench", ROOT / "formulations/specs", "--plot", "x", cwd=self.folder)
        self.assertEqual(p.returncode, 2)
        self.assertIn("taut bench formulations", p.stderr)


@needs_instances
class Papers(Formulations):
    def test_the_papers_sizes(self):
        folder = INSTANCES / "mdkp/smu/hpp"
        p = self.bench(folder, *FAST, "--method", "penalty,slack")
        runs, _ = self.tables(p.stdout)
        sizes = {line["instance"].split("/")[-1]: int(line["binaries"]) for line in runs if line["method"] == "slack"}
        # Sharma & Lau 2025, table 1
        self.assertEqual(sizes, {"hp1": 60, "hp2": 67, "pb1": 59, "pb2": 66, "pb4": 45, "pb5": 116, "pet2": 99, "pet3": 102,
                                 "pet4": 107, "pet5": 122, "pet6": 86, "pet7": 100})
        for row in self.rows():
            if row["instance"] in ("hp1", "pet2"):
                result = self.solve(row["path"], "--family", "mdkp", "--method", row["method"], *FAST, *DEFAULTS)
                self.assert_as_solved(row, result)


if __name__ == "__main__":
    program.main()
