"""tools/hls_report on reports written for the test, good ones and one of each regression; tools/cycle_model and the arithmetic of
its acceptance; hls/link against the kernels' arguments and the cards; bitstreams/build where there is no v++."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

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


if __name__ == "__main__":
    program.main()
