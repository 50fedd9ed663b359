#!/usr/bin/env python3
"""Writes Tests/Fixtures/NN/optimizers.safetensors: ten steps of AdamW and Muon on fixed gradients.

AdamW is torch.optim.AdamW. Muon is the plain algorithm written out below with exact Newton-Schulz products; where
this torch has torch.optim.Muon (which iterates in bfloat16), the two are compared loosely as a check of the formulas.
Both run in float64 on float32 inputs, so that the file holds the rounded truth.

Arrays: initial.<p>; gradient.<p> with a leading axis of steps; adamw.<p> and muon.<p>, the values after each step;
learning_rate and gradient_scale per step. Needs torch, numpy, safetensors. Run: optimizers.py <repository root>
"""

import math
import pathlib
import sys

import numpy as np
import torch
from safetensors.numpy import save_file

STEPS = 10
SHAPES = {"wide": (6, 20), "tall": (24, 8), "table": (10, 6), "gain": (7,)}
MATRICES = ("wide", "tall")
ADAMW = {"betas": (0.9, 0.95), "eps": 1e-8}
DECAY = {"wide": 0.1, "tall": 0.1, "table": 0.05, "gain": 0.0}
MOMENTUM = 0.95


def orthogonalized(matrix):
    a, b, c = 3.4445, -4.7750, 2.0315
    x = matrix / (matrix.norm() + 1e-7)
    if x.shape[0] > x.shape[1]:
        x = x.T
    for _ in range(5):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if matrix.shape[0] > matrix.shape[1] else x


def muon_step(value, momentum, gradient, rate, decay):
    momentum.lerp_(gradient, 1 - MOMENTUM)
    update = orthogonalized(gradient.lerp(momentum, MOMENTUM))
    value.mul_(1 - rate * decay)
    value.add_(update, alpha=-rate * 0.2 * math.sqrt(max(value.shape)))


def adamw(names, inputs, gradients, rates, scales):
    values = {name: torch.nn.Parameter(torch.tensor(inputs[name], dtype=torch.float64)) for name in names}
    groups = [{"params": [values[name]], "weight_decay": DECAY[name]} for name in names]
    optimizer = torch.optim.AdamW(groups, lr=1.0, **ADAMW)
    history = {name: [] for name in names}
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = float(rates[step])
        for name in names:
            values[name].grad = torch.tensor(gradients[name][step], dtype=torch.float64) * float(scales[step])
        optimizer.step()
        for name in names:
            history[name].append(values[name].detach().numpy().copy())
    return history


def muon(names, inputs, gradients, rates, scales):
    history = {}
    for name in names:
        value = torch.tensor(inputs[name], dtype=torch.float64)
        momentum = torch.zeros_like(value)
        history[name] = []
        for step in range(STEPS):
            gradient = torch.tensor(gradients[name][step], dtype=torch.float64) * float(scales[step])
            muon_step(value, momentum, gradient, float(rates[step]), DECAY[name])
            history[name].append(value.numpy().copy())
    return history


def check_against_torch(names, inputs, gradients, rates, scales, history):
    if not hasattr(torch.optim, "Muon"):
        return
    for name in names:
        value = torch.nn.Parameter(torch.tensor(inputs[name]))
        optimizer = torch.optim.Muon(
            [value], lr=1.0, weight_decay=DECAY[name], momentum=MOMENTUM, adjust_lr_fn="match_rms_adamw")
        for step in range(STEPS):
            optimizer.param_groups[0]["lr"] = float(rates[step])
            value.grad = torch.tensor(gradients[name][step]) * float(scales[step])
            optimizer.step()
        moved = np.abs(history[name][-1] - inputs[name]).max()
        error = np.abs(value.detach().numpy() - history[name][-1]).max() / moved
        print(f"{name}: torch.optim.Muon (bfloat16) differs by {error:.4f} of the distance moved")
        assert error < 0.05, (name, error)


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    random = np.random.default_rng(20)
    inputs = {name: random.normal(size=shape).astype(np.float32) * 0.5 for name, shape in SHAPES.items()}
    gradients = {name: random.normal(size=(STEPS, *shape)).astype(np.float32) for name, shape in SHAPES.items()}
    gradients["table"][:, 3] = 0  # rows of a table that no token reaches
    rates = np.array([0.02 * (step + 1) / 4 if step < 4 else 0.02 * 0.9 ** (step - 3) for step in range(STEPS)],
                     dtype=np.float32)
    scales = np.array([1, 1, 0.5, 1, 0.25, 1, 1, 0.125, 1, 1], dtype=np.float32)
    arrays = {"learning_rate": rates, "gradient_scale": scales}
    for name in SHAPES:
        arrays[f"initial.{name}"] = inputs[name]
        arrays[f"gradient.{name}"] = gradients[name]
    for name, history in adamw(SHAPES, inputs, gradients, rates, scales).items():
        arrays[f"adamw.{name}"] = np.stack(history).astype(np.float32)
    matrices = muon(MATRICES, inputs, gradients, rates, scales)
    check_against_torch(MATRICES, inputs, gradients, rates, scales, matrices)
    for name, history in matrices.items():
        arrays[f"muon.{name}"] = np.stack(history).astype(np.float32)
    target = root / "Tests/Fixtures/NN/optimizers.safetensors"
    target.parent.mkdir(parents=True, exist_ok=True)
    save_file(arrays, target)
    print(f"{target}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
