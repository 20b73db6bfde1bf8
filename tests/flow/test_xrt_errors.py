"""Backend xrt where there is nothing to run it on, and what surrounds it: no runtime, no card, wrong environments and files, the manifest and
its checker, interrupts. What an emulated card does wrong is in test_emulation.py."""
import glob
import hashlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid

import program
from program import ROOT, TAUT, results, run

MAXCUT = ROOT / "formulations/specs/maxcut.yaml"
BUILD = pathlib.Path(TAUT).resolve().parents[2]
CACHE = os.environ.get("TAUT_EMULATION_DIR") or str(BUILD / "emulation")
RUNTIME = glob.glob("/usr/lib/*/libxrt_coreutil.so.2") + glob.glob("/opt/xilinx/xrt/lib/libxrt_coreutil.so.2")
EMULATED = glob.glob("/usr/lib/*/libxrt_swemu.so.2")
CARDS = glob.glob("/sys/bus/pci/drivers/xocl/*:*")
CLEAN = {name: "" for name in ("XCL_EMULATION_MODE", "XILINX_XRT", "TAUT_BITSTREAM", "TAUT_BITSTREAMS", "EMCONFIG_PATH")}


def emulate(*command, env=None, timeout=300):
    return subprocess.run(list(map(str, [ROOT / "tools/emulate", *command])), capture_output=True, text=True, timeout=timeout, cwd=ROOT,
                          stdin=subprocess.DEVNULL, env=dict(os.environ, TAUT_EMULATION_DIR=CACHE, **(env or {})))


def xclbin(path, *options, objects=b"kernels" * 100):
    """A bitstream of tests/emulation's writer."""
    with tempfile.NamedTemporaryFile() as made:
        made.write(objects)
        made.flush()
        subprocess.run([sys.executable, "-B", ROOT / "tests/emulation/xclbin.py", path, "--object", made.name, "--contract",
                        ROOT / "hls/abi/kernel.h", *options], check=True)


class Built(program.Case):
    def setUp(self):
        p = run("solve", MAXCUT, "--backend", "xrt", env=CLEAN)
        if "not built in" in p.stderr:
            self.skipTest(f"SKIPPED: this taut has no backend xrt: {p.stderr}")

    def refused(self, *words, args=(), env=None, code=4):
        p = run("solve", MAXCUT, "--backend", "xrt", *args, env={**CLEAN, **(env or {})})
        self.assertEqual((p.returncode, p.stdout), (code, ""), p.stderr)
        self.assertEqual(len(p.stderr.splitlines()), 1, p.stderr)
        for word in words:
            self.assertIn(word, p.stderr)


