"""`taut bench`: which problems it takes, its table, the CSV that it leaves, and going on after an interruption."""
import csv
import json
import os
import pathlib
import random
import signal
import subprocess
import tempfile
import time

import program
from program import INSTANCES, ROOT, TAUT, needs_instances, run

DATA = ROOT / "tests/data/bench"
FAST = ("--reads", "8", "--sweeps", "20", "--rounds", "2")
METHODS = ",".join(program.METHODS)


class Bench(program.Case):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.csv = self.folder / "bench.csv"

    def bench(self, *args, code=0):
        p = run("bench", *args, cwd=self.folder)
        self.assertEqual(p.returncode, code, p.stderr)
        return p

    def rows(self, path=None):
        with open(path or self.csv, newline="") as f:
            return list(csv.DictReader(f))

    def by_name(self):
        return {r["instance"]: r for r in self.rows()}


class Cases(Bench):
    def test_rows_of_the_table_are_taken_as_they_say(self):
        self.bench(DATA, *FAST)
        rows = self.by_name()
        self.assertEqual(set(rows), {"pair-1", "pair-2 (three items, one row)", "ring", "small"})
        for name, objective in (("pair-1", "19"), ("pair-2 (three items, one row)", "10"), ("ring", "3"), ("small", "5")):
            row = rows[name]
            self.assertEqual((row["status"], row["objective"], row["best_known"], row["gap"], row["exit"]),
                             ("feasible", objective, objective, "0", "0"), name)
        self.assertEqual([rows[n]["index"] for n in ("pair-1", "pair-2 (three items, one row)", "ring")], ["1", "2", ""])
        self.assertEqual(rows["ring"]["family"], "mis")
        self.assertEqual((rows["pair-1"]["n"], rows["pair-1"]["rows"]), ("4", "2"))

    def test_a_folder_below_the_table(self):
        self.bench(DATA / "graphs/", *FAST)
        (row,) = self.rows()
        self.assertEqual((row["instance"], row["path"]), ("ring", f"{DATA}/graphs/ring.clq"))

    def test_a_file_and_one_of_its_problems(self):
        self.bench(DATA / "pair.txt", "--index", "2", *FAST)
        (row,) = self.rows()
        self.assertEqual((row["index"], row["objective"]), ("2", "10"))

    def test_family_keeps_its_rows_and_takes_files_without(self):
        self.bench(DATA, "--family", "mdkp", *FAST)
        rows = self.by_name()
        self.assertEqual(set(rows), {"pair-1", "pair-2 (three items, one row)", "unlisted"})
        self.assertEqual((rows["unlisted"]["best_known"], rows["unlisted"]["gap"], rows["unlisted"]["status"]),
                         ("", "", "feasible"))

    def test_a_file_without_row_and_specs(self):
        self.bench(DATA / "unlisted.dat", ROOT / "formulations/specs", *FAST)
        families = {r["family"] for r in self.rows()}
        self.assertEqual(families, {"mdkp", "mis", "qap", "tsp", "market_share", "maxcut", "qubo", "binary_program"})

    def test_nothing_is_taken_twice(self):
        self.bench(DATA / "pair.txt", DATA, DATA, *FAST)
        self.assertEqual(len(self.rows()), 4)

    def test_nothing_found(self):
        p = self.bench(self.folder, code=3)
        self.assertIn("no instances found", p.stderr)
        self.assertFalse(self.csv.exists())
        self.bench(self.folder / "none", code=7)


