#!/usr/bin/env python3
"""Writes Tests/Fixtures/Lab/statistics.json: reference values for Tests/LabTests/Statistics.

Everything comes from numpy and scipy, except the bootstrap with our own generator, which is written out here a second
time from its published definition. Usage: python3 Scripts/golden/statistics_fixtures.py   (needs numpy and scipy)
"""
import json
import math
import pathlib

import numpy as np
import scipy
from scipy import stats

MASK = (1 << 64) - 1


def splitmix64(state):
    """Steele, Lea and Flood, OOPSLA 2014, figure 16."""
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield z ^ (z >> 31)


def bootstrap(values, level, resamples, seed):
    """The percentile interval of the mean over the same resamples as ours: index = high half of draw * n."""
    draws = splitmix64(seed)
    n = len(values)
    means = [np.mean([values[(next(draws) * n) >> 64] for _ in range(n)]) for _ in range(resamples)]
    return [float(np.quantile(means, (1 - level) / 2)), float(np.quantile(means, (1 + level) / 2))]


def sample(values):
    values = [float(v) for v in values]
    case = {
        "values": values,
        "mean": float(np.mean(values)),
        "median": float(np.median(values)),
        "mad": float(stats.median_abs_deviation(values)),
        "quantiles": [[p, float(np.quantile(values, p))] for p in (0, 0.05, 0.25, 1 / 3, 0.5, 0.9, 1)],
    }
    if len(values) > 1:
        case["variance"] = float(np.var(values, ddof=1))
        case["standardError"] = float(stats.sem(values))
        case["intervals"] = [
            [level, *map(float, stats.t.interval(level, len(values) - 1, np.mean(values), stats.sem(values)))]
            for level in (0.5, 0.9, 0.95, 0.999)
            if np.var(values) > 0
        ]
    if min(values) > 0:
        case["geometricMean"] = float(stats.gmean(values))
    return case


def sign_flip(differences):
    """Exact two-sided p-value."""
    result = stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=np.inf, alternative="two-sided", vectorized=False)
    return {"differences": [float(d) for d in differences], "p": float(result.pvalue)}


rng = np.random.default_rng(20260101)
bootstrap_values = [float(v) for v in rng.gamma(2.0, 1.5, size=25)]
scipy_interval = stats.bootstrap(
    (bootstrap_values,), np.mean, n_resamples=100_000, method="percentile", confidence_level=0.95, rng=rng
).confidence_interval
paired_a, paired_b = rng.normal(1.0, 0.5, size=12), rng.normal(0.8, 0.5, size=12)
difference = paired_a - paired_b
document = {
    "made_by": f"Scripts/golden/statistics_fixtures.py with numpy {np.__version__}, scipy {scipy.__version__}",
    "samples": [
        sample([3.5]),
        sample([1, 2]),
        sample([5, 5, 5, 5]),
        sample(rng.normal(0, 1, size=7)),
        sample(rng.exponential(2, size=30)),
        sample(1e9 + rng.normal(0, 1, size=11)),
    ],
    "wilson": [
        [k, n, level, *map(float, stats.binomtest(k, n).proportion_ci(level, method="wilson"))]
        for k, n in ((0, 1), (1, 1), (0, 10), (3, 10), (10, 10), (47, 1000), (999, 1000))
        for level in (0.8, 0.95, 0.99)
    ],
    "student": [
        [df, p, float(stats.t.ppf(p, df))]
        for df in (1, 2, 3.5, 10, 100, 1e6)
        for p in (0.001, 0.025, 0.3, 0.5, 0.9, 0.975, 0.9999)
    ],
    "normal": [[p, float(stats.norm.ppf(p))] for p in (1e-10, 0.001, 0.025, 0.3, 0.5, 0.8, 0.975, 0.9999)],
    "bootstrap": {
        "values": bootstrap_values,
        "seed": 7,
        "resamples": 2000,
        "interval": bootstrap(bootstrap_values, 0.95, 2000, 7),
        "scipy_interval": [float(scipy_interval.low), float(scipy_interval.high)],
    },
    "splitmix64": {"seed": 1234567, "values": [str(v) for v, _ in zip(splitmix64(1234567), range(5))]},
    "sign_flips": [
        sign_flip([1.0, 2.0, 3.0]),
        sign_flip([1.0, -1.0, 2.0, 0.0]),
        sign_flip(list(rng.normal(0.5, 1, size=10))),
    ],
    "paired": {
        "a": [float(v) for v in paired_a],
        "b": [float(v) for v in paired_b],
        "mean": float(np.mean(difference)),
        "interval": list(map(float, stats.ttest_rel(paired_a, paired_b).confidence_interval(0.95))),
        "p": sign_flip(list(difference))["p"],
    },
}
assert math.isclose(document["paired"]["mean"], document["paired"]["interval"][0] / 2 + document["paired"]["interval"][1] / 2)
target = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures/Lab/statistics.json"
target.parent.mkdir(parents=True, exist_ok=True)
target.write_text(json.dumps(document, indent=1) + "\n")
print(f"wrote {target.relative_to(pathlib.Path.cwd()) if target.is_relative_to(pathlib.Path.cwd()) else target}")
