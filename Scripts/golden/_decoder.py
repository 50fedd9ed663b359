"""A plain PyTorch decoder with mixture-of-depths attention: the reference of the golden files and of the peers.

Written for clarity: scores are materialised, the depth columns are concatenated to the sequence columns, and nothing is
shared with the Swift package but the names of parameters and configuration keys.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

DEFAULTS = dict(
    vocabulary=40, width=16, blocks=3, queryHeads=3, keyHeads=1, headWidth=8, hidden=24, context=32,
    normalization="pre", queryKeyNorm="perHead", biases="none", rotaryBase=10000.0, normEpsilon=1e-6,
    tiedEmbeddings=True, isCausal=True, writers="none", keyMode="positionFree", initialDeviation=0.02,
)


class Norm(nn.Module):
    def __init__(self, width, epsilon, dtype=None):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width, dtype=dtype))
        self.epsilon = epsilon

    def unit(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.epsilon)

    def forward(self, x):
        return self.unit(x) * self.weight


def rotate(x, base):
    """Half-split rotation of [B, T, H, d] at positions 0..T-1."""
    _, tokens, _, width = x.shape
    if base == 0:
        return x
    frequency = base ** (-torch.arange(0, width, 2, dtype=torch.float64) / width)
    angle = torch.arange(tokens, dtype=torch.float64)[:, None] * frequency
    cosine, sine = angle.cos().to(x.dtype)[:, None], angle.sin().to(x.dtype)[:, None]
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cosine - b * sine, b * cosine + a * sine], dim=-1)


class Attention(nn.Module):
    def __init__(self, c, last):
        super().__init__()
        self.c = c
        bias = c["biases"] != "none"
        query, key = c["queryHeads"] * c["headWidth"], c["keyHeads"] * c["headWidth"]
        self.q_proj = nn.Linear(c["width"], query, bias=bias)
        self.k_proj = nn.Linear(c["width"], key, bias=bias)
        self.v_proj = nn.Linear(c["width"], key, bias=bias)
        self.o_proj = nn.Linear(query, c["width"], bias=c["biases"] == "all")
        if c["queryKeyNorm"] != "none":
            full = c["queryKeyNorm"] == "fullWidth"
            self.q_norm = Norm(query if full else c["headWidth"], c["normEpsilon"])
            self.k_norm = Norm(key if full else c["headWidth"], c["normEpsilon"])
        if c["writers"] == "separateAttentionAndFeedForward" and not last:
            self.depth_k_proj = nn.Linear(c["width"], key, bias=c["biases"] == "all")
            self.depth_v_proj = nn.Linear(c["width"], key, bias=c["biases"] == "all")

    def normed(self, x, norm, gain):
        """Norm of [B, T, H, d] per head or over the full width, with or without the gain."""
        if self.c["queryKeyNorm"] == "none":
            return x
        apply = norm if gain else norm.unit
        return apply(x.flatten(-2)).view_as(x) if self.c["queryKeyNorm"] == "fullWidth" else apply(x)

    def slot_key(self, raw):
        return raw if self.c["keyMode"] == "raw" else self.normed(raw, self.k_norm, False) if hasattr(
            self, "k_norm") else raw

    def with_reader_gain(self, key):
        """Slot keys as this block reads them: its own key gain on the writer's unit keys."""
        if self.c["keyMode"] == "raw" or self.c["queryKeyNorm"] == "none":
            return key
        if self.c["queryKeyNorm"] == "perHead":
            return key * self.k_norm.weight
        return key * self.k_norm.weight.view(self.c["keyHeads"], self.c["headWidth"])

    def forward(self, x, slots):
        c = self.c
        batch, tokens, _ = x.shape
        heads = lambda y, n: y.view(batch, tokens, n, c["headWidth"])
        q = self.normed(heads(self.q_proj(x), c["queryHeads"]), getattr(self, "q_norm", None), True)
        raw = heads(self.k_proj(x), c["keyHeads"])
        k = rotate(self.normed(raw, getattr(self, "k_norm", None), True), c["rotaryBase"])
        v = heads(self.v_proj(x), c["keyHeads"])
        rotated = rotate(q, c["rotaryBase"])
        groups = c["queryHeads"] // c["keyHeads"]
        repeat = lambda y: y.repeat_interleave(groups, dim=2)
        scale = 1 / math.sqrt(c["headWidth"])
        scores = torch.einsum("bthd,bshd->bhts", rotated, repeat(k)) * scale
        if c["isCausal"]:
            mask = torch.ones(tokens, tokens, dtype=torch.bool).tril()
            scores = scores.masked_fill(~mask, float("-inf"))
        values = torch.einsum
        if slots:
            reader = rotated if c["keyMode"] == "releasedLM" else q
            keys = torch.stack([repeat(self.with_reader_gain(key)) for key, _ in slots])
            depth = torch.einsum("bthd,nbthd->bhtn", reader, keys) * scale
            weights = torch.cat([scores, depth], dim=-1).softmax(-1)
            result = values("bhts,bshd->bthd", weights[..., :tokens], repeat(v))
            result = result + values(
                "bhtn,nbthd->bthd", weights[..., tokens:], torch.stack([repeat(value) for _, value in slots]))
        else:
            result = values("bhts,bshd->bthd", scores.softmax(-1), repeat(v))
        out = self.o_proj(result.flatten(-2))
        if hasattr(self, "depth_k_proj"):
            return out, (self.slot_key(heads(self.depth_k_proj(x), c["keyHeads"])),
                         heads(self.depth_v_proj(x), c["keyHeads"]))
        return out, (self.slot_key(raw), v)


