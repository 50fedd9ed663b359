#!/usr/bin/env python3
"""Memory of the dataset builder over at least 10,000 exported items: Configs/zoom/quickstart.yaml with more scenes.

    make bench-zoom        or        .venv/bin/python Scripts/peers/zoom_memory.py [--scenes 1450] [--threads 2]

Memory is the largest resident set of a process of its own: of a whole build (scenes, all stages, export, report), of the
same with an eighth of the scenes, and of another export of the finished build. Megabytes are 10^6 bytes. The build
stays in Runs/bench-zoom-memory only while it is measured; it needs about 300 kB an item there.

writes Docs/Results/bench-zoom-memory.json.
"""

import argparse
import json
import shutil
import subprocess
import sys

import _common

CONFIG = "Configs/zoom/quickstart.yaml"
FOLDER = _common.ROOT / "Runs" / "bench-zoom-memory"
LEAST = 10_000


def measured(command, scenes, threads):
    """Seconds and largest resident set in bytes of one process of zoom-build."""
    words = [str(_common.ROOT / ".build/release/zoom-build"), command, "--config", CONFIG, "--set",
             f"images.source.signs.scenes={scenes}", "--threads", str(threads), "--out", str(FOLDER)]
    # The command is the only child of a process of its own, whose children's peak is then the command's.
    probe = ("import json,resource,subprocess,sys,time; start=time.perf_counter(); "
             "done=subprocess.run(sys.argv[1:],capture_output=True,text=True); "
             "print(json.dumps([time.perf_counter()-start,"
             "resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss*1024,done.returncode,done.stderr[-2000:]]))")
    answer = subprocess.run([sys.executable, "-c", probe, *words], cwd=_common.ROOT, capture_output=True, text=True)
    seconds, peak, code, errors = json.loads(answer.stdout)
    if code:
        sys.exit(f"zoom-build ended with {code}: {errors}")
    return seconds, peak


def row(identifier, peak, seconds, shape):
    megabytes = peak / 1e6
    return {"id": identifier, "value": megabytes, "unit": "MB", "n": 1, "spread": [megabytes] * 2,
            "threads": shape["threads"], "shape": dict(shape, seconds=round(seconds, 1))}


def items():
    with open(FOLDER / "dataset" / "dataset.jsonl", "rb") as file:
        return sum(1 for _ in file)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenes", type=int, default=1450, help="scenes of the large build")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    ours = _common.Paced("zoom-build", "paced", "--threads", options.threads)
    header = ours.header
    ours.close()
    rows = []
    for scenes, name in ((options.scenes // 8, "memory_mb_eighth"), (options.scenes, "memory_mb_10k")):
        shutil.rmtree(FOLDER, ignore_errors=True)
        seconds, peak = measured("run-all", scenes, options.threads)
        shape = {"items": items(), "scenes": scenes, "threads": options.threads}
        rows.append(row(f"zoom.builder.{name}", peak, seconds, shape))
        print(f"{name}: {peak / 1e6:.1f} MB, {shape['items']} items, {seconds:.0f} s", file=sys.stderr)
    if shape["items"] < LEAST:
        sys.exit(f"{shape['items']} items, fewer than {LEAST}. Hint: --scenes {options.scenes * 2}")
    seconds, peak = measured("export", options.scenes, options.threads)
    rows.append(row("zoom.builder.memory_mb_10k.export", peak, seconds, shape))
    shutil.rmtree(FOLDER, ignore_errors=True)
    _common.write_results("bench-zoom-memory", header, rows)


if __name__ == "__main__":
    main()
