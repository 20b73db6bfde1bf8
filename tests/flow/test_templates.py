"""The add-a pages show the lines of their templates, which the build compiles and test_templates runs."""
import re

import program
from program import ROOT

KINDS = ("family", "format", "formulation", "backend")


class Templates(program.Case):
    def test_code_on_the_pages_is_the_templates(self):
        for kind in KINDS:
            template = "\n" + (ROOT / f"docs/templates/{kind}.c").read_text()
            page = (ROOT / f"docs/add-a-{kind}.md").read_text()
            blocks = re.findall(r"^```c\n(.*?)^```", page, re.S | re.M)
            self.assertGreaterEqual(len(blocks), 3, kind)
            for block in blocks:
                with self.subTest(f"{kind}: {block.splitlines()[0]}"):
                    self.assertIn("\n" + block, template)
            self.assertIn(f"](templates/{kind}.c)", page)

    def test_files_on_the_pages_exist(self):
        for kind in KINDS:
            page = (ROOT / f"docs/add-a-{kind}.md").read_text()
            found = [p for p in re.findall(r"\b(?:host|formulations|tests|docs|hls)/[\w./-]*\w", page)
                     if not re.search("NAME|GROUP", p)]
            self.assertGreater(len(found), 5, kind)
            for path in found:
                with self.subTest(f"{kind}: {path}"):
                    self.assertTrue((ROOT / path).exists())

    def test_every_template_has_its_page(self):
        names = {p.stem for p in (ROOT / "docs/templates").glob("*.c")}
        self.assertEqual(names, set(KINDS))


if __name__ == "__main__":
    program.main()
