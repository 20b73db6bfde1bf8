"""Integers of binary programs: the same problem from every format, in every encoding, against all its points."""
import json
import pathlib
import tempfile
import unittest

import jsonschema

import program
from program import ROOT

SPEC = """taut: 1
problem:
  type: binary_program
  variables: [truck, small, large]
  integers: {small: [0, 20], large: [-2, 7]}
  objective: {sense: max, linear: {truck: -5, small: 2, large: 7}, quadratic: [[large, large, -0.5], [small, large, 0.25]]}
  constraints: [{name: weight, terms: {small: 1, large: 3, truck: -10}, at_most: 12.5}]
"""
MPS = """NAME boxes
OBJSENSE MAX
ROWS
 N value
 L weight
COLUMNS
 M1 'MARKER' 'INTORG'
 small value 2 weight 1
 M2 'MARKER' 'INTEND'
 large value 7 weight 3
 truck value -5 weight -10
RHS
 R weight 12.5
BOUNDS
 UP B small 20.5
 LI B large -2
 UI B large 7
 BV B truck
QUADOBJ
 large large -1
 small large 0.25
ENDATA
"""
QPLIB = """boxes
QIL
maximize
3 # truck, small, large
1
2 # nonzeros
3 2 0.25
3 3 -1
0
3
1 -5
2 2
3 7
0 # constant
3
1 1 -10
1 2 1
1 3 3
1e30
-1e30
0
12.5
0
0 # lower bounds
1
3 -2.5
20
2
1 1
3 7
0 # x
0
0 # y
0
0 # z
0
3
1 truck
2 small
3 large
1
1 weight
"""


def value(truck, small, large):
    return -5 * truck + 2 * small + 7 * large - large * large / 2 + small * large / 4


def best():
    return max((value(t, s, l), t, s, l) for t in (0, 1) for s in range(21) for l in range(-2, 8) if s + 3 * l - 10 * t <= 12.5)


