"""Safetensors files written by the reference implementation, for Tests/TensorTests/SafeTensors*.swift.

    .venv/bin/python Scripts/golden/safetensors_fixtures.py             (or: make golden)

writes Tests/Fixtures/SafeTensors/{mixed,writer,writer-bfloat16}.safetensors.

    .venv/bin/python Scripts/golden/safetensors_fixtures.py --verify [FILE]

reads the fixtures back and checks their values. The tests demand that the package writes `writer*.safetensors` byte for
byte, so this shows that the reference implementation reads what the package writes. FILE: read that file instead and
print its tensors.
"""

import argparse
import pathlib
import sys

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "SafeTensors"


def ramp(count, dtype=torch.float32):
    """Values that are exact in every float type: -3, -2.5, -2, …"""
    return (torch.arange(count, dtype=torch.float32) / 2 - 3).to(dtype)


def mixed():
    """One tensor of every type that the package reads, and a few that it must refuse."""
    special = torch.tensor([0.0, -0.0, 1.0, 65504.0, 2.0 ** -24, 2.0 ** -14, float("inf"), float("-inf"), float("nan")])
    return {
        "floats": ramp(6).reshape(2, 3),
        "halves": special.to(torch.float16),
        "brains": special.to(torch.bfloat16),
        "doubles": torch.tensor([0.1, -1e300, 1e-300, 3.0], dtype=torch.float64),
        "scalar": torch.tensor(2.5),
        "empty": torch.zeros(3, 0),
        "indices": torch.tensor([[0, -1], [2147483647, -2147483648]], dtype=torch.int32),
        "longs": torch.tensor([5, -6, 7], dtype=torch.int64),
        "too long": torch.tensor([1, 2 ** 40], dtype=torch.int64),
        "bytes": torch.arange(5, dtype=torch.uint8),
        "flags": torch.tensor([True, False, True]),
        "naïve \"quoted\" 名": torch.ones(1),
    }


def writer(dtype):
    """What the package's writer is asked to write."""
    tensors = {
        "b.weight": ramp(15, dtype).reshape(3, 5),
        "a.weight": ramp(7, dtype),
        "empty": torch.zeros(0, 4, dtype=dtype),
        "scalar": torch.tensor(1.5, dtype=dtype),
        "tab\t\"quote\" 名": ramp(2, dtype),
    }
    if dtype == torch.float32:
        tensors |= {
            "ids": torch.tensor([[3, 2, 1]], dtype=torch.int32),
            "longs": torch.tensor([-1, 2 ** 40], dtype=torch.int64),
            "raw": torch.tensor([255, 0, 7], dtype=torch.uint8),
        }
    return tensors


FILES = {
    "mixed": (mixed, {"format": "pt"}),
    "writer": (lambda: writer(torch.float32), {"note": "line\nbreak, \"quotes\", 名"}),
    "writer-bfloat16": (lambda: writer(torch.bfloat16), None),
}


def verify():
    for name, (tensors, metadata) in FILES.items():
        path = FOLDER / f"{name}.safetensors"
        loaded, expected = load_file(path), tensors()
        assert loaded.keys() == expected.keys(), f"{path}: names {sorted(loaded)} instead of {sorted(expected)}"
        for key, value in expected.items():
            same = torch.equal(torch.nan_to_num(loaded[key]), torch.nan_to_num(value))
            assert same and loaded[key].dtype == value.dtype, f"{path}: {key} is {loaded[key]} instead of {value}"
        with safe_open(path, "pt") as file:
            assert file.metadata() == metadata, f"{path}: metadata {file.metadata()}"
    print(f"{len(FILES)} fixtures read back as expected")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--verify", nargs="?", const="", metavar="FILE")
    arguments = parser.parse_args()
    if arguments.verify:
        for key, value in load_file(arguments.verify).items():
            print(key, tuple(value.shape), value.dtype)
    elif arguments.verify is not None:
        verify()
    else:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, (tensors, metadata) in FILES.items():
            save_file(tensors(), FOLDER / f"{name}.safetensors", metadata)
        verify()


if __name__ == "__main__":
    sys.exit(main())
