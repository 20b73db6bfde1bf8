"""Generated problems: the same from the command line and from a spec, the same in every run, and Taillard's equal to QAPLIB's."""
import os
import pathlib
import re
import tempfile

import program
from program import INSTANCES, needs_instances, run

# family, options beside size: every kind once
KINDS = [
    ("mdkp", "chu_beasley", 20, ("--rows", "3", "--tightness", "0.25")),
    ("qap", "taillard", 7, ("--seed", "11")),
    ("tsp", "euclidean", 9, ()),
    ("market_share", "cornuejols_dawande", 20, ()),
    ("qubo", "beasley", 40, ("--density", "0.3")),
    ("qubo", "complete", 20, ("--range", "-127..127")),
    ("qubo", "gnp", 20, ()),
    ("binary_program", "planted", 30, ("--rows", "6", "--tightness", "0.2")),
    ("binary_program", "planted_quadratic", 30, ("--rows", "3", "--tightness", "0.2")),
    ("maxcut", "gnp", 30, ("--range", "-1..1")),
    ("maxcut", "gnm", 30, ("--edges", "50")),
    ("maxcut", "torus2d", 30, ("--rows", "5")),
    ("maxcut", "torus3d", 27, ()),
    ("maxcut", "complete", 15, ()),
    ("mis", "gnp", 30, ("--range", "1..9")),
    ("mis", "gnm", 30, ("--density", "0.2")),
    ("mis", "torus2d", 25, ()),
    ("mis", "torus3d", 27, ()),
]
FAST = ("--reads", "16", "--sweeps", "60", "--threads", "1")


def generate(family, kind, size, options):
    return run("generate", family, "--kind", kind, "--size", size, *options)


def spec(family, kind, size, options):
    words = [f"kind: {kind}", f"size: {size}"]
    words += [f"{name[2:]}: {value}" for name, value in zip(options[::2], options[1::2])]
    return f"taut: 1\nproblem: {{type: {family}, generate: {{{', '.join(words)}}}}}\n"


