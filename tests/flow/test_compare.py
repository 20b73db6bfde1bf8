"""taut compare, and what backend auto takes, as a user calls them."""
import json
import math
import os
import pathlib
import signal
import subprocess
import tempfile
import time

import jsonschema

import program
from program import INSTANCES, ROOT, SPECS, TAUT, needs_instances, results, run

SPEC = {spec.stem: spec for spec in SPECS}
RESULT_SCHEMA = json.loads((ROOT / "docs/result.schema.json").read_text())
SCHEMA = json.loads((ROOT / "docs/compare.schema.json").read_text())
for part in ("problem", "formulation"):  # its references to the other schema
    SCHEMA["properties"][part] = RESULT_SCHEMA["properties"][part]
SMALL = ("--reads", 70, "--sweeps", 50)
FEW = ("--reads", 70, "--sweeps", 16)


def present():
    (rows,) = results(run("backends", "--json"))
    return [r["name"] for r in rows if r["present"] and r["exact"]]


PRESENT = present()


class Compare(program.Case):
    def compare(self, *args, code=0, **kwargs):
        """The comparisons and stderr of a run that must exit with `code`."""
        p = run("compare", *args, "--json", **kwargs)
        self.assertEqual(p.returncode, code, (args, p.stderr))
        found = results(p)
        for comparison in found:
            jsonschema.validate(comparison, SCHEMA)
        return found, p.stderr

    def exact(self, *args):
        (c,), stderr = self.compare(*args, "--exact", "--backends", ",".join(PRESENT))
        self.assertEqual(stderr, "")
        self.assertTrue(c["identical"])
        self.assertEqual(len({b["crc"] for b in c["backends"]}), 1)
        self.assertEqual(len({b["updates"] for b in c["backends"]}), 1)
        self.assertEqual([b["identical"] for b in c["backends"]], [None] + [True] * (len(PRESENT) - 1))
        for key in ("best_objective", "raw_mean_objective", "raw_feasible", "successes"):
            self.assertEqual(len({b[key] for b in c["backends"]}), 1, key)
        return c

    def test_kernels_are_among_them(self):
        self.assertIn("csim", PRESENT)

    def test_every_spec_in_every_mode(self):
        for name, spec in SPEC.items():
            for algorithm in ("sa", "pt", "sqa"):
                for rule in ("metropolis", "heatbath") if name in ("maxcut", "binary_program", "qap") else ("metropolis",):
                    flips = ("--moves", "flip") if algorithm == "sqa" and name in ("qap", "tsp", "taillard") else ()
                    with self.subTest(f"{name} {algorithm} {rule}"):
                        c = self.exact(spec, *FEW, "--algorithm", algorithm, "--acceptance", rule, *flips)
                        self.assertEqual(c["solver"]["algorithm"], algorithm)
                        self.assertEqual(c["solver"]["acceptance"], rule)

    def test_every_method(self):
        for method in set(program.METHODS) - {"native"}:  # the cpu's alone
            c = self.exact(SPEC["mdkp"], *SMALL, "--method", method)
            self.assertEqual((c["formulation"]["method"], c["formulation"]["rounds"]), (method, 1))

    @needs_instances
    def test_instances(self):
        for path, family in (("maxcut/gset/G1.txt", "maxcut"), ("qap/qaplib/nug12.dat", "qap"),
                             ("mdkp/smu/hpp/hp1.dat", "mdkp"), ("mis/sloane/1tc.64.txt", "mis")):
            for algorithm in ("sa", "sqa", "pt"):
                with self.subTest(f"{path} {algorithm}"):
                    self.exact(INSTANCES / path, "--family", family, "--moves", "flip", "--algorithm", algorithm, *FEW)
        for path, family in (("qap/qaplib/nug12.dat", "qap"), ("tsp/burma14.tsp", "tsp")):
            for algorithm in ("sa", "pt"):
                with self.subTest(f"{path} {algorithm} exchange"):
                    self.exact(INSTANCES / path, "--family", family, "--moves", "exchange", "--algorithm", algorithm, *FEW)

    def test_numbers(self):
        (c,), _ = self.compare(SPEC["mdkp"], "--backends", "cpu", "--target", 180)
        (b,) = c["backends"]
        self.assertEqual((c["target_kind"], c["target"], c["best_known"]), ("given", 180, 191))
        self.assertEqual((c["formulation"]["method"], c["solver"]["algorithm"]), ("penalty", "sa"))
        self.assertEqual(b["updates"], 12 * 64 * 1000)
        self.assertAlmostEqual(b["updates_per_s"], b["updates"] / b["time_s"]["run"], delta=1e-6 * b["updates_per_s"])
        self.assertTrue(0 < b["successes"] <= b["raw_feasible"] < b["samples"] == 64)
        self.assertEqual(b["raw_feasible_share"], b["raw_feasible"] / 64)
        p = b["successes"] / 64
        self.assertAlmostEqual(b["time_to_target_s"] * 64 / b["time_s"]["run"], max(1, math.log(0.01) / math.log(1 - p)), places=5)
        self.assertEqual(b["best_known_gap"], (191 - b["best_objective"]) / 191)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "samples.jsonl"
            self.solve(SPEC["mdkp"], "--method", "penalty", "--algorithm", "sa", "--samples", path)
            feasible = [s["objective"] for s in map(json.loads, path.read_text().splitlines()) if s["feasible"]]
        self.assertEqual(len(feasible), b["raw_feasible"])
        self.assertAlmostEqual(sum(feasible) / len(feasible), b["raw_mean_objective"])
        self.assertEqual(max(feasible), b["raw_best_objective"])

    def test_spec_with_rounds_and_backend(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "s.yaml"
            path.write_text(SPEC["mdkp"].read_text() + "\nformulation: {method: augmented_lagrangian, rounds: 50}\n"
                            "solver: {backend: xrt, reads: 8, sweeps: 20}\n")
            (c,), _ = self.compare(path, "--backends", "cpu,csim", "--exact")
            self.assertEqual((c["formulation"]["method"], c["formulation"]["rounds"], c["solver"]["reads"]), ("augmented_lagrangian", 1, 8))

    def test_different_is_11_and_shows_where(self):
        for spec, what in ((SPEC["maxcut"], "bit "), (SPEC["binary_program"], "variable '"), (SPEC["qap"], "position ")):
            (c,), stderr = self.compare(spec, *SMALL, "--exact", "--backends", "cpu,null", code=11)
            self.assertFalse(c["identical"])
            self.assertIs(c["backends"][1]["identical"], False)
            d = c["backends"][1]["difference"]
            self.assertEqual((d["read"], d["energy"] == d["reference_energy"]), (1, False))
            self.assertNotEqual(d["value"], d["reference_value"])
            self.assertIn("null differs from cpu in read 1", stderr)
            self.assertIn(what, stderr)
            self.assertEqual(len(stderr.splitlines()), 1)
            (c,), stderr = self.compare(spec, *SMALL, "--backends", "cpu,null")  # not asked for: no failure
            self.assertEqual((c["identical"], stderr), (False, ""))

    def test_text_is_a_table(self):
        for args in ((), ("--backends", "cpu,null"), ("--algorithm", "pt", "--backends", "csim,cpu")):
            for spec in SPECS:
                p = run("compare", spec, *SMALL, *args)
                self.assertEqual((p.returncode, p.stderr), (0, ""), (spec, args))
                self.assertLessEqual(max(map(len, p.stdout.splitlines())), 80, p.stdout)
                self.assertRegex(p.stdout, r"(?m)^  cpu +\S+ +\S+ +\S+ %")
                self.assertRegex(p.stdout, r"backend +updates/s +pack +transfer +kernel +answer +total")
        self.assertIn("identical", p.stdout)

    def test_default_lists_what_is_missing(self):
        (c,), stderr = self.compare(SPEC["maxcut"], *SMALL)
        self.assertEqual(stderr, "")
        self.assertEqual([b["backend"] for b in c["backends"]], ["cpu", "csim", "opencl", "xrt"])
        for b in c["backends"]:
            self.assertEqual(b["state"], "done" if b["backend"] in PRESENT else "absent", b)
            self.assertEqual(b["why"] is None, b["backend"] in PRESENT)

    def test_absent_is_4_when_named_or_exact(self):
        missing = [name for name in ("csim", "opencl", "xrt") if name not in PRESENT]
        if not missing:
            self.skipTest("SKIPPED: every backend is present")
        for args in (("--backends", f"cpu,{missing[0]}"), ("--exact",), ("--backends", f"{missing[0]},cpu", "--exact")):
            (c,), stderr = self.compare(SPEC["maxcut"], *SMALL, *args, code=4)
            self.assertEqual({b["backend"]: b["state"] for b in c["backends"]}[missing[0]], "absent")
            self.assertIn("cpu", [b["backend"] for b in c["backends"] if b["state"] == "done"])
            self.assertIn(missing[0], stderr)
            self.assertEqual(len(stderr.splitlines()), 1)

    def test_limits_are_5_when_named(self):
        for code, args in ((5, ("--backends", "cpu,csim")), (0, ())):
            (c,), stderr = self.compare(SPEC["maxcut"], *SMALL, "--algorithm", "tabu", *args, code=code)
            states = {b["backend"]: b["state"] for b in c["backends"]}
            self.assertEqual((states["cpu"], states["csim"]), ("done", "limit"))
            self.assertEqual("'tabu'" in stderr, code == 5)
        p = run("compare", SPEC["qap"], "--algorithm", "sqa")
        self.assertEqual((p.returncode, p.stdout), (5, ""))
        self.assertIn("--moves flip", p.stderr)

    def test_usage(self):
        for args, words in ((("--backends", "cpu,fpga"), "'fpga' is none of"), (("--backends", "cpu,cpu"), "stands twice"),
                            (("--backends", "auto"), "auto is a choice"), (("--backends", ""), "empty value"), (("--backends", "cpu,"), "none of"),
                            (("--exact", "--backends", "cpu"), "two backends"), (("--backend", "cpu"), "did you mean '--backends'?"),
                            (("--rounds", 3), "does not take --rounds"), (("--backends", "csim,cpu", "--device", 0), "for opencl and xrt"), (("--samples", "x"), "does not take --samples")):
            p = run("compare", SPEC["maxcut"], *args)
            self.assertEqual((p.returncode, p.stdout), (2, ""), args)
            self.assertIn(words, p.stderr)
        listed = run("help", "compare").stdout
        self.assertIn("--backends ", listed)
        self.assertNotRegex(listed, r"--(backend|rounds) ")
        self.assertEqual(run("compare", "no-such.yaml").returncode, 7)
        self.assertEqual(run("compare", ROOT / "tests/bad/spec-no-type.yaml").returncode, 3)
        self.assertEqual(run("compare", SPEC["maxcut"], "--output", "/no/such/folder/x").returncode, 7)

    def test_several_problems_and_output(self):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "c.json"
            p = run("compare", SPEC["maxcut"], "no-such.yaml", SPEC["mis"], *SMALL, "--backends", "cpu,csim", "--exact", "--json", "--output", out)
            self.assertEqual((p.returncode, p.stdout), (7, ""), p.stderr)
            self.assertEqual([json.loads(line)["problem"]["name"] for line in out.read_text().splitlines()], ["teams", "antennas"])
            self.assertEqual(os.listdir(folder), ["c.json"])
        found, _ = self.compare(ROOT / "tests/data/formats/orlib.txt", "--family", "mdkp", *SMALL, "--backends", "cpu,csim", "--exact")
        self.assertGreater(len(found), 1)

    def test_schedule_and_starts(self):
        self.exact(SPEC["maxcut"], *SMALL, "--schedule", ROOT / "formulations/specs/reheat.txt")
        with tempfile.TemporaryDirectory() as folder:
            answer = pathlib.Path(folder) / "a.json"
            self.assertEqual(run("solve", SPEC["qap"], "--json", "--output", answer).returncode, 0)
            self.exact(SPEC["qap"], *SMALL, "--initial", answer, "--algorithm", "pt")
            self.exact(SPEC["qap"], *SMALL, "--initial", answer, "--moves", "flip")

    def test_dense(self):
        with tempfile.TemporaryDirectory() as folder:
            for span in ("-1..1", "-90..90", "-9000..9000"):
                path = pathlib.Path(folder) / "dense.yaml"
                path.write_text(f'{{taut: 1, problem: {{type: maxcut, generate: {{kind: complete, size: 130, range: "{span}"}}}}}}')
                self.exact(path, "--reads", 70, "--sweeps", 10)

    def test_a_time_limit_cuts_and_is_shared(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "big.yaml"
            path.write_text("{taut: 1, problem: {type: maxcut, generate: {kind: gnm, size: 3000, edges: 30000}}}")
            t0 = time.monotonic()
            (c,), stderr = self.compare(path, "--sweeps", 100000000, "--time-limit", 2, "--backends", "cpu,csim", "--exact", code=11)
            self.assertLess(time.monotonic() - t0, 20)
            for b in c["backends"]:
                self.assertEqual(b["state"], "cut")
                self.assertIn("time limit", b["why"])
                self.assertIsNone(b["time_to_target_s"])
                self.assertIsNotNone(b["best_objective"])
                self.assertGreater(b["updates"], 0)
            self.assertEqual(stderr.count("not compared"), 2)

    def test_an_interrupt_writes_what_was_done(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "big.yaml"
            path.write_text("{taut: 1, problem: {type: maxcut, generate: {kind: gnm, size: 300, edges: 3000}}}")
            p = subprocess.Popen([TAUT, "compare", path, "--sweeps", "100000000", "--backends", "cpu,csim", "--json"], stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True)
            time.sleep(1)
            p.send_signal(signal.SIGINT)
            out, err = p.communicate(timeout=60)
            self.assertEqual(p.returncode, 130, err)
            c = json.loads(out)
            jsonschema.validate(c, SCHEMA)
            self.assertTrue(c["interrupted"])
            self.assertEqual([b["state"] for b in c["backends"]], ["cut", "skipped"])


class Solve(program.Case):
    def test_the_kernels_solve_everything(self):
        """A backend with sa, pt and sqa alone: every spec, untimed and timed."""
        for spec in SPECS:
            cpu = self.solve(spec, *SMALL, "--backend", "cpu")
            r = self.solve(spec, *SMALL, "--backend", "csim")
            self.assertEqual(r["solver"]["backend"], "csim")
            self.assertEqual((r["answer"], r["raw"]), (cpu["answer"], cpu["raw"]))
            self.assertGreater(r["time_s"]["kernel"], 0)
            jsonschema.validate(r, RESULT_SCHEMA)
            r = self.solve(spec, "--backend", "csim", "--time-limit", 0.3)
            self.assertEqual(r["answer"]["status"], "feasible")
            self.assertLessEqual({a["name"].split()[0] for a in r["solver"]["portfolio"] or []}, {"sa"})

    def test_auto_without_a_card_is_silent(self):
        (rows,) = results(run("backends", "--json"))
        if any(row["devices"] for row in rows if row["name"] == "xrt"):
            self.skipTest("SKIPPED: there is a card")
        p = run("solve", SPEC["maxcut"], *SMALL, "--json", env={"TAUT_BITSTREAM": ""})
        (r,) = results(p)
        self.assertEqual((p.returncode, p.stderr, r["solver"]["backend"]), (0, "", "cpu"))

    def test_auto_falls_back_with_one_notice(self):
        for args, env in ((("--bitstream", "/no/such.xclbin"), {}), (("--device", "no such card"), {"TAUT_BITSTREAM": ""}), ((), {"TAUT_BITSTREAM": "/no/such.xclbin"})):
            p = run("solve", SPEC["maxcut"], SPEC["mis"], *SMALL, "--json", *args, env=env)
            self.assertEqual(p.returncode, 0, p.stderr)
            self.assertEqual([r["solver"]["backend"] for r in results(p)], ["cpu", "cpu"])
            self.assertEqual(len(p.stderr.splitlines()), 1, p.stderr)
            self.assertIn("backend auto: the cpu anneals, not xrt", p.stderr)
            p = run("solve", SPEC["maxcut"], *SMALL, "--quiet", *args, env=env)
            self.assertEqual((p.returncode, p.stderr), (0, ""))
            p = run("solve", SPEC["maxcut"], *SMALL, "--backend", "xrt", *args, env=env)
            self.assertEqual((p.returncode, p.stdout), (4, ""))
            self.assertEqual(len(p.stderr.splitlines()), 1, p.stderr)

    def test_a_named_backend_never_falls_back(self):
        p = run("solve", SPEC["maxcut"], "--backend", "csim", "--algorithm", "tabu")
        self.assertEqual((p.returncode, p.stdout), (5, ""))
        self.assertIn("'tabu' is not one of backend 'csim'", p.stderr)


if __name__ == "__main__":
    program.main()
