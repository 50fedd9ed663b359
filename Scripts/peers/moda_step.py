#!/usr/bin/env python3
"""One training step of the default MoDA model against its own baseline: what depth costs beyond its arithmetic.

    make bench ARGS=moda-step        or        .venv/bin/python Scripts/peers/moda_step.py [--threads 2]

18 blocks, D=128, Hq=4, Hk=2 (G=2), d=32, F=512, T=512, batch 8; the stream takes the keys and values of attention and
feed-forward. Both models are ours; the figure is the ratio of their times over the ratio of their floating-point
operations as the cost model counts them, minus one.

writes Docs/Results/bench-moda-step.json.
"""

import argparse
import statistics

import _common

SHAPE = dict(B=8, T=512, D=128, blocks=18, Hq=4, Hk=2, d=32, F=512, V=4096)
OVERRIDES = {
    "model.width": 128, "model.blocks": 18, "model.queryHeads": 4, "model.keyHeads": 2, "model.headWidth": 32,
    "model.hidden": 512, "model.vocabulary": 4096, "model.context": 512, "training.tokens": 512, "training.batch": 8,
    "training.microBatches": 1,
}


def side(threads, writers):
    command = ["moda-lm", "benchmark", "--paced", "--threads", threads, "--set", f"model.depth.writers={writers}"]
    for key, value in OVERRIDES.items():
        command += ["--set", f"{key}={value}"]
    return _common.Paced(*command)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=15, help="timed steps of each side (at least 7)")
    parser.add_argument("--out", type=_common.pathlib.Path, default=None, help="another results file")
    arguments = parser.parse_args()
    if arguments.repeats < 7:
        parser.error("a median wants at least 7 repeats")
    plain, moda = side(arguments.threads, "none"), side(arguments.threads, "attentionAndFeedForward")
    explained = moda.header["operations"] / plain.header["operations"]
    times = _common.alternate(
        {"baseline": lambda: plain.seconds("step"), "moda": lambda: moda.seconds("step")}, arguments.repeats,
        warm_up=3, label="step")
    ratios = [a / b / explained - 1 for a, b in zip(times["moda"], times["baseline"])]
    ours, base = statistics.median(times["moda"]), statistics.median(times["baseline"])
    rows = [{
        "id": "train.moda_over_flops", "value": ours / base / explained - 1, "unit": "ratio", "n": len(ratios),
        "spread": _common.quartiles(ratios), "ours": ours, "peer": base, "peer_name": "our baseline",
        "threads": arguments.threads, "shape": SHAPE,
    }]
    print(f"time ratio {ours / base:.3f}, operations ratio {explained:.3f}")
    plain.close(), moda.close()
    _common.write_results("bench-moda-step", moda.header, rows, arguments.out)


if __name__ == "__main__":
    main()
