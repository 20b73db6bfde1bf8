"""tools/hls_report on reports written for the test, good ones and one of each regression; tools/cycle_model and the arithmetic of
its acceptance; hls/link against the kernels' arguments and the cards; bitstreams/build where there is no v++."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import program
from program import ROOT

QOR = """\
# for the test
sweeps   -         sweeps
rows     -         n
stream   1         words of a row
deep     2         n
lanes    unrolled  64
"""
BUDGET = """\
toy LUT 1000
toy FF 2000
toy DSP 3
toy BRAM 4
toy URAM 5
"""
LOOPS = {"sweeps": None, "rows": None, "stream": 1, "deep": 2}
USED = {"BRAM_18K": 8, "DSP": 3, "FF": 1999, "LUT": 1000, "URAM": 0}


def tool(name, *args, env=None):
    return subprocess.run([sys.executable, "-B", str(ROOT / "tools" / name), *map(str, args)], capture_output=True, text=True,
                          timeout=60, env=dict(os.environ, **(env or {})))


def xml(loops, used=USED, clock="2.400", nested=False, top="toy"):
    """csynth.xml of Vitis HLS: loops outlined into modules; nested: as Vivado HLS wrote them, inner loops within outer ones."""
    def loop(name, interval, inner=""):
        pipelined = f"<PipelineII>{interval}</PipelineII><PipelineDepth>7</PipelineDepth>" if interval else ""
        kind = "yes" if interval else "no"
        return (f"<{name}><Name>{name}</Name><Slack>2.43</Slack><TripCount><range><min>1</min><max>64</max></range></TripCount>"
                f"<Latency>1 ~ 64</Latency><AbsoluteTimeLatency>3 ns</AbsoluteTimeLatency>{pipelined}"
                f"<PipelineType>{kind}</PipelineType><InstanceList/>{inner}</{name}>")

    def summary(text):
        return f"<PerformanceEstimates><SummaryOfLoopLatency>{text}</SummaryOfLoopLatency></PerformanceEstimates>"

    modules = inner = ""
    for name, interval in reversed(loops.items()):
        if nested:
            inner = loop(name, interval, inner)
        elif interval:
            modules += f"<Module><Name>{top}_Pipeline_{name}</Name>{summary(loop(name, interval))}</Module>"
        else:
            inner = loop(name, interval, inner)
    modules += f"<Module><Name>{top}</Name>{summary(inner)}</Module>"
    resources = "".join(f"<{name}>{value}</{name}>" for name, value in used.items())
    timing = f"<SummaryOfTimingAnalysis><unit>ns</unit><EstimatedClockPeriod>{clock}</EstimatedClockPeriod></SummaryOfTimingAnalysis>"
    return (f"<profile><UserAssignments><TopModelName>{top}</TopModelName><TargetClockPeriod>3.33</TargetClockPeriod></UserAssignments>"
            f"<PerformanceEstimates>{timing}</PerformanceEstimates><AreaEstimates><Resources>{resources}</Resources>"
            f"<AvailableResources><LUT>1303680</LUT></AvailableResources></AreaEstimates>"
            f"<ModuleInformation>{modules}</ModuleInformation></profile>")


def table(rows):
    widths = [max(len(row[k]) for row in rows) + 1 for k in range(len(rows[0]))]
    rule = "+" + "+".join("-" * w for w in widths) + "+"
    lines = ["|" + "|".join(f" {cell:<{w - 1}}" for cell, w in zip(row, widths)) + "|" for row in rows]
    return "\n".join([rule, lines[0], rule, *lines[1:], rule])


def text(loops, used=USED, clock="2.400 ns", function="toy"):
    """toy_csynth.rpt: one function."""
    depth = 0
    rows = [["Loop Name", "min", "max", "Latency", "achieved", "target", "Count", "Pipelined"]]
    for name, interval in loops.items():
        mark = "-" if depth == 0 else " " + "+" * depth
        rows.append([f"{mark} {name}", "?", "?", "7", str(interval or "-"), "1" if interval else "-", "?", "yes" if interval else "no"])
        depth += interval is None
    rows = table(rows).replace("| - ", "|- ")
    names = list(used)
    area = table([["Name", *names], ["Expression", "-", "-", "0", "280", "-"], ["Total", *(str(used[n]) for n in names)],
                  ["Available SLR", "1344", "3008", "869120", "434560", "320"]])
    bar = "=" * 64
    return f"""\
{bar}
== Vitis HLS Report for '{function}'
{bar}
* Version:        2022.2

