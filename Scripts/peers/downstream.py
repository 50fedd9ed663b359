#!/usr/bin/env python3
"""Downstream tasks beside transformers and lm-evaluation-harness: likelihoods, accuracies, speed.

    .venv/bin/python Scripts/peers/downstream.py parity     writes Docs/Results/downstream-parity.json
    .venv/bin/python Scripts/peers/downstream.py speed      writes Docs/Results/bench-downstream.json

Needs `Scripts/fetch-data tasks` and `swift build -c release`. Two models, made in a temporary folder: `ours`, a model
that `moda-lm train` made of Data/sample and `moda-lm export` wrote, and `olmo2`, a random OLMo2 of transformers with
the same tokenizer.

parity: the first documents of each of the ten tasks. Likelihoods of at least 200 of their texts (choices and
unconditional ones) by transformers, one text at a time in float32, with sums in float64, against `moda-lm evaluate
--items`; accuracies by lm-evaluation-harness over all of the documents against ours.

speed: `HFLM.loglikelihood` of lm-evaluation-harness with PyTorch, which sorts, batches and tokenises as it always does,
in turns with `moda-lm evaluate --paced` over the same texts, at the harness's best batch size.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import _common

TASKS = ["piqa", "hellaswag", "winogrande", "openbookqa", "boolq", "sciq", "arc_easy", "arc_challenge", "copa", "mmlu"]
CACHE = _common.ROOT / "Data" / "cache" / "tasks"
UNCONDITIONAL = 1_000_000
#: Texts of each task whose likelihoods are compared.
REQUESTS = 200
SHAPE = dict(D=256, blocks=6, Hq=8, Hk=4, d=32, F=1024, V=4096, T=512)


def moda_lm(*arguments):
    binary = _common.ROOT / ".build" / "release" / "moda-lm"
    result = subprocess.run([binary, *map(str, arguments)], cwd=_common.ROOT, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"moda-lm {arguments[0]} failed: {result.stderr}")
    return result.stdout


def make_ours(folder, steps):
    """A short run of the sample's text, exported."""
    run, exported = folder / "run", folder / "ours"
    settings = {
        "model.width": SHAPE["D"], "model.blocks": SHAPE["blocks"], "model.queryHeads": SHAPE["Hq"],
        "model.keyHeads": SHAPE["Hk"], "model.headWidth": SHAPE["d"], "model.hidden": SHAPE["F"],
        "model.context": SHAPE["T"], "data.tokenizer.train.vocabulary": SHAPE["V"], "data.cache": folder / "prepared",
        "training.steps": steps, "training.tokens": 128, "training.batch": 8, "training.evaluateEvery": 0,
    }
    moda_lm("train", "--quiet", "--out", run, *(word for k, v in settings.items() for word in ("--set", f"{k}={v}")))
    moda_lm("export", run, exported)
    return exported


def make_olmo2(folder, tokenizer):
    """A random OLMo2 of some hundred thousand parameters, with ours's tokenizer."""
    import shutil

    import torch
    from transformers import AutoModelForCausalLM, Olmo2Config

    torch.manual_seed(7)
    end = json.loads((tokenizer / "config.json").read_text())["eos_token_id"]
    config = Olmo2Config(
        vocab_size=SHAPE["V"], hidden_size=64, intermediate_size=160, num_hidden_layers=3, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=SHAPE["T"], rope_theta=500000.0, tie_word_embeddings=False,
        bos_token_id=None, eos_token_id=end, pad_token_id=None)
    model = AutoModelForCausalLM.from_config(config).float()
    with torch.no_grad():
        for name, value in model.named_parameters():
            noise = torch.randn_like(value)
            value.copy_(1 + 0.2 * noise if "norm" in name else 0.15 * noise)
    place = folder / "olmo2"
    model.save_pretrained(place)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(tokenizer / name, place / name)
    return place


