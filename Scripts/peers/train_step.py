#!/usr/bin/env python3
"""One training step of the baseline, ours against PyTorch: same shapes, same threads, alternating in one run.

    make bench        or        .venv/bin/python Scripts/peers/train_step.py [--compile] [--repeats 15]

The model: D=384, 6 blocks, Hq=6, Hk=2, F=1536, vocabulary 8,192, T=512, batch 8, float32, AdamW, clip at 1.0. Ours runs
as `moda-lm benchmark --paced`, which performs one step for each line that it reads, so that the two alternate. PyTorch
uses its fused pieces: scaled_dot_product_attention with grouped queries, rms_norm, foreach or fused AdamW.
Peak memory is that of each process alone, as the kernel counts it (VmHWM), after the timed steps.

writes Docs/Results/bench-train-step.json.
"""

import argparse
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
SHAPE = dict(B=8, T=512, D=384, blocks=6, Hq=6, Hk=2, d=64, F=1536, V=8192)
OVERRIDES = {
    "model.width": 384, "model.blocks": 6, "model.queryHeads": 6, "model.keyHeads": 2, "model.headWidth": 64,
    "model.hidden": 1536, "model.vocabulary": 8192, "model.context": 512, "training.tokens": 512,
    "training.batch": 8, "training.microBatches": 1, "model.depth.writers": "none",
}


