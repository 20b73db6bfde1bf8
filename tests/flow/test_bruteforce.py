"""Small random problems of every family against enumeration in plain Python arithmetic.

Every answer must be what it claims (objective, rows, decoded terms), feasible where any point is, and no better than the bound; with the
default method also the best of all points. TAUT_BRUTE_SEEDS says how many seeds, TAUT_BRUTE_FIRST the first; the seed is in every failure's
message."""
import itertools
import json
import math
import os
import random
import tempfile
import unittest
from fractions import Fraction

import program

SEEDS = int(os.environ.get("TAUT_BRUTE_SEEDS", "3"))
FIRST_SEED = int(os.environ.get("TAUT_BRUTE_FIRST", "1"))


class Problem:
    """text: the spec's `problem`; objective(x), feasible(x) in exact fractions; points: all that are worth a look."""

    def __init__(self, data, n, sense, objective, feasible=lambda x: True, points=None, check=None, runs=((),)):
        self.data = data
        self.n = n
        self.sense = sense
        self.objective = objective
        self.feasible = feasible
        self.points = points or (lambda: itertools.product((0, 1), repeat=n))
        self.check = check
        self.runs = runs

    def best(self):
        values = [self.objective(x) for x in self.points() if self.feasible(x)]
        return (max(values) if self.sense == "max" else min(values)) if values else None


def number(rng, low, high, decimals):
    """A decimal as text: exact both here and there."""
    if decimals == 0:
        return str(rng.randint(low, high))
    return f"{rng.randint(low, high)}.{rng.randrange(10 ** decimals):0{decimals}d}"


def exact(text):
    return Fraction(text)


def dot(a, x):
    return sum((exact(v) for v, b in zip(a, x) if b), Fraction(0))


METHODS = [("--method", m) for m in ("auto", *program.METHODS)]
MULTIPLIERS = [METHODS[0], METHODS[-1]]  # full penalties on wide numbers leave 64 bits, which is an error


def mdkp(rng):
    n, m = rng.randint(1, 10), rng.randint(1, 4)
    decimals = rng.choice((0, 0, 2))
    top = rng.choice((3, 50, 10 ** 9))
    profits = [number(rng, 0, top, decimals) for _ in range(n)]
    weights = [[number(rng, 0, rng.choice((1, 20, top)), decimals) for _ in range(n)] for _ in range(m)]
    capacities = [str(rng.choice((0, int(sum(map(exact, w)) / 2), int(sum(map(exact, w)) * 2)))) for w in weights]
    return Problem(dict(type="mdkp", profits=profits, weights=weights, capacities=capacities), n, "max",
                   lambda x: dot(profits, x),
                   lambda x: all(dot(w, x) <= exact(c) for w, c in zip(weights, capacities)),
                   check=lambda answer, x: answer["items"] == [i + 1 for i in range(n) if x[i]],
                   runs=METHODS if top < 10 ** 9 else MULTIPLIERS)


def mis(rng):
    n = rng.randint(1, 10)
    pairs = list(itertools.combinations(range(n), 2))
    edges = [e for e in pairs if rng.random() < rng.choice((0.1, 0.5, 0.9))]
    weights = [number(rng, 0, 9, rng.choice((0, 1))) for _ in range(n)]
    data = dict(type="mis", vertices=n, edges=[[u + 1, v + 1] for u, v in edges])
    if rng.random() < 0.3:
        data["complement"] = "true"
        edges = [e for e in pairs if e not in edges]
    if rng.random() < 0.6:
        data["weights"] = weights
        if rng.random() < 0.2:
            data["vertex_weights"] = "unit"
            weights = ["1"] * n
    else:
        weights = ["1"] * n
    return Problem(data, n, "max", lambda x: dot(weights, x), lambda x: not any(x[u] and x[v] for u, v in edges),
                   check=lambda answer, x: answer["vertices"] == [i + 1 for i in range(n) if x[i]], runs=METHODS)


def permutations(n):
    for p in itertools.permutations(range(n)):
        yield tuple(int(p[a] == l) for a in range(n) for l in range(n))


def is_permutation(x, n):
    return all(sum(x[a * n:(a + 1) * n]) == 1 and sum(x[a::n]) == 1 for a in range(n))


MOVES = (("--moves", "exchange"), ("--moves", "flip"), ("--moves", "flip", "--method", "slack"),
         ("--moves", "flip", "--method", "augmented_lagrangian"))


