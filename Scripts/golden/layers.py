"""Golden files of layers: outputs and all gradients, from the modules of PyTorch and of Hugging Face transformers.

    .venv/bin/python Scripts/golden/layers.py        (or: make golden)

writes Tests/Fixtures/Golden/layer-<case>.safetensors. Everything is computed in float64 from parameters that float32
holds exactly; Hugging Face's norms and rotations round to float32 inside. The loss is the sum of output times `seed`.
Convolution kernels are written channels last, [O, kh, kw, C], as the library stores them.
"""

import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn
from transformers import LlamaConfig, Olmo2Config, Qwen3Config
from transformers.models.llama.modeling_llama import LlamaMLP
from transformers.models.olmo2.modeling_olmo2 import Olmo2Attention, Olmo2RotaryEmbedding
from transformers.models.qwen3.modeling_qwen3 import Qwen3Attention, Qwen3RotaryEmbedding

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "Golden"


def rounded(*shape, scale=1.0):
    """Random float64 values that float32 holds exactly."""
    return (scale * torch.randn(*shape, dtype=torch.float64)).float().double()


def randomize(module):
    with torch.no_grad():
        for name, value in module.named_parameters():
            gain = "norm" in name and name.endswith("weight")
            value.copy_(1 + rounded(*value.shape, scale=0.2) if gain else rounded(*value.shape, scale=0.3))
            value.copy_(value.float().double())
    return module


def save(case, tensors):
    path = FOLDER / f"layer-{case}.safetensors"
    tensors = {k: (v if v.dtype == torch.int32 else v.detach().float()).contiguous() for k, v in tensors.items()}
    save_file(tensors, path, metadata={"generator": "Scripts/golden/layers.py"})
    path.chmod(0o644)
    print(f"{path.name}: {path.stat().st_size} bytes")


def channels_last(value):
    """[O, C, k…] to [O, k…, C]."""
    return value.movedim(1, -1) if value.dim() > 2 else value


def write(case, module, x, forward, rename=lambda name: name):
    x = x.clone().requires_grad_()
    output = forward(module, x)
    seed = rounded(*output.shape)
    (output * seed).sum().backward()
    tensors = {"input": x, "input.gradient": x.grad, "output": output, "seed": seed}
    for name, value in module.named_parameters():
        tensors["parameter." + rename(name)] = channels_last(value)
        tensors["gradient." + rename(name)] = channels_last(value.grad)
    save(case, tensors)


def causal_mask(tokens):
    return torch.full((tokens, tokens), float("-inf"), dtype=torch.float64).triu(1)[None, None]


def attention(case, config, kind, rotary, batch=2, tokens=7):
    config._attn_implementation = "eager"
    module = randomize(kind(config, layer_idx=0).double())
    embed = rotary(config)

    def forward(module, x):
        positions = embed(x, torch.arange(tokens)[None])
        return module(x, position_embeddings=positions, attention_mask=causal_mask(tokens))[0]

    write(case, module, rounded(batch, tokens, config.hidden_size), forward)


class Attention(nn.Module):
    """torch.nn.functional attention without mask and positions, biases everywhere, under Llama's names."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.q_proj, self.k_proj = nn.Linear(width, width), nn.Linear(width, width)
        self.v_proj, self.o_proj = nn.Linear(width, width), nn.Linear(width, width)

    def forward(self, x):
        split = lambda y: y.unflatten(-1, (self.heads, -1)).transpose(1, 2)
        y = F.scaled_dot_product_attention(split(self.q_proj(x)), split(self.k_proj(x)), split(self.v_proj(x)))
        return self.o_proj(y.transpose(1, 2).flatten(2))


class Block(nn.Module):
    """The pre-norm feed-forward half of the first GPTs."""

    def __init__(self, width, hidden, approximate):
        super().__init__()
        self.norm = nn.LayerNorm(width, eps=1e-5)
        self.mlp = nn.ModuleDict({"fc1": nn.Linear(width, hidden), "fc2": nn.Linear(hidden, width)})
        self.approximate = approximate

    def forward(self, x):
        return x + self.mlp.fc2(F.gelu(self.mlp.fc1(self.norm(x)), approximate=self.approximate))


class ImageEncoder(nn.Module):
    """Strided, padded and dilated convolutions with average pooling between."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 5, (3, 2), stride=(2, 1), padding=(1, 0))
        self.second = nn.Conv2d(5, 4, 3, padding=2, dilation=2, bias=False)

    def forward(self, x):
        y = F.gelu(self.first(x.movedim(-1, 1)))
        return self.second(F.avg_pool2d(y, (2, 3))).movedim(1, -1)