def documents(task, limit):
    """The first documents: a list of (label, choices, unconditional), each a list of (context, continuation)."""
    found = {}
    with open(CACHE / f"{task}.jsonl", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            found.setdefault(row["doc_id"], (row["label"], {}))[1][row["idx"]] = (
                row["request"]["context"], row["request"]["continuation"])
    listed = []
    for number, (label, texts) in found.items():
        if number < UNCONDITIONAL and len(listed) < limit:
            twin = found.get(number + UNCONDITIONAL, (label, {}))[1]
            listed.append((label, [texts[i] for i in sorted(texts)], [twin[i] for i in sorted(twin)]))
    return listed


class Reference:
    """Log-likelihoods by transformers, one text at a time: the definition, written anew."""

    def __init__(self, folder):
        from transformers import AutoModelForCausalLM, AutoTokenizer

        self.model = AutoModelForCausalLM.from_pretrained(folder).float().eval()
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.most = self.model.config.max_position_embeddings

    def score(self, context, continuation):
        import torch

        spaces = len(context) - len(context.rstrip())
        before = self.tokenizer.encode(context[: len(context) - spaces])
        after = self.tokenizer.encode(context + continuation)[len(before):]
        tokens = (before + after)[-(self.most + 1):]
        with torch.no_grad():
            logits = self.model(torch.tensor([tokens[:-1]])).logits[0, -len(after):].double()
        chosen = torch.log_softmax(logits, dim=-1).gather(1, torch.tensor(after)[:, None])
        return chosen.sum().item()


def harness(folder, batch):
    """The harness's model on PyTorch."""
    import logging

    from lm_eval.models.huggingface import HFLM

    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    logging.getLogger("lm-eval").setLevel(logging.ERROR)
    return HFLM(pretrained=str(folder), device="cpu", dtype="float32", batch_size=batch)


def harness_accuracies(model, listed, folder):
    """acc and acc_norm of lm-evaluation-harness over the same documents, through tasks of its own."""
    import lm_eval

    configs = []
    for task, docs in listed.items():
        # WinoGrande has two contexts and one continuation; the others one context.
        several = task == "winogrande"
        path = folder / f"harness-{task}.jsonl"
        with open(path, "w", encoding="utf-8") as file:
            for label, choices, _ in docs:
                assert all(text.startswith(" ") for _, text in choices)
                row = {"label": label, "context": choices[0][0], "choices": [text[1:] for _, text in choices]}
                if several:
                    row = {"label": label, "rest": choices[0][1][1:], "choices": [text for text, _ in choices]}
                file.write(json.dumps(row) + "\n")
        configs.append({
            "task": f"project_{task}", "dataset_path": "json",
            "dataset_kwargs": {"data_files": {"validation": str(path)}},
            "validation_split": "validation", "output_type": "multiple_choice", "num_fewshot": 0,
            "doc_to_text": "label" if several else "context", "doc_to_target": "rest" if several else "label",
            "doc_to_choice": "choices", "target_delimiter": " ",
            "metric_list": [{"metric": "acc"}, {"metric": "acc_norm"}]})
    results = lm_eval.simple_evaluate(model=model, tasks=configs, bootstrap_iters=0, verbosity="ERROR")["results"]
    return {task: {metric: results[f"project_{task}"][f"{metric},none"] for metric in ("acc", "acc_norm")}
            for task in listed}


def parity(arguments, folder):
    rows = []
    ours = make_ours(folder, arguments.steps)
    for name, place in (("ours", ours), ("olmo2", make_olmo2(folder, ours))):
        listed = {task: documents(task, arguments.limit) for task in TASKS}
        items, scores = folder / f"items-{name}.jsonl", folder / f"scores-{name}.json"
        moda_lm(
            "evaluate", place, "--tasks", "published", "--limit", arguments.limit, "--items", items, "--json", scores)
        found = {}
        for line in items.read_text().splitlines()[1:]:
            row = json.loads(line)
            found.setdefault(row["task"], []).append(row)
        reference = Reference(place)
        accuracies = harness_accuracies(harness(place, 16), listed, folder)
        measured = {task["name"]: task for task in json.loads(scores.read_text())["tasks"]}
        for task, docs in listed.items():
            worst, texts = 0.0, 0
            for (_, choices, unconditional), row in zip(docs, found[task], strict=True):
                if texts >= REQUESTS:
                    break
                for (context, text), value in zip(
                        choices + unconditional, row["logLikelihoods"] + row["unconditional"], strict=True):
                    worst = max(worst, abs(reference.score(context, text) - value))
                    texts += 1
            mine = {metric: measured[task]["accuracies"][metric]["value"] for metric in ("acc_raw", "acc_per_char")}
            if task == "winogrande":
                # Of tasks with several contexts the harness divides by the characters of the contexts, not of the
                # continuation, which is the same for all: its acc_norm is not ours, which is acc_raw there.
                mine["acc_per_char"] = by_contexts(docs, found[task])
            difference = max(
                abs(mine["acc_raw"] - accuracies[task]["acc"]), abs(mine["acc_per_char"] - accuracies[task]["acc_norm"]))
            assert texts >= REQUESTS, (task, texts)
            common = {"threads": 2, "shape": {"documents": len(docs), "texts": texts}}
            rows.append({**common, "id": f"downstream.loglikelihood_error.{name}.{task}", "value": worst,
                         "spread": [worst, worst], "unit": "nats", "n": texts, "ours": worst, "peer": 0,
                         "peer_name": "transformers"})
            rows.append({**common, "id": f"downstream.accuracy_difference.{name}.{task}", "value": difference,
                         "spread": [difference, difference], "unit": "accuracy", "n": len(docs),
                         "ours": measured[task]["accuracies"]["acc_raw"]["value"], "peer": accuracies[task]["acc"],
                         "peer_name": version()})
            print(f"{name} {task}: {texts} texts, worst {worst:.2e} nats, accuracies differ by {difference:.4f}",
                  file=sys.stderr, flush=True)
    _common.write_results("downstream-parity", paced_header(ours), rows, arguments.out)


def by_contexts(docs, rows):
    """The accuracy of our log-likelihoods over the characters of each choice's context."""
    right = 0
    for (label, choices, _), row in zip(docs, rows, strict=True):
        scores = [value / len(context) for value, (context, _) in zip(row["logLikelihoods"], choices, strict=True)]
        right += scores.index(max(scores)) == label
    return right / len(docs)


def version():
    import lm_eval
    import torch

    return f"lm-eval {lm_eval.__version__}, torch {torch.__version__}"


def paced_header(folder):
    ours = _common.Paced("moda-lm", "evaluate", folder, "--tasks", "recall", "--limit", 1, "--paced")
    ours.close()
    return ours.header


def speed(arguments, folder):
    import torch
    from lm_eval.api.instance import Instance

    ours = make_ours(folder, arguments.steps)
    texts = [
        text for task in TASKS for _, choices, twins in documents(task, arguments.limit) for text in choices + twins]
    instances = [
        Instance(request_type="loglikelihood", doc={}, arguments=text, idx=0, metadata=("x", i, 1))
        for i, text in enumerate(texts)]
    rows, header = [], None
    for threads in (1, 2):
        torch.set_num_threads(threads)
        sides = {}
        for batch in (1, 4, 8, 16, 32):
            model = harness(ours, batch)
            side = _common.timed(lambda model=model: model.loglikelihood(instances, disable_tqdm=True))
            side()
            sides[batch] = (side(), side)
            print(f"{threads} threads, batch {batch}: {sides[batch][0]:.2f} s", file=sys.stderr, flush=True)
        best = min(sides, key=lambda batch: sides[batch][0])
        mine = _common.Paced(
            "moda-lm", "evaluate", ours, "--tasks", "published", "--limit", arguments.limit, "--threads", threads,
            "--paced")
        header = mine.header
        times = _common.alternate(
            {"ours": lambda: mine.seconds("score"), "peer": sides[best][1]}, arguments.repeats, warm_up=1,
            label=f"{threads} threads")
        mine.close()
        suffix = "" if threads == 2 else ".one_thread"
        rows.append(_common.ratio_row(
            f"downstream.items_ratio_lmeval{suffix}", times["ours"], times["peer"], f"{version()}, batches of {best}",
            threads, {**SHAPE, "texts": len(texts), "batch": best}))
    _common.write_results("bench-downstream", header, rows, arguments.out)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("parity", "speed"))
    parser.add_argument("--limit", type=int, help="documents of each task: 100 for parity, 10 for speed")
    parser.add_argument("--repeats", type=int, default=7, help="timed passes of each side (at least 7)")
    parser.add_argument("--steps", type=int, default=300, help="training steps of the model of ours")
    parser.add_argument("--out", type=pathlib.Path, default=None, help="another results file")
    arguments = parser.parse_args()
    if arguments.repeats < 7:
        parser.error("a median wants at least 7 repeats")
    arguments.limit = arguments.limit or (100 if arguments.what == "parity" else 10)
    with tempfile.TemporaryDirectory() as folder:
        (parity if arguments.what == "parity" else speed)(arguments, pathlib.Path(folder))


if __name__ == "__main__":
    main()