def qap(rng):
    n = rng.randint(1, 5)
    low = rng.choice((0, 0, -9))
    flows = [[number(rng, low, 9, 0) for _ in range(n)] for _ in range(n)]
    decimals = rng.choice((0, 1))
    distances = [[number(rng, 0, 99, decimals) for _ in range(n)] for _ in range(n)]
    if rng.random() < 0.5:
        for a in range(n):
            flows[a][a] = "0"

    def objective(x):
        p = [x[a * n:(a + 1) * n].index(1) for a in range(n)]
        return sum(exact(flows[a][b]) * exact(distances[p[a]][p[b]]) for a in range(n) for b in range(n))

    return Problem(dict(type="qap", flows=flows, distances=distances), n * n, "min", objective,
                   lambda x: is_permutation(x, n), lambda: permutations(n),
                   lambda answer, x: answer["assignment"] == [x[a * n:(a + 1) * n].index(1) + 1 for a in range(n)], MOVES)


def tsp(rng):
    n = rng.randint(1, 6)
    if rng.random() < 0.5:
        distances = [[number(rng, 0, 99, 0) for _ in range(n)] for _ in range(n)]
        data = dict(type="tsp", distances=distances)
    else:
        points = [(rng.randint(-20, 20), rng.randint(-20, 20)) for _ in range(n)]
        distances = [[math.floor(math.dist(p, q) + 0.5) for q in points] for p in points]
        data = dict(type="tsp", points=[list(map(str, p)) for p in points])

    def length(tour):
        return sum(exact(distances[tour[k]][tour[(k + 1) % n]]) for k in range(n)) if n > 1 else Fraction(0)

    def tour_of(x):  # x[place][city]
        return [x[a * n:(a + 1) * n].index(1) for a in range(n)]

    def check(answer, x):
        return sorted(answer["tour"]) == list(range(1, n + 1)) and length([c - 1 for c in answer["tour"]]) == length(tour_of(x))

    return Problem(data, n * n, "min", lambda x: length(tour_of(x)), lambda x: is_permutation(x, n), lambda: permutations(n),
                   check, MOVES)


def market_share(rng):
    n, m = rng.randint(1, 10), rng.randint(1, 3)
    decimals = rng.choice((0, 0, 1))
    demands = [[number(rng, 0, 99, decimals) for _ in range(n)] for _ in range(m)]
    targets = [number(rng, 0, 50 * n, decimals) for _ in range(m)]
    data = dict(type="market_share", demands=demands, targets=targets)
    if rng.random() < 0.4:
        data["form"] = "feasibility"
        if rng.random() < 0.8:
            hidden = [rng.randint(0, 1) for _ in range(n)]
            data["targets"] = targets = [str(float(dot(d, hidden))) if decimals else str(dot(d, hidden)) for d in demands]
        return Problem(data, n, "min", lambda x: Fraction(0),
                       lambda x: all(dot(d, x) == exact(t) for d, t in zip(demands, targets)), runs=METHODS)
    if rng.random() < 0.2:
        del data["targets"]
        targets = [str(math.floor(sum(map(exact, d)) / 2)) for d in demands] if decimals == 0 else None
    if targets is None:
        data["targets"] = targets = ["1"] * m
    return Problem(data, n, "min", lambda x: sum(abs(dot(d, x) - exact(t)) for d, t in zip(demands, targets)))


def maxcut(rng):
    n = rng.randint(1, 10)
    decimals = rng.choice((0, 0, 3))
    top = rng.choice((1, 100, 10 ** 12))
    edges = [(u, v, number(rng, -top, top, decimals)) for u, v in itertools.combinations(range(n), 2) if rng.random() < 0.6]
    return Problem(dict(type="maxcut", vertices=n, edges=[[u + 1, v + 1, w] for u, v, w in edges]), n, "max",
                   lambda x: sum((exact(w) for u, v, w in edges if x[u] != x[v]), Fraction(0)))


def qubo(rng):
    n = rng.randint(1, 10)
    decimals = rng.choice((0, 0, 3))
    top = rng.choice((1, 100, 10 ** 12))
    pairs = itertools.combinations_with_replacement(range(n), 2)
    terms = [(i, j, number(rng, -top, top, decimals)) for i, j in pairs if rng.random() < 0.6]
    sense = rng.choice(("min", "max"))
    times = rng.choice(("once", "twice"))
    return Problem(dict(type="qubo", variables=n, terms=[[i + 1, j + 1, q] for i, j, q in terms], sense=sense, pairs=times), n, sense,
                   lambda x: sum((exact(q) * (2 if times == "twice" and i != j else 1) for i, j, q in terms if x[i] and x[j]),
                                 Fraction(0)))