class CausalConvolution(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(4, 6, 3, dilation=2)

    def forward(self, x):
        return self.conv(F.pad(x.movedim(-1, 1), (4, 0))).movedim(1, -1)


class Patches(nn.Module):
    def __init__(self, channels, width, patch, stride):
        super().__init__()
        self.projection = nn.Conv2d(channels, width, patch, stride=stride)

    def forward(self, x):
        return self.projection(x.movedim(-1, 1)).flatten(2).transpose(1, 2)


def head(case, rows=11, width=12, classes=37, z_loss=0.02):
    x, weight = rounded(rows, width).requires_grad_(), rounded(classes, width, scale=0.5).requires_grad_()
    targets = torch.randint(classes, (rows,))
    targets[[2, 7]] = -1
    logits = x @ weight.T
    kept = targets >= 0
    z = torch.logsumexp(logits, -1)
    losses = F.cross_entropy(logits, targets, ignore_index=-1, reduction="none") + z_loss * z.square() * kept
    loss = losses.sum() / kept.sum()
    (0.7 * loss).backward()
    save(case, {
        "input": x, "input.gradient": x.grad, "targets": targets.int(), "losses": losses, "output": loss.view(1),
        "parameter.weight": weight, "gradient.weight": weight.grad, "zLoss": torch.tensor([z_loss]),
        "seed": torch.tensor([0.7])})


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(20260)
    attention(
        "attention-per-head", Qwen3Config(
            hidden_size=24, num_attention_heads=6, num_key_value_heads=2, head_dim=8, rms_norm_eps=1e-6,
            rope_parameters=dict(rope_type="default", rope_theta=10_000.0)), Qwen3Attention, Qwen3RotaryEmbedding)
    attention(
        "attention-full-width", Olmo2Config(
            hidden_size=24, num_attention_heads=4, num_key_value_heads=2, rms_norm_eps=1e-5,
            rope_parameters=dict(rope_type="default", rope_theta=500_000.0)), Olmo2Attention, Olmo2RotaryEmbedding)
    write("attention-full-mask", randomize(Attention(20, 4).double()), rounded(2, 9, 20), lambda m, x: m(x))
    gated = LlamaMLP(LlamaConfig(hidden_size=16, num_attention_heads=2, intermediate_size=40, mlp_bias=True))
    write("gated-feed-forward", randomize(gated.double()), rounded(2, 5, 16), lambda m, x: m(x))
    for approximate in ("none", "tanh"):
        block = randomize(Block(16, 44, approximate).double())
        write(f"gelu-block-{approximate}", block, 2 * rounded(3, 4, 16), lambda m, x: m(x))
    write("image-encoder", randomize(ImageEncoder().double()), rounded(2, 9, 8, 3), lambda m, x: m(x))
    write("causal-convolution", randomize(CausalConvolution().double()), rounded(2, 9, 4), lambda m, x: m(x))
    write("patches", randomize(Patches(3, 10, (4, 4), (4, 4)).double()), rounded(2, 8, 13, 3), lambda m, x: m(x))
    write("overlapping-patches", randomize(Patches(1, 8, (4, 6), (2, 3)).double()), rounded(2, 10, 12, 1),
          lambda m, x: m(x))
    head("cross-entropy")


if __name__ == "__main__":
    main()