class Table(Bench):
    def test_lines_and_summary(self):
        p = self.bench(DATA, "--method", METHODS, *FAST)
        lines = p.stdout.splitlines()
        self.assertTrue(lines[0].startswith("instance"))
        self.assertLessEqual(max(map(len, lines)), 80)
        names = [line.split()[0] for line in lines[1:] if line and not line.startswith(" ")]
        self.assertEqual(names[:4], ["pair-1", "pair-2", "ring", "small"])
        for method in METHODS.split(","):
            (total,) = [line for line in lines if line.startswith(method)]
            self.assertEqual(total.split()[1:7], ["4", "0", "100.0", "4", "of", "4"])
        n = 4 * len(program.METHODS)
        self.assertIn(f"taut: {n} of {n} runs are in bench.csv, 0 of them from before", p.stderr)
        self.assertEqual(self.bench(DATA, "--method", METHODS, *FAST, "--quiet").stderr, "")

    def test_the_order_does_not_depend_on_jobs(self):
        strip = lambda text: [line[:-8] for line in text.splitlines()[:1 + 4 * len(program.METHODS)]]  # without the time
        one = self.bench(DATA, "--method", METHODS, *FAST, "--jobs", "1", "--csv", "1.csv").stdout
        four = self.bench(DATA, "--method", METHODS, *FAST, "--jobs", "4", "--csv", "4.csv").stdout
        self.assertEqual(strip(one), strip(four))
        timeless = lambda rows: sorted([tuple(v for k, v in r.items() if k != "time_s") for r in rows])
        self.assertEqual(timeless(self.rows(self.folder / "1.csv")), timeless(self.rows(self.folder / "4.csv")))

    def test_json_has_the_columns(self):
        found = [json.loads(line) for line in self.bench(DATA, *FAST, "--json").stdout.splitlines()]
        self.assertEqual(len(found), 4)
        self.assertEqual([found[0][k] for k in ("instance", "objective", "gap", "error")], ["pair-1", 19, 0, None])
        self.assertEqual(set(found[0]), set(self.rows()[0]))

    def test_every_column_is_documented(self):
        self.bench(DATA / "graphs", *FAST)
        page = (ROOT / "docs/bench.md").read_text()
        for column in self.rows()[0]:
            self.assertIn(f"| `{column}` |", page)


class Errors(Bench):
    def write(self, *rows):
        head = "family,instance,path,sense,best_known\n"
        (self.folder / "best_known.csv").write_text(head + "".join(r + "\n" for r in rows))

    def test_an_error_is_a_row_and_the_bench_goes_on(self):
        (self.folder / "bad.dat").write_text("3 x\n")
        (self.folder / "good.dat").write_text((DATA / "unlisted.dat").read_text())
        self.write("mdkp,none,none.dat,max,1", "mdkp,bad,bad.dat,max,1", "mdkp,good,good.dat,max,14")
        p = self.bench(".", *FAST, code=7)
        rows = self.by_name()
        self.assertEqual([(rows[n]["status"], rows[n]["exit"]) for n in ("none", "bad", "good")],
                         [("error", "7"), ("error", "3"), ("feasible", "0")])
        self.assertIn("bad.dat:1", rows["bad"]["error"])
        self.assertIn("error 3: ", p.stdout)
        self.assertIn("taut: bad, auto: ./bad.dat:1", p.stderr)
        self.assertLessEqual(max(map(len, p.stdout.splitlines())), 80)
        # runs that failed are run again, and their old rows go
        (self.folder / "bad.dat").write_text((DATA / "unlisted.dat").read_text())
        p = self.bench(".", *FAST, code=7)
        self.assertIn("3 of 3 runs are in bench.csv, 1 of them from before", p.stderr)
        self.assertEqual(sorted(r["status"] for r in self.rows()), ["error", "feasible", "feasible"])

    def test_a_value_of_the_other_direction_is_no_value(self):
        (self.folder / "good.dat").write_text((DATA / "unlisted.dat").read_text())
        self.write("mdkp,good,good.dat,min,14")
        self.bench(".", *FAST, code=3)
        self.assertIn("best_known.csv says min, the problem is maximised", self.rows()[0]["error"])

    def test_tables_that_are_none(self):
        for text, needle in (("family,instance\nmdkp,a\n", "no column 'path'"), ("mdkp,a,a.dat,up,1", "'up' is neither"),
                             ("mdpk,a,a.dat,max,1", "family 'mdpk' is not known"), ("mdkp,a", ":2: 2 fields"),
                             ('mdkp,"a,a.dat,max,1', ":2: a quote stays open")):
            self.write(text)
            if text.startswith("family"):
                (self.folder / "best_known.csv").write_text(text)
            self.assertIn(needle, self.bench(".", code=3).stderr)

    def test_usage(self):
        for methods, needle in (("penalty,penalti", "did you mean 'penalty'"), ("slack,slack", "stands twice"),
                                ("penalty,", "'' is none of")):
            self.assertIn(needle, self.bench(DATA, "--method", methods, code=2).stderr)

    def test_a_full_disk_and_a_foreign_file(self):
        if os.path.exists("/dev/full"):
            self.assertIn("/dev/full", self.bench(DATA, *FAST, "--csv", "/dev/full", code=7).stderr)
        self.csv.write_text("a,b\n1,2\n")
        for extra in ((), ("--restart",)):
            self.assertIn("is not a table", self.bench(DATA, *FAST, *extra, code=3).stderr)
        self.assertEqual(self.csv.read_text(), "a,b\n1,2\n")