def binary_program(rng):
    n = rng.randint(1, 10)
    names = [f"v{i}" for i in range(n)]
    decimals = rng.choice((0, 0, 2))
    linear = [number(rng, -20, 20, decimals) for _ in range(n)]
    quadratic = [(i, j, number(rng, -20, 20, decimals)) for i, j in itertools.combinations(range(n), 2) if rng.random() < 0.2]
    offset = number(rng, -9, 9, rng.choice((0, 1)))
    rows, constraints = [], []
    for k in range(rng.randint(0, 4)):
        row_decimals = rng.choice((0, 0, 0, 2))
        a = [number(rng, -9, 9, row_decimals) if rng.random() < 0.7 else "0" for _ in range(n)]
        hidden = dot(a, [rng.randint(0, 1) for _ in range(n)])
        width = rng.choice((0, 1, 5))
        kind = rng.choice(("at_most", "at_least", "equal", "ranged"))
        low = str(float(hidden - width)) if kind in ("at_least", "ranged") else None
        high = str(float(hidden + width)) if kind in ("at_most", "ranged") else None
        row = dict(terms={names[i]: a[i] for i in range(n)})
        if kind == "equal":
            low = high = str(float(hidden))
            row["equal"] = low
        if kind in ("at_least", "ranged"):
            row["at_least"] = low
        if kind in ("at_most", "ranged"):
            row["at_most"] = high
        if rng.random() < 0.5:
            row["name"] = f"row{k}"
        rows.append((a, low, high))
        constraints.append(row)
    conflicts = [(i, j) for i, j in itertools.combinations(range(n), 2) if rng.random() < 0.05]
    groups = []
    for _ in range(rng.choice((0, 0, 1, 2))):
        members = rng.sample(range(n), rng.randint(1, n))
        groups.append((rng.choice(("exactly_one", "at_most_one")), members))
    data = dict(type="binary_program", variables=names,
                objective=dict(sense=rng.choice(("min", "max")), offset=offset, linear=dict(zip(names, linear)),
                               quadratic=[[names[i], j + 1, q] for i, j, q in quadratic]),
                constraints=constraints, conflicts=[[names[i], names[j]] for i, j in conflicts],
                groups=[{kind: [names[i] for i in members]} for kind, members in groups])

    def feasible(x):
        for a, low, high in rows:
            value = dot(a, x)
            if (low is not None and value < exact(low)) or (high is not None and value > exact(high)):
                return False
        if any(x[i] and x[j] for i, j in conflicts):
            return False
        return all(sum(x[i] for i in members) == 1 or (kind == "at_most_one" and not any(x[i] for i in members))
                   for kind, members in groups)

    def objective(x):
        return dot(linear, x) + exact(offset) + sum((exact(q) for i, j, q in quadratic if x[i] and x[j]), Fraction(0))

    exchanges = any(kind == "exactly_one" for kind, _ in groups)
    return Problem(data, n, data["objective"]["sense"], objective, feasible,
                   check=lambda answer, x: answer["ones"] == [names[i] for i in range(n) if x[i]],
                   runs=METHODS + ([m + ("--moves", "exchange") for m in METHODS if "native" not in m] if exchanges else []))


FAMILIES = (mdkp, mis, qap, tsp, market_share, maxcut, qubo, binary_program)


def unquoted(value):
    """JSON text with numbers as they were written."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {unquoted(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(unquoted, value)) + "]"
    return str(value)


class BruteForce(program.Case):
    def judge(self, problem, result, best, where):
        answer = result["answer"]
        x = tuple(map(int, answer["bits"]))
        self.assertEqual(len(x), problem.n, where)
        self.assertEqual(answer["status"] == "feasible", problem.feasible(x), where)
        self.assertEqual(answer["violations"] == [], problem.feasible(x), where)
        if best is None:
            return
        self.assertEqual(answer["status"], "feasible", where)
        self.assertEqual(answer["objective"], problem.objective(x), where)
        if problem.check:
            self.assertTrue(problem.check(answer["decoded"], x), where)
        worse = best - answer["objective"] if problem.sense == "max" else answer["objective"] - best
        self.assertGreaterEqual(worse, 0, where)
        if result["formulation"]["why"] != "as asked":
            self.assertEqual(worse, 0, where)
        if result["bound"]:
            bound = result["bound"]["value"]
            self.assertTrue(bound >= best if problem.sense == "max" else bound <= best, where)

    def one(self, family, seed):
        rng = random.Random(f"{family.__name__} {seed}")
        problem = family(rng)
        best = problem.best()
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "p.yaml")
            text = "taut: 1\nproblem: " + unquoted(problem.data) + "\n"
            with open(path, "w") as f:
                f.write(text)
            for arguments in problem.runs:
                where = f"\n{family.__name__} seed {seed} {' '.join(arguments)}, best {best}\n{text}"
                p = program.run("solve", path, "--json", "--sweeps", "200", *arguments)
                self.assertEqual(p.returncode, 0 if best is not None else 10, where + p.stderr)
                self.judge(problem, json.loads(p.stdout, parse_float=Fraction), best, where)

    def test_families(self):
        for seed in range(FIRST_SEED, FIRST_SEED + SEEDS):
            for family in FAMILIES:
                with self.subTest(family=family.__name__, seed=seed):
                    self.one(family, seed)


if __name__ == "__main__":
    program.main()
