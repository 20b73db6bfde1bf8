"""Converts a problem to another format and back to a model, and compares both on random points: `taut verify` recomputes objective and
feasibility of each from the file, exactly, so that writer and reader are checked against the model of the original."""
import json
import math
import pathlib
import random
import re
import subprocess
from decimal import Decimal

from program import TAUT

TURNED = {"coo", "qbsolv", "triangle"}  # formats that are minimised: a maximisation has its sign turned


def run(*args, timeout=600):
    return subprocess.run([TAUT, *map(str, args)], capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL)


def variables_of(path, form):
    """Variables of a written file: of lp and coo."""
    text = path.read_text()
    if form == "lp":
        return len(re.search(r"^Binary\n(.*)^End", text, re.S | re.M)[1].split())
    return int(re.search(r"variables=(\d+)", text)[1])


def points(n, block, count, seed):
    """Bit lines: random ones of many densities, of which the sparse ones tend to be feasible; permutations where block is their
    length."""
    rng = random.Random(seed)
    lines = ["0" * n]
    while len(lines) < count:
        if block and len(lines) % 2:
            p = rng.sample(range(block), block)
            lines.append("".join("0" * l + "1" + "0" * (block - 1 - l) for l in p))
            continue
        most = min(n, 400)  # of ones, so that long lists of violations do not take the time
        ones = rng.choice([1, 2, 3, rng.randint(1, most), rng.randint(1, most)])
        x = ["0"] * n
        for i in rng.sample(range(n), min(ones, n)):
            x[i] = "1"
        lines.append("".join(x))
    return lines


def judge(path, options, answers):
    """[(objective, feasible)] of the points in a file."""
    p = run("verify", path, answers, "--json", *options)
    if p.returncode not in (0, 10):
        raise RuntimeError(f"verify {path}: {p.stderr.strip()}")
    found = []
    for line in p.stdout.splitlines():
        r = json.loads(line, parse_float=Decimal, parse_int=Decimal)
        found.append((r["objective"], r["status"] == "feasible"))
    return found


def check(source, options, form, folder, family, maximised=False, count=100, n=None):
    """What is wrong with the way to `form` and back, or "" where nothing is. options: those of `source`; n: its variables, where neither
    form nor lp is to be written out to count them."""
    written = pathlib.Path(folder) / f"written.{form}"
    counted = pathlib.Path(folder) / "counted.lp"
    answers = pathlib.Path(folder) / "points.txt"
    for target, how in ((written, ["--to", form]), (counted, [])):
        if target == counted and (n or form in ("lp", "coo")):
            continue
        p = run("convert", source, target, *how, *options)
        if p.returncode:
            return p.stderr.strip()
    n = n or (variables_of(written, form) if form in ("lp", "coo") else variables_of(counted, "lp"))
    block = math.isqrt(n) if family in ("qap", "tsp") else 0
    answers.write_text("\n".join(points(n, block, count, 1)) + "\n")
    try:
        before = judge(source, options, answers)
        after = judge(written, ["--format", form], answers)
    except RuntimeError as e:
        return str(e)
    if len(before) != count or len(after) != count:
        return f"{len(before)} and {len(after)} points judged of {count}"
    sign = -1 if maximised and form in TURNED else 1
    wrong = [k for k in range(count) if before[k] != (sign * after[k][0], after[k][1])]
    if wrong:
        k = wrong[0]
        return f"{len(wrong)} points differ, point {k + 1}: {before[k]} became {after[k]}"
    return ""
