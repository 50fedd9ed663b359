#!/usr/bin/env python3
"""Which kernels OpenBLAS picks on this CPU, and how fast they are against those of a named core.

    .venv/bin/python Scripts/peers/openblas_core.py

An OpenBLAS older than the CPU may not know it and fall back to kernels without its vector instructions. This script
times the system's library as it starts by itself, and again with OPENBLAS_CORETYPE set in a child process. The package
looks at the same name at run time and uses its own packed product where the core is below the CPU
(Sources/Tensor/MatrixBackend.swift).

writes Docs/Results/bench-openblas-core.json.
"""

import ctypes
import ctypes.util
import datetime
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

import _common

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHAPE = {"m": 4096, "n": 384, "k": 384}
REPEATS = 15


def measure():
    """Name of the core and seconds of each product x·Wᵀ, single-threaded."""
    name = ctypes.util.find_library("openblas")
    if name is None:
        sys.exit("libopenblas is missing; run Scripts/install-deps.sh")
    library = ctypes.CDLL(name)
    library.openblas_get_corename.restype = ctypes.c_char_p
    library.openblas_set_num_threads(1)
    m, n, k = SHAPE.values()
    arrays = [(ctypes.c_float * size)(*([0.5] * size)) for size in (m * k, n * k, m * n)]
    row_major, plain, transposed = 101, 111, 112
    one, zero = ctypes.c_float(1), ctypes.c_float(0)
    times = []
    for _ in range(REPEATS + 2):
        start = time.perf_counter()
        library.cblas_sgemm(row_major, plain, transposed, m, n, k, one, arrays[0], k, arrays[1], k, zero, arrays[2], n)
        times.append(time.perf_counter() - start)
    return {"core": library.openblas_get_corename().decode(), "seconds": times[2:]}


def child(core):
    environment = dict(os.environ) | ({"OPENBLAS_CORETYPE": core} if core else {})
    output = subprocess.run(
        [sys.executable, __file__, "--measure"], env=environment, capture_output=True, text=True, check=True).stdout
    return json.loads(output)


def main():
    rate = lambda seconds: 2 * SHAPE["m"] * SHAPE["n"] * SHAPE["k"] / seconds / 1e9
    rows = []
    for core in ["", "Haswell", "SkylakeX"]:
        result = child(core)
        rates = [rate(seconds) for seconds in result["seconds"]]
        low, middle, high = statistics.quantiles(rates, n=4)
        name = core or "automatic"
        print(f"{name:10} -> {result['core']:12} {middle:7.1f} GFLOP/s")
        rows.append({
            "id": f"openblas.sgemm.{name}.rate", "value": middle, "unit": "GFLOP/s", "n": len(rates),
            "spread": [low, high], "threads": 1, "shape": SHAPE, "peer_name": f"OpenBLAS core {result['core']}"})
    cpu = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    out = ROOT / "Docs" / "Results" / "bench-openblas-core.json"
    out.write_text(json.dumps({
        "name": "bench-openblas-core", "command": "Scripts/peers/openblas_core.py", "commit": _common.commit(),
        "date": datetime.date.today().isoformat(),
        "machine": {"cpu": cpu, "cores": os.cpu_count(), "isa": "as named in each row", "blas": "OpenBLAS of the system",
                    "environment": {k: v for k, v in os.environ.items() if k.startswith("OPENBLAS_")}},
        "rows": rows}, indent=1) + "\n")
    print(f"wrote {out.relative_to(ROOT)}")


if __name__ == "__main__":
    if sys.argv[1:] == ["--measure"]:
        print(json.dumps(measure()))
    elif sys.argv[1:]:
        print(__doc__)
    else:
        main()
