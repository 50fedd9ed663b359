"""Tiny random Hugging Face checkpoints with their logits, and the check of folders that this package exports.

    .venv/bin/python Scripts/golden/huggingface.py                   (or: make golden)

writes Tests/Fixtures/HuggingFace/<architecture>/{config.json, model.safetensors, expected.safetensors}.

    .venv/bin/python Scripts/golden/huggingface.py --check FOLDER    (a folder written by `moda-lm export --check-logits`)

loads FOLDER with transformers and compares its logits with FOLDER/expected.safetensors.
"""

import argparse
import pathlib
import sys

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM
from transformers import LlamaConfig, Olmo2Config, Qwen2Config, Qwen3Config

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "HuggingFace"
SIZES = dict(
    vocab_size=48, hidden_size=16, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, max_position_embeddings=32, bos_token_id=0, eos_token_id=0, pad_token_id=None)
CASES = {
    "olmo2": Olmo2Config(**SIZES, rope_theta=500000.0, tie_word_embeddings=False),
    "llama": LlamaConfig(**SIZES, rope_theta=10000.0, tie_word_embeddings=False),
    "llama-biases": LlamaConfig(**SIZES, attention_bias=True, mlp_bias=True, tie_word_embeddings=True),
    "qwen2": Qwen2Config(**SIZES, tie_word_embeddings=True),
    "qwen3": Qwen3Config(**SIZES, head_dim=8, tie_word_embeddings=True),
}


def write():
    for name, config in CASES.items():
        torch.manual_seed(sum(map(ord, name)))
        model = AutoModelForCausalLM.from_config(config).float().eval()
        with torch.no_grad():
            for key, value in model.named_parameters():
                noise = torch.randn_like(value)
                value.copy_(1 + 0.2 * noise if "norm" in key else 0.3 * noise)
        tokens = torch.randint(SIZES["vocab_size"], (2, 17))
        folder = FOLDER / name
        model.save_pretrained(folder)
        (folder / "generation_config.json").unlink(missing_ok=True)
        logits = model(tokens).logits.detach()
        save_file({"tokens": tokens.int(), "logits": logits.contiguous()}, folder / "expected.safetensors")
        for path in folder.iterdir():
            path.chmod(0o644)
        print(name, sum(path.stat().st_size for path in folder.iterdir()), "bytes")


def check(folder):
    expected = load_file(folder / "expected.safetensors")
    model, information = AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True)
    problems = {key: value for key, value in information.items() if value and key != "error_msgs"}
    if problems:
        sys.exit(f"{folder}: {problems}")
    logits = model.float().eval()(expected["tokens"].long()).logits.detach()
    error = ((logits - expected["logits"]).norm() / logits.norm()).item()
    print(f"{folder.name}: {type(model).__name__}, logits {tuple(logits.shape)}, relative error {error:.2e}")
    if not error < 1e-4:
        sys.exit(f"{folder}: relative error {error:.2e} exceeds 1e-4")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", type=pathlib.Path, metavar="FOLDER")
    arguments = parser.parse_args()
    check(arguments.check) if arguments.check else write()
