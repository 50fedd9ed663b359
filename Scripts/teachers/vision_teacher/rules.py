"""From a prompt to what it asks for: the table of purposes and of kinds of questions. No picture is looked at here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

#: Lines that carry the pieces of a question, as Sources/ZoomDistill/Teachers/TeacherPurpose.swift lays down.
_FIELD = re.compile(r"^[ \t]*(Question|Answer|Object|Region|Reply):[ \t]*(.*?)[ \t]*$", re.MULTILINE)
_OPTION = re.compile(r"^[ \t]*([A-Z])[.)][ \t]+(.+?)[ \t]*$", re.MULTILINE)
_NUMBERED = re.compile(r"^[ \t]*(\d{1,3})[.)][ \t]+(.*?)[ \t]*$", re.MULTILINE)
_BOX = re.compile(
    r"^\[\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*\]$"
)


@dataclass(frozen=True)
class Rule:
    """A row of the table: a prompt is for `purpose` if it has all of `needs`, none of `lacks`, and says `says`."""

    purpose: str
    #: Lines of the prompt: names of fields, or `options` (two at least), or `numbered` (two at least).
    needs: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    #: Fewest and most pictures.
    pictures: tuple[int, int] = (0, 9)
    #: A pattern that has to occur in the text, any case; empty for none.
    says: str = ""


#: The first row that fits decides.
RULES = (
    Rule("judge", needs=("Question", "Answer", "Reply"), pictures=(0, 9)),
    Rule("cluster", needs=("Question", "numbered"), lacks=("options",), says=r"CLUSTER:"),
    Rule("validate", needs=("Question",), pictures=(2, 2), says=r"VALID:"),
    Rule("solve", needs=("Question", "options"), lacks=("Answer",), pictures=(1, 1)),
    Rule("distract", needs=("Question", "Answer"), pictures=(1, 1), says=r"wrong|incorrect|distract"),
    Rule("classify", needs=("Question", "Answer"), pictures=(0, 1)),
    Rule("ground", needs=("Object",), pictures=(1, 1)),
    Rule("answer", needs=("Question",), lacks=("Answer", "Reply"), pictures=(1, 1)),
    Rule("ask", lacks=("Question", "Object"), pictures=(1, 1), says=r"\"question\"|\bquestions\b"),
    Rule("list", lacks=("Question", "Object"), pictures=(1, 1), says=r"\bobjects?\b|\blist\b"),
)

#: Kinds of questions, in this order: what is asked for, and the pattern that tells.
KINDS = (
    ("after", r"\bafter [\"“'][^\"”']+[\"”']"),
    ("count", r"\bhow many\b|\bnumber of\b|\bcount\b"),
    ("colour", r"\bcolou?rs?\b"),
    ("material", r"\bmaterials?\b|\bmade of\b"),
    ("structure", r"\bshape\b|\bstructure\b|\bpattern\b|\bpart of\b|\barranged\b|\battached\b"),
    ("word", r"\b(?:which|what) (?:single )?word\b|\bthe word\b"),
    (
        "text",
        r"\b(?:written|writing|text|says?|reads?|printed|inscription|sign|label|letters?|digits?|number|words?)\b",
    ),
    ("object", r"\b(?:objects?|thing|animal|item|kind of|type of)\b|\bwhat is (?:this|that|it|shown|the)\b|\bshown\b"),
)

#: Names of Dimension.swift by kind of question.
DIMENSIONS = {
    "after": "ocr", "word": "ocr", "text": "ocr", "count": "counting", "colour": "color", "material": "material",
    "structure": "structure", "object": "identification", "other": "identification",
}  # fmt: skip

#: Questions that `ask` writes where the crop holds text, and where it holds an object.
AFTER_QUESTION = 'Which word comes right after "{}"?'
TEXT_QUESTIONS = ("What is written here?", "Which word is written here?")
OBJECT_QUESTION = "What object is shown here?"


class NotUnderstood(Exception):
    """The prompt fits no row of the table, or a piece of it cannot be read."""


@dataclass(frozen=True)
class Prompt:
    """The pieces of a prompt. `region` is in 0-1000 of width and height."""

    purpose: str
    text: str
    question: str = ""
    answer: str = ""
    object: str = ""
    reply: str = ""
    region: tuple[float, float, float, float] | None = None
    options: tuple[tuple[str, str], ...] = ()
    numbered: tuple[tuple[int, str], ...] = ()
    fields: dict[str, str] = field(default_factory=dict, compare=False)


def read(text: str, pictures: int) -> Prompt:
    """The pieces of a prompt with `pictures` pictures. Raises `NotUnderstood`."""
    fields = {match[1]: match[2] for match in _FIELD.finditer(text)}
    options = tuple((match[1], match[2]) for match in _OPTION.finditer(text))
    numbered = tuple((int(match[1]), match[2]) for match in _NUMBERED.finditer(text))
    present = {name for name, value in fields.items() if value}
    if len(options) >= 2 and [letter for letter, _ in options] == [chr(65 + n) for n in range(len(options))]:
        present.add("options")
    if len(numbered) >= 2:
        present.add("numbered")
    region = _region(fields["Region"]) if fields.get("Region") else None
    for rule in RULES:
        fits = present.issuperset(rule.needs) and present.isdisjoint(rule.lacks)
        fits = fits and rule.pictures[0] <= pictures <= rule.pictures[1]
        if fits and re.search(rule.says, text, re.IGNORECASE):
            return Prompt(
                rule.purpose, text, fields.get("Question", ""), fields.get("Answer", ""), fields.get("Object", ""),
                fields.get("Reply", ""), region, options, numbered, fields,
            )  # fmt: skip
    found = ", ".join(sorted(present)) or "none of the known lines"
    raise NotUnderstood(
        f"prompt: no purpose fits {found} and {pictures} pictures. Hint: --help has the table of purposes."
    )


def kind(question: str) -> str:
    """What a question asks for: one of the kinds of the table, otherwise `other`."""
    for name, pattern in KINDS:
        if re.search(pattern, question, re.IGNORECASE):
            return name
    return "other"


def described() -> str:
    """The tables as text, for --help."""
    lines = ["purposes, the first row that fits decides (lines it has; lines it lacks; pictures; words):"]
    for rule in RULES:
        count = (
            str(rule.pictures[0]) if rule.pictures[0] == rule.pictures[1] else f"{rule.pictures[0]}-{rule.pictures[1]}"
        )
        lines.append(
            f"  {rule.purpose:9} {', '.join(rule.needs) or '-':26} {', '.join(rule.lacks) or '-':18} "
            f"{count:4} {rule.says}"
        )
    lines += ["", "kinds of questions, in this order:"]
    lines += [f"  {name:9} {pattern}" for name, pattern in KINDS]
    return "\n".join(lines)


def _region(text: str) -> tuple[float, float, float, float]:
    match = _BOX.match(text)
    if match is None:
        raise NotUnderstood(f"Region: expected [x1, y1, x2, y2] in 0-1000, got '{text[:60]}'")
    x1, y1, x2, y2 = (float(match[n]) for n in range(1, 5))
    if not (0 <= x1 < x2 <= 1000 and 0 <= y1 < y2 <= 1000):
        raise NotUnderstood(f"Region: expected 0 <= x1 < x2 <= 1000 and the same for y, got '{text[:60]}'")
    return x1, y1, x2, y2
