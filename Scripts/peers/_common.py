"""What the comparisons with peers share: our paced side, turns, ratios, and the results file.

Not a command of its own; see the scripts beside it.
"""

import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
RESULTS = ROOT / "Docs" / "Results"


class Paced:
    """Our side: a process that does one unit of work for each line, and answers with its seconds."""

    def __init__(self, *command):
        binary = ROOT / ".build" / "release" / command[0]
        if not binary.exists():
            sys.exit(f"{binary.relative_to(ROOT)} is missing; run `swift build -c release` first")
        self.process = subprocess.Popen(
            [str(binary), *map(str, command[1:])], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.header = self.read()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"our side ended with code {self.process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            sys.exit(answer["error"])
        return answer

    def seconds(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.read()["seconds"]

    def close(self):
        """Ends the process and answers with the bytes that it held at most."""
        peak = peak_bytes(self.process.pid)
        self.process.stdin.close()
        self.process.wait()
        return peak


def peak_bytes(pid="self"):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("VmHWM is missing from /proc")


def timed(body):
    """A function that runs `body` once and answers with its seconds."""

    def run():
        start = time.perf_counter()
        body()
        return time.perf_counter() - start

    return run


def alternate(sides, repeats, warm_up=2, label=""):
    """Seconds of each side, run in turns after warm-up: a dictionary of lists under the keys of `sides`."""
    for _ in range(warm_up):
        for side in sides.values():
            side()
    times = {name: [] for name in sides}
    for repeat in range(repeats):
        for name, side in sides.items():
            times[name].append(side())
        if sys.stderr.isatty():
            print(f"\r{label} {repeat + 1}/{repeats}  ", end="", file=sys.stderr, flush=True)
    medians = ", ".join(f"{name} {1000 * statistics.median(values):.2f} ms" for name, values in times.items())
    print(f"\r{label}: {medians}", file=sys.stderr)
    return times


def repeats_for(seconds, most=21, budget=20):
    """Repeats that fit the budget, at least the seven that a median wants."""
    return max(7, min(most, int(budget / max(seconds, 1e-9))))


def quartiles(values):
    ordered = statistics.quantiles(values, n=4)
    return [ordered[0], ordered[2]]


def ratio_row(identifier, ours, peer, peer_name, threads, shape):
    """The row of a ratio of times: above 1 we are faster."""
    ratios = [b / a for a, b in zip(ours, peer)]
    return {
        "id": identifier, "value": statistics.median(peer) / statistics.median(ours), "unit": "ratio", "n": len(ours),
        "spread": quartiles(ratios), "ours": statistics.median(ours), "peer": statistics.median(peer),
        "peer_name": peer_name, "threads": threads, "shape": shape,
    }


def machine(header):
    cpu = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    prefixes = ("OPENBLAS_", "OMP_", "MKL_", "ONEDNN_")
    environment = {key: value for key, value in os.environ.items() if key.startswith(prefixes)}
    return {"cpu": cpu, "cores": os.cpu_count(), "isa": header["isa"], "blas": header["blas"],
            "os": platform.platform(), "environment": environment}


def commit():
    """The commit that is measured; what a benchmark itself writes into documents does not change it."""
    git = lambda *words: subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    changes = git("status", "--porcelain", "--", ":(exclude)Docs", ":(exclude)README.md")
    return git("describe", "--always") + ("+changes" if changes else "")


def write_results(name, header, rows, path=None):
    """Writes Docs/Results/<name>.json, or `path`, and shows the rows."""
    script = pathlib.Path(sys.argv[0]).resolve().relative_to(ROOT)
    path = path or RESULTS / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({
        "name": name, "command": " ".join([str(script), *sys.argv[1:]]), "commit": commit(),
        "date": datetime.date.today().isoformat(), "machine": machine(header), "rows": rows,
    }, indent=1) + "\n")
    for row in rows:
        low, high = row["spread"]
        print(f"{row['id']:48} {row['value']:8.3f} {row['unit']} [{low:.3f}, {high:.3f}] n={row['n']}")
    try:
        shown = path.resolve().relative_to(ROOT)
    except ValueError:
        shown = path
    print(f"wrote {shown}")
