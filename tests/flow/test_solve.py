"""Solving the shipped specs: schema, verification, repair, reproducibility, samples, time and interrupts."""
import json
import os
import pathlib
import random
import signal
import subprocess
import tempfile
import time

import jsonschema

import program
from program import ROOT, SPECS, TAUT, run

SCHEMA = json.loads((ROOT / "docs/result.schema.json").read_text())


def without_time(result):
    return json.dumps([result["answer"], result["raw"]], sort_keys=True)


def write(folder, name, text):
    path = pathlib.Path(folder) / name
    path.write_text(text)
    return path


class Shipped(program.Case):
    def test_one_spec_per_family(self):
        families = {self.solve(spec, "--sweeps", "50")["problem"]["family"] for spec in SPECS}
        self.assertEqual(families, {"mdkp", "mis", "qap", "tsp", "market_share", "maxcut", "qubo", "binary_program"})

    def test_results_are_feasible_and_follow_the_schema(self):
        for spec in SPECS:
            for method in ("auto", *program.METHODS):
                r = self.solve(spec, "--method", method, "--sweeps", "200")
                jsonschema.validate(r, SCHEMA)
                self.assertEqual(r["answer"]["status"], "feasible", (spec, method))
                self.assertEqual(len(r["answer"]["bits"]), r["problem"]["variables"])
                self.assertEqual(r["answer"]["violations"], [])
                self.assertLessEqual(r["raw"]["feasible"] + r["raw"]["repaired"], r["raw"]["samples"])
                if r["bound"]:
                    better = max if r["problem"]["sense"] == "max" else min
                    self.assertEqual(better(r["bound"]["value"], r["answer"]["objective"]), r["bound"]["value"])

    def test_best_known_is_reached(self):
        for spec in SPECS:
            r = self.solve(spec)
            if r["best_known"] is not None:
                self.assertEqual(r["best_known_gap"], 0, (spec, r["answer"]["objective"], r["best_known"]))

    def test_weights_that_outgrow_64_bits_end_the_rounds(self):
        r = self.solve(ROOT / "formulations/specs/mdkp.yaml", "--penalty", "1e15", "--sweeps", "50", "--rounds", "100")
        self.assertLess(r["formulation"]["rounds"], 100)
        self.assertEqual(r["answer"]["status"], "feasible")

    def test_a_program_without_feasible_point_says_that_it_is_proven(self):
        text = "taut: 1\nproblem: {type: binary_program, variables: [a, b, c], objective: {linear: {a: 1, b: 1, c: 1}}, " \
               "constraints: [{terms: {a: 1, b: 1, c: 1}, at_least: LEAST}, {terms: {a: 2, b: 3, c: 1}, at_most: 4}]}\n"
        with tempfile.TemporaryDirectory() as folder:
            none = write(folder, "none.yaml", text.replace("LEAST", "3"))
            r = self.solve(none, code=10)
            jsonschema.validate(r, SCHEMA)
            self.assertEqual((r["answer"]["status"], r["proven"], r["proven_infeasible"]), ("infeasible", False, True))
            self.assertIn("(proven: no point is feasible)\n", run("solve", none).stdout)
            r = self.solve(none, "--local-search", "off", code=10)  # nothing searches
            self.assertFalse(r["proven_infeasible"])
            self.assertNotIn("proven", run("solve", none, "--local-search", "off").stdout)
            some = write(folder, "some.yaml", text.replace("LEAST", "2"))
            self.assertFalse(self.solve(some)["proven_infeasible"])

    def test_text_report(self):
        for spec in SPECS:
            p = run("solve", spec)
            self.assertEqual(p.returncode, 0, p.stderr)
            self.assertIn("feasible, objective ", p.stdout)
            self.assertIn("random start", p.stdout)