class FeedForward(nn.Module):
    def __init__(self, c, last):
        super().__init__()
        bias = c["biases"] == "all"
        self.gate_proj = nn.Linear(c["width"], c["hidden"], bias=bias)
        self.up_proj = nn.Linear(c["width"], c["hidden"], bias=bias)
        self.down_proj = nn.Linear(c["hidden"], c["width"], bias=bias)
        if c["writers"] in ("attentionAndFeedForward", "separateAttentionAndFeedForward") and not last:
            key = c["keyHeads"] * c["headWidth"]
            self.depth_k_proj = nn.Linear(c["width"], key, bias=bias)
            self.depth_v_proj = nn.Linear(c["width"], key, bias=bias)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Block(nn.Module):
    def __init__(self, c, index):
        super().__init__()
        self.c = c
        self.last = index == c["blocks"] - 1
        self.self_attn = Attention(c, self.last)
        self.mlp = FeedForward(c, self.last)
        names = ("input_layernorm", "post_attention_layernorm") if c["normalization"] == "pre" else (
            "post_attention_layernorm", "post_feedforward_layernorm")
        for name in names:
            self.add_module(name, Norm(c["width"], c["normEpsilon"]))
        self.norms = names

    def join(self, x, branch, norm):
        kind = self.c["normalization"]
        return x + branch if kind == "pre" else norm(x + branch) if kind == "post" else x + norm(branch)

    def forward(self, x, slots):
        first, second = (getattr(self, name) for name in self.norms)
        pre = self.c["normalization"] == "pre"
        branch, slot = self.self_attn(first(x) if pre else x, slots)
        middle = self.join(x, branch, first)
        w = second(middle) if pre else middle
        x = self.join(middle, self.mlp(w), second)
        if self.c["writers"] != "none" and not self.last:
            slots = slots + [slot]
            if hasattr(self.mlp, "depth_k_proj"):
                shape = (*w.shape[:2], self.c["keyHeads"], self.c["headWidth"])
                slots = slots + [(self.self_attn.slot_key(self.mlp.depth_k_proj(w).view(shape)),
                                  self.mlp.depth_v_proj(w).view(shape))]
        return x, slots


class Decoder(nn.Module):
    """The model; `state_dict` keys equal the Swift package's parameter names."""

    def __init__(self, **overrides):
        super().__init__()
        c = self.c = {**DEFAULTS, **overrides}
        self.model = nn.Module()
        self.model.embed_tokens = nn.Embedding(c["vocabulary"], c["width"])
        self.model.layers = nn.ModuleList(Block(c, index) for index in range(c["blocks"]))
        self.model.norm = Norm(c["width"], c["normEpsilon"])
        if not c["tiedEmbeddings"]:
            self.lm_head = nn.Linear(c["width"], c["vocabulary"], bias=False)

    def forward(self, tokens):
        x, slots = self.model.embed_tokens(tokens), []
        for block in self.model.layers:
            x, slots = block(x, slots)
        head = self.model.embed_tokens.weight if self.c["tiedEmbeddings"] else self.lm_head.weight
        return self.model.norm(x) @ head.T
