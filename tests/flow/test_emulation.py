"""Backend xrt on the real XRT, with an emulated card behind it (tools/emulate, docs/emulation.md): the cpu's bits on every shipped spec, the
conformance program, and what the user sees when the card fails. Needs Debian's libxrt1, libxrt-dev and uuid-dev."""
import contextlib
import glob
import hashlib
import importlib.machinery
import io
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import types
import unittest
import unittest.mock
import uuid

import program
from program import ROOT, SPECS, TAUT, results, run

EMULATE = ROOT / "tools/emulate"
BUILD = pathlib.Path(TAUT).resolve().parents[2]
CACHE = os.environ.get("TAUT_EMULATION_DIR") or str(BUILD / "emulation")
SHIM = glob.glob("/usr/lib/*/libxrt_swemu.so.2")
MAXCUT = ROOT / "formulations/specs/maxcut.yaml"
LONG = ROOT / "formulations/specs/taillard.yaml"  # no bound proves its answers: runs as long as it may
MDKP = ROOT / "formulations/specs/mdkp.yaml"
WORK = ("--reads", "70", "--sweeps", "60", "--rounds", "3", "--seed", "3")


def emulate(*command, env=None, timeout=300, **kwargs):
    return subprocess.run([str(EMULATE), *map(str, command)], capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL,
                          cwd=kwargs.pop("cwd", ROOT), env=dict(os.environ, TAUT_EMULATION_DIR=CACHE, **(env or {})), **kwargs)


def image(env=None):
    p = emulate("--folder", env=env)
    assert p.returncode == 0, p.stderr
    return pathlib.Path(p.stdout.strip())


def left_over(mark):
    """Processes with the mark in their environment that still run."""
    found = []
    for path in glob.glob("/proc/[0-9]*/environ"):
        try:
            if mark.encode() in pathlib.Path(path).read_bytes():
                found.append(pathlib.Path(path).with_name("comm").read_text().strip())
        except OSError:
            pass
    return found


class Emulated(program.Case):
    def setUp(self):
        if not SHIM:
            self.skipTest("SKIPPED: no XRT: install libxrt1 libxrt-dev uuid-dev (Debian's names)")


class WithTaut(Emulated):
    def setUp(self):
        super().setUp()
        p = run("solve", MAXCUT, "--backend", "xrt", *WORK)
        if "not built in" in p.stderr:
            off = "TAUT_WITH_XRT:STRING=OFF" in (BUILD / "CMakeCache.txt").read_text()
            headers = pathlib.Path("/usr/include/xrt/xrt").is_dir() and pathlib.Path("/usr/include/uuid").is_dir()
            self.assertTrue(off or not headers, p.stderr)
            self.skipTest(f"SKIPPED: this taut has no backend xrt: {p.stderr}")


