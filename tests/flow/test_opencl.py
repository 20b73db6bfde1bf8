"""Backend opencl as a user calls it: the cpu's samples from a device, and what is said where there is no such device."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import program
from program import INSTANCES, SPECS, needs_instances, run


def backend():
    """What `taut backends` says of opencl."""
    p = run("backends", "--json")
    return next(b for b in json.loads(p.stdout) if b["name"] == "opencl")


HERE = backend()


@unittest.skipUnless(HERE["present"], f"SKIPPED: no backend opencl: {HERE['missing']}")
class Opencl(program.Case):
    def both(self, *args):
        """The same solve on cpu and opencl: answer, counts and samples must be the same."""
        with tempfile.TemporaryDirectory() as folder:
            found = []
            for name in ("cpu", "opencl"):
                out = pathlib.Path(folder) / f"{name}.jsonl"
                result = self.solve(*args, "--backend", name, "--samples", out)
                self.assertEqual(result["solver"]["backend"], name)
                found.append((result["answer"], result["raw"], out.read_bytes()))
            self.assertEqual(found[0], found[1], f"{args}")

    def test_specs(self):
        for spec in SPECS:
            with self.subTest(spec.name):
                self.both(spec, "--algorithm", "sa", "--reads", 70, "--sweeps", 60, "--rounds", 2)

    def test_modes(self):
        for name in ("maxcut", "qap", "mis"):
            spec = next(s for s in SPECS if s.stem == name)
            for algorithm in ("pt",) if name == "qap" else ("pt", "sqa"):
                with self.subTest(f"{name} {algorithm}"):
                    self.both(spec, "--algorithm", algorithm, "--reads", 64, "--sweeps", 50, "--rounds", 1)

    @needs_instances
    def test_instances(self):
        self.both(INSTANCES / "maxcut/gset/G1.txt", "--family", "maxcut", "--algorithm", "sa", "--reads", 130, "--sweeps", 200)

    def test_devices(self):
        spec = SPECS[0]
        device = HERE["device"]
        for wanted in ("0", device[:8].upper()):
            self.solve(spec, "--algorithm", "sa", "--backend", "opencl", "--device", wanted, "--reads", 8, "--sweeps", 5, "--rounds", 1)
        for wanted in ("99", "no such device"):
            p = run("solve", spec, "--backend", "opencl", "--device", wanted)
            self.assertEqual(p.returncode, 4, p.stderr)
            self.assertIn(f"backend opencl: --device '{wanted}' is not an OpenCL device; there", p.stderr)

    def test_without_a_platform(self):
        with tempfile.TemporaryDirectory() as folder:
            env = {"OCL_ICD_VENDORS": folder}
            p = run("solve", SPECS[0], "--backend", "opencl", env=env)
            self.assertEqual(p.returncode, 4, p.stderr)
            self.assertIn("install an ICD, e.g. pocl-opencl-icd", p.stderr)
            self.assertIn("pocl-opencl-icd", run("backends", env=env).stdout)

    def test_without_a_cache(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "file"
            file.write_text("")
            for base in (folder, file):
                self.solve(SPECS[0], "--algorithm", "sa", "--backend", "opencl", "--reads", 8, "--sweeps", 5, "--rounds", 1,
                           env={"XDG_CACHE_HOME": str(base), "POCL_CACHE_DIR": f"{folder}/pocl"})
            kept = list((pathlib.Path(folder) / "taut/opencl").glob("*.bin"))
            self.assertTrue(kept)
            self.assertFalse([f for f in os.listdir(kept[0].parent) if not f.endswith(".bin")])


XILINX = sorted(pathlib.Path("/usr/lib").glob("*/libxilinxopencl.so.2"))


@unittest.skipUnless(HERE["present"] and XILINX, "SKIPPED: no backend opencl, or no libxilinxopencl (Debian: libxrt1)")
class Card(program.Case):
    """The emulated card through the vendor's own OpenCL and clCreateProgramWithBinary."""

    def emulate(self, *args):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "xilinx.icd").write_text(f"{XILINX[0]}\n")
            return subprocess.run(["setsid", "-w", "timeout", "-s", "KILL", "100", str(program.ROOT / "tools/emulate"), program.TAUT,
                                   *map(str, args)], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                                  env=dict(os.environ, OCL_ICD_VENDORS=folder))

    def test_samples(self):
        for name, algorithm in (("maxcut", "sa"), ("maxcut", "pt"), ("mis", "sqa"), ("qap", "sa")):
            with self.subTest(f"{name} {algorithm}"), tempfile.TemporaryDirectory() as folder:
                args = ["solve", next(s for s in SPECS if s.stem == name), "--algorithm", algorithm, "--reads", 100, "--sweeps", 40,
                        "--rounds", 1, "--json", "--samples"]
                files = [pathlib.Path(folder) / b for b in ("cpu", "opencl")]
                p = run(*args, files[0], "--backend", "cpu")
                self.assertEqual(p.returncode, 0, p.stderr)
                p = self.emulate(*args, files[1], "--backend", "opencl")
                self.assertEqual(p.returncode, 0, p.stderr)
                self.assertEqual(json.loads(p.stdout)["solver"]["device"], "taut_emulation")
                self.assertEqual(files[0].read_bytes(), files[1].read_bytes())

    def test_bad_bitstream(self):
        with tempfile.NamedTemporaryFile(suffix=".xclbin") as file:
            file.write(b"xclbin2 and nothing more")
            file.flush()
            p = self.emulate("solve", SPECS[0], "--backend", "opencl", "--bitstream", file.name)
            self.assertEqual(p.returncode, 4, p.stderr)
            self.assertIn(file.name, p.stderr)


if __name__ == "__main__":
    program.main()
