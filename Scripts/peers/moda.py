#!/usr/bin/env python3
"""Mixture-of-depths attention, ours against the best composite of PyTorch's own parts, alternating in one run.

    make bench ARGS=moda-peers        or        .venv/bin/python Scripts/peers/moda.py [--threads 2] [--tokens 4096]

The composite: PyTorch's flash attention over the sequence with its log-sum-exp, batched products over each token's
slots, and both merged by their log-sum-exps. Backward is written by hand around the flash kernel's own, which takes the
joint output and log-sum-exp: nothing is computed twice. It is first checked, gradients included, against one
softmax over the concatenated scores in float64, which no one would run at this size. Hk=1, G=8, L=64, d=64.

In the same turns: what slots add, ours over PyTorch's attention without slots, the denominator that a user of PyTorch
has. `moda-kernel table2` gives the same seconds over our own, faster attention.

writes Docs/Results/bench-moda-peers.json.
"""

import argparse
import statistics

import _common

GROUP, SLOTS, WIDTH = 8, 64, 64


class Merged:
    """The composite with a hand-written backward pass: the flash kernel's gradient takes the joint log-sum-exp."""

    def __init__(self, torch):
        aten = torch.ops.aten
        scale = WIDTH**-0.5

        class Function(torch.autograd.Function):
            @staticmethod
            def forward(context, query, key, value, slot_keys, slot_values):
                heads = query.transpose(0, 1)[None]
                keys, values = (x[None, None].expand(1, GROUP, -1, -1) for x in (key, value))
                output, sums = aten._scaled_dot_product_flash_attention_for_cpu(heads, keys, values, 0.0, True)
                sequence, sums = output[0].transpose(0, 1), sums[0].transpose(0, 1)
                scores = torch.bmm(query, slot_keys.transpose(1, 2)).mul_(scale)
                slot_sums = torch.logsumexp(scores, -1)
                joint = torch.logaddexp(sums, slot_sums)
                weights = torch.exp(scores.sub_(joint[..., None]))
                result = torch.bmm(weights, slot_values).addcmul_(sequence, torch.exp(sums - joint)[..., None])
                context.save_for_backward(query, key, value, slot_keys, slot_values, result, joint, weights)
                return result

            @staticmethod
            def backward(context, gradient):
                query, key, value, slot_keys, slot_values, result, joint, weights = context.saved_tensors
                heads = query.transpose(0, 1)[None]
                keys, values = (x[None, None].expand(1, GROUP, -1, -1) for x in (key, value))
                # With the joint output and log-sum-exp, the flash kernel's backward gives the sequence part exactly.
                dq, dk, dv = aten._scaled_dot_product_flash_attention_for_cpu_backward(
                    gradient.transpose(0, 1)[None], heads, keys, values, result.transpose(0, 1)[None].contiguous(),
                    joint.transpose(0, 1)[None].contiguous(), 0.0, True)
                delta = (gradient * result).sum(-1, keepdim=True)
                slopes = torch.bmm(gradient, slot_values.transpose(1, 2)).sub_(delta).mul_(weights).mul_(scale)
                query_gradient = dq[0].transpose(0, 1) + torch.bmm(slopes, slot_keys)
                return (query_gradient, dk[0].sum(0), dv[0].sum(0), torch.bmm(slopes.transpose(1, 2), query),
                        torch.bmm(weights.transpose(1, 2), gradient))

        self.apply = Function.apply


def concatenated(torch, query, key, value, slot_keys, slot_values):
    """The definition: one softmax over the sequence's and the slots' scores."""
    scale = WIDTH**-0.5
    tokens = query.shape[0]
    hidden = torch.ones(tokens, tokens, dtype=torch.bool).triu(1)
    scores = torch.einsum("tgd,sd->tgs", query, key).masked_fill(hidden[:, None], -torch.inf)
    weights = torch.softmax(torch.cat([scores, torch.bmm(query, slot_keys.transpose(1, 2))], -1) * scale, -1)
    return torch.einsum("tgs,sd->tgd", weights[..., :tokens], value) + torch.bmm(weights[..., tokens:], slot_values)


