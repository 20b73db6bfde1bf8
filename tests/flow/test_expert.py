"""Expert controls: schedules, states to start from, targets, samples in both forms, an early end."""
import json
import pathlib
import re
import tempfile

import program
from program import ROOT, SPECS, run

FAMILY = {spec.stem: spec for spec in SPECS}
STILL = ("--sweeps", "1", "--t-hot", "1e-6", "--t-cold", "1e-6")  # nothing goes uphill


class Expert(program.Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def samples(self, *args):
        """The JSON lines of a solve, parsed."""
        path = self.folder / "samples.jsonl"
        self.solve(*args, "--samples", path)
        return [json.loads(line) for line in path.read_text().splitlines()]

    def refused(self, code, text, *args):
        p = run("solve", *args)
        self.assertEqual(p.returncode, code, p.stderr)
        self.assertIn(text, p.stderr)
        self.assertEqual(p.stdout, "")


class Temperatures(Expert):
    def test_given_ends_are_reported(self):
        s = self.solve(FAMILY["maxcut"], "--t-hot", "6.5", "--t-cold", "0.25")["solver"]
        self.assertAlmostEqual(s["t_hot"], 6.5)
        self.assertAlmostEqual(s["t_cold"], 0.25)

    def test_one_end_alone_moves_the_other(self):
        s = self.solve(FAMILY["maxcut"], "--t-cold", "1e6")["solver"]
        self.assertAlmostEqual(s["t_hot"], 1e6)
        s = self.solve(FAMILY["maxcut"], "--t-hot", "1e-6")["solver"]
        self.assertAlmostEqual(s["t_cold"], 1e-6)

    def test_cold_above_hot(self):
        self.refused(2, "t-cold: 3 is above t-hot, 2", FAMILY["maxcut"], "--t-hot", "2", "--t-cold", "3")

    def test_schedule_ends_are_reported(self):
        path = self.file("t", "# first\n\n 8\n0.5 # low\n1e0\n2\n")
        s = self.solve(FAMILY["maxcut"], "--schedule", path)["solver"]
        self.assertAlmostEqual(s["t_hot"], 8)
        self.assertAlmostEqual(s["t_cold"], 2)

    def test_a_constant_schedule_is_a_constant_temperature(self):
        for spec in FAMILY.values():
            flat = self.samples(spec, "--sweeps", "30", "--schedule", self.file("t", "1.7\n"))
            ends = self.samples(spec, "--sweeps", "30", "--t-hot", "1.7", "--t-cold", "1.7")
            self.assertEqual(flat, ends, spec)

    def test_as_many_numbers_as_sweeps_are_the_temperatures(self):
        # the same line by three numbers, and by one for each of five sweeps
        few = self.samples(FAMILY["maxcut"], "--sweeps", "5", "--schedule", self.file("a", "8\n4\n2\n"))
        each = self.samples(FAMILY["maxcut"], "--sweeps", "5", "--schedule", self.file("b", "8\n6\n4\n3\n2\n"))
        other = self.samples(FAMILY["maxcut"], "--sweeps", "5", "--schedule", self.file("c", "8\n6\n4\n3\n1\n"))
        self.assertEqual(few, each)
        self.assertNotEqual(few, other)

    def test_schedule_of_a_spec_is_found_from_its_folder(self):
        (self.folder / "sub").mkdir()
        self.file("sub/t", "3\n1\n")
        spec = self.file("sub/s.yaml", FAMILY["maxcut"].read_text() + "\nsolver: {schedule: t}\n")
        self.assertAlmostEqual(self.solve(spec)["solver"]["t_hot"], 3)

    def test_refusals(self):
        spec = FAMILY["maxcut"]
        path = self.file("t", "1\n")
        self.refused(2, "t-hot and t-cold do not go with it", spec, "--schedule", path, "--t-hot", "2")
        for text, at in (("1\n2 3\n", ":2:3: "), ("1\n-2\n", ":2:1: "), ("x\n", ":1:1: "), ("1\nnan\n", ":2:1: "), ("# 1\n", "no temperature")):
            self.refused(3, at, spec, "--schedule", self.file("bad", text))
        self.refused(7, "nowhere", spec, "--schedule", self.folder / "nowhere")


class Initial(Expert):
    def test_frozen_runs_return_their_starts(self):
        for name in ("mdkp", "qap", "tsp", "maxcut", "mis", "qubo", "market_share", "binary_program"):
            r = self.solve(FAMILY[name])
            start = self.file("start", json.dumps(r))
            for method in ("penalty", "slack"):
                rows = self.samples(FAMILY[name], "--method", method, *STILL, "--reads", "3", "--rounds", "1", "--initial", start)
                for row in rows:
                    self.assertTrue(row["feasible"], (name, method))
                    if name not in ("mis", "market_share"):  # there a better energy may lie next to the best answer
                        self.assertEqual(row["objective"], r["answer"]["objective"], (name, method))

    def test_reads_take_the_starts_in_turn(self):
        starts = ["1" + "0" * 35, "0" * 36]
        identity = "".join("1" if a == l else "0" for a in range(6) for l in range(6))
        reverse = "".join("1" if a + l == 5 else "0" for a in range(6) for l in range(6))
        path = self.file("two", f"{identity}\n{reverse}\n")
        rows = self.samples(FAMILY["qap"], "--backend", "null", "--reads", "5", "--local-search", "off",
                            "--initial", path)  # local search may meet the bound before there are samples
        self.assertEqual([row["bits"] for row in rows], [identity, reverse, identity, reverse, identity])
        rows = self.samples(FAMILY["qap"], "--backend", "null", "--moves", "flip", "--reads", "3", "--rounds", "1", "--local-search", "off",
                            "--initial", self.file("any", "\n".join(starts) + "\n"))
        self.assertEqual([row["bits"] for row in rows], [starts[0], starts[1], starts[0]])

    def test_the_answer_is_never_worse_than_a_start(self):
        best = self.solve(FAMILY["tsp"])
        hot = self.solve(FAMILY["tsp"], "--sweeps", "1", "--reads", "1", "--t-hot", "1e9", "--t-cold", "1e9", "--local-search", "off",
                         "--initial", self.file("start", json.dumps(best)))
        self.assertEqual(hot["answer"]["objective"], best["answer"]["objective"])
        self.assertLessEqual(hot["raw"]["samples"], 1)  # none where a bound proves the start

    def test_starts_that_moves_cannot_keep(self):
        path = self.file("bits", "1" * 36 + "\n")
        self.refused(3, f"{path}:1: one-hot row 1", FAMILY["qap"], "--initial", path)
        two = "".join("1" if l == 0 else "0" for a in range(6) for l in range(6))
        path = self.file("bits", "# a comment\n" + two + "\n")
        self.refused(3, f"{path}:2: one-hot row 7", FAMILY["qap"], "--initial", path)
        self.assertEqual(run("solve", FAMILY["qap"], "--initial", path, "--moves", "flip").returncode, 0)

    def test_malformed_starts(self):
        for text in ("", "0101\n", "{]", "hello\n"):
            path = self.file("bad", text)
            self.refused(3, str(path), FAMILY["mdkp"], "--initial", path)
        other = self.file("other", json.dumps(self.solve(FAMILY["mis"])))
        self.refused(3, "no answer for problem", FAMILY["mdkp"], "--initial", other)

    def test_threads_and_instruction_set(self):
        start = self.file("start", json.dumps(self.solve(FAMILY["mdkp"])))
        schedule = self.file("t", "3\n0.5\n2\n0.1\n")
        args = ("--initial", start, "--schedule", schedule, "--reads", "130", "--sweeps", "5000")
        seen = []
        for threads, isa in (("1", None), ("3", None), ("2", "generic")):
            path = self.folder / "samples.bin"
            self.solve(FAMILY["mdkp"], *args, "--threads", threads, "--samples", path, env={"TAUT_ISA": isa} if isa else None)
            seen.append(path.read_bytes())
        self.assertEqual(seen[0], seen[1])
        self.assertEqual(seen[0], seen[2])


class Target(Expert):
    def test_stops_when_it_is_reached(self):
        for name, loose, beyond in (("tsp", "1e6", "1"), ("mdkp", "-5", "1e6")):
            r = self.solve(FAMILY[name], "--rounds", "4", "--target", loose)
            self.assertTrue(r["target_reached"])
            self.assertEqual(r["formulation"]["rounds"], 1)
            r = self.solve(FAMILY[name], "--rounds", "4", "--target", beyond, "--local-search", "off")
            self.assertFalse(r["target_reached"])
            self.assertEqual(r["target"], float(beyond))

    def test_compared_exactly(self):
        best = self.solve(FAMILY["tsp"])["answer"]["objective"]
        for target, reached in ((f"{best}", True), (f"{best}.000000001", True), (f"{best - 1}.999999999", False)):
            self.assertEqual(self.solve(FAMILY["tsp"], "--target", target)["target_reached"], reached, target)
        best = self.solve(FAMILY["mdkp"])["answer"]["objective"]
        for target, reached in ((f"{best}", True), (f"{best}.000000001", False), (f"{best - 1}.999999999", True)):
            self.assertEqual(self.solve(FAMILY["mdkp"], "--target", target)["target_reached"], reached, target)

    def test_a_start_may_reach_it(self):
        best = self.solve(FAMILY["tsp"])
        r = self.solve(FAMILY["tsp"], "--target", best["answer"]["objective"], "--initial", self.file("start", json.dumps(best)))
        self.assertEqual((r["target_reached"], r["formulation"]["rounds"], r["raw"]["samples"]), (True, 0, 0))

    def test_no_target(self):
        r = self.solve(FAMILY["tsp"])
        self.assertIsNone(r["target"])
        self.assertIsNone(r["target_reached"])
        self.refused(2, "--target", FAMILY["tsp"], "--target", "low")


class Samples(Expert):
    def test_binary_holds_what_json_holds(self):
        block = re.search(r"^```python\n(.*?)^```", (ROOT / "docs/samples.md").read_text(), re.S | re.M).group(1)
        names = {}
        exec(block, names)  # the reader that the page shows
        for spec in FAMILY.values():
            args = (spec, "--reads", "70", "--rounds", "2", "--sweeps", "20", "--threads", "1")
            rows = self.samples(*args)
            path = self.folder / "samples.bin"
            self.solve(*args, "--samples", path)
            found = list(names["read_samples"](path))
            for row in found:
                value, decimals = row["objective"]
                row["objective"] = value / 10**decimals
            self.assertEqual(found, rows, spec)
            self.assertGreaterEqual(len(rows), 70)

    def test_objective_and_feasibility_are_the_judge_s(self):
        for name in ("mdkp", "tsp", "binary_program"):
            rows = self.samples(FAMILY[name], "--reads", "20", "--sweeps", "3", "--moves", "flip")
            for row in rows[:20]:
                p = run("verify", FAMILY[name], self.file("bits", row["bits"] + "\n"), "--json")
                (v,) = program.results(p)
                self.assertEqual((v["objective"], v["status"] == "feasible"), (row["objective"], row["feasible"]), name)

    def test_several_problems(self):
        path = self.folder / "samples.jsonl"
        self.assertEqual(run("solve", FAMILY["mis"], FAMILY["tsp"], "--reads", "2", "--samples", path).returncode, 0)
        names = [json.loads(line)["problem"] for line in path.read_text().splitlines()]
        self.assertEqual(len(set(names)), 2)
        self.assertEqual(run("solve", FAMILY["mis"], "--samples", self.folder / "no" / "where").returncode, 7)


class EarlyEnd(Expert):
    def test_before_any_sample_a_repaired_start_is_the_answer(self):
        for spec in FAMILY.values():
            r = self.solve(spec, "--time-limit", "1e-9")
            self.assertEqual(r["answer"]["status"], "feasible", spec)
            self.assertEqual((r["formulation"]["rounds"], r["raw"]["samples"]), (0, 0), spec)


if __name__ == "__main__":
    program.main()