class Formulate(program.Case):
    def test_sizes(self):
        for spec in SPECS:
            p = run("formulate", spec)
            self.assertEqual(p.returncode, 0, p.stderr)
            self.assertIn("slack baseline needs", p.stdout)
            (slack,) = program.results(run("formulate", spec, "--method", "slack", "--moves", "flip", "--json"))
            f = slack["formulation"]
            self.assertEqual(f["slack_variables"], f["slack_baseline_variables"] - slack["problem"]["variables"], spec)


    def test_decimals_keep_the_familys_units(self):
        text = """taut: 1
problem:
  type: binary_program
  variables: [a, b, c, d]
  objective: {sense: max, linear: {a: 3.25, b: 2, c: 4, d: 6}}
  constraints: [{terms: {a: 0.8, b: 1.5, c: 2.25, d: 3}, at_most: 5}]
  conflicts: [[c, d]]
"""
        with tempfile.TemporaryDirectory() as folder:
            spec = write(folder, "p.yaml", text)
            (shown,) = program.results(run("formulate", spec, "--method", "penalty", "--penalty", "2", "--json"))
            solved = self.solve(spec, "--method", "penalty", "--penalty", "2")
            for r in (shown, solved):
                f = r["formulation"]
                self.assertAlmostEqual(f["weights"][0], 2, delta=0.001)
                self.assertEqual(f["conflict_weight"], 2)
                # 2 (1.5 b + 3 d - ..)^2 holds 2 x 2 x 1.5 x 3 b d, the largest of all coefficients but for the linear ones
                self.assertGreaterEqual(f["coefficient_max"] * f["scale"], 18)
                self.assertLess(f["coefficient_max"] * f["scale"], 60)
            r = self.solve(spec, "--method", "augmented_lagrangian", "--penalty", "2", "--rounds", "1")
            self.assertAlmostEqual(r["formulation"]["weights"][0], 2, delta=0.001)


class Reproducible(program.Case):
    def test_threads_and_instruction_set(self):
        for spec in SPECS:
            seen = set()
            for threads, isa in (("1", None), ("2", None), ("3", None), ("2", "generic")):
                r = self.solve(spec, "--seed", "7", "--reads", "130", "--sweeps", "40", "--rounds", "3", "--threads", threads,
                               env={"TAUT_ISA": isa} if isa else None)
                seen.add(without_time(r))
            self.assertEqual(len(seen), 1, spec)

    def test_seeds_differ(self):
        spec = ROOT / "formulations/specs/maxcut.yaml"
        with tempfile.TemporaryDirectory() as folder:
            texts = []
            for seed in ("1", "2", "1"):
                out = pathlib.Path(folder) / "s"
                self.solve(spec, "--seed", seed, "--sweeps", "2", "--samples", out)
                texts.append(out.read_text())
            self.assertEqual(texts[0], texts[2])
            self.assertNotEqual(texts[0], texts[1])


class Samples(program.Case):
    def test_every_read_is_written(self):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "samples"
            r = self.solve(ROOT / "formulations/specs/mdkp.yaml", "--reads", "70", "--rounds", "2", "--sweeps", "20", "--samples", out)
            rows = [json.loads(line) for line in out.read_text().splitlines()]
        self.assertEqual(len(rows), r["raw"]["samples"])
        self.assertEqual(sorted({row["lane"] for row in rows}), list(range(64)))
        for row in rows:
            self.assertEqual(set(row), {"problem", "round", "read", "lane", "energy", "objective", "feasible", "bits"})
            self.assertEqual(len(row["bits"]), r["problem"]["variables"])
            self.assertEqual(row["lane"], row["read"] % 64)