class Nothing(Built):
    def test_no_runtime(self):
        """What the linker finds under the runtime's name is no library."""
        with tempfile.TemporaryDirectory() as folder:
            if glob.glob("/opt/xilinx/xrt/lib/libxrt_coreutil.so.2"):
                self.skipTest("SKIPPED: this machine has a runtime in /opt/xilinx, which is always tried")
            (pathlib.Path(folder) / "libxrt_coreutil.so.2").write_text("nothing")
            self.refused("no runtime", "install XRT", env={"LD_LIBRARY_PATH": folder})
            p = run("backends", env={**CLEAN, "LD_LIBRARY_PATH": folder})
            self.assertEqual(p.returncode, 0)
            self.assertIn("no runtime", p.stdout)
            p = run("solve", MAXCUT, "--backend", "auto", env={**CLEAN, "LD_LIBRARY_PATH": folder})
            self.assertEqual(p.returncode, 0, p.stderr)

    def need_runtime(self):
        if not RUNTIME:
            self.skipTest("SKIPPED: no XRT on this machine: install libxrt1 (Debian's name)")

    def test_time_out_that_is_none(self):
        for text in ("soon", "0", "-1", "30s", "nan"):
            self.refused("TAUT_XRT_TIMEOUT", f"'{text}'", env={"TAUT_XRT_TIMEOUT": text})

    def test_no_device(self):
        self.need_runtime()
        if CARDS:
            self.skipTest("SKIPPED: this machine has a card")
        self.refused("no device", "xocl")

    def test_environments_in_which_xrt_aborts(self):
        self.need_runtime()
        with tempfile.TemporaryDirectory() as folder:
            self.refused("XCL_EMULATION_MODE is 'emu'", env={"XCL_EMULATION_MODE": "emu"})
            for mode in ("sw_emu", "hw_emu"):
                library = f"lib/libxrt_{mode.replace('_', '')}.so.2"
                self.refused("XILINX_XRT is not set", library, env={"XCL_EMULATION_MODE": mode})
                self.refused(f"XILINX_XRT is {folder}", library, env={"XCL_EMULATION_MODE": mode, "XILINX_XRT": folder})

    def test_an_environment_that_we_think_right(self):
        """XRT's exception, which ends its process, is a message."""
        self.need_runtime()
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "lib").mkdir()
            (pathlib.Path(folder) / "lib/libxrt_swemu.so.2").write_text("nothing")
            path = pathlib.Path(folder) / "a.xclbin"
            xclbin(path, "--kernel", "taut_anneal:1")
            self.refused("device lost", "XRT", args=["--bitstream", path],
                         env={"XCL_EMULATION_MODE": "sw_emu", "XILINX_XRT": folder, "XILINX_VITIS": folder, "USER": "x"})

    def test_bitstreams(self):
        self.need_runtime()
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "lib").mkdir()
            (root / "lib/libxrt_swemu.so.2").write_text("nothing")
            env = {"XCL_EMULATION_MODE": "sw_emu", "XILINX_XRT": folder, "XILINX_VITIS": folder, "USER": "x"}
            self.refused("unreadable", args=["--bitstream", root / "none"], env=env)
            self.refused("unreadable", env={**env, "TAUT_BITSTREAM": str(root / "none")})
            self.refused("no bitstream", env=env)
            (root / "a.xclbin").write_bytes(b"")
            self.refused("truncated", args=["--bitstream", root / "a.xclbin"], env=env)
            (root / "a.xclbin").write_text("hello " * 100)
            self.refused("not an xclbin", args=["--bitstream", root / "a.xclbin"], env=env)
            xclbin(root / "a.xclbin", "--kernel", "vadd:1")
            self.refused("wrong kernel", args=["--bitstream", root / "a.xclbin"], env=env)
            xclbin(root / "a.xclbin", "--kernel", "taut_anneal:1", "--mode", "card")
            self.refused("wrong platform", args=["--bitstream", root / "a.xclbin"], env=env)


