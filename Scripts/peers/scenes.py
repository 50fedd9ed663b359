#!/usr/bin/env python3
"""Whole scenes a second, and the memory that they take: Configs/spatial/throughput.yaml, written to disk.

    make bench-spatial        or        .venv/bin/python Scripts/peers/scenes.py

200 scenes of three sources for each repeat, into a new folder under Runs, removed afterwards; the time is that of the
whole process, planning, solving rooms for their decay, labels and digests included. Memory is the largest resident set
of the process: for 50 and for 200 scenes, and for the largest case (24 kHz, image sources to the end of a
decay of one second in a hall). No peer renders such scenes: the figures are rates.

writes Docs/Results/bench-scenes.json.
"""

import json
import shutil
import statistics
import subprocess
import sys

import _common

CONFIG = "Configs/spatial/throughput.yaml"
LARGEST = ["sampleRate=24000", "room.tail=imageSources", "room.length={lower: 20, upper: 20}",
           "room.width={lower: 15, upper: 15}", "room.height={lower: 6, upper: 6}",
           "room.walls={decay: {seconds: {lower: 1, upper: 1}}}", "duration=10"]


def render(count, threads, settings=()):
    """Seconds and largest resident set in bytes of one render."""
    folder = _common.ROOT / "Runs" / "bench-scenes"
    shutil.rmtree(folder, ignore_errors=True)
    command = [str(_common.ROOT / ".build/release/foa-simulate"), "render", "--config", CONFIG, "--threads",
               str(threads), "--out", str(folder), "--set", f"scenes.test={count}"]
    for setting in settings:
        command += ["--set", setting]
    # Each render is the only child of a process of its own, whose children's peak is then the render's.
    probe = ("import json,resource,subprocess,sys,time; start=time.perf_counter(); "
             "done=subprocess.run(sys.argv[1:],capture_output=True,text=True); "
             "print(json.dumps([time.perf_counter()-start,"
             "resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss*1024,done.returncode,done.stderr]))")
    answer = subprocess.run([sys.executable, "-c", probe, *command], cwd=_common.ROOT, capture_output=True, text=True)
    seconds, peak, code, errors = json.loads(answer.stdout)
    if code:
        sys.exit(f"foa-simulate ended with {code}: {errors}")
    shutil.rmtree(folder, ignore_errors=True)
    return seconds, peak


def row(identifier, values, unit, threads, shape):
    return {"id": identifier, "value": statistics.median(values), "unit": unit, "n": len(values),
            "spread": _common.quartiles(values) if len(values) > 1 else values * 2, "threads": threads, "shape": shape}


def main():
    ours = _common.Paced("foa-simulate", "paced", "--threads", 2)
    header = ours.header
    ours.close()
    rows, count = [], 200
    shape = {"sources": 3, "seconds": 5, "rate": 16000, "decay": 0.5, "scenes": count}
    for threads in (2, 1):
        render(20, threads)
        rates = [count / render(count, threads)[0] for _ in range(7)]
        suffix = "" if threads == 2 else ".threads1"
        rows.append(row(f"foa.scenes_per_second{suffix}", rates, "scenes/s", threads, dict(shape, tail="diffuse")))
    rates = [count / render(count, 2, ["room.tail=imageSources"])[0] for _ in range(7)]
    rows.append(row("foa.scenes_per_second.image_sources", rates, "scenes/s", 2, dict(shape, tail="imageSources")))
    for scenes in (50, 200):
        peak = render(scenes, 2)[1]
        rows.append(row(f"foa.memory.scenes{scenes}", [peak], "bytes", 2, dict(shape, scenes=scenes)))
    seconds, peak = render(2, 2, LARGEST)
    rows.append(row("foa.memory.largest", [peak], "bytes", 2, {"settings": LARGEST, "seconds": round(seconds, 1)}))
    _common.write_results("bench-scenes", header, rows)


if __name__ == "__main__":
    main()