class Generate(program.Case):
    def test_file_and_spec_are_one_problem(self):
        with tempfile.TemporaryDirectory() as folder:
            file, made = pathlib.Path(folder) / "file.txt", pathlib.Path(folder) / "spec.yaml"
            for kind in KINDS:
                with self.subTest(kind):
                    p = generate(*kind)
                    self.assertEqual((p.returncode, p.stderr), (0, ""))
                    file.write_text(p.stdout)
                    made.write_text(spec(*kind))
                    one = self.solve(made, *FAST)
                    two = self.solve(file, "--family", kind[0], *FAST)
                    self.assertEqual(one["answer"]["status"], "feasible")
                    self.assertEqual(one["answer"], two["answer"])
                    self.assertEqual(one["problem"]["name"], "spec")
                    self.assertIn(f"generated: kind {kind[1]}, size {kind[2]}", one["problem"]["note"])

    def test_dense_spec_is_the_listed_file(self):
        """From 512 variables on complete problems go as a matrix; read from a file they are a list."""
        for family, kind, options in (("maxcut", "complete", ("--range", "-127..127")), ("maxcut", "complete", ()),
                                      ("maxcut", "complete", ("--range", "300..300")), ("maxcut", "gnm", ("--density", "0.8")),
                                      ("qubo", "beasley", ("--density", "1", "--range", "-127..127"))):
            with self.subTest((kind, options)), tempfile.TemporaryDirectory() as folder:
                folder = pathlib.Path(folder)
                p = generate(family, kind, 515, options)
                self.assertEqual((p.returncode, p.stderr), (0, ""))
                (folder / "dense.txt").write_text(p.stdout)
                (folder / "dense.yaml").write_text(spec(family, kind, 515, options))
                made, read = (self.problem(family, folder / name) for name in ("dense.yaml", "dense.txt"))
                self.assertEqual(made, read)

    def problem(self, family, path):
        """All that is found, drawn and written of a problem, but its name and the time."""
        of_family = () if path.suffix == ".yaml" else ("--family", family)
        samples, form = path.with_suffix(".samples"), path.with_suffix(".coo")
        r = self.solve(path, *of_family, *FAST, "--algorithm", "sa", "--samples", samples)
        p = run("formulate", path, *of_family, "--to", "coo", "--output", form)
        self.assertEqual(p.returncode, 0, p.stderr)
        written = [line for line in form.read_text().splitlines() if path.stem not in line]
        return r["answer"], r["raw"], r["baseline"], r["formulation"], samples.read_text(), written

    def test_seed_decides(self):
        for kind in KINDS:
            with self.subTest(kind):
                family, name, size, options = kind
                first = generate(*kind).stdout
                self.assertEqual(first, generate(*kind).stdout)
                other = generate(family, name, size, (*options, "--seed", "12")).stdout
                if (family, name) not in (("mis", "torus2d"), ("mis", "torus3d")):  # nothing random in these but their name
                    self.assertNotEqual(re.sub(r"\b\w+-\d+-\d+\b", "", first), re.sub(r"\b\w+-\d+-\d+\b", "", other))

    def test_output_and_format(self):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "a.lp"
            p = run("generate", "mdkp", "--size", "5", "--rows", "2", "--output", out)
            self.assertEqual((p.returncode, p.stdout, p.stderr), (0, "", ""))
            self.assertIn("Maximize", out.read_text())
            self.assertEqual(run("generate", "mdkp", "--size", "5", "--rows", "2", "--to", "lp").stdout, out.read_text())
            self.assertEqual(os.listdir(folder), ["a.lp"])

    def test_errors(self):
        for text, words in (
            ("'taut generate' needs FAMILY", ()),
            ("FAMILY: 'mdpk' is none of", ("mdpk",)),
            ("did you mean 'mdkp'", ("mdpk",)),
            ("one has to be named", ("auto",)),
            ("did you mean 'taillard'", ("qap", "--kind", "tailard")),
            ("kind: 'taillard' is not for family mdkp, which has chu_beasley", ("mdkp", "--kind", "taillard")),
            ("--size: 0 is outside 1 to 2000000000", ("mdkp", "--size", "0")),
            ("--density: 2 is outside 1e-09 to 1", ("qubo", "--density", "2")),
            ("density does not apply to kind torus2d", ("maxcut", "--kind", "torus2d", "--density", "0.5")),
            ("--range: '5' is no range", ("maxcut", "--range", "5")),
            ("--range: '5..4' is no range", ("maxcut", "--range", "5..4")),
            ("about 2e+18 numbers: more than", ("maxcut", "--kind", "complete", "--size", "2000000000")),
            ("does not take --reads", ("maxcut", "--reads", "5")),
            ("rudy holds family maxcut, not qap", ("qap", "--to", "rudy")),
        ):
            p = run("generate", *words)
            self.assertEqual((p.returncode, p.stdout), (2, ""), words)
            self.assertIn(text, p.stderr)
            self.assertEqual(len(p.stderr.splitlines()), 1)

    def test_options_of_the_problem_apply(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "q.yaml"
            data = "taut: 1\nproblem: {{type: qubo, {}generate: {{size: 12, density: 1}}}}\nbest_known: 7\n"
            path.write_text(data.format(""))
            least = self.solve(path, *FAST)
            path.write_text(data.format("sense: max, "))
            most = self.solve(path, *FAST)
            self.assertLess(least["answer"]["objective"], most["answer"]["objective"])
            self.assertEqual(least["best_known"], 7)
            self.assertEqual(self.solve(path, *FAST, "--sense", "min")["answer"], least["answer"])
            p = run("solve", path, "--family", "qap")
            self.assertEqual(p.returncode, 2)
            self.assertIn("--family qap: the spec's problem is of family qubo", p.stderr)
            p = run("solve", path, "--complement")
            self.assertEqual(p.returncode, 2)
            self.assertIn("--complement does not apply to the spec's generated data of qubo", p.stderr)

    @needs_instances
    def test_taillard_equals_qaplib(self):
        for n in (10, 12, 15, 17, 20, 25, 30, 35, 40, 50, 60, 80, 100):
            file = INSTANCES / f"qap/qaplib/tai{n}a.dat"
            if file.exists():
                self.assertEqual(generate("qap", "taillard", n, ()).stdout.split(), file.read_text().split(), file)
            else:
                print(f"SKIPPED: no {file}")


if __name__ == "__main__":
    program.main()