class Verify(program.Case):
    def test_accepts_answers_and_rejects_changed_ones(self):
        for spec in SPECS:
            p = run("solve", spec, "--json")
            r = json.loads(p.stdout)
            with tempfile.TemporaryDirectory() as folder:
                q = run("verify", spec, write(folder, "a.json", p.stdout))
                self.assertEqual(q.returncode, 0, (spec, q.stdout, q.stderr))
                self.assertIn("accepted", q.stdout)
                for i in range(len(r["answer"]["bits"])):
                    bits = r["answer"]["bits"]
                    changed = json.loads(p.stdout)
                    changed["answer"]["bits"] = bits[:i] + "10"[int(bits[i])] + bits[i + 1:]
                    (v,) = program.results(run("verify", spec, write(folder, "b.json", json.dumps(changed)), "--json"))
                    if v["status"] == "infeasible" or v["objective"] != r["answer"]["objective"]:
                        self.assertFalse(v["accepted"], (spec, i))
                    else:
                        self.assertTrue(v["accepted"], (spec, i))
                changed = json.loads(p.stdout)
                changed["answer"]["objective"] += 1
                q = run("verify", spec, write(folder, "c.json", json.dumps(changed)))
                self.assertEqual(q.returncode, 10)
                self.assertIn("REJECTED", q.stdout)

    def test_an_answer_that_cannot_be_read(self):
        for path in ("/nowhere/answer.json", ROOT):
            q = run("verify", ROOT / "formulations/specs/mdkp.yaml", path)
            self.assertEqual(q.returncode, 7, q.stderr)
            self.assertIn(str(path), q.stderr)

    def test_answers_through_a_pipe(self):
        spec = ROOT / "formulations/specs/qap.yaml"
        result = run("solve", spec, "--json").stdout
        bits = json.loads(result)["answer"]["bits"] + "\n"
        for command in ("verify", "repair"):
            for answer in (result, bits):
                p = subprocess.run([TAUT, command, spec, "/dev/stdin"], input=answer, capture_output=True, text=True, timeout=60)
                self.assertEqual(p.returncode, 0, (command, p.stderr))

    def test_malformed_answers(self):
        spec = ROOT / "formulations/specs/mdkp.yaml"
        with tempfile.TemporaryDirectory() as folder:
            for name, text in (("empty", ""), ("short", "0101\n"), ("json", "{\"answer\": 3}"), ("garbled", "{]"), ("prose", "hello\n")):
                q = run("verify", spec, write(folder, name, text))
                self.assertEqual(q.returncode, 3, (name, q.stdout, q.stderr))
                self.assertIn(name, q.stderr)

    def test_answer_for_another_problem(self):
        with tempfile.TemporaryDirectory() as folder:
            a = write(folder, "a.json", run("solve", ROOT / "formulations/specs/mdkp.yaml", "--json").stdout)
            q = run("verify", ROOT / "formulations/specs/mis.yaml", a)
            self.assertEqual(q.returncode, 3)
            self.assertIn("no answer for problem", q.stderr)


class Repair(program.Case):
    def test_random_bits_become_feasible(self):
        rng = random.Random(5)
        for family in ("mdkp", "mis", "qap", "tsp"):
            spec = ROOT / f"formulations/specs/{family}.yaml"
            n = self.solve(spec, "--sweeps", "1")["problem"]["variables"]
            lines = ["".join(rng.choice("01") for _ in range(n)) for _ in range(50)] + ["0" * n, "1" * n]
            with tempfile.TemporaryDirectory() as folder:
                a = write(folder, "bits", "\n".join(lines) + "\n")
                p = run("repair", spec, a)
                self.assertEqual(p.returncode, 0, (family, p.stderr))
                out = p.stdout.splitlines()
                self.assertEqual(len(out), len(lines))
                self.assertEqual(run("verify", spec, write(folder, "r", p.stdout)).returncode, 0, family)
                rows = program.results(run("repair", spec, a, "--json"))
                for line, before, row in zip(out, lines, rows):
                    self.assertEqual(line, row["bits"])
                    self.assertEqual(row["distance"], sum(x != y for x, y in zip(before, line)))


class Time(program.Case):
    def test_limit_is_kept(self):
        for spec in SPECS:
            start = time.monotonic()
            r = self.solve(spec, "--time-limit", "0.5")
            self.assertLess(time.monotonic() - start, 1.5, spec)
            self.assertEqual(r["answer"]["status"], "feasible")

    def test_interrupt_prints_the_incumbent(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        spec = write(folder.name, "complete.yaml",  # its bound is not met, which would end the solve
                     "{taut: 1, problem: {type: maxcut, generate: {kind: complete, size: 200}}}")
        for number in (signal.SIGINT, signal.SIGTERM):
            p = subprocess.Popen([TAUT, "solve", str(spec), "--time-limit", "60", "--json"],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            time.sleep(1.0)
            p.send_signal(number)
            out, _ = p.communicate(timeout=20)
            self.assertEqual(p.returncode, 130)
            r = json.loads(out)
            self.assertTrue(r["interrupted"])
            self.assertEqual(r["answer"]["status"], "feasible")


if __name__ == "__main__":
    program.main()
