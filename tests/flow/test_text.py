"""What people see: reports within 80 columns, the progress line on a terminal, lists that end."""
import os
import pty
import re
import tempfile

import program
from program import SPECS, TAUT, run

INFEASIBLE = """taut: 1
problem:
  type: binary_program
  variables: [a, b, c]
  objective: {sense: max, linear: {a: 5, b: 3.5, c: 2}}
  constraints:
    - {name: twice, terms: {a: 1}, at_least: 2}
    - {terms: {a: 0.25, b: 0.75, c: 0.5}, at_most: 1}
"""


def on_a_terminal(*args):
    """What a terminal gets, and the exit code."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(TAUT, [TAUT, *map(str, args)])
    seen = b""
    try:
        while chunk := os.read(terminal, 4096):
            seen += chunk
    except OSError:  # the terminal is gone with the program
        pass
    os.close(terminal)
    return seen.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


class Text(program.Case):
    def check(self, text):
        for line in text.splitlines():
            self.assertLessEqual(len(line), 80, line)
            self.assertEqual(line, line.rstrip())

    def test_reports_fit_80_columns(self):
        for spec in SPECS:
            for method in ("auto", "penalty", "slack", "augmented_lagrangian"):
                for command in ("solve", "formulate"):
                    self.check(run(command, spec, "--method", method, "--moves", "flip", "--sweeps", "50").stdout)
        self.check(run("backends").stdout)

    def test_an_item_wider_than_the_line(self):
        name = "v" * 90
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "p.yaml")
            with open(path, "w") as f:
                f.write(f"taut: 1\nproblem: {{type: binary_program, variables: [a, {name}, b],"
                        f" objective: {{sense: max, linear: [[1, 1], [2, 1], [3, 1]]}}}}\n")
            out = run("solve", path).stdout
        self.assertIn(f"  ones          a\n                {name}\n                b\n", out)

    def test_what_is_violated_is_listed(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "p.yaml")
            with open(path, "w") as f:
                f.write(INFEASIBLE)
            p = run("solve", path)
            r = self.solve(path, code=10)
        self.assertEqual(p.returncode, 10)
        self.assertIn("INFEASIBLE", p.stdout)
        self.assertRegex(p.stdout, r"violated +1 of 2 rows")  # the other row can be kept
        self.assertRegex(p.stdout, r"row 1 twice: [01], outside by [12]\n")
        (violation,) = r["answer"]["violations"]
        self.assertEqual((violation["name"], violation["low"], violation["high"]), ("twice", 2, None))
        self.assertIsNone(r["best_known_gap"])

    def test_a_long_list_of_violations_ends(self):
        n = 300
        with tempfile.TemporaryDirectory() as folder:
            graph = os.path.join(folder, "k.col")
            with open(graph, "w") as f:
                f.write(f"p edge {n} {n * (n - 1) // 2}\n")
                f.writelines(f"e {u} {v}\n" for u in range(1, n + 1) for v in range(u + 1, n + 1))
            bits = os.path.join(folder, "bits")
            with open(bits, "w") as f:
                f.write("1" * n + "\n")
            p = run("verify", graph, bits)
        self.assertEqual(p.returncode, 10)
        self.assertIn(f"{n * (n - 1) // 2} of {n * (n - 1) // 2} conflicts violated", p.stdout)
        self.assertEqual(p.stdout.count("are both 1"), 100)


class Progress(program.Case):
    def test_a_terminal_gets_a_line_that_is_wiped(self):
        out, code = on_a_terminal("solve", program.ROOT / "formulations/specs/maxcut.yaml", "--time-limit", "0.4")
        self.assertEqual(code, 0)
        lines = out.split("\r\x1b[K")
        self.assertGreaterEqual(len(lines), 3)
        self.assertEqual(lines[0], "")
        for line in lines[1:-1]:
            self.assertRegex(line, r"^\S+  \d+\.\d of 0\.4 s  round \d+  best ")
            self.assertLessEqual(len(line), 79)
            self.assertNotIn("\n", line)
        self.assertTrue(re.match(r"^\w+: \w+, \d+ variables", lines[-1]), lines[-1])

    def test_notices_stand_on_lines_of_their_own(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "q.sparse")
            with open(path, "w") as f:
                f.write("3 3\n1 1 -2\n1 2 3\n3 3 1\n")
            out, _ = on_a_terminal("solve", path, "--time-limit", "0.2")
        self.assertRegex(out, r"^taut: [^\x1b]*\n\r\x1b\[K")

    def test_quiet_has_none(self):
        out, _ = on_a_terminal("solve", SPECS[0], "--quiet")
        self.assertNotIn("\x1b", out)


if __name__ == "__main__":
    program.main()
