"""taut convert and formulate --to: every way to another format and back gives the same objective and the same feasible points."""
import json
import os
import pathlib
import re
import resource
import subprocess
import tempfile
from decimal import Decimal

import program
import roundtrip
from program import ROOT, SPECS, TAUT, run

DATA = ROOT / "tests/data/formats"
# formats that hold the family, the native ones first
FORMATS = {
    "mdkp": ["orlib", "sac94", "mknap2", "lp", "mps", "opb"],
    "mis": ["dimacs", "lp", "mps", "opb"],
    "qap": ["qaplib", "lp", "mps", "opb"],
    "tsp": ["tsplib", "lp", "mps", "opb"],
    "market_share": ["qoblib_ms", "market_json", "lp", "mps"],
    "maxcut": ["rudy", "coo", "qbsolv", "triangle", "lp", "mps", "opb"],
    "qubo": ["coo", "qbsolv", "triangle", "lp", "mps"],
    "binary_program": ["lp", "mps", "opb"],
}
MAXIMISED = {"maxcut", "qubo"}  # of the shipped specs; coo, qbsolv and triangle turn their sign


class Case(program.Case):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def convert(self, source, target, *options):
        p = run("convert", source, target, *options)
        self.assertEqual(p.returncode, 0, p.stderr)
        return p

    def refused(self, code, text, *args):
        p = run(*args)
        self.assertEqual(p.returncode, code, (args, p.stderr))
        self.assertIn(text, p.stderr)
        return p

    def expect_same(self, source, options, form, family=None, **kwargs):
        self.assertEqual(roundtrip.check(source, options, form, self.folder, family, count=60, **kwargs), "", f"{source} as {form}")


class RoundTrip(Case):
    def test_every_spec_through_every_format(self):
        for spec in SPECS:
            family = program.results(run("formulate", spec, "--json"))[0]["problem"]["family"]
            for form in FORMATS[family]:
                with self.subTest(f"{spec.stem} as {form}"):
                    self.expect_same(spec, [], form, family, maximised=family in MAXIMISED)

    def test_every_data_file_through_lp(self):
        families = {"orlib": "mdkp", "sac94": "mdkp", "mknap2": "mdkp", "qaplib": "qap", "tsplib": "tsp", "dimacs": "mis", "rudy": "maxcut",
                    "qoblib_ms": "market_share", "triangle": "qubo", "opb": "binary_program"}
        for form, family in families.items():
            (path,) = DATA.glob(form + ".*")
            options = ["--family", family] + (["--index", "1"] if form in ("orlib", "mknap2") else [])
            with self.subTest(form):
                self.expect_same(path, options, "lp", family)

    def test_a_difference_is_noticed(self):
        """The comparison itself: a changed coefficient and a changed right-hand side."""
        spec = ROOT / "formulations/specs/mdkp.yaml"
        self.convert(spec, self.folder / "a.lp")
        good = (self.folder / "a.lp").read_text()
        self.write("points.txt", "\n".join(roundtrip.points(12, 0, 60, 1)))
        judge = lambda name: roundtrip.judge(self.folder / name, [], self.folder / "points.txt")
        for name, old, new in (("b.lp", "48 x1", "49 x1"), ("c.lp", "<= 50", "<= 40")):
            self.assertIn(old, good)
            self.write(name, good.replace(old, new))
            self.assertNotEqual(judge("a.lp"), judge(name))

    def test_complement_is_written_out(self):
        options = ["--family", "mis", "--complement", "--weights", "unit"]
        for form in ("dimacs", "lp"):
            self.expect_same(DATA / "dimacs.gph", options, form, "mis")
        dimacs = self.convert(DATA / "dimacs.gph", "-", *options).stdout
        self.assertEqual(self.convert(DATA / "dimacs.gph", "-", "--to", "bhoslib", *options).stdout, dimacs.split("\n", 1)[1])

    def test_fractions_offset_ranges_and_names(self):
        spec = self.write("p.yaml", """taut: 1
name: mixed
problem:
  type: binary_program
  variables: [a, b, c, d]
  objective:
    sense: max
    offset: -2.75
    linear: {a: 1.5, b: -3, d: 0.125}
    quadratic: [[a, b, 2.25], [c, d, -1]]
  constraints:
    - {name: band, terms: {a: 0.5, b: 1.5, c: -1}, at_least: -0.5, at_most: 1}
    - {name: low, terms: {a: 1, d: 1}, at_least: 1}
  conflicts: [[a, c]]
  groups:
    - {at_most_one: [b, c, d]}
""")
        p = run("verify", spec, self.write("one.txt", "1000\n"))
        if p.returncode == 3:
            self.fail(p.stderr)
        for form in ("lp", "mps"):
            self.expect_same(spec, [], form)
        self.refused(3, "opb holds whole numbers", "convert", spec, self.folder / "x.opb")

    def test_qubo_conventions(self):
        for options in ([], ["--pairs", "once"]):
            for form in ("coo", "qbsolv", "triangle", "lp", "mps"):
                self.expect_same(DATA / "triangle.sparse", ["--family", "qubo", *options], form)
        for form in ("coo", "triangle"):
            self.expect_same(DATA / "triangle.sparse", ["--family", "qubo", "--sense", "max"], form, maximised=True)

    def test_feasibility_form_of_market_share(self):
        spec = self.write("m.yaml", "taut: 1\nproblem: {type: market_share, demands: [[3, 5, 2, 7], [1, 4, 6, 2]], targets: [8, 5], "
                          "form: feasibility}\n")
        for form in ("lp", "mps", "opb"):
            self.expect_same(spec, [], form)
        self.refused(2, "read as deviation", "convert", spec, "-", "--to", "qoblib_ms")

    def test_several_problems_in_one_file(self):
        for form in ("orlib", "mknap2"):
            self.convert(DATA / "orlib.txt", self.folder / "all.txt", "--to", form)
            before = program.results(run("formulate", DATA / "orlib.txt", "--json"))
            after = program.results(run("formulate", self.folder / "all.txt", "--format", form, "--json"))
            self.assertGreater(len(before), 1)
            self.assertEqual([r["formulation"] for r in before], [r["formulation"] for r in after])
            self.assertEqual([r["best_known"] for r in before], [r["best_known"] for r in after])
        count = len(before)
        self.refused(2, f"{count} problems, and format lp holds one; --index says which", "convert", DATA / "orlib.txt", "-", "--to", "lp")
        self.convert(DATA / "orlib.txt", self.folder / "one.lp", "--index", str(count))


