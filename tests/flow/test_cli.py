"""The command line: help, options, errors, streams and exit codes."""
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time

import program
from program import ROOT, SPECS, run


class Help(program.Case):
    def test_lists_every_command_and_each_has_help(self):
        p = run("help")
        self.assertEqual((p.returncode, p.stderr), (0, ""))
        for command in ("solve", "compare", "formulate", "verify", "repair", "generate", "backends", "help"):
            self.assertIn(f"  {command} ", p.stdout)
            for words in (("help", command), (command, "--help"), (command, "-h")):
                q = run(*words)
                self.assertEqual((q.returncode, q.stderr), (0, ""), words)
                self.assertIn(f"usage: taut {command}", q.stdout)
                self.assertLessEqual(max(map(len, q.stdout.splitlines())), 80, command)

    def test_help_names_defaults_and_ranges(self):
        text = run("help", "solve").stdout
        self.assertIn("--reads N", text)
        self.assertIn("64 (1 to 1000000 samples)", text)

    def test_version(self):
        p = run("--version")
        self.assertEqual(p.returncode, 0)
        self.assertRegex(p.stdout, r"^taut \d+\.\d+\.\d+\n$")

    def test_options_page_is_generated_from_the_table(self):
        self.assertEqual(run("help", "options").stdout, (ROOT / "docs/options.md").read_text())

    def test_spec_page_lists_every_key(self):
        sections = {}
        for section, key in re.findall(r"^\|.*?\| `(\w+)\.(\w+)` \|", (ROOT / "docs/options.md").read_text(), re.M):
            sections.setdefault(section, set()).add(key)
        self.assertIn("formulation", sections)
        page = (ROOT / "docs/spec.md").read_text()
        for section, keys in sections.items():
            with self.subTest(section):
                row = re.search(rf"^\| `{section}` \| ((?:`\w+`(?:, )?)+)", page, re.M)
                self.assertEqual(set(re.findall(r"\w+", row.group(1))), keys)


class Usage(program.Case):
    def expect(self, code, text, *args):
        p = run(*args)
        self.assertEqual(p.returncode, code, (args, p.stderr))
        self.assertIn(text, p.stderr)
        self.assertEqual(p.stdout, "")
        self.assertEqual(len(p.stderr.splitlines()), 1, p.stderr)

    def test_devices_are_of_backends_that_have_some(self):
        for backend in ("cpu", "csim", "null"):
            for option in ("--device", "--bitstream"):
                p = run("solve", SPECS[0], "--backend", backend, option, "0")
                self.assertEqual((p.returncode, p.stdout), (2, ""))
                self.assertIn(f"backend {backend} has one device", p.stderr)
        with tempfile.TemporaryDirectory() as folder:
            spec = pathlib.Path(folder) / "s.yaml"
            spec.write_text("taut: 1\nproblem:\n  type: mis\n  vertices: 3\n  edges: [[1, 2]]\nsolver: {backend: cpu, device: 1}\n")
            self.assertEqual(run("solve", spec).returncode, 2)
            # what the command line names instead has nothing to do with the spec's device
            self.assertEqual(run("solve", spec, "--backend", "cpu").returncode, 0)
            self.assertEqual(run("solve", spec, "--backend", "cpu", "--device", "0").returncode, 2)

    def test_given_twice(self):
        spec = str(SPECS[0])
        self.expect(2, "--seed is given twice\n", "solve", spec, "--seed", "1", "--seed=1")
        self.expect(2, "--json is given twice\n", "solve", spec, "--json", "--json")
        self.expect(2, "--output is given twice\n", "generate", "mis", "--output", "a", "--output", "b")
        self.expect(2, "--method is given twice; it takes a list", "bench", spec, "--method", "penalty", "--method", "native")
        self.expect(2, "--backends is given twice; it takes a list", "compare", spec, "--backends", "cpu", "--backends", "csim")

    def test_a_penalty_rule_that_would_be_passed_over(self):
        for args in (["--method", "native"], ["--method", "slack", "--penalty", "3"], []):
            self.expect(2, "penalty-rule: flip is for method penalty, and the method is " + (args + ["", "auto"])[1], "solve",
                        SPECS[0], "--penalty-rule", "flip", *args)
        self.expect(2, "penalty-rule: calibrated does not go with a weight, penalty 3", "formulate", SPECS[0], "--method", "penalty",
                    "--penalty-rule", "calibrated", "--penalty", "3")
        with tempfile.TemporaryDirectory() as folder:
            spec = pathlib.Path(folder) / "s.yaml"
            text = "taut: 1\nproblem:\n  type: mis\n  vertices: 3\n  edges: [[1, 2]]\nformulation: "
            spec.write_text(text + "{method: penalty, penalty_rule: ratio, penalty: 2}\n")
            self.expect(2, "does not go with a weight", "solve", spec)
            spec.write_text(text + "{method: native, penalty_rule: ratio}\n")
            self.expect(2, "the method is native", "solve", spec)
            self.assertEqual(run("solve", spec, "--method", "penalty").returncode, 0)

    def test_errors_say_what_and_suggest(self):
        spec = str(SPECS[0])
        self.expect(2, "a command is missing")
        self.expect(2, "unknown command 'slove' (did you mean 'solve'?)", "slove")
        self.expect(2, "'taut solve' needs SPEC...", "solve")
        self.expect(2, "unknown option '--raeds' (did you mean '--reads'?)", "solve", spec, "--raeds", "3")
        self.expect(2, "--reads: 0 is outside 1 to 1000000", "solve", spec, "--reads", "0")
        self.expect(2, "--reads: '1x' is not a number", "solve", spec, "--reads=1x")
        self.expect(2, "--reads: a value is missing", "solve", spec, "--reads")
        self.expect(2, "'penalti' is none of", "solve", spec, "--method", "penalti")
        self.expect(2, "did you mean 'penalty'", "solve", spec, "--method", "penalti")
        self.expect(2, "--seed: -1 is outside", "solve", spec, "--seed", "-1")
        self.expect(2, "does not take --reads", "verify", spec, spec, "--reads", "3")
        self.expect(2, "unexpected 'c'", "verify", "a", "b", "c")
        self.expect(2, "no command 'slove'", "help", "slove")
        self.expect(2, "unknown option '-j'", "solve", "-j", spec)
        self.expect(7, "no-such-file", "solve", "no-such-file.dat", "--family", "qap")

    def test_double_dash_ends_options(self):
        p = run("solve", "--", "--json")
        self.assertEqual(p.returncode, 7, p.stderr)
        self.assertIn("--json", p.stderr)