class Emulated(Built):
    def setUp(self):
        super().setUp()
        if not EMULATED:
            self.skipTest("SKIPPED: no XRT: install libxrt1 libxrt-dev uuid-dev (Debian's names)")

    def folder_of(self):
        p = emulate("--folder")
        self.assertEqual(p.returncode, 0, p.stderr)
        return pathlib.Path(p.stdout.strip())

    def manifest(self, folder, **changes):
        data = (folder / "taut.xclbin").read_bytes()
        header = next(BUILD.glob("generated/hls/abi/parameters.h")).read_text()
        row = {"file": "taut.xclbin", "status": "built", "card": "emulation", "target": "hw", "platform": "taut_emulation", "abi": 1,
               "hash": re.search(r"TAUT_KERNEL_HASH (0x\w{16})", header)[1], "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(),
               "uuid": uuid.UUID(bytes=data[416:432]), "tool": "tests", "date": "2026-01-01", **changes}
        (folder / "MANIFEST.yaml").write_text("version: 1\nbitstreams:\n  - {" + ", ".join(f"{k}: {v}" for k, v in row.items()) + "}\n")

    def test_manifest_beside_the_bitstream(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            shutil.copy(self.folder_of() / "taut.xclbin", folder)
            for changes, code, word in (({}, 0, ""), ({"abi": 9}, 4, "says ABI 9"), ({"hash": "0x0000000000000001"}, 4, "says kernels 0x"),
                                        ({"bytes": 7}, 4, "MANIFEST.yaml says 7"), ({"sha256": "0" * 64}, 4, "SHA-256"),
                                        ({"uuid": uuid.UUID(int=1)}, 4, "its uuid is"), ({"status": "recipe"}, 4, "as a recipe"),
                                        ({"colour": "red"}, 4, "unknown key 'colour'")):
                with self.subTest(changes):
                    self.manifest(folder, **changes)
                    p = emulate(TAUT, "solve", MAXCUT, "--backend", "xrt", "--bitstream", folder / "taut.xclbin")
                    self.assertEqual(p.returncode, code, p.stderr)
                    self.assertIn(word, p.stderr)

    def test_device_by_number_name_and_all(self):
        env = {"TAUT_EMULATION_CARDS": "2"}
        want = results(run("solve", MAXCUT, "--reads", "1500", "--sweeps", "40", "--backend", "cpu", "--json"))[0]
        for device, words in (("0", "1 card,"), ("1", "1 card,"), ("taut_emu", "1 card,"), ("all", "2 cards, 4 + 2 units")):
            with self.subTest(device):
                p = emulate(TAUT, "solve", MAXCUT, "--reads", "1500", "--sweeps", "40", "--backend", "xrt", "--device", device, "--json", env=env)
                self.assertEqual(p.returncode, 0, p.stderr)
                got = results(p)[0]
                self.assertIn(words, got["solver"]["device"])
                self.assertEqual((got["answer"], got["raw"]), (want["answer"], want["raw"]))
        p = emulate(TAUT, "solve", MAXCUT, "--backend", "xrt", "--device", "u250", env=env)
        self.assertEqual(p.returncode, 4)
        self.assertIn("no device 'u250'; there are 0: emulation taut_emulation, 1:", p.stderr)

    def test_limits(self):
        """More than the kernel holds is exit code 5."""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "large.txt"
            edges = "".join(f"{k} {k + 1} 1\n" for k in range(1, 40000))
            path.write_text(f"40000 39999\n{edges}")
            p = emulate(TAUT, "solve", path, "--family", "maxcut", "--backend", "xrt", "--sweeps", "1")
            self.assertEqual(p.returncode, 5, p.stderr)
            self.assertIn("16384", p.stderr)

    def test_allocations_that_fail(self):
        """On a build with TAUT_FAULTS; every allocation of a run on the card, in growing steps."""
        small = ("solve", MAXCUT, "--reads", "3", "--sweeps", "3", "--threads", "1", "--backend", "xrt", "--json")
        if run("solve", MAXCUT, env={"TAUT_FAIL_ALLOC": "1+"}).returncode != 6:
            self.skipTest("SKIPPED: this build has no allocation faults")
        n, met = 1, 0
        while True:
            p = emulate(TAUT, *small, env={"TAUT_FAIL_ALLOC": str(n)})
            if p.returncode == 0:
                break
            self.assertEqual(p.returncode, 6, (n, p.stderr))
            self.assertIn("memory", p.stderr)
            met += 1
            n += 1 + n // 6
        self.assertGreater(met, 10)

    def test_interrupt(self):
        """Ctrl-C: the incumbent, exit code 130, a clean stdout; SIGKILL: nothing of ours is left."""
        self.folder_of()
        for number, code in ((signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)):
            with self.subTest(number), tempfile.TemporaryDirectory() as folder:
                pids = pathlib.Path(folder) / "pid"
                spec = pathlib.Path(folder) / "complete.yaml"  # its bound is not met, which would end the solve
                spec.write_text("{taut: 1, problem: {type: maxcut, generate: {kind: complete, size: 200}}}")
                command = ["sh", "-c", 'echo $$ >"$1"; shift; exec "$@"', "sh", pids, TAUT, "solve", spec, "--backend", "xrt",
                           "--time-limit", "60", "--json"]
                p = subprocess.Popen(list(map(str, [ROOT / "tools/emulate", *command])), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                     text=True, env=dict(os.environ, TAUT_EMULATION_DIR=CACHE))
                started = time.monotonic()
                while not self.below(pids, "taut_card"):
                    self.assertLess(time.monotonic() - started, 60)
                    time.sleep(0.1)
                server = self.below(pids, "taut_card")
                time.sleep(1)
                os.kill(int(pids.read_text()), number)
                out, err = p.communicate(timeout=60)
                self.assertEqual(p.returncode, code, err)
                if number == signal.SIGINT:
                    self.assertEqual(len(out.splitlines()), 1)
                started = time.monotonic()
                while any(self.alive(pid) for pid in server):
                    self.assertLess(time.monotonic() - started, 30, f"{server} still there")
                    time.sleep(0.1)

    @staticmethod
    def alive(pid):
        try:
            return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
        except OSError:
            return False

    @staticmethod
    def below(pids, name):
        """The processes from the one in the file down to one of that name; none: [] ."""
        if not pids.exists() or not pids.read_text().strip():
            return []
        root, parent, names = int(pids.read_text()), {}, {}
        for path in glob.glob("/proc/[0-9]*/stat"):
            try:
                text = pathlib.Path(path).read_text()
            except OSError:
                continue
            pid = int(text.split()[0])
            parent[pid], names[pid] = int(text.rpartition(") ")[2].split()[1]), text[text.index("(") + 1:text.rindex(")")]
        for pid in (p for p, n in names.items() if n == name):
            chain = [pid]
            while chain[-1] in parent and chain[-1] != root:
                chain.append(parent[chain[-1]])
            if chain[-1] == root:
                return chain[:-1]
        return []


class Checker(program.Case):
    def check(self, text, *words, code=1, files=()):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "MANIFEST.yaml"
            path.write_text(text)
            p = subprocess.run([ROOT / "tools/check_manifest", *files, path], capture_output=True, text=True)
            self.assertEqual(p.returncode, code, p.stderr)
            for word in words:
                self.assertIn(word, p.stderr)

    def test_the_shipped_one(self):
        p = subprocess.run([ROOT / "tools/check_manifest"], capture_output=True, text=True)
        self.assertEqual((p.returncode, p.stderr), (0, ""))

    def test_what_it_finds(self):
        good = (ROOT / "bitstreams/MANIFEST.yaml").read_text()
        self.check(good, code=0)
        for change, words in (((": recipe", ": done", 1), "'done' is not one of"), (("version: 1", "version: 2", 1), "1 was expected"),
                              (("    card: u50\n", "", 1), "'card' is a required property"), (("card: u50\n", "card: u200\n", 1), "u200 is not in"),
                              (("clock_mhz: 300", "clock_mhz: 250", 1), "clock 250 MHz"), (("taut_anneal: 1", "taut_anneal: 2", 1), "units"),
                              (("lanes: 64", "lanes: 32", 1), "parameters"), (("lanes: 64", "lanes: 33", 1), "33 is not one of"),
                              (("taut-u280-hw", "taut-u50-hw", 1), "taut-u50-hw.xclbin: 2 rows"),
                              (("    target: hw\n", "    target: hw\n    sha256: abc\n", 1), "False schema"),
                              (("    target: hw\n", "    target: hw\n    colour: red\n", 1), "colour"),
                              (("status: recipe", "status: built", 1), "'abi' is a required property")):
            with self.subTest(words):
                text = good.replace(*change)
                self.assertNotEqual(text, good)
                self.check(text, words)
        self.check(good.replace("    card: u50\n", "    card: u50\n    card: u50\n"), "twice", code=2)
        self.check("a: [", code=2)

    def test_files_of_built_rows(self):
        with tempfile.TemporaryDirectory() as name:
            path = pathlib.Path(name) / "taut-u50-hw.xclbin"
            xclbin(path, "--kernel", "taut_anneal:1")
            data = path.read_bytes()
            facts = (f"abi: 1\n    hash: \"0x0123456789abcdef\"\n    bytes: {len(data)}\n    sha256: {hashlib.sha256(data).hexdigest()}\n"
                     f"    uuid: {uuid.UUID(bytes=data[416:432])}\n    tool: v++\n    date: \"2026-01-01\"\n    card: u50\n")
            text = re.sub(r"(?s)(file: taut-u50-hw.xclbin\n    status: )recipe\n    card: u50\n", lambda m: m[1] + "built\n    " + facts,
                          (ROOT / "bitstreams/MANIFEST.yaml").read_text())
            manifest = pathlib.Path(name) / "MANIFEST.yaml"
            manifest.write_text(text)

            def check(*options):
                p = subprocess.run([ROOT / "tools/check_manifest", *options, manifest], capture_output=True, text=True)
                return p.returncode, p.stderr
            self.assertEqual(check("--files"), (0, ""))
            path.write_bytes(data[:-1] + b"x")
            self.assertIn("SHA-256 is not the row's", check()[1])
            path.write_bytes(data[:-1])
            self.assertIn("no whole xclbin", check()[1])
            path.unlink()
            self.assertEqual(check(), (0, ""))
            self.assertIn("there is no such file", check("--files")[1])


if __name__ == "__main__":
    program.main()
