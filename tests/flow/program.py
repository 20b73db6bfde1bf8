"""Shared by the whole-program tests: runs taut as a user would, and finds the benchmark instances where they exist.

TAUT names the program (ctest sets it), TAUT_INSTANCES the instances, else ../shared/instances beside the project's root."""
import json
import os
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TAUT = os.environ.get("TAUT", str(ROOT / "build/release/host/cli/taut"))
INSTANCES = pathlib.Path(os.environ.get("TAUT_INSTANCES", ROOT.parent / "shared" / "instances"))
# of TAUT_METHODS; cutting_plane is another test's, it needs CLP
METHODS = ("penalty", "slack", "unbalanced", "subgradient", "stochastic", "dual_averaging", "mirror_descent", "bundle",
           "native", "augmented_lagrangian")
SPECS = sorted((ROOT / "formulations/specs").glob("*.yaml"))


def run(*args, env=None, timeout=120, cwd=ROOT):
    return subprocess.run([TAUT, *map(str, args)], capture_output=True, text=True, timeout=timeout, cwd=cwd,
                          env=dict(os.environ, **(env or {})), stdin=subprocess.DEVNULL)


def results(process):
    """The JSON objects on stdout."""
    return [json.loads(line) for line in process.stdout.splitlines()]


class Case(unittest.TestCase):
    def solve(self, *args, code=0, **kwargs):
        """One result of a solve that must exit with `code`."""
        p = run("solve", *args, "--json", **kwargs)
        self.assertEqual(p.returncode, code, f"{args}: {p.stderr}")
        found = results(p)
        self.assertEqual(len(found), 1, f"{args}: {p.stdout}")
        return found[0]


def needs_instances(test):
    """Skips, and says so, where the benchmark instances are not there."""
    return unittest.skipUnless(INSTANCES.is_dir(), f"SKIPPED: no benchmark instances at {INSTANCES}")(test)


def main():
    unittest.main(verbosity=2, argv=[sys.argv[0], *sys.argv[1:]])
