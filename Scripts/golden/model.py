"""Golden files of whole models: logits, loss, every gradient, and ten AdamW steps, computed in float64 by PyTorch.

    .venv/bin/python Scripts/golden/model.py        (or: make golden)

writes Tests/Fixtures/Golden/model-<case>.safetensors.
"""

import json
import pathlib

import torch
import torch.nn.functional as F
from _decoder import Decoder
from safetensors.torch import save_file

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "Golden"
CASES = {
    "baseline-pre": dict(blocks=2),
    "baseline-reordered-olmo": dict(
        blocks=2, normalization="reordered", queryKeyNorm="fullWidth", tiedEmbeddings=False, queryHeads=4, keyHeads=2),
    "moda-pre": dict(writers="attentionAndFeedForward"),
    "moda-post-released": dict(
        writers="attentionAndFeedForward", normalization="post", keyMode="releasedLM", biases="all"),
    "moda-reordered-separate": dict(
        vocabulary=32, hidden=20, writers="separateAttentionAndFeedForward", normalization="reordered", queryKeyNorm="fullWidth",
        queryHeads=4, keyHeads=2),
    "moda-depth-only": dict(writers="attention", queryKeyNorm="none", queryHeads=2, keyHeads=2),
    "moda-vision-raw": dict(
        writers="attention", keyMode="raw", queryKeyNorm="none", rotaryBase=0.0, isCausal=False, normalization="pre"),
}
STEPS, BATCH, TOKENS = 10, 2, 13


def write(name, overrides):
    torch.manual_seed(sum(map(ord, name)))
    model = Decoder(**overrides).double()
    with torch.no_grad():
        for key, value in model.named_parameters():
            noise = torch.randn_like(value)
            value.copy_(1 + 0.2 * noise if "norm" in key and key.endswith("weight") else 0.25 * noise)
            value.copy_(value.float().double())
    tokens = torch.randint(model.c["vocabulary"], (BATCH, TOKENS))
    targets = torch.randint(model.c["vocabulary"], (BATCH, TOKENS))
    targets[0, 3] = -1
    tensors = {"parameter." + k: v.detach().float().clone() for k, v in model.named_parameters()}

    def objective():
        logits = model(tokens)
        return logits, F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1)

    logits, loss = objective()
    loss.backward()
    tensors |= {"gradient." + k: v.grad.float().clone() for k, v in model.named_parameters()}
    tensors["logits"], tensors["loss"] = logits.detach().float(), loss.detach().float().view(1)
    matrices = [p for k, p in model.named_parameters() if p.dim() > 1 and "embed" not in k and "lm_head" not in k]
    others = [p for k, p in model.named_parameters() if not any(p is m for m in matrices)]
    optimizer = torch.optim.AdamW(
        [dict(params=matrices, weight_decay=0.1), dict(params=others, weight_decay=0.0)], lr=1e-2, betas=(0.9, 0.95),
        eps=1e-8)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        _, loss = objective()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    tensors["trajectory"] = torch.tensor(losses, dtype=torch.float32)
    tensors["final.embedding"] = model.model.embed_tokens.weight.detach().float().clone()
    tensors["tokens"], tensors["targets"] = tokens.int(), targets.int()
    path = FOLDER / f"model-{name}.safetensors"
    save_file({k: v.contiguous() for k, v in tensors.items()}, path, metadata={
        "config": json.dumps(model.c | {"generator": "Scripts/golden/model.py"}, sort_keys=True)})
    path.chmod(0o644)
    print(f"{path.name}: {path.stat().st_size} bytes, loss {losses[0]:.6f} -> {losses[-1]:.6f}")


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)  # the same sums in the same order every time
    for case, overrides in CASES.items():
        write(case, overrides)
