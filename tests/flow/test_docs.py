"""Every command of README.md and docs/ works as written: lines of ```sh blocks that begin with `taut` are run in one scratch folder per
page; other commands (set-up, builds) must be lines of .ci/run."""
import os
import pathlib
import re
import subprocess
import tempfile

import program
from program import ROOT, TAUT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def commands(page):
    for block in re.findall(r"^```sh\n(.*?)^```", page.read_text(), re.S | re.M):
        for line in block.replace("\\\n", " ").splitlines():
            line = line.strip()
            if line and not line.startswith("#"):
                yield line


class Docs(program.Case):
    def test_commands_run(self):
        ci = (ROOT / ".ci/run").read_text()
        n_run = 0
        for page in PAGES:
            with tempfile.TemporaryDirectory() as folder:
                for name in ("formulations", "docs", "tests"):
                    (pathlib.Path(folder) / name).symlink_to(ROOT / name)
                env = dict(os.environ, PATH=f"{pathlib.Path(TAUT).parent}:{os.environ['PATH']}")
                for line in commands(page):
                    with self.subTest(f"{page.name}: {line}"):
                        if not line.startswith("taut "):
                            self.assertIn(f"\n{line}\n", ci)
                            continue
                        n_run += 1
                        p = subprocess.run(line, shell=True, cwd=folder, env=env, capture_output=True, text=True, timeout=120)
                        self.assertEqual(p.returncode, 0, p.stderr)
        self.assertGreater(n_run, 10)

    def test_links_lead_somewhere(self):
        for page in PAGES:
            for target in re.findall(r"\]\(([^)#]+)", page.read_text()):
                if "://" not in target:
                    self.assertTrue((page.parent / target).exists(), f"{page.name}: {target}")

    def test_every_page_is_in_the_index(self):
        index = (ROOT / "docs/index.md").read_text()
        for page in sorted((ROOT / "docs").glob("*.md")):
            if page.name != "index.md":
                self.assertIn(f"({page.name})", index)


if __name__ == "__main__":
    program.main()
