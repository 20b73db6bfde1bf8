"""--trace: a record of every round as JSON lines and as CSV, both the same, and of an interrupted run what there is."""
import csv
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time

import jsonschema

import program
from program import ROOT, SPECS, TAUT, run

SCHEMA = json.loads((ROOT / "docs/trace.schema.json").read_text())
MULTIPLIERS = ("subgradient", "stochastic", "dual_averaging", "mirror_descent", "bundle", "augmented_lagrangian")
KNAPSACK = ("problem:\n  type: mdkp\n  profits: [31, 37, 29, 41, 43, 23, 19, 47, 53, 17]\n"
            "  weights: [[13, 11, 17, 19, 23, 7, 5, 29, 31, 3], [3, 29, 7, 11, 31, 13, 2, 17, 5, 23]]\n  capacities: [70, 60]\n")


def records(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


class Trace(program.Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.spec = self.folder / "k.yaml"
        self.spec.write_text("taut: 1\nname: say \"k\"\n" + KNAPSACK)
        # no exact finish, so that rounds follow one another
        self.args = (self.spec, "--rounds", "4", "--reads", "8", "--sweeps", "20", "--local-search", "off", "--quiet")

    def traced(self, name, *args):
        path = self.folder / name
        return self.solve(*self.args, *args, "--trace", path), path

    def test_json_says_what_the_result_says(self):
        for method in MULTIPLIERS:
            with self.subTest(method):
                result, path = self.traced("t.json", "--method", method)
                found = records(path)
                for record in found:
                    jsonschema.validate(record, SCHEMA)
                last = found[-1]
                self.assertEqual([r["round"] for r in found], list(range(1, result["formulation"]["rounds"] + 1)))
                self.assertEqual({r["method"] for r in found}, {method})
                self.assertEqual(sum(r["samples"] for r in found), result["raw"]["samples"])
                self.assertEqual(sum(r["feasible"] for r in found), result["raw"]["feasible"])
                self.assertEqual(last["incumbent"], result["answer"]["objective"])
                self.assertEqual(last["bound"], result["bound"]["value"])
                self.assertEqual(last["multipliers"], result["formulation"]["multipliers"] or [])
                self.assertEqual(last["proposals"], found[0]["proposals"] * len(found))
                self.assertEqual(len(last["residuals"]), result["problem"]["rows"])
                for before, after in zip(found, found[1:]):
                    self.assertLessEqual(before["incumbent"], after["incumbent"])
                    self.assertGreaterEqual(before["bound"], after["bound"])
                    self.assertLessEqual(before["time_s"], after["time_s"])

    def test_csv_is_the_same(self):
        _, path = self.traced("t.jsonl", "--method", "augmented_lagrangian")
        found = records(path)
        _, path = self.traced("t.csv", "--method", "augmented_lagrangian")
        with path.open(newline="") as stream:
            rows = list(csv.DictReader(stream))
        self.assertEqual(len(rows), len(found))
        for row, record in zip(rows, found):
            for key in ("problem", "round", "method", "reads", "sweeps", "start", "proposals", "samples", "feasible", "incumbent",
                        "bound"):
                self.assertEqual(row[key], str(record[key]), key)
            self.assertEqual(int(row["broken_rows"]), sum(g != 0 for g in record["residuals"]))
            self.assertEqual(int(row["multipliers"]), sum(v != 0 for v in record["multipliers"]))
            for key, values in (("residual_norm", record["residuals"]), ("multiplier_norm", record["multipliers"])):
                self.assertAlmostEqual(float(row[key]), sum(v * v for v in values) ** 0.5, delta=1e-9 * (1 + float(row[key])))

    def test_runs_are_the_same_but_for_the_time(self):
        def untimed(name, *args):
            _, path = self.traced(name, *args)
            return [dict(r, time_s=0) for r in records(path)]

        self.assertEqual(untimed("a.json", "--threads", "1"), untimed("b.json", "--threads", "3"))

    def test_a_problem_after_the_other(self):
        path = self.folder / "all.csv"
        specs = [s for s in SPECS if s.stem in ("mdkp", "mis", "qap")]
        self.assertEqual(run("solve", *specs, "--sweeps", "10", "--reads", "4", "--rounds", "2", "--trace", path).returncode, 0)
        with path.open(newline="") as stream:
            rows = list(csv.DictReader(stream))
        self.assertEqual(len({row["problem"] for row in rows}), len(specs))

    def test_interrupted(self):
        """What there is, whole."""
        big = self.folder / "big.txt"
        self.assertEqual(run("generate", "mdkp", "--size", "200", "--rows", "10", "--output", big).returncode, 0)
        path = self.folder / "t.json"
        p = subprocess.Popen([TAUT, "solve", str(big), "--family", "mdkp", "--rounds", "100000", "--reads", "8", "--sweeps", "20",
                              "--json", "--trace", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(3.0)
        self.assertFalse(path.exists())
        p.send_signal(signal.SIGINT)
        out, _ = p.communicate(timeout=60)
        self.assertEqual(p.returncode, 130)
        result = json.loads(out)
        found = records(path)
        self.assertEqual(len(found), result["formulation"]["rounds"])
        for record in found:
            jsonschema.validate(record, SCHEMA)

    def test_errors(self):
        p = run("solve", *self.args, "--trace", self.folder / "none" / "t.csv")
        self.assertEqual(p.returncode, 7)
        self.assertIn("none", p.stderr)
        if os.path.exists("/dev/full"):
            p = run("solve", *self.args, "--trace", "/dev/full")
            self.assertEqual(p.returncode, 7)
            self.assertIn("/dev/full", p.stderr)


if __name__ == "__main__":
    program.main()