class Resuming(Bench):
    def reused(self, *args):
        return self.bench(DATA, *args).stderr.split(", ")[-1].split()[0]

    def test_what_is_there_is_not_run_again(self):
        first = self.bench(DATA, *FAST).stdout
        before = self.csv.read_text()
        p = self.bench(DATA, *FAST)
        self.assertIn("4 of 4 runs are in bench.csv, 4 of them from before", p.stderr)
        self.assertEqual((p.stdout, self.csv.read_text()), (first, before))
        self.assertEqual(self.reused(*FAST, "--method", "auto,penalty"), "4")
        self.assertEqual(self.reused(*FAST, "--method", "penalty"), "4")
        self.assertEqual(self.reused(*FAST, "--seed", "2"), "0")
        self.assertEqual(len(self.rows()), 12)
        self.assertEqual(self.reused(*FAST, "--restart"), "0")
        self.assertEqual(len(self.rows()), 4)

    def test_a_cut_row_is_dropped(self):
        self.bench(DATA, *FAST, "--jobs", "1")
        whole = self.csv.read_text()
        self.csv.write_text(whole[:-20])
        self.assertEqual(self.reused(*FAST), "3")
        self.assertEqual({r["instance"] for r in self.rows()}, {r["instance"] for r in csv.DictReader(whole.splitlines())})
        self.assertEqual(os.listdir(self.folder), ["bench.csv"])

    def test_an_interrupt_leaves_whole_rows(self):
        draw = random.Random(1)
        numbers = [[draw.randint(1, 1000) for _ in range(500)] for _ in range(31)]  # too many for a proof
        (self.folder / "large.dat").write_text("500 30 0\n" + "\n".join(" ".join(map(str, r)) for r in numbers) + "\n" + "125000 " * 30)
        args = [TAUT, "bench", DATA / "pair.txt", "large.dat", "--reads", "8", "--sweeps", "20", "--rounds", "1000000",
                "--family", "mdkp", "--jobs", "1", "--method", "augmented_lagrangian"]
        with subprocess.Popen([*map(str, args)], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as p:
            while not self.csv.exists():
                time.sleep(0.01)
            time.sleep(0.2)
            p.send_signal(signal.SIGINT)
            out, _ = p.communicate(timeout=60)
        self.assertEqual(p.returncode, 130)
        rows = self.rows()
        self.assertLess(len(rows), 3)
        self.assertTrue(out.startswith("instance"))
        for row in rows:
            self.assertEqual(row["status"], "feasible")


@needs_instances
class Public(Bench):
    def test_knapsacks(self):
        p = self.bench(INSTANCES / "mdkp/smu", "--method", METHODS, "--time-limit", "0.05")
        rows = self.rows()
        self.assertEqual(len(rows), 27 * len(program.METHODS))
        self.assertEqual({r["status"] for r in rows}, {"feasible"})
        self.assertEqual(len({r["path"] for r in rows}), 27)
        self.assertIn("hpp/hp1", p.stdout)

    def test_names_of_several_problems_in_a_file(self):
        self.bench(INSTANCES / "mdkp/orlib/mknap2.txt", "--index", "sento1", *FAST)
        self.bench(INSTANCES / "mdkp/orlib/mknapcb1.txt", "--index", "30", *FAST)
        self.assertEqual([(r["instance"], r["index"], r["n"]) for r in self.rows()],
                         [("mknap2-sento1", "sento1", "60"), ("mknapcb1-30 (5.100-29)", "30", "100")])

    def test_each_kind_of_row_runs(self):
        for path in ("market_split/qoblib/ms_03_050_002.dat", "mis/dimacs_clique/hamming6-2.clq", "tsp/burma14.tsp",
                     "qubo/beasley/bqp50-1.sparse", "qubo/beasley_orlib/bqp1000-2.sparse", "qap/small/nug05.dat",
                     "qplib/QPLIB_0067.opb", "maxcut/biqmac_rudy/g05_60.0"):
            if (INSTANCES / path).exists():
                self.bench(INSTANCES / path, "--sweeps", "10", "--reads", "1", "--rounds", "1", "--csv", "kinds.csv")
        for row in self.rows(self.folder / "kinds.csv"):
            self.assertNotEqual(row["status"], "error", row)
            self.assertNotEqual(row["best_known"], "", row)


if __name__ == "__main__":
    program.main()
