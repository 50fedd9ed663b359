#!/usr/bin/env python3
"""Attention, ours against PyTorch's scaled_dot_product_attention: same shapes, same threads, alternating in one run.

    make bench ARGS=attention-peers   or   .venv/bin/python Scripts/peers/attention.py [--threads 1 2] [--tokens …]

Causal, B=1, H=8, d=64, float32; bfloat16 beside it where our side has it. Also timed, where they run: PyTorch's
flex_attention compiled for the CPU, and attention written in numpy (forward only, up to 4,096 tokens).

writes Docs/Results/bench-attention-peers.json.
"""

import argparse

import _common

HEADS, WIDTH = 8, 64


def sdpa(torch, tokens, dtype, backward):
    """One call of PyTorch's attention on random inputs."""
    functional = torch.nn.functional
    shape = (1, HEADS, tokens, WIDTH)
    query, key, value = (torch.randn(shape, dtype=dtype, requires_grad=backward) for _ in range(3))
    gradient = torch.randn(shape, dtype=dtype)

    def forward():
        with torch.no_grad():
            functional.scaled_dot_product_attention(query, key, value, is_causal=True)

    def both():
        output = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        torch.autograd.grad(output, (query, key, value), gradient)

    return both if backward else forward


def flex(torch, tokens):
    """flex_attention with a causal block mask, compiled; None where it does not run."""
    try:
        from torch.nn.attention.flex_attention import create_block_mask, flex_attention

        compiled = torch.compile(flex_attention)
        mask = create_block_mask(lambda b, h, q, k: q >= k, None, None, tokens, tokens, device="cpu")
        query, key, value = (torch.randn(1, HEADS, tokens, WIDTH) for _ in range(3))

        def run():
            with torch.no_grad():
                compiled(query, key, value, block_mask=mask)

        run()
        return run
    except Exception as error:  # a peer that does not run on this machine is said to, not hidden
        print(f"flex_attention does not run here: {type(error).__name__}: {str(error).splitlines()[0]}")
        return None


def plain_numpy(tokens):
    """Attention as one would write it in numpy: all scores at once, head by head."""
    import numpy

    random = numpy.random.default_rng(0)
    query, key, value = (random.standard_normal((HEADS, tokens, WIDTH), dtype=numpy.float32) for _ in range(3))
    hidden = numpy.triu(numpy.full((tokens, tokens), -numpy.inf, numpy.float32), 1)

    def run():
        for head in range(HEADS):
            scores = query[head] @ key[head].T
            scores *= numpy.float32(WIDTH**-0.5)
            scores += hidden
            scores -= scores.max(-1, keepdims=True)
            numpy.exp(scores, out=scores)
            scores /= scores.sum(-1, keepdims=True)
            scores @ value[head]

    return run


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--tokens", type=int, nargs="+", default=[1024, 4096, 16384])
    parser.add_argument("--out", type=_common.pathlib.Path, default=None, help="another results file")
    arguments = parser.parse_args()

    import numpy
    import torch

    torch.manual_seed(0)
    torch_name, rows, header = f"torch {torch.__version__}", [], None
    for threads in arguments.threads:
        torch.set_num_threads(threads)
        ours = _common.Paced("tensor-bench", "paced", "--threads", threads)
        header = ours.header
        known = ours.header.get("cases", [])
        suffix = "" if threads == 2 else f".threads{threads}"
        for tokens in arguments.tokens:
            shape = {"B": 1, "H": HEADS, "T": tokens, "d": WIDTH}
            for passes, precision in (("fwd", "f32"), ("fwdbwd", "f32"), ("fwd", "bf16"), ("fwdbwd", "bf16")):
                case = f"attention.{passes}.{precision}.T{tokens}"
                if case not in known:
                    continue
                dtype = torch.float32 if precision == "f32" else torch.bfloat16
                peer = _common.timed(sdpa(torch, tokens, dtype, passes == "fwdbwd"))
                sides = {"ours": lambda: ours.seconds(case), "peer": peer}
                names = {"peer": ("ratio_torch", torch_name)}
                if case.startswith("attention.fwd.f32") and threads == 2:
                    compiled = flex(torch, tokens)
                    if compiled:
                        sides["flex"], names["flex"] = _common.timed(compiled), ("ratio_flex", torch_name + " flex")
                    if tokens <= 4096:
                        sides["numpy"] = _common.timed(plain_numpy(tokens))
                        names["numpy"] = ("ratio_numpy", f"numpy {numpy.__version__}")
                first = sum(side() for side in sides.values())
                times = _common.alternate(
                    sides, _common.repeats_for(first), warm_up=1, label=f"{case} {threads} threads")
                for side, (kind, name) in names.items():
                    rows.append(_common.ratio_row(
                        f"{case}.{kind}{suffix}", times["ours"], times[side], name, threads, shape))
        ours.close()
    _common.write_results("bench-attention-peers", header, rows, arguments.out)


if __name__ == "__main__":
    main()