class Files(Case):
    def test_ending_and_to_choose(self):
        spec = ROOT / "formulations/specs/maxcut.yaml"
        first = {"a.lp": "\\ ", "a.mps": "NAME ", "a.coo": "# vartype=BINARY", "a.qubo": "c vartype=BINARY", "a.json": "{", "a.mc": "12 ",
                 "a.opb": "* #variable= 12", "a.unknown": "12 "}
        for name, begins in first.items():
            self.convert(spec, self.folder / name)
            self.assertTrue((self.folder / name).read_text().startswith(begins), name)
        self.assertTrue(self.convert(spec, "-").stdout.startswith("12 "))
        self.assertTrue(self.convert(spec, "-", "--to", "lp").stdout.startswith("\\ "))
        self.assertIn("every sign is turned", self.convert(spec, "-", "--to", "coo").stderr)
        market = ROOT / "formulations/specs/market_share.yaml"
        self.convert(market, self.folder / "m.json")
        self.assertIn("demands", json.loads((self.folder / "m.json").read_text()))

    def test_qubo_json_is_the_same_form_as_coo(self):
        spec = ROOT / "formulations/specs/qubo.yaml"
        terms = json.loads(self.convert(spec, "-", "--to", "json").stdout, parse_float=Decimal)
        lines = [l.split() for l in self.convert(spec, "-", "--to", "coo").stdout.splitlines() if not l.startswith("#")]
        self.assertEqual([[int(i), int(j), Decimal(q)] for i, j, q in lines], [[i, j, Decimal(q)] for i, j, q in terms["terms"]])
        self.assertEqual(terms["variables"], 10)

    def test_refusals_leave_no_file(self):
        spec = ROOT / "formulations/specs/mdkp.yaml"
        self.refused(2, "coo holds no constraints", "convert", spec, self.folder / "a.coo")
        self.refused(2, "format qaplib holds family qap, not mdkp", "convert", spec, self.folder / "a.dat", "--to", "qaplib")
        self.refused(2, "format qplib is read and not written", "convert", spec, self.folder / "a.qplib", "--to", "qplib")
        self.refused(2, "needs IN OUT", "convert", spec)
        self.refused(2, "does not take --json", "convert", spec, "-", "--json")
        self.refused(7, "/no/such/folder", "convert", spec, "/no/such/folder/a.lp")
        self.assertEqual(os.listdir(self.folder), [])
        if os.path.exists("/dev/full"):
            self.refused(7, "/dev/full", "convert", spec, "/dev/full", "--to", "lp")

    def test_best_known_goes_along(self):
        spec = ROOT / "formulations/specs/mdkp.yaml"
        self.convert(spec, self.folder / "a.dat", "--to", "sac94", "--best-known", "191")
        self.assertEqual(self.solve(self.folder / "a.dat", "--family", "mdkp", "--sweeps", "10")["best_known"], 191)

    def test_a_large_output_takes_little_memory(self):
        n = 46  # dense: 2e6 terms
        rows = "\n".join(" ".join(str((i * 7 + j * 3) % 9 + 1) if i != j else "0" for j in range(n)) for i in range(n))
        path = self.write("big.dat", f"{n}\n{rows}\n{rows}\n")
        limit = 16 << 20
        sanitized = b"__asan_init" in pathlib.Path(TAUT).read_bytes()  # its own memory is beyond any limit
        p = subprocess.run([TAUT, "convert", path, self.folder / "big.lp", "--family", "qap"], capture_output=True, text=True,
                           preexec_fn=None if sanitized else lambda: resource.setrlimit(resource.RLIMIT_DATA, (limit, limit)))
        self.assertEqual(p.returncode, 0, p.stderr)
        self.assertGreater((self.folder / "big.lp").stat().st_size, 2 * limit)

    def test_too_many_terms_are_refused_before_they_are_written(self):
        p = run("convert", self.write("huge.dat", "400\n" + "1 " * 320000), "-", "--family", "qap", "--to", "lp")
        self.assertEqual(p.returncode, 5)
        self.assertRegex(p.stderr, r"up to \d+ quadratic terms; at most \d+")