def inputs(torch, tokens, dtype=None):
    shapes = [(tokens, GROUP, WIDTH), (tokens, WIDTH), (tokens, WIDTH), (tokens, SLOTS, WIDTH), (tokens, SLOTS, WIDTH)]
    return [torch.randn(shape, dtype=dtype, requires_grad=True) for shape in shapes]


def check(torch, merged):
    """The composite and its gradients equal the definition's."""
    arrays = inputs(torch, 96)
    exact = [x.detach().double().requires_grad_() for x in arrays]
    output, truth = merged.apply(*arrays), concatenated(torch, *exact)
    gradient = torch.randn_like(output)
    results = [output, *torch.autograd.grad(output, arrays, gradient)]
    truths = [truth, *torch.autograd.grad(truth, exact, gradient.double())]
    for result, expected in zip(results, truths):
        error = (result.double() - expected).abs().max().item()
        if not error <= 2e-5 * max(1.0, expected.abs().max().item()):
            raise SystemExit(f"the composite differs from its definition by {error}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--tokens", type=int, default=4096)
    parser.add_argument("--out", type=_common.pathlib.Path, default=None, help="another results file")
    arguments = parser.parse_args()

    import torch

    torch.manual_seed(0)
    torch.set_num_threads(arguments.threads)
    merged = Merged(torch)
    check(torch, merged)
    tokens = arguments.tokens
    arrays, gradient = inputs(torch, tokens), torch.randn(tokens, GROUP, WIDTH)

    def forward():
        with torch.no_grad():
            merged.apply(*arrays)

    def both():
        torch.autograd.grad(merged.apply(*arrays), arrays, gradient)

    query, key, value = (x.detach().requires_grad_() for x in arrays[:3])

    def without_slots(backward):
        heads = query.transpose(0, 1)[None]
        keys, values = (x[None, None].expand(1, GROUP, -1, -1) for x in (key, value))
        output = torch.nn.functional.scaled_dot_product_attention(heads, keys, values, is_causal=True)
        if backward:
            torch.autograd.grad(output[0].transpose(0, 1), (query, key, value), gradient)

    def plain_forward():
        with torch.no_grad():
            without_slots(False)

    ours, ours_plain = (_common.Paced("tensor-bench", "paced", "--threads", arguments.threads) for _ in range(2))
    shape = {"B": 1, "Hk": 1, "G": GROUP, "T": tokens, "L": SLOTS, "d": WIDTH}
    rows = []
    for passes, body, plain in (("fwd", forward, plain_forward), ("fwdbwd", both, lambda: without_slots(True))):
        case = f"moda.{passes}.T{tokens}.G{GROUP}.L{SLOTS}"
        plain_case = f"attention.{passes}.f32.T{tokens}.G{GROUP}"
        peer = _common.timed(body)
        times = _common.alternate(
            {"ours": lambda: ours.seconds(case), "ours_plain": lambda: ours_plain.seconds(plain_case), "peer": peer,
             "peer_plain": _common.timed(plain)}, _common.repeats_for(2 * peer()), label=case)
        rows.append(_common.ratio_row(
            f"{case}.ratio_torch_merge", times["ours"], times["peer"], f"torch {torch.__version__} merged",
            arguments.threads, shape))
        extras = [a - b for a, b in zip(times["ours"], times["ours_plain"])]
        shares = [extra / whole for extra, whole in zip(extras, times["peer_plain"])]
        rows.append({
            "id": f"{case}.extra_over_torch_sdpa", "value": statistics.median(shares), "unit": "ratio",
            "n": len(shares), "spread": _common.quartiles(shares), "ours": statistics.median(extras),
            "peer": statistics.median(times["peer_plain"]), "peer_name": f"torch {torch.__version__} sdpa",
            "threads": arguments.threads, "shape": shape})
    ours.close(), ours_plain.close()
    _common.write_results("bench-moda-peers", ours.header, rows, arguments.out)


if __name__ == "__main__":
    main()