{bar}
== Performance Estimates
{bar}
+ Timing: 
    * Summary: 
{table([["Clock", "Target", "Estimated", "Uncertainty"], ["ap_clk", "3.33 ns", clock, "0.90 ns"]])}

+ Latency: 
    * Summary: 
{table([["min", "max"], ["9", "99"]])}

    + Detail: 
        * Instance: 
        N/A

        * Loop: 
{rows}

{bar}
== Utilization Estimates
{bar}
* Summary: 
{area}

+ Detail: 
    * Instance: 
    N/A
"""


def summary(loops, used=USED):
    """csynth.rpt: the tree of functions and loops."""
    names = {"BRAM": "BRAM_18K", "DSP": "DSP", "FF": "FF", "LUT": "LUT", "URAM": "URAM"}
    rows = [["& Loops", "Type", "Slack", "(cycles)", "(ns)", "Latency", "Interval", "Count", "Pipelined", *names],
            ["+ toy", "-", "0.03", "9", "30", "-", "10", "-", "no", *(f"{used[n]} (~0%)" if used[n] else "-" for n in names.values())]]
    for name, interval in loops.items():
        rows.append([f" o {name}", "-", "2.43", "9", "30", "7", str(interval or "-"), "64", "yes" if interval else "no", *"-----"])
    return f"== Synthesis Summary Report of 'toy'\n\nPS: '+' for module; 'o' for loop; '*' for dataflow\n{table(rows)}\n"


class Report(program.Case):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)
        (self.root / "toy.txt").write_text(QOR)
        (self.root / "resources.txt").write_text(BUDGET)

    def report(self, name, content, *args):
        path = self.root / name
        path.write_text(content)
        return tool("hls_report", "--qor", self.root, *args, path)

    def passes(self, name, content, *args):
        p = self.report(name, content, *args)
        self.assertEqual(p.returncode, 0, p.stdout + p.stderr)
        self.assertIn("0 worse", p.stdout)

    def fails(self, message, name, content, *args, code=1):
        p = self.report(name, content, *args)
        self.assertEqual(p.returncode, code, p.stdout + p.stderr)
        self.assertIn(message, p.stderr)
        if code == 1:
            self.assertEqual(len(p.stderr.splitlines()), 1, p.stderr)

    def test_good_reports_pass(self):
        self.passes("csynth.xml", xml(LOOPS))
        self.passes("csynth.xml", xml(LOOPS, nested=True))
        self.passes("toy_csynth.rpt", text(LOOPS))
        self.passes("csynth.rpt", summary(LOOPS))
        self.passes("csynth.xml", xml({**LOOPS, "deep": 1}))  # better than expected
        self.passes("csynth.xml", xml({"sweeps": None, "rows_stream": 1, "deep": 2}))  # flattened
        self.passes("csynth.xml", xml({**LOOPS, "stream2": 1, "deep_1": 2}))  # a function's copies

    def test_each_regression_is_told(self):
        for form, name in ((xml, "csynth.xml"), (text, "toy_csynth.rpt"), (summary, "csynth.rpt")):
            with self.subTest(name):
                self.fails("has interval 2: 1 was expected", name, form({**LOOPS, "stream": 2}))
                self.fails("loop deep of toy is not pipelined: interval 2 was expected", name, form({**LOOPS, "deep": None}))
                self.fails("loop deep is missing in the report", name, form({k: v for k, v in LOOPS.items() if k != "deep"}))
                self.fails("is not in toy.txt", name, form({**LOOPS, "VITIS_LOOP_12_1": 1}))
                self.fails("it was to be unrolled", name, form({**LOOPS, "lanes": 1}))
                self.fails("LUT: 1001, budget 1000", name, form(LOOPS, used={**USED, "LUT": 1001}))
                self.fails("BRAM: 4.5, budget 4", name, form(LOOPS, used={**USED, "BRAM_18K": 9}))
                self.fails("URAM: 6, budget 5", name, form(LOOPS, used={**USED, "URAM": 6}))
        self.fails("has interval 2: 1 was expected", "csynth.xml", xml({"sweeps": None, "rows_stream": 2, "deep": 2}))
        self.fails("has interval 3: 2 was expected", "csynth.xml", xml({**LOOPS, "deep_1": 3}))
        self.fails("estimated clock 3.5 ns, target 3.33 ns", "csynth.xml", xml(LOOPS, clock="3.500"))
        self.fails("estimated clock 3.5 ns, target 3.33 ns", "toy_csynth.rpt", text(LOOPS, clock="3.500 ns"))
        self.fails("DSP is missing in the report", "csynth.xml", xml(LOOPS, used={k: v for k, v in USED.items() if k != "DSP"}))

    def test_a_folder_of_texts(self):
        (self.root / "toy_csynth.rpt").write_text(text({"sweeps": None, "rows": None}))
        (self.root / "toy_Pipeline_csynth.rpt").write_text(text({"stream": 1}, used={**USED, "LUT": 9999}, function="toy_Pipeline"))
        (self.root / "other_csynth.rpt").write_text(text({"deep": 2}, function="other"))
        p = tool("hls_report", "--qor", self.root, "--kernel", "toy", self.root)
        self.assertEqual(p.returncode, 0, p.stderr)
        (self.root / "other_csynth.rpt").write_text(text({"deep": 4}, function="other"))
        p = tool("hls_report", "--qor", self.root, "--kernel", "toy", self.root)
        self.assertEqual(p.returncode, 1, p.stdout)
        self.assertIn("loop deep of other has interval 4: 2 was expected", p.stderr)

    def test_what_cannot_be_read(self):
        self.fails("csynth.xml", "csynth.xml", xml(LOOPS)[:-20], code=3)
        self.fails("not a report", "toy_csynth.rpt", "nothing\n", code=3)
        self.fails("its top is other, not toy", "csynth.xml", xml(LOOPS, top="other"), "--kernel", "toy", code=3)
        self.fails("other.txt", "csynth.xml", xml(LOOPS, top="other"), code=3)
        (self.root / "resources.txt").write_text(BUDGET.replace("toy URAM 5\n", ""))
        self.fails("no budget of URAM for toy", "csynth.xml", xml(LOOPS), code=3)
        (self.root / "toy.txt").write_text(QOR + "deep 1 n\n")
        self.fails("toy.txt:7: deep occurs twice", "csynth.xml", xml(LOOPS), code=3)
        (self.root / "toy.txt").write_text(QOR.replace("deep     2 ", "deep     x "))
        self.fails("toy.txt:5:", "csynth.xml", xml(LOOPS), code=3)


def rows(name):
    for line in (ROOT / "hls/qor" / name).read_text().splitlines():
        if line.split("#", 1)[0].split():
            yield line.split("#", 1)[0].split()


def cards():
    """card -> column -> text"""
    head = next(line for line in (ROOT / "hls/qor/cards.txt").read_text().splitlines() if line.startswith("# card "))
    names = head.split()[1:]
    return {r[0]: dict(zip(names, r)) for r in rows("cards.txt") if r[0] != "platform_share"}


class Link(program.Case):
    """hls/link/CARD.cfg: what v++ connects."""

    KERNELS = {"taut_anneal": "anneal.c", "taut_exchange": "exchange.c"}

    def arguments(self, kernel):
        """Buffer argument -> bundle (one port of the kernel), from the source; the prototype must agree."""
        source = (ROOT / "hls/kernel" / self.KERNELS[kernel]).read_text()
        bundles = dict(re.findall(r"TAUT_INTERFACE_BURST\((\w+), (\w+)\)", source))
        prototype = re.search(kernel + r"\((.*?)\);", (ROOT / "hls/kernel/kernels.h").read_text(), re.S)[1]
        self.assertEqual(list(bundles), re.findall(r"taut_word \*(\w+)", prototype))
        return bundles

    def read(self, card):
        """(units of every kernel, unit -> SLR, (unit, argument) -> banks)"""
        units, slr, banks = {}, {}, {}
        section = None
        for line in (ROOT / f"hls/link/{card}.cfg").read_text().splitlines():
            line = line.split("#", 1)[0].strip()
            if line.startswith("["):
                section = line
            elif line and section == "[connectivity]":
                key, value = line.split("=", 1)
                if key == "nk":
                    kernel, number = value.split(":")
                    units[kernel] = [f"{kernel}_{k}" for k in range(1, int(number) + 1)]
                elif key == "slr":
                    unit, region = value.split(":")
                    self.assertNotIn(unit, slr, f"{card}: {unit} twice")
                    slr[unit] = region
                elif key == "sp":
                    port, bank = value.split(":", 1)
                    at = tuple(port.split("."))
                    self.assertNotIn(at, banks, f"{card}: {port} twice")
                    memory, first, last = re.fullmatch(r"(HBM|DDR)\[(\d+)(?::(\d+))?\]", bank).groups()
                    banks[at] = (memory, int(first), int(last or first))
                else:
                    self.fail(f"{card}: {line}")
        return units, slr, banks

    def test_every_card(self):
        self.assertEqual({p.stem for p in (ROOT / "hls/link").glob("*.cfg")}, set(cards()))
        variables = int(re.search(r"TAUT_KERNEL_VARIABLES (\d+)", (ROOT / "hls/CMakeLists.txt").read_text())[1])
        for card, has in cards().items():
            with self.subTest(card):
                units, slr, banks = self.read(card)
                self.assertEqual(set(units), set(self.KERNELS))
                every = [u for of in units.values() for u in of]
                self.assertEqual(len(set(slr.values())), len(slr), "a region for each")
                free = int(has["slrs"]) - len(units["taut_anneal"])  # taut_exchange has a region where there is one for it
                self.assertEqual(sorted(slr), sorted(every if free else units["taut_anneal"]))
                self.assertTrue(set(slr.values()) <= {f"SLR{k}" for k in range(int(has["slrs"]))}, slr)
                expected = {(u, a) for kernel, of in units.items() for u in of for a in self.arguments(kernel)}
                self.assertEqual(set(banks), expected)
                for at, (memory, first, last) in banks.items():
                    self.assertEqual(memory, has["memory"], at)
                    self.assertTrue(first <= last < int(has["banks"]), (at, first, last))
                for kernel, of in units.items():
                    ports = self.arguments(kernel)
                    for unit in of:  # arguments of one port lie in the same banks
                        for a in ports:
                            for b in ports:
                                if ports[a] == ports[b]:
                                    self.assertEqual(banks[unit, a], banks[unit, b], (unit, a, b))
                for unit in units["taut_anneal"]:  # room for the largest matrix of 8 bits; on HBM, banks of its own
                    memory, first, last = banks[unit, "couplings"]
                    self.assertGreaterEqual((last - first + 1) * int(has["bank_MiB"]) << 20, variables ** 2, unit)
                    for at, (_, low, high) in banks.items():
                        if memory == "HBM" and at != (unit, "couplings"):
                            self.assertTrue(high < first or last < low, (unit, at))


class CycleModel(program.Case):
    def model(self, *args, code=0):
        p = tool("cycle_model", *args)
        self.assertEqual(p.returncode, code, p.stdout + p.stderr)
        return p.stdout

    def number(self, pattern, text):
        return float(re.search(pattern, text)[1].replace(",", ""))

    def test_arithmetic(self):
        """Lines of the output against each other and against a calculation by hand, for every card and kind."""
        for card, has in cards().items():
            for kind, per_word in (("dense1", 512), ("dense8", 64), ("dense16", 32)):
                with self.subTest(f"{card} {kind}"):
                    text = self.model("--card", card, "--kind", kind, "-n", 2000, "--units", 2, "--groups", 2, "--cpu-ns", 2)
                    words = 2000 * -(-2000 // per_word)
                    self.assertEqual(self.number(r"([\d,]+) words of 64 bytes", text), words)
                    port = self.number(r"= ([\d.]+) GB/s\n", text)
                    self.assertLessEqual(port, min(float(has["bank_GBps"]), float(has["all_GBps"]) / 2, 19.2))
                    cycles = self.number(r"best states\) = ([\d,]+) cycles", text)
                    self.assertGreater(cycles, words)
                    self.assertGreaterEqual(cycles * 1.001, words * 19.2 / (port + 0.01))
                    rate = 2000 * 64 * 2 * 2 * 300e6 / cycles
                    self.assertAlmostEqual(self.number(r"= ([\d.]+) G updates/s", text), rate / 1e9, delta=0.001)
                    self.assertAlmostEqual(self.number(r"([\d.]+) times one core", text), 2 * rate / 1e9, delta=0.06)
                    used = [float(x.replace(",", "")) for x in re.search(r"^sum +(.*)$", text, re.M)[1].split()]
                    budget = {r[1]: float(r[2]) for r in rows("resources.txt") if r[0] == "taut_exchange"}
                    every = [float(x.replace(",", "")) for x in re.search(r"^2 unit\(s\) and taut_exchange +(.*)$", text, re.M)[1].split()]
                    for one, two, b in zip(used, every, ("LUT", "FF", "BRAM", "URAM", "DSP")):
                        self.assertAlmostEqual(2 * one + budget[b], two, delta=2)

    def test_ten_times_one_core_within_the_card(self):
        """2,048 spins, 8 bits, one core's 2.06 ns, U55C as hls/link has it; and that --need and the resources can fail."""
        text = self.model("--cpu-ns", 2.06, "--need", 10)
        self.assertIn("u55c, dense8, n 2048: ", text)
        self.assertIn("resources within the card (projection)", text)
        used = [float(x.replace(",", "")) for x in re.search(r"^sum +(.*)$", text, re.M)[1].split()]
        budget = {r[1]: float(r[2]) for r in rows("resources.txt") if r[0] == "taut_anneal"}
        for x, name in zip(used, ("LUT", "FF", "BRAM", "URAM", "DSP")):
            self.assertLessEqual(x, budget[name], name)
        self.model("--cpu-ns", 2.06, "--need", 12, code=1)
        self.assertIn("NOT within", self.model("--cpu-ns", 2.06, "--need", 10, "--groups", 8, code=1))  # fast enough
        self.assertIn("u55c, dense1, n 2048: ", self.model("--cpu-ns", 2.05, "--kind", "dense1"))

    def test_page(self):
        """Commands of docs/kernel.md print the lines below them."""
        lines = (ROOT / "docs/kernel.md").read_text().splitlines()
        found = [k for k, line in enumerate(lines) if line.startswith("    tools/cycle_model ")]
        self.assertGreater(len(found), 4)
        for k in found:
            printed = self.model(*lines[k].split()[1:]).splitlines()[-1]
            self.assertEqual(printed, lines[k + 1].strip(), f"docs/kernel.md:{k + 2}: the page is not true to the source any more")

    def test_mistakes(self):
        self.assertIn("no card u99", tool("cycle_model", "--card", "u99").stderr)
        self.model("--card", "u99", code=3)
        for args in (["-n", 40000], ["-n", 0], ["--degree", -1], ["--kind", "dense4"]):
            self.model(*args, code=2)