def build_peer(threads, compiled):
    import torch
    import torch.nn.functional as F
    from torch import nn

    torch.set_num_threads(threads)
    torch.manual_seed(0)
    s = SHAPE

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            linear = lambda i, o: nn.Linear(i, o, bias=False)
            self.first, self.second = nn.RMSNorm(s["D"], 1e-6), nn.RMSNorm(s["D"], 1e-6)
            self.query, self.key = linear(s["D"], s["Hq"] * s["d"]), linear(s["D"], s["Hk"] * s["d"])
            self.value, self.out = linear(s["D"], s["Hk"] * s["d"]), linear(s["Hq"] * s["d"], s["D"])
            self.query_norm, self.key_norm = nn.RMSNorm(s["d"], 1e-6), nn.RMSNorm(s["d"], 1e-6)
            self.gate, self.up, self.down = linear(s["D"], s["F"]), linear(s["D"], s["F"]), linear(s["F"], s["D"])

        def rotate(self, x, cosine, sine):
            a, b = x.chunk(2, dim=-1)
            return torch.cat([a * cosine - b * sine, b * cosine + a * sine], dim=-1)

        def forward(self, x, cosine, sine):
            u = self.first(x)
            heads = lambda y, n: y.view(s["B"], s["T"], n, s["d"]).transpose(1, 2)
            q = self.rotate(self.query_norm(heads(self.query(u), s["Hq"])), cosine, sine)
            k = self.rotate(self.key_norm(heads(self.key(u), s["Hk"])), cosine, sine)
            y = F.scaled_dot_product_attention(
                q, k, heads(self.value(u), s["Hk"]), is_causal=True, enable_gqa=True)
            x = x + self.out(y.transpose(1, 2).reshape(s["B"], s["T"], -1))
            w = self.second(x)
            return x + self.down(F.silu(self.gate(w)) * self.up(w))

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(s["V"], s["D"])
            self.blocks = nn.ModuleList(Block() for _ in range(s["blocks"]))
            self.norm = nn.RMSNorm(s["D"], 1e-6)
            frequency = 10_000.0 ** (-torch.arange(0, s["d"], 2) / s["d"])
            angle = torch.arange(s["T"])[:, None] * frequency
            self.register_buffer("cosine", angle.cos())
            self.register_buffer("sine", angle.sin())

        def forward(self, tokens, targets):
            x = self.embed(tokens)
            for block in self.blocks:
                x = block(x, self.cosine, self.sine)
            logits = self.norm(x) @ self.embed.weight.T
            return F.cross_entropy(logits.flatten(0, 1), targets.flatten())

    model = Model()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.normal_(0, 0.02)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.95), weight_decay=0.1, fused=True)
    run = torch.compile(model) if compiled else model
    tokens = torch.randint(s["V"], (s["B"], s["T"]))
    targets = torch.randint(s["V"], (s["B"], s["T"]))

    def step():
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss = run(tokens, targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        loss.item()
        return time.perf_counter() - start

    return step, f"torch {torch.__version__}" + (" compiled" if compiled else "")


def peak_bytes(pid="self"):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("VmHWM is missing from /proc")


class Ours:
    """Our side: a process that performs one step for each line."""

    def __init__(self, threads):
        binary = ROOT / ".build" / "release" / "moda-lm"
        if not binary.exists():
            sys.exit(f"{binary} is missing; run `swift build -c release` first")
        command = [str(binary), "benchmark", "--paced", "--threads", str(threads)]
        for key, value in OVERRIDES.items():
            command += ["--set", f"{key}={value}"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.header = json.loads(self.process.stdout.readline())

    def step(self):
        self.process.stdin.write("step\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())["seconds"]

    def close(self):
        peak = peak_bytes(self.process.pid)
        self.process.stdin.close()
        self.process.wait()
        return peak


def quartiles(values):
    ordered = statistics.quantiles(values, n=4)
    return [ordered[0], ordered[2]]


def machine(header):
    cpu = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    environment = {k: v for k, v in os.environ.items() if k.startswith(("OPENBLAS_", "OMP_", "MKL_"))}
    return {"cpu": cpu, "cores": os.cpu_count(), "isa": header["isa"], "blas": header["blas"],
            "os": platform.platform(), "environment": environment}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=15, help="timed steps of each side (at least 7)")
    parser.add_argument("--compile", action="store_true", help="torch.compile the peer's model")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "Docs" / "Results" / "bench-train-step.json")
    arguments = parser.parse_args()
    if arguments.repeats < 7:
        parser.error("a median wants at least 7 repeats")

    ours = Ours(arguments.threads)
    peer, peer_name = build_peer(arguments.threads, arguments.compile)
    for _ in range(3):
        peer(), ours.step()
    times = {"ours": [], "peer": []}
    for repeat in range(arguments.repeats):
        times["peer"].append(peer())
        times["ours"].append(ours.step())
        print(f"\r{repeat + 1}/{arguments.repeats}", end="", file=sys.stderr)
    our_peak, peer_peak = ours.close(), peak_bytes()
    own, other = (statistics.median(times[side]) for side in ("ours", "peer"))
    ratios = [b / a for a, b in zip(times["ours"], times["peer"])]
    common = {"n": arguments.repeats, "threads": arguments.threads, "shape": SHAPE, "peer_name": peer_name}
    rows = [
        {"id": "train.baseline.ratio_torch" + (".compiled" if arguments.compile else ""), "value": other / own,
         "unit": "ratio", "spread": quartiles(ratios), "ours": own, "peer": other, **common},
        {"id": "train.baseline.memory_ratio_torch", "value": our_peak / peer_peak, "unit": "ratio",
         "spread": [our_peak / peer_peak] * 2, "ours": our_peak, "peer": peer_peak, **common},
    ]
    tokens = SHAPE["B"] * SHAPE["T"]
    print(f"\n{peer_name}: {other:.3f} s ({tokens / other:.0f} tokens/s), ours: {own:.3f} s ({tokens / own:.0f} tokens/s), "
          f"ratio {other / own:.3f}; peak memory ours {our_peak >> 20} MiB, peer {peer_peak >> 20} MiB")
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps({
        "name": "bench-train-step", "command": " ".join(["Scripts/peers/train_step.py", *sys.argv[1:]]),
        "commit": commit, "date": datetime.date.today().isoformat(), "machine": machine(ours.header), "rows": rows,
    }, indent=1) + "\n")
    try:
        shown = arguments.out.resolve().relative_to(ROOT)
    except ValueError:
        shown = arguments.out
    print(f"wrote {shown}")


if __name__ == "__main__":
    main()