class Streams(program.Case):
    def test_results_on_stdout_nothing_else(self):
        p = run("solve", SPECS[0], "--json")
        self.assertEqual(p.returncode, 0)
        self.assertEqual(len(program.results(p)), 1)

    def test_quiet_is_silent(self):
        for spec in SPECS:
            self.assertEqual(run("solve", spec, "--quiet", "--sweeps", "10").stderr, "", spec)

    def test_several_specs_one_bad(self):
        p = run("solve", SPECS[0], "tests/bad/none.yaml", SPECS[1], "--json", "--sweeps", "10")
        self.assertEqual(len(program.results(p)), 2)
        self.assertNotEqual(p.returncode, 0)
        self.assertIn("tests/bad/none.yaml", p.stderr)

    def test_output_file_appears_whole(self):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "r.json"
            p = run("solve", SPECS[0], "--json", "--output", out)
            self.assertEqual((p.returncode, p.stdout), (0, ""))
            self.assertEqual(len(out.read_text().splitlines()), 1)
            self.assertEqual(os.listdir(folder), ["r.json"])

    def test_a_full_disk_is_an_error(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("SKIPPED: no /dev/full")
        for option in ("--output", "--samples"):
            p = run("solve", SPECS[0], "--json", option, "/dev/full")
            self.assertEqual(p.returncode, 7, option)
            self.assertIn("/dev/full", p.stderr)

        for command in (["--version"], ["help"], ["backends"], ["solve", SPECS[0]], ["formulate", SPECS[0]]):
            with open("/dev/full", "w") as full:
                p = subprocess.run([program.TAUT, *map(str, command)], stdout=full, stderr=subprocess.DEVNULL, timeout=60)
            self.assertEqual(p.returncode, 7, command)

    def test_interrupted_while_waiting_for_input(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("g.mc", "s.yaml"):
                path = pathlib.Path(folder) / name
                os.mkfifo(path)
                for writer in (None, "open"):
                    p = subprocess.Popen([program.TAUT, "solve", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                    fd = os.open(path, os.O_WRONLY) if writer else None
                    time.sleep(0.3)
                    p.send_signal(signal.SIGINT)
                    out, err = p.communicate(timeout=20)
                    if fd is not None:
                        os.close(fd)
                    self.assertEqual((p.returncode, out), (130, b""), err)
                    self.assertIn(name.encode(), err)

    def test_unwritable_output(self):
        p = run("solve", SPECS[0], "--output", "/no/such/folder/x")
        self.assertEqual(p.returncode, 7)
        self.assertIn("/no/such/folder/x", p.stderr)


class Backends(program.Case):
    def test_lists_all(self):
        p = run("backends")
        self.assertEqual(p.returncode, 0)
        self.assertLessEqual(max(map(len, p.stdout.splitlines())), 80)
        (rows,) = program.results(run("backends", "--json"))
        self.assertEqual([r["name"] for r in rows], ["cpu", "csim", "opencl", "xrt", "null"])
        for row in rows:
            self.assertRegex(p.stdout, rf"(?m)^{row['name']} ")
            self.assertEqual(row["present"], row["missing"] is None, row)
            self.assertEqual(row["built_in"], row["build"] is None, row)
            if not row["built_in"]:
                self.assertEqual((row["missing"], row["devices"]), ("not built in", []))
            if row["present"]:
                self.assertTrue(row["device"] and row["algorithms"], row)
        cpu, null = rows[0], rows[-1]
        self.assertTrue(cpu["present"] and null["present"])
        self.assertEqual(cpu["algorithms"], ["sa", "pt", "sqa", "sb", "tabu", "random"])
        self.assertEqual((cpu["exact"], null["exact"]), (True, False))

    def test_says_how_to_build_one_in(self):
        (rows,) = program.results(run("backends", "--json"))
        for row in rows:
            if row["name"] in ("opencl", "xrt") and not row["built_in"]:
                self.assertIn(f"-DTAUT_WITH_{row['name'].upper()}=ON", row["build"])
                p = run("solve", ROOT / "formulations/specs/maxcut.yaml", "--backend", row["name"])
                self.assertEqual((p.returncode, p.stdout), (4, ""))
                self.assertIn(row["build"], p.stderr)

    def test_null_anneals_nothing(self):
        r = self.solve(ROOT / "formulations/specs/maxcut.yaml", "--backend", "null", "--local-search", "off")
        self.assertEqual(r["solver"]["backend"], "null")
        self.assertEqual(r["solver"]["proposals"], 0)


if __name__ == "__main__":
    program.main()
