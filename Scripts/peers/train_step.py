#!/usr/bin/env python3
"""One training step of the baseline, ours against PyTorch: same shapes, same threads, alternating in one run.

    make bench ARGS=train-step        or        .venv/bin/python Scripts/peers/train_step.py [--compile] [--bf16]

The model: D=384, 6 blocks, Hq=6, Hk=2, F=1536, vocabulary 8,192, T=512, batch 8, float32, AdamW, clip at 1.0. Ours runs
as `moda-lm benchmark --paced`, which performs one step for each line that it reads, so that the two alternate. PyTorch
uses its fused pieces: scaled_dot_product_attention with grouped queries, rms_norm, foreach or fused AdamW.
Peak memory is that of each process alone, as the kernel counts it (VmHWM), after the timed steps.

With --bf16 products multiply bfloat16 on both sides: ours by `training.precision`, PyTorch's under autocast.

writes Docs/Results/bench-train-step.json, with --compile bench-train-step-compiled.json, with --bf16
bench-train-step-bf16.json.
"""

import argparse
import statistics
import time

import _common

SHAPE = dict(B=8, T=512, D=384, blocks=6, Hq=6, Hk=2, d=64, F=1536, V=8192)
OVERRIDES = {
    "model.width": 384, "model.blocks": 6, "model.queryHeads": 6, "model.keyHeads": 2, "model.headWidth": 64,
    "model.hidden": 1536, "model.vocabulary": 8192, "model.context": 512, "training.tokens": 512,
    "training.batch": 8, "training.microBatches": 1, "model.depth.writers": "none",
}


def build_peer(threads, compiled, half):
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
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            loss = run(tokens, targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        loss.item()
        return time.perf_counter() - start

    return step, f"torch {torch.__version__}" + (" compiled" if compiled else "") + (" autocast bf16" if half else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=15, help="timed steps of each side (at least 7)")
    parser.add_argument("--compile", action="store_true", help="torch.compile the peer's model")
    parser.add_argument("--bf16", action="store_true", help="multiply bfloat16 on both sides")
    parser.add_argument("--out", type=_common.pathlib.Path, default=None, help="another results file")
    arguments = parser.parse_args()
    if arguments.repeats < 7:
        parser.error("a median wants at least 7 repeats")

    command = ["moda-lm", "benchmark", "--paced", "--threads", arguments.threads]
    for key, value in OVERRIDES.items():
        command += ["--set", f"{key}={value}"]
    command += ["--set", f"training.precision={'bf16' if arguments.bf16 else 'f32'}"]
    ours = _common.Paced(*command)
    if arguments.bf16 and ours.header["precision"] != "bf16":
        parser.error("this machine has no bf16; `tensor-bench limits` says why")
    peer, peer_name = build_peer(arguments.threads, arguments.compile, arguments.bf16)
    times = _common.alternate(
        {"ours": lambda: ours.seconds("step"), "peer": peer}, arguments.repeats, warm_up=3, label=peer_name)
    our_peak, peer_peak = ours.close(), _common.peak_bytes()
    kinds = [name for name, chosen in (("compiled", arguments.compile), ("bf16", arguments.bf16)) if chosen]
    kind = "".join(f".{name}" for name in kinds)
    rows = [_common.ratio_row(
        f"train.baseline.ratio_torch{kind}", times["ours"], times["peer"], peer_name, arguments.threads, SHAPE)]
    memory = our_peak / peer_peak
    rows.append({
        **rows[0], "id": f"train.baseline.memory_ratio_torch{kind}", "value": memory, "spread": [memory, memory],
        "ours": our_peak, "peer": peer_peak})
    tokens = SHAPE["B"] * SHAPE["T"]
    for side, seconds in times.items():
        median = statistics.median(seconds)
        print(f"{side}: {median:.3f} s a step, {tokens / median:.0f} tokens/s")
    name = "-".join(["bench-train-step", *kinds])
    _common.write_results(name, ours.header, rows, arguments.out)


if __name__ == "__main__":
    main()
