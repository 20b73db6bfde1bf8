"""Market split by merging lists: deviation 0 where the annealer does not get there, the same answer for any threads, and
proof where there is none."""
import json
import pathlib
import random
import tempfile
import unittest

import program


def planted(n, rows, most, seed):
    """demands, targets that a random half meets."""
    draw = random.Random(seed)
    demands = [[draw.randint(1, most) for _ in range(n)] for _ in range(rows)]
    half = draw.sample(range(n), n // 2)
    return demands, [sum(row[j] for j in half) for row in demands]


class MarketSplit(program.Case):
    def market(self, demands, targets, *args, feasibility=False, **kwargs):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "split.yaml"
            form = ", form: feasibility" if feasibility else ""
            path.write_text(f"taut: 1\nproblem: {{type: market_share, demands: {json.dumps(demands)}, targets: {targets}{form}}}\n")
            return self.solve(path, *args, **kwargs)

    def test_planted(self):
        demands, targets = planted(46, 5, 100, 1)
        answers = []
        for threads in (1, 3):
            r = self.market(demands, targets, "--threads", threads, "--reads", 8, "--sweeps", 16)
            self.assertEqual(r["answer"]["objective"], 0)
            self.assertTrue(r["proven"])
            self.assertGreater(r["raw"]["best_objective"], 0)  # the annealer alone
            answers.append(r["answer"]["bits"])
        self.assertEqual(answers[0], answers[1])

    def test_planted_rows(self):
        demands, targets = planted(44, 4, 100, 2)
        r = self.market(demands, targets, "--reads", 8, "--sweeps", 16, feasibility=True)
        self.assertEqual(r["answer"]["status"], "feasible")

    def test_none(self):
        """2^44 sums of three rows of 10^6: no chance of a solution; of even demands and an odd target no possibility."""
        demands, targets = planted(44, 3, 1000000, 3)
        r = self.market(demands, [t + 1 for t in targets], "--reads", 8, "--sweeps", 16)
        self.assertGreater(r["answer"]["objective"], 1)
        self.assertEqual(r["bound"], {"value": 1, "kind": "merge"})
        self.assertFalse(r["proven"])
        demands, targets = planted(44, 1, 50, 3)
        demands = [[2 * d for d in row] for row in demands]
        r = self.market(demands, [2 * targets[0] + 1], "--reads", 8, "--sweeps", 16)
        self.assertEqual(r["answer"]["objective"], 1)
        self.assertEqual(r["bound"]["value"], 1)
        self.assertTrue(r["proven"])
        self.assertFalse(r["proven_infeasible"])
        r = self.market(demands, [2 * targets[0] + 1], "--reads", 8, "--sweeps", 16, feasibility=True, code=10)
        self.assertTrue(r["proven_infeasible"])

    def test_not_without_local_search(self):
        demands, targets = planted(46, 5, 100, 1)
        r = self.market(demands, targets, "--reads", 8, "--sweeps", 16, "--local-search", "off")
        self.assertGreater(r["answer"]["objective"], 0)
        self.assertFalse(r["proven"])

    @program.needs_instances
    def test_public(self):
        for name in ("ms_03_200_161", "ms_04_200_150", "ms_05_200_070", "ms_06_100_003"):
            with self.subTest(name):
                r = self.solve(program.INSTANCES / "market_split/qoblib" / f"{name}.dat", "--reads", 8, "--sweeps", 16)
                self.assertEqual(r["answer"]["objective"], 0)


if __name__ == "__main__":
    unittest.main()