class Launcher(Emulated):
    def test_streams_and_exit_code_are_the_commands(self):
        p = emulate("sh", "-c", "echo out; echo err >&2; exit 7")
        self.assertEqual((p.returncode, p.stdout, p.stderr), (7, "out\n", "err\n"))
        p = emulate("sh", "-c", "kill -SEGV $$")
        self.assertEqual(p.returncode, -signal.SIGSEGV)

    def test_arguments_and_input_pass_unchanged(self):
        p = subprocess.run([EMULATE, "sh", "-c", 'printf "%s|" "$@"; cat', "sh", "a b", "", "*"], input="in", capture_output=True, text=True,
                           env=dict(os.environ, TAUT_EMULATION_DIR=CACHE), timeout=300)
        self.assertEqual((p.returncode, p.stdout), (0, "a b||*|in"))

    def test_signals_reach_the_command(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            p = subprocess.Popen([EMULATE, "sh", "-c", "trap 'echo caught; exit 9' INT TERM; echo ready; while :; do sleep 0.1; done"],
                                 stdout=subprocess.PIPE, text=True, env=dict(os.environ, TAUT_EMULATION_DIR=CACHE))
            self.assertEqual(p.stdout.readline(), "ready\n")
            p.send_signal(number)
            self.assertEqual(p.communicate(timeout=60)[0], "caught\n")
            self.assertEqual(p.returncode, 9)

    def test_what_is_wrong_is_said(self):
        for env, text in (({"TAUT_EMULATION_MEMORY": "3MB"}, "a power of two"), ({"TAUT_EMULATION_CARDS": "0"}, "1 to 16"),
                          ({"TAUT_EMULATION_FAULT": "load_fails,dies:3"}, "'dies:3'"), ({"TAUT_EMULATION_REPAIR": "x"}, "copy or preload"), ({"TAUT_EMULATION_DIR": "/proc/x"}, "TAUT_EMULATION_DIR")):
            p = subprocess.run([EMULATE, "true"], capture_output=True, text=True, env={**os.environ, "TAUT_EMULATION_DIR": CACHE, **env})
            self.assertEqual(p.returncode, 125, env)
            self.assertIn(text, p.stderr)
        p = emulate("/no/such/program")
        self.assertEqual(p.returncode, 125)
        self.assertIn("no such command", p.stderr)
        self.assertEqual(subprocess.run([EMULATE], capture_output=True).returncode, 2)

    def test_other_packages(self):
        """Without Debian's packages it says which; another build of the library gets the other repair, another version a warning."""
        loader = importlib.machinery.SourceFileLoader("emulate", str(EMULATE))
        module = types.ModuleType("emulate")
        module.__file__ = str(EMULATE)
        with unittest.mock.patch.object(sys, "dont_write_bytecode", True):
            loader.exec_module(module)
        with unittest.mock.patch.object(module.glob, "glob", return_value=[]):
            with self.assertRaisesRegex(module.Unable, "install Debian's packages libxrt1 libxrt-dev uuid-dev"):
                module.find_shim()
        with tempfile.TemporaryDirectory() as folder:
            for name in ("libxrt_swemu.so.2.16.0", "libxrt_coreutil.so.2.16.0"):
                (pathlib.Path(folder) / name).write_bytes(b"other")
            with unittest.mock.patch.object(module.glob, "glob", side_effect=[[f"{folder}/libxrt_swemu.so.2.16.0"], []]):
                with contextlib.redirect_stderr(io.StringIO()) as said:
                    shim = module.find_shim()
            self.assertIn("is not XRT 2.13", said.getvalue())
            self.assertEqual(module.repaired(shim, "copy"), (b"other", True))
        known = pathlib.Path(SHIM[0])
        if hashlib.sha256(known.read_bytes()).hexdigest() == module.KNOWN_SHA256:
            data, preload = module.repaired(known, "copy")
            self.assertFalse(preload)
            self.assertEqual(sum(a != b for a, b in zip(data, known.read_bytes())), 1)

    def test_nothing_is_left_behind(self):
        p = emulate("sh", "-c", 'echo "$SDACCEL_EM_RUN_DIR"')
        self.assertFalse(pathlib.Path(p.stdout.strip()).exists())

    def test_first_use_from_many_at_once(self):
        with tempfile.TemporaryDirectory() as folder:
            env = dict(os.environ, TAUT_EMULATION_DIR=folder)
            for name, days in (("emulation-old", 40), ("emulation-recent", 10)):  # of other sources: only the old one goes
                other = pathlib.Path(folder) / name
                other.mkdir()
                os.utime(other, (time.time() - days * 86400,) * 2)
            calls = [subprocess.Popen([EMULATE, "--folder"], env=env, stdout=subprocess.PIPE, text=True) for _ in range(4)]
            found = {p.communicate(timeout=600)[0] for p in calls}
            self.assertEqual([p.returncode for p in calls], [0] * 4)
            self.assertEqual(len(found), 1)
            self.assertEqual(sorted(os.listdir(folder)), sorted([pathlib.Path(found.pop().strip()).name, "emulation-recent", "emulation.lock"]))


class Proof(Emulated):
    """The emulation alone, through XRT's native C API: no part of taut's host."""

    def setUp(self):
        super().setUp()
        self.image = image()
        if not (self.image / "proof").exists():
            self.skipTest("SKIPPED: no headers of XRT: install libxrt-dev uuid-dev (Debian's names)")

    def proof(self, *args, env=None):
        return emulate(self.image / "proof", self.image / "proof.xclbin", *args, env=env)

    def test_sums(self):
        for args in ((1, 1, 1), (100, 2, 3), (131073, 2, 2), (655360, 1, 2)):  # the last: buffers of 40 MB, in packets of 8 MiB
            p = self.proof(*args)
            self.assertEqual((p.returncode, p.stderr), (0, ""), args)

    def test_many_at_once(self):
        calls = [subprocess.Popen([EMULATE, self.image / "proof", self.image / "proof.xclbin", "3000", "2", "5"],
                                  env=dict(os.environ, TAUT_EMULATION_DIR=CACHE)) for _ in range(6)]
        self.assertEqual([p.wait(timeout=300) for p in calls], [0] * 6)

    def test_the_other_repair(self):
        env = {"TAUT_EMULATION_REPAIR": "preload"}
        self.assertTrue((image(env) / "repair.so").exists())
        p = self.proof(300000, 2, 3, env=env)
        self.assertEqual((p.returncode, p.stderr), (0, ""))

    def test_a_wrong_result_would_be_seen(self):
        p = self.proof(100, 1, 1, env={"TAUT_EMULATION_FAULT": "die_after_launches:0"})
        self.assertEqual(p.returncode, 1)
        self.assertIn("killed by signal 9", p.stderr)


class Same(WithTaut):
    def test_every_spec_in_every_mode(self):
        n_kernel = 0
        for spec in SPECS:
            for algorithm in ("sa", "pt", "sqa"):
                with self.subTest(f"{spec.name} {algorithm}"):
                    cpu = run("solve", spec, *WORK, "--algorithm", algorithm, "--backend", "cpu", "--json")
                    p = emulate(TAUT, "solve", spec, *WORK, "--algorithm", algorithm, "--backend", "xrt", "--json")
                    self.assertEqual(p.returncode, cpu.returncode, p.stderr)
                    if cpu.returncode == 5:
                        continue  # the mode does not take the problem, on either
                    want, got = results(cpu), results(p)
                    self.assertEqual(len(want), len(got))
                    for a, b in zip(want, got):
                        self.assertEqual(b["solver"]["backend"], "xrt")
                        self.assertEqual(a["answer"], b["answer"])
                        self.assertEqual(a["raw"], b["raw"])
                        n_kernel += b["raw"]["samples"] > 0
        self.assertGreater(n_kernel, 2 * len(SPECS))

    def test_samples_bit_for_bit(self):
        """Every sample of larger problems: more reads than a launch holds, sparse and dense couplings, permutations."""
        with tempfile.TemporaryDirectory() as folder:
            for name, problem, more in (("sparse", "type: maxcut, generate: {kind: gnm, size: 600, edges: 5000}", ()),
                                        ("dense", "type: maxcut, generate: {kind: complete, size: 300}", ()),
                                        ("swaps", "type: qap, generate: {kind: taillard, size: 19}", ("--moves", "exchange"))):
                spec = pathlib.Path(folder) / f"{name}.yaml"
                spec.write_text(f"{{taut: 1, problem: {{{problem}}}}}")
                for backend in ("cpu", "xrt"):
                    p = emulate(TAUT, "solve", spec, "--algorithm", "sa", "--reads", "300", "--sweeps", "50", "--backend", backend, *more,
                                "--samples", f"{folder}/{backend}")
                    self.assertIn(p.returncode, (0, 10), p.stderr)
                cpu, xrt = ((pathlib.Path(folder) / b).read_text() for b in ("cpu", "xrt"))
                self.assertGreaterEqual(len(cpu.splitlines()), 300)
                self.assertEqual(cpu, xrt, name)

    def test_several_cards(self):
        p = emulate(TAUT, "solve", MAXCUT, "--reads", "300", "--sweeps", "50", "--backend", "xrt", "--json", env={"TAUT_EMULATION_CARDS": "2"})
        self.assertEqual(p.returncode, 0, p.stderr)
        cpu = run("solve", MAXCUT, "--reads", "300", "--sweeps", "50", "--backend", "cpu", "--json")
        self.assertEqual(results(p)[0]["answer"], results(cpu)[0]["answer"])
        self.assertEqual(results(p)[0]["raw"], results(cpu)[0]["raw"])

    def test_conformance(self):
        body = BUILD / "tests/test_backend_conformance"
        if not body.exists():
            self.skipTest("SKIPPED: no cmocka, so no conformance program")
        p = emulate(body, env={"TAUT_TEST_BACKENDS": "xrt"}, timeout=600)
        self.assertEqual(p.returncode, 0, p.stdout[-2000:] + p.stderr[-4000:])


class Faults(WithTaut):
    """Message, exit code 4, nothing that hangs or stays."""

    def fails(self, *args, words, code=4, env=None):
        mark = f"TAUT_TEST_MARK={uuid.uuid4()}"
        name, _, value = mark.partition("=")
        p = emulate(TAUT, "solve", *args, "--backend", "xrt", "--json", env={**(env or {}), name: value}, timeout=120)
        self.assertEqual(p.returncode, code, f"{args} {env}: {p.stderr}")
        for word in words:
            self.assertIn(word, p.stderr)
        self.assertNotIn("Sanitizer", p.stderr)
        deadline = time.monotonic() + 20
        while left_over(mark) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(left_over(mark), [])
        return p

    def fault(self, text, *args, words, **kwargs):
        return self.fails(*args, words=words, env={"TAUT_EMULATION_FAULT": text, "TAUT_XRT_TIMEOUT": "2"}, **kwargs)

    def test_lost_at_any_launch(self):
        """The card's process killed while launch N runs: the probes of two units are launches 0 and 1."""
        for n in (0, 1, 2, 3, 5):
            with self.subTest(n):
                p = self.fault(f"die_after_launches:{n}", MAXCUT, "--sweeps", "100000", words=["device lost"])
                self.assertLessEqual(p.stderr.count("unit taut_anneal"), 1)

    def test_lost_between_two_reads(self):
        """The card's process killed at any read of its memory: what a launch left, or its status, is ones, and nothing takes that for an answer."""
        spec = ROOT / "formulations/specs/qap.yaml"
        for n in range(10):
            with self.subTest(n):
                self.fault(f"die_after_reads:{n}", spec, "--algorithm", "pt", "--reads", "70", "--sweeps", "100000", words=["lost"])

    def test_lost_in_mid_run_keeps_the_incumbent(self):
        for name in ("die_after_launches:30", "bus_dies_after_launches:30"):
            with self.subTest(name):
                p = self.fault(name, MDKP, "--rounds", "60", "--local-search", "off", words=["device lost", "best found until then"])
                found = results(p)
                self.assertEqual(len(found), 1)
                self.assertEqual(found[0]["answer"]["status"], "feasible")

    def test_killed_by_hand(self):
        """kill -9 of the process that XRT started, and of the card behind it, from outside, at a time of nobody's choice."""
        for victim in ("genericpciemode", "taut_card"):
            with self.subTest(victim):
                p = subprocess.Popen([EMULATE, TAUT, "solve", LONG, "--backend", "xrt", "--time-limit", "60", "--json"], text=True,
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ, TAUT_EMULATION_DIR=CACHE))
                killed = None
                deadline = time.monotonic() + 60
                while killed is None and time.monotonic() < deadline:
                    time.sleep(0.2)
                    killed = self.descendant(p.pid, victim)
                self.assertIsNotNone(killed, "no such process")
                time.sleep(2)  # well into the run
                os.kill(killed, signal.SIGKILL)
                out, err = p.communicate(timeout=50)
                self.assertEqual(p.returncode, 4, err)
                self.assertIn("device lost", err)
                self.assertEqual(json.loads(out)["answer"]["status"], "feasible")

    @staticmethod
    def descendant(root, name):
        """The process below root with this name, or None."""
        parent, names = {}, {}
        for path in glob.glob("/proc/[0-9]*/stat"):
            try:
                text = pathlib.Path(path).read_text()
            except OSError:
                continue
            pid, rest = int(text.split()[0]), text.rpartition(") ")[2].split()
            parent[pid], names[pid] = int(rest[1]), text[text.index("(") + 1:text.rindex(")")]
        for pid in [p for p, n in names.items() if n == name]:
            at = pid
            while at in parent and at != root:
                at = parent[at]
            if at == root:
                return pid
        return None

    def test_time_out(self):
        for n in (0, 3):
            with self.subTest(n):
                self.fault(f"hang_after_launches:{n}", MAXCUT, words=["time-out", "TAUT_XRT_TIMEOUT"])

    def test_out_of_device_memory(self):
        self.fails(MAXCUT, words=["out of device memory"], env={"TAUT_EMULATION_MEMORY": "64KB"})
        self.fault("alloc_fails_above:1000", MAXCUT, words=["out of device memory"])

    def test_refused_bitstream(self):
        self.fault("load_fails", MAXCUT, words=["does not load"])

    def test_wrong_contract(self):
        self.fault("wrong_abi", MAXCUT, words=["ABI", "this taut"])
        self.fault("wrong_hash", MAXCUT, words=["hash", "this taut"])
        # Kernels that really are of other parameters.
        self.fails(MAXCUT, words=["hash", "this taut"], env={"TAUT_EMULATION_CMAKE": "-DTAUT_KERNEL_WINDOW=7"})

    def test_interrupted(self):
        """Ctrl-C in mid-run: the answer so far, exit code 130, as with any backend."""
        p = subprocess.Popen([EMULATE, TAUT, "solve", LONG, "--backend", "xrt", "--time-limit", "60", "--json"], text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ, TAUT_EMULATION_DIR=CACHE))
        deadline = time.monotonic() + 60
        while self.descendant(p.pid, "taut_card") is None and time.monotonic() < deadline:
            time.sleep(0.2)
        time.sleep(2)
        p.send_signal(signal.SIGINT)
        out, err = p.communicate(timeout=50)
        self.assertEqual(p.returncode, 130, err)
        self.assertEqual(json.loads(out)["answer"]["status"], "feasible")

    def test_wrong_bitstreams(self):
        writer = [sys.executable, "-B", ROOT / "tests/emulation/xclbin.py"]
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "other.xclbin"
            for options, words in ((["--kernel", "taut_anneal:1", "--mode", "card"], ["wrong platform"]),
                                   (["--kernel", "taut_anneal:1", "--mode", "hw_emu"], ["wrong platform"]),
                                   (["--kernel", "taut_anneal:1", "--platform", "xilinx_u55c_gen3x16_xdma_base_2"], ["wrong platform"]),
                                   (["--kernel", "vadd:1"], ["kernel"])):
                with self.subTest(options):
                    subprocess.run([*writer, path, "--object", image() / "lib/libxrt_swemu.so.2", "--contract", ROOT / "hls/abi/kernel.h", *options],
                                   check=True)
                    self.fails(MAXCUT, "--bitstream", path, words=[str(path), *words])

    def test_no_device(self):
        p = emulate("env", "-u", "XCL_EMULATION_MODE", TAUT, "solve", MAXCUT, "--backend", "xrt")
        self.assertEqual(p.returncode, 4, p.stderr)
        p = run("solve", MAXCUT, "--backend", "xrt", env={"XCL_EMULATION_MODE": "sw_emu", "XILINX_XRT": "/nowhere"})
        self.assertEqual(p.returncode, 4, p.stderr)
        self.assertIn("XILINX_XRT", p.stderr)
        self.fails(MAXCUT, "--device", "7", words=["no device '7'"])

    def test_truncated_and_garbled_bitstreams(self):
        """200 lengths of a valid bitstream, and one byte changed in its tables, through the whole program."""
        whole = (image() / "taut.xclbin").read_bytes()
        lengths = [0, 1, 7, 8, 455, 456, 495, 496, 655, 656, 657, len(whole) - 1]
        lengths += [len(whole) * k // (200 - len(lengths)) for k in range(200 - len(lengths))]
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "cut.xclbin"
            script = pathlib.Path(folder) / "all.sh"  # one launcher for all of them
            script.write_text('for f in "$1"/*.cut; do "$2" solve "$3" --backend xrt --bitstream "$f" >/dev/null 2>"$f.err"; echo "$? $f"; done\n')
            for k, length in enumerate(lengths):
                (pathlib.Path(folder) / f"{k:03}.cut").write_bytes(whole[:length])
            for k, at in enumerate((0, 3, 304, 305, 311, 448, 449, 456, 480, 481, 487, 488, 495)):
                data = bytearray(whole)
                data[at] ^= 0x5A
                (pathlib.Path(folder) / f"x{k:02}.cut").write_bytes(data)
            p = emulate("sh", script, folder, TAUT, MAXCUT, timeout=600)
            self.assertEqual(p.returncode, 0, p.stderr)
            lines = p.stdout.splitlines()
            self.assertEqual(len(lines), 213)
            for line in lines:
                code, name = line.split()
                err = pathlib.Path(name + ".err").read_text()
                self.assertEqual(code, "4", f"{name}: {err}")
                self.assertIn(name, err)
                self.assertEqual(len(err.splitlines()), 1, err)
            path.write_bytes(whole)
            self.assertEqual(emulate(TAUT, "solve", MAXCUT, *WORK, "--backend", "xrt", "--bitstream", path).returncode, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
