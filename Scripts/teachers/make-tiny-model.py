#!/usr/bin/env python3
"""Write a tiny chat model with random weights into a folder, offline: just what `transformers serve` needs.

    Scripts/install-deps.sh --peers --serving
    .venv/bin/python Scripts/teachers/make-tiny-model.py Runs/tiny-vlm
    .venv/bin/transformers serve Runs/tiny-vlm --device cpu --port 18901

Its replies are noise: it exists to try a client against the real server's protocol. `vision` is a LLaVA (a CLIP tower
of two layers and a Llama of two) with a tokenizer trained on the sample of text, a processor of pictures and a chat
template; `text` is the Llama alone. Its settings switch sampling on: without that the server ignores a temperature.
The same call writes the same files.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CORPUS = ROOT / "Data" / "sample" / "computing" / "train.jsonl"
VOCABULARY, WIDTH, LAYERS, HEADS = 1024, 64, 2, 4
IMAGE_SIDE, PATCH = 56, 14
SPECIAL = {"pad": "<pad>", "bos": "<s>", "eos": "<|end|>", "image": "<image>"}
TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}<|{{ message['role'] }}|>\n"
    "{% if message['content'] is string %}{{ message['content'] }}{% else %}"
    "{% for part in message['content'] %}{% if part['type'] == 'image' %}<image>{% else %}{{ part['text'] }}"
    "{% endif %}{% endfor %}"
    "{% endif %}{{ eos_token }}\n{% endfor %}{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)


def make_tokenizer():
    """A byte-pair tokenizer of the sample's text."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=list(SPECIAL.values()),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    texts = (json.loads(line)["text"] for line in CORPUS.read_text(encoding="utf-8").splitlines())
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=SPECIAL["bos"],
        eos_token=SPECIAL["eos"],
        pad_token=SPECIAL["pad"],
        extra_special_tokens={"image_token": SPECIAL["image"]},
        chat_template=TEMPLATE,
        model_max_length=4096,
    )


def text_settings(tokenizer):
    """The settings of the language model."""
    from transformers import LlamaConfig

    return LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=WIDTH,
        intermediate_size=2 * WIDTH,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=HEADS // 2,
        max_position_embeddings=4096,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )


def write_text_model(folder: Path, tokenizer) -> int:
    """Writes a language model; its number of parameters."""
    from transformers import LlamaForCausalLM

    model = LlamaForCausalLM(text_settings(tokenizer))
    model.generation_config.do_sample = True
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return model.num_parameters()


def write_vision_model(folder: Path, tokenizer) -> int:
    """Writes a model of pictures and text with its processor; its number of parameters."""
    from transformers import CLIPVisionConfig, LlavaConfig, LlavaForConditionalGeneration, LlavaProcessor
    from transformers.models.llava.image_processing_pil_llava import LlavaImageProcessorPil

    vision = CLIPVisionConfig(
        hidden_size=WIDTH,
        intermediate_size=2 * WIDTH,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        image_size=IMAGE_SIDE,
        patch_size=PATCH,
        projection_dim=WIDTH,
    )
    image_token = tokenizer.convert_tokens_to_ids(SPECIAL["image"])
    settings = LlavaConfig(
        vision_config=vision,
        text_config=text_settings(tokenizer),
        image_token_index=image_token,
        image_seq_length=(IMAGE_SIDE // PATCH) ** 2,
        vision_feature_layer=-1,
        eos_token_id=tokenizer.eos_token_id,
    )
    side = {"height": IMAGE_SIDE, "width": IMAGE_SIDE}
    pictures = LlavaImageProcessorPil(size=side, crop_size=side, do_pad=False)
    processor = LlavaProcessor(
        image_processor=pictures,
        tokenizer=tokenizer,
        patch_size=PATCH,
        vision_feature_select_strategy="default",
        image_token=SPECIAL["image"],
        num_additional_image_tokens=1,
        chat_template=TEMPLATE,
    )
    model = LlavaForConditionalGeneration(settings)
    model.generation_config.do_sample = True
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return model.num_parameters()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where to; must not exist")
    parser.add_argument("--kind", choices=("vision", "text"), default="vision", help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=1, help="of the weights (default: %(default)s)")
    options = parser.parse_args()
    if options.folder.exists():
        print(f"error: {options.folder} exists. Hint: name another folder or remove it.", file=sys.stderr)
        return 1
    try:
        import torch
        import transformers
    except ImportError as error:
        print(f"error: {error}. Hint: Scripts/install-deps.sh --peers, then .venv/bin/python", file=sys.stderr)
        return 1
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    torch.manual_seed(options.seed)
    tokenizer = make_tokenizer()
    write = write_vision_model if options.kind == "vision" else write_text_model
    parameters = write(options.folder, tokenizer)
    size = sum(path.stat().st_size for path in options.folder.iterdir())
    print(
        f"{options.folder}: {options.kind}, {parameters:,} parameters, vocabulary {len(tokenizer)}, {size / 1e6:.1f} MB"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