class Build(program.Case):
    """bitstreams/build without v++ and with one that only pretends."""

    def build(self, *args, path="/usr/bin:/bin", **env):
        return subprocess.run([str(ROOT / "bitstreams/build"), *map(str, args)], capture_output=True, text=True, timeout=60,
                              env={"PATH": path, **env})

    def test_elsewhere_it_says_what_is_missing(self):
        p = self.build("u55c")
        self.assertEqual(p.returncode, 4, p.stderr)
        self.assertIn("v++ is not on the PATH", p.stderr)
        self.assertIn("AMD Vitis", p.stderr)
        for args, message in ((["u99"], "no card u99: u250 u280 u50 u55c"), ([], "which card?"), (["--target", "sw", "u50"], "hw or hw_emu"),
                              (["--fast", "u50"], "no option --fast"), (["u50", "u280"], "one card at a time"), (["--target"], "wants a value")):
            p = self.build(*args)
            self.assertEqual(p.returncode, 2, p.stderr)
            self.assertIn(message, p.stderr)
        self.assertIn("--accept-report", self.build("--help").stdout)

    PRETENDER = """\
#!/bin/sh
# Notes how it was called; makes what the real one would.
echo "$@" >>"$TAUT_TEST/calls"
out= temp= kernel=
while [ $# -gt 0 ]; do
	case $1 in --output) out=$2 ;; --temp_dir) temp=$2 ;; --kernel) kernel=$2 ;; esac
	shift
done
if [ "$kernel" ]; then
	mkdir -p "$temp/$kernel/solution/syn/report"
	cp "$TAUT_TEST/$kernel.xml" "$temp/$kernel/solution/syn/report/csynth.xml"
fi
[ -z "$out" ] || cp "$TAUT_TEST/made" "$out"
"""

    UUID = bytes(range(16))

    def make_inputs(self, root):
        """A header of parameters as CMake makes it, an xclbin's header, an empty manifest."""
        text = (ROOT / "hls/abi/parameters.h.in").read_text().replace("@TAUT_KERNEL_HASH@", "0123456789abcdef")
        defaults = dict(re.findall(r"set\((TAUT_KERNEL_\w+) (\d+) CACHE", (ROOT / "hls/CMakeLists.txt").read_text()))
        text = re.sub(r"@(\w+)@", lambda m: defaults[m[1]], text)
        (root / "generated/hls/abi/parameters.h").write_text(text)
        made = bytearray(500)
        made[:8] = b"xclbin2\0"
        made[304:312] = len(made).to_bytes(8, "little")
        made[416:432] = self.UUID
        (root / "made").write_bytes(made)
        (root / "MANIFEST.yaml").write_text((ROOT / "bitstreams/MANIFEST.yaml").read_text())

    def check_row(self, root, printed):
        """The row is at the end of the manifest, once, and tools/check_manifest has nothing against it."""
        text = (root / "MANIFEST.yaml").read_text()
        before = (ROOT / "bitstreams/MANIFEST.yaml").read_text()
        self.assertIn("  - file: taut-u55c-hw_emu.xclbin\n    status: built\n", printed)
        self.assertIn('    hash: "0x0123456789abcdef"\n', printed)
        self.assertIn('    uuid: "00010203-0405-0607-0809-0a0b0c0d0e0f"\n', printed)
        self.assertTrue(text.startswith(before.rstrip("\n")))
        self.assertTrue(text.endswith(printed[printed.index("  - file:"):]))
        self.assertEqual(text.count("taut-u55c-hw_emu.xclbin"), 1)
        p = tool("check_manifest", "--files", root / "MANIFEST.yaml")
        self.assertEqual(p.returncode, 0, p.stderr)

    def test_with_a_pretended_compiler(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            name = cards()["u55c"]["platform"]
            for path in ("bin/v++", "bin/emconfigutil"):
                (root / path).parent.mkdir(exist_ok=True)
                (root / path).write_text(self.PRETENDER if path.endswith("v++") else "#!/bin/sh\n")
                (root / path).chmod(0o755)
            (root / "generated/hls/abi").mkdir(parents=True)
            args = ["--parameters", root / "generated", "--output", root / "out", "--manifest", root / "MANIFEST.yaml",
                    "--target", "hw_emu", "u55c"]
            env = {"path": f"{root / 'bin'}:/usr/bin:/bin", "TAUT_TEST": folder}
            for message in (f"the platform {name} of u55c is neither", "configure first"):
                p = self.build(*args, **env)
                self.assertEqual(p.returncode, 4, p.stderr)
                self.assertIn(message, p.stderr)
                (root / name).mkdir(exist_ok=True)
                (root / name / f"{name}.xpfm").write_text("")
                env["PLATFORM_REPO_PATHS"] = f"/nowhere:{folder}"
            self.make_inputs(root)
            for kernel in Link.KERNELS:
                loops = {r[0]: int(r[1]) if r[1].isdigit() else None for r in rows(f"{kernel}.txt") if r[1] != "unrolled"}
                budget = {r[1]: int(r[2]) for r in rows("resources.txt") if r[0] == kernel}
                used = {**{r: budget[r] for r in ("LUT", "FF", "DSP", "URAM")}, "BRAM_18K": 2 * budget["BRAM"]}
                (root / f"{kernel}.xml").write_text(xml(loops, used=used, top=kernel))
            p = self.build(*args, **env)
            self.assertEqual(p.returncode, 0, p.stderr)
            self.assertTrue((root / "out/taut-u55c-hw_emu.xclbin").exists())
            self.check_row(root, p.stdout)
            calls = [c for c in (root / "calls").read_text().splitlines() if c != "--version"]
            self.assertEqual(len(calls), 3)
            self.assertIn("--kernel taut_anneal ", calls[0])
            self.assertIn("hls/kernel/anneal.c", calls[0])
            self.assertIn("--kernel taut_exchange ", calls[1])
            self.assertIn("hls/link/u55c.cfg", calls[2])
            self.assertIn("/taut_anneal.xo ", calls[2])
            self.assertEqual(self.build(*args, **env).returncode, 0)
            self.check_row(root, p.stdout)  # in place of the first
            worse = (root / "taut_exchange.xml").read_text().replace("<EstimatedClockPeriod>2.4", "<EstimatedClockPeriod>4.4")
            (root / "taut_exchange.xml").write_text(worse)
            p = self.build(*args, **env)
            self.assertEqual(p.returncode, 1, p.stderr)
            self.assertIn("--accept-report builds nevertheless", p.stderr)
            p = self.build("--accept-report", *args, **env)
            self.assertEqual(p.returncode, 0, p.stderr)
            (root / "bin/v++").write_text("#!/bin/sh\nexit 1\n")
            p = self.build(*args, **env)
            self.assertEqual(p.returncode, 1, p.stderr)
            self.assertIn("v++ did not compile taut_anneal", p.stderr)


if __name__ == "__main__":
    program.main()