class Formulate(Case):
    def energies(self, path, lines):
        return [v for v, _ in roundtrip.judge(path, [], self.write("points.txt", "\n".join(lines)))]

    def test_files_of_one_qubo_agree(self):
        for spec in SPECS:
            n = json.loads(run("formulate", spec, "--moves", "flip", "--method", "penalty", "--json").stdout)["formulation"]["variables"]
            lines = roundtrip.points(n, 0, 30, 2)
            found = []
            for name in ("a.coo", "a.qubo", "a.lp", "a.mps"):
                p = run("formulate", spec, "--method", "penalty", "--output", self.folder / name)
                self.assertEqual(p.returncode, 0, p.stderr)
                self.assertIn("method        penalty", p.stdout)
                found.append(self.energies(self.folder / name, lines))
            self.assertEqual(found.count(found[0]), len(found), spec)
            self.assertGreater(len(set(found[0])), 5)

    def test_feasible_points_keep_their_objective(self):
        """Products are exact penalties for conflicts, and a permutation breaks no row: the energy is the objective."""
        for family, form in (("mis", "coo"), ("qap", "qubo"), ("tsp", "lp")):
            spec = ROOT / f"formulations/specs/{family}.yaml"
            n = {"mis": 16, "qap": 36, "tsp": 36}[family]
            lines = [l for l in roundtrip.points(n, 6 if n == 36 else 0, 40, 3)]
            answers = self.write("points.txt", "\n".join(lines))
            p = run("formulate", spec, "--method", "penalty", "--output", self.folder / f"a.{form}")
            self.assertEqual(p.returncode, 0, p.stderr)
            before = roundtrip.judge(spec, [], answers)
            after = self.energies(self.folder / f"a.{form}", lines)
            sign = -1 if family == "mis" else 1
            feasible = [k for k in range(len(lines)) if before[k][1]]
            self.assertGreater(len(feasible), 5, family)
            for k in feasible:
                self.assertEqual(sign * after[k], before[k][0], (family, k))

    def test_stdout_takes_the_qubo_alone(self):
        spec = ROOT / "formulations/specs/mis.yaml"
        p = run("formulate", spec, "--to", "coo")
        self.assertEqual((p.returncode, p.stderr), (0, ""))
        self.assertRegex(p.stdout, re.compile(r"\A(# .*\n)+(\d+ \d+ -?[\d.]+\n)+\Z"))
        self.refused(2, "--moves exchange has no QUBO", "formulate", ROOT / "formulations/specs/qap.yaml", "--to", "coo", "--moves", "exchange")
        self.refused(2, "the QUBO of one problem", "formulate", spec, spec, "--output", self.folder / "a.coo")


if __name__ == "__main__":
    program.main()