class Integers(program.Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def check(self, r, *, optimal=True):
        a = r["answer"]
        values = dict(zip(a["decoded"]["integers"], a["decoded"]["values"]))
        point = (int("truck" in a["decoded"]["ones"]), values["small"], values["large"])
        self.assertEqual(set(a["decoded"]["ones"]) - {"truck"}, set())
        self.assertEqual(a["status"], "feasible")
        self.assertEqual(a["objective"], value(*point))
        self.assertLessEqual(point[1] + 3 * point[2] - 10 * point[0], 12.5)
        if optimal:
            self.assertEqual((a["objective"], *point), best())

    def test_formats_and_encodings(self):
        paths = (self.file("a.yaml", SPEC), ROOT / "tests/data/formats/integers.lp", self.file("a.mps", MPS), self.file("a.qplib", QPLIB))
        bits = {0: 10, 1: 30, 3: 1 + 8 + 4, 100: 10}
        for path in paths:
            for weight, n in bits.items():
                with self.subTest(f"{path.name} {weight}"):
                    r = self.solve(path, "--integer-weight", weight)
                    self.assertEqual(len(r["answer"]["bits"]), n)
                    self.check(r)

    def test_methods(self):
        path = self.file("a.yaml", SPEC)
        for method in program.METHODS:
            with self.subTest(method):
                self.check(self.solve(path, "--method", method, "--rounds", 3), optimal=False)

    def test_answers_are_verified_and_initial(self):
        path = self.file("a.yaml", SPEC)
        answer = self.folder / "answer.json"
        p = program.run("solve", path, "--integer-weight", 2, "--json", "--output", answer)
        self.assertEqual(p.returncode, 0, p.stderr)
        p = program.run("verify", path, answer, "--integer-weight", 2)
        self.assertEqual(p.returncode, 0, p.stderr)
        self.assertIn(f"objective {best()[0]:g}\n  small = 13\n  large = 3\n", p.stdout)
        p = program.run("verify", path, answer, "--integer-weight", 2, "--json")
        self.assertEqual(json.loads(p.stdout)["integers"], {"small": 13, "large": 3})
        self.check(self.solve(path, "--integer-weight", 2, "--initial", answer, "--reads", 1, "--sweeps", 1, "--local-search", "off"))
        for other in ((), ("--integer-weight", 1)):  # other bits: the result says which
            p = program.run("verify", path, answer, *other)
            self.assertEqual(p.returncode, 0, p.stderr)
            self.assertIn("  small = 13\n  large = 3\n", p.stdout)
            p = program.run("repair", path, answer, *other)
            self.assertEqual((p.returncode, p.stderr), (0, ""))
            self.check(self.solve(path, *other, "--initial", answer, "--reads", 1, "--sweeps", 1, "--local-search", "off"))
        r = json.loads(answer.read_text())
        jsonschema.validate(r, json.loads((ROOT / "docs/result.schema.json").read_text()))
        self.assertEqual(r["problem"]["integer_weight"], 2)
        for weight, code, message in ((0, 3, "answer.bits has "), (1, 3, "answer.bits has "), (1000, 3, "answer.bits has "),
                                      (-1, 3, "a whole number from 0"), (0.5, 3, "a whole number from 0"), (2, 0, "")):
            r["problem"]["integer_weight"] = weight
            p = program.run("verify", path, self.file("other.json", json.dumps(r)))
            self.assertEqual(p.returncode, code, (weight, p.stderr))
            self.assertIn(message, p.stderr)
        del r["problem"]["integer_weight"]
        p = program.run("verify", path, self.file("other.json", json.dumps(r)))
        self.assertEqual(p.returncode, 3)
        self.assertIn("bits of integers differ by --integer-weight", p.stderr)

    def test_report(self):
        p = program.run("solve", self.file("a.yaml", SPEC))
        self.assertRegex(p.stdout, r"integers +small large\n +values +13 3\n")

    def test_conversion_writes_bits(self):
        source = self.file("a.yaml", SPEC)
        for name in ("b.lp", "b.mps"):
            with self.subTest(name):
                target = self.folder / name
                p = program.run("convert", source, target)
                self.assertEqual(p.returncode, 0, p.stderr)
                self.assertEqual(self.solve(target)["answer"]["objective"], best()[0])

    def test_activities_are_those_of_the_integers(self):
        path = self.file("a.yaml", SPEC)
        answer = self.file("answer.txt", "0" + "11111" + "1111" + "\n")  # small 20, large 7
        p = program.run("verify", path, answer, "--json")
        self.assertEqual(p.returncode, 10, p.stderr)
        self.assertEqual(json.loads(p.stdout)["violations"],
                         [{"row": 1, "name": "weight", "activity": 41, "low": None, "high": 12.5, "violation": 28.5}])

    def test_fixed_integer_is_a_constant(self):
        text = SPEC.replace("large: [-2, 7]", "large: [3, 3]")
        r = self.solve(self.file("a.yaml", text))
        self.check(r)
        self.assertEqual(len(r["answer"]["bits"]), 6)

    def test_all_fixed(self):
        text = "taut: 1\nproblem: {type: binary_program, variables: [a, b], integers: {a: [2, 2], b: [-3, -3]}, objective: " \
               "{sense: max, linear: {a: 5}, quadratic: [[a, b, 2], [b, b, 1]]}, constraints: [{terms: {a: 4, b: 1}, at_least: LEAST}]}\n"
        path = self.file("all.yaml", text.replace("LEAST", "5"))
        lp = self.file("all.lp", "Maximize\n obj: 5 a - 3 b + 16\nSubject To\n c: 4 a + b >= 5\nBounds\n a = 2\n b = 3\nGenerals\n a b\nEnd\n")
        for args, objective in ((path, 7), (lp, 17)):
            for method in ("auto", *program.METHODS):
                with self.subTest(f"{args.name} {method}"):
                    r = self.solve(args, "--method", method)
                    self.assertEqual((r["answer"]["status"], r["answer"]["objective"]), ("feasible", objective))
                    self.assertEqual(r["answer"]["decoded"]["values"][0], 2)
                    self.assertEqual(r["answer"]["decoded"]["ones"], [])
        answer = self.folder / "all.json"
        self.assertEqual(program.run("solve", path, "--json", "--output", answer).returncode, 0)
        self.assertEqual(program.run("verify", path, answer).returncode, 0)
        path = self.file("none.yaml", text.replace("LEAST", "6"))
        r = self.solve(path, code=10)
        self.assertEqual([(v["activity"], v["violation"]) for v in r["answer"]["violations"]], [(5, 1)])

    def test_not_for_other_families(self):
        p = program.run("solve", ROOT / "formulations/specs/mdkp.yaml", "--integer-weight", 3)
        self.assertEqual(p.returncode, 2)
        p = program.run("solve", ROOT / "tests/data/formats/integers.lp", "--family", "qubo")
        self.assertEqual(p.returncode, 3)
        self.assertIn("family qubo has 0-1 variables alone", p.stderr)


if __name__ == "__main__":
    unittest.main()
