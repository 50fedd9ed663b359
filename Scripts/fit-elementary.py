#!/usr/bin/env python3
"""Fits the polynomials of Sources/CKernels/vec_math.h by the Remez exchange and prints them with their errors.

    .venv/bin/python Scripts/fit-elementary.py          (needs mpmath, which comes with PyTorch)
"""

import mpmath

mpmath.mp.dps = 40
M = mpmath.mpf


def remez(basis, function, weight, low, high, points=4000):
    """Coefficients c and the largest weighted error of Σ c·basis against function on [low, high]."""
    n = len(basis)
    low, high = M(low), M(high)
    nodes = [(low + high) / 2 - (high - low) / 2 * mpmath.cos(mpmath.pi * i / n) for i in range(n + 1)]
    grid = [low + (high - low) * i / points for i in range(points + 1)]
    values, weights = [function(x) for x in grid], [weight(x) for x in grid]
    table = [[b(x) for b in basis] for x in grid]
    while True:
        matrix, right = mpmath.matrix(n + 1, n + 1), mpmath.matrix(n + 1, 1)
        for i, x in enumerate(nodes):
            for j, b in enumerate(basis):
                matrix[i, j] = b(x)
            matrix[i, n] = (-1) ** i / weight(x)
            right[i] = function(x)
        solution = mpmath.lu_solve(matrix, right)
        coefficients = [solution[j] for j in range(n)]
        errors = [w * (mpmath.fdot(coefficients, t) - v) for w, t, v in zip(weights, table, values)]
        extrema, best = [], 0
        for i in range(1, points + 1):
            if errors[i] * errors[best] < 0:
                extrema.append(best)
                best = i
            elif abs(errors[i]) > abs(errors[best]):
                best = i
        extrema.append(best)
        while len(extrema) > n + 1:
            extrema.pop(0 if abs(errors[extrema[0]]) < abs(errors[extrema[-1]]) else -1)
        moved = [grid[i] for i in extrema]
        if len(extrema) < n + 1 or moved == nodes:
            return coefficients, max(abs(e) for e in errors)
        nodes = moved


def powers(count, step=1):
    return [lambda x, k=k: x ** (step * k) for k in range(count)]


def show(title, fit):
    coefficients, error = fit
    print(f"{title}: largest error {mpmath.nstr(error, 3)}")
    for k, c in enumerate(coefficients):
        print(f"  {k}: {mpmath.nstr(c, 13)}")


def main():
    half, tiny = mpmath.log(2) / 2 * M("1.002"), M(10) ** -30
    show("e^r = 1 + r + r²·p(r), |r| ≤ log(2)/2, relative", remez(
        powers(5), lambda x: M(1) / 2 if x == 0 else (mpmath.exp(x) - 1 - x) / x**2,
        lambda x: x**2 / mpmath.exp(x) + tiny, -half, half))
    show("2^f = 1 + f·p(f), |f| ≤ 1/2, relative", remez(
        powers(6), lambda x: mpmath.log(2) if x == 0 else (M(2) ** x - 1) / x,
        lambda x: abs(x) / M(2) ** x + tiny, M("-0.5005"), M("0.5005")))
    show("erf(z) = z·p(z²), |z| ≤ 0.9, relative (vec_math.h takes 1 from coefficient 0)", remez(
        powers(6, 2), lambda x: 2 / mpmath.sqrt(mpmath.pi) if x == 0 else mpmath.erf(x) / x,
        lambda x: x / mpmath.erf(x) if x else mpmath.sqrt(mpmath.pi) / 2, M(0), M("0.9")))
    show("erfc(a) = e^-p(a), 0.9 ≤ a ≤ 6, error of p times 1/(1 + a/2)", remez(
        powers(10), lambda a: -mpmath.log(mpmath.erfc(a)), lambda a: 1 / (1 + a / 2), M("0.9"), M(6)))


if __name__ == "__main__":
    main()
