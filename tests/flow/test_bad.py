"""Malformed specs and instance files: every line of tests/bad/LIST is one run with its exit code and a text of its message.

    exit code <TAB> arguments after taut <TAB> text that stderr must contain"""
import os

import program
from program import ROOT, run


class Bad(program.Case):
    def test_every_case(self):
        lines = [line for line in (ROOT / "tests/bad/LIST").read_text().splitlines() if line]
        self.assertGreaterEqual(len(lines), 60)
        named = set()
        for line in lines:
            with self.subTest(line):
                code, arguments, text = line.split("\t")
                p = run(*arguments.split(), timeout=20)
                self.assertEqual(p.returncode, int(code), p.stderr)
                self.assertIn(text, p.stderr)
                self.assertEqual(p.stdout, "")
                named.update(a for a in arguments.split() if a.startswith("tests/bad/"))
        files = {f"tests/bad/{name}" for name in os.listdir(ROOT / "tests/bad") if not name.startswith("LIST")}
        self.assertEqual(files - named, set(), "files that no case uses")


if __name__ == "__main__":
    program.main()
