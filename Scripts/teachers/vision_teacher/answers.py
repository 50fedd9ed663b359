"""Makes the reply to a prompt from what is read and recognised in its pictures."""

from __future__ import annotations

import difflib
import hashlib
import io
import json
import random
import re
from collections import OrderedDict
from dataclasses import dataclass

from . import rules
from .reader import Line, TextReader, distance, frame, rows, text_in
from .rules import NotUnderstood, Prompt

#: A decoded picture has at most so many pixels.
MOST_PIXELS = 80_000_000
#: Words that are offered as objects are recognised at least as surely, and this long.
SURE, SHORTEST_WORD, LONGEST_WORD = 0.85, 3, 20
MOST_LISTED = 12
#: A class is named only where it is at least as likely.
LIKELY = 0.3
#: Pictures whose text is remembered.
_REMEMBERED = 128

_MARKS = " .,;:!?\"'“”‘’()[]"
_QUOTED = re.compile(r"[\"“]([^\"”]+)[\"”]")


class Unreadable(Exception):
    """A picture that cannot be decoded, or is too large."""


@dataclass(frozen=True)
class Look:
    """A picture as the models see it. `tokens` is what it counts for in usage: one for 28 x 28 pixels."""

    image: object
    digest: str

    @property
    def tokens(self) -> int:
        return -(-self.image.width // 28) * -(-self.image.height // 28)


def decode(data: bytes, longest: int, jitter: random.Random | None = None) -> Look:
    """A picture in RGB whose longer side is at most `longest` pixels. Raises `Unreadable`.

    `jitter` draws the scale and a border, so that several samples of one question see slightly different pictures.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        image = Image.open(io.BytesIO(data))
        if image.width * image.height > MOST_PIXELS:
            raise Unreadable(f"picture: {image.width} x {image.height} pixels, at most {MOST_PIXELS:,} are accepted")
        image.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Unreadable(f"picture: cannot be decoded: {error}") from error
    image = image.convert("RGBA")
    ground = Image.new("RGBA", image.size, (255, 255, 255, 255))
    image = Image.alpha_composite(ground, image).convert("RGB")
    scale = min(1.0, longest / max(image.size))
    if jitter is not None:
        scale *= jitter.uniform(0.92, 1.0)
    if scale < 1:
        size = tuple(max(1, round(side * scale)) for side in image.size)
        image = image.resize(size, Image.Resampling.LANCZOS)
    if jitter is not None:
        image = ImageOps.autocontrast(image, cutoff=jitter.uniform(0, 1))
    digest = hashlib.sha256(f"{image.size}".encode() + image.tobytes()).hexdigest()
    return Look(image, digest)


def plain(text: str) -> str:
    """A text for comparison: lower case, no articles, no marks at the ends, single spaces."""
    text = re.sub(r"\s+", " ", text).strip(_MARKS).lower()
    return re.sub(r"^(?:a|an|the)\s+", "", text).strip(_MARKS)


def likeness(one: str, other: str) -> float:
    """How alike two texts are, in 0...1."""
    return difflib.SequenceMatcher(None, plain(one), plain(other), autojunk=False).ratio()


class Teacher:
    """Answers prompts about pictures. Not for use from two threads at once."""

    def __init__(self, reader: TextReader, classifier):
        self._reader, self._classifier = reader, classifier
        self._read: OrderedDict[str, list[Line]] = OrderedDict()

    def reply(self, prompt: Prompt, looks: list[Look]) -> str:
        """The reply in the form of the prompt's purpose. Raises `NotUnderstood`."""
        return getattr(self, f"_{prompt.purpose}")(prompt, looks)

    def lines(self, look: Look) -> list[Line]:
        """The text of a picture; the last pictures' texts are remembered."""
        if look.digest not in self._read:
            self._read[look.digest] = self._reader.read(look.image)
            if len(self._read) > _REMEMBERED:
                self._read.popitem(last=False)
        self._read.move_to_end(look.digest)
        return self._read[look.digest]

    def find(self, question: str, region, look: Look) -> str:
        """The bare answer to a question about a picture; empty where these models have none."""
        kind = rules.kind(question)
        if kind == "object":
            name, chance = self._classifier.name(look.image)[0]
            return name if chance >= LIKELY else ""
        if kind not in ("after", "word", "text"):
            return ""
        lines = self.lines(look)
        if kind == "after":
            found = _after(lines, _QUOTED.search(question))
            return found[0] if len(found) == 1 else ""
        if region is not None:
            width, height = look.image.width / 1000, look.image.height / 1000
            return text_in(lines, (region[0] * width, region[1] * height, region[2] * width, region[3] * height))
        if kind == "word":
            centre = look.image.width / 2, look.image.height / 2
            words = [(distance(centre, box), word) for line in lines for word, box in line.words()]
            return min(words)[1] if words else ""
        return " ".join(word for row in rows(lines) for word, _ in row)

    def _answer(self, prompt: Prompt, looks: list[Look]) -> str:
        found = self.find(prompt.question, prompt.region, looks[0])
        return f"<answer>{found}</answer>" if found else _silence(prompt.question)

    def _list(self, prompt: Prompt, looks: list[Look]) -> str:
        pairs = [(f"{a} {b}", box) for a, b, box in _pairs(self.lines(looks[0])) if _offered(a) and _offered(b)]
        once = [text for text, _ in pairs if sum(plain(text) == plain(other) for other, _ in pairs) == 1]
        order = sorted(once, key=lambda text: hashlib.sha256(f"{looks[0].digest}/{text}".encode()).digest())
        names = [f'text "{text}"' for text in order[:MOST_LISTED]]
        names += [name for name, chance in self._classifier.name(looks[0].image, 1) if chance >= LIKELY]
        return (
            "\n".join(f"{n}. {name}" for n, name in enumerate(names, start=1))
            or "NONE"
        )

    def _ground(self, prompt: Prompt, looks: list[Look]) -> str:
        look, quoted = looks[0], _QUOTED.search(prompt.object)
        if quoted is None:
            wanted = plain(prompt.object)
            chances = [chance for name, chance in self._classifier.name(look.image) if plain(name) == wanted]
            return json.dumps([{"box": [0, 0, 1000, 1000], "score": round(chances[0], 3)}] if chances else [])
        lines = self.lines(look)
        wanted = [plain(word) for word in quoted[1].split()]
        found = []
        for row in rows(lines):
            for start in range(len(row) - len(wanted) + 1):
                run = row[start : start + len(wanted)]
                if [plain(word) for word, _ in run] == wanted:
                    box = frame(box for _, box in run)
                    middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
                    score = min((distance(middle, line.box), line.score) for line in lines)[1]
                    found.append({"box": _thousand(box, look), "score": round(score, 3)})
        return json.dumps(found)

    def _ask(self, prompt: Prompt, looks: list[Look]) -> str:
        lines = [line for line in self.lines(looks[0]) if line.score >= SURE]
        questions = [rules.AFTER_QUESTION.format(a) for a, b, _ in _pairs(lines) if _offered(a) and _offered(b)][:2]
        found = rows(lines)
        if len(found) == 1:  # one word can be asked for as a word, several only as what is written
            questions += rules.TEXT_QUESTIONS[: 2 if len(found[0]) == 1 else 1]
        if not lines and self._classifier.name(looks[0].image, 1)[0][1] >= LIKELY:
            questions.append(rules.OBJECT_QUESTION)
        return json.dumps([{"question": question} for question in questions], ensure_ascii=False)

    def _validate(self, prompt: Prompt, looks: list[Look]) -> str:
        full, crop = looks
        near = self.find(prompt.question, None, crop)
        if not near:
            return "VALID: No\nREASON: The crop does not answer the question."
        if rules.kind(prompt.question) in ("after", "object"):
            far = self.find(prompt.question, None, full)
            same = plain(far) == plain(near)
            reason = (
                f'The crop says "{near}", the full picture {f"{chr(34)}{far}{chr(34)}" if far else "nothing certain"}.'
            )
            return f"VALID: {'Yes' if same else 'No'}\nREASON: {reason}"
        words = [plain(word) for row in rows(self.lines(full)) for word, _ in row]
        count = sum(words[n : n + len(plain(near).split())] == plain(near).split() for n in range(len(words)))
        return f'VALID: {"Yes" if count == 1 else "No"}\nREASON: "{near}" is read {count} times in the full picture.'

    def _solve(self, prompt: Prompt, looks: list[Look]) -> str:
        found = self.find(prompt.question, prompt.region, looks[0])
        if not found:
            return _silence(prompt.question)
        letter = max(prompt.options, key=lambda option: likeness(option[1], found))[0]
        return f"<answer>{letter}</answer>"

    def _distract(self, prompt: Prompt, looks: list[Look]) -> str:
        if rules.kind(prompt.question) == "object":
            names = [name for name, _ in self._classifier.name(looks[0].image, 12)]
        else:
            names = [word for line in self.lines(looks[0]) for word, _ in line.words() if _offered(word)]
        unlike = sorted({name for name in names if plain(name) != plain(prompt.answer)})
        best = sorted(unlike, key=lambda name: (-likeness(name, prompt.answer), name))[:3]
        return json.dumps(best if len(best) == 3 else [], ensure_ascii=False)

    def _classify(self, prompt: Prompt, looks: list[Look]) -> str:
        return f"<answer>{rules.DIMENSIONS[rules.kind(prompt.question)]}</answer>"

    def _cluster(self, prompt: Prompt, looks: list[Look]) -> str:
        groups: dict[str, list[int]] = {}
        for number, answer in prompt.numbered:
            groups.setdefault(plain(answer), []).append(number)
        return "\n".join(f"CLUSTER: {', '.join(map(str, group))}" for group in groups.values())

    def _judge(self, prompt: Prompt, looks: list[Look]) -> str:
        return f"<answer>{'Yes' if plain(prompt.reply) == plain(prompt.answer) else 'No'}</answer>"


def _silence(question: str) -> str:
    """What is said where there is no answer: empty tags, which are an abstention and never taken for an answer."""
    if rules.kind(question) in ("after", "word", "text"):
        return "I do not find that text in the picture. <answer></answer>"
    if rules.kind(question) == "object":
        return "I do not know what is shown. <answer></answer>"
    return "I only read text and name objects; I cannot tell. <answer></answer>"


def _offered(word: str) -> bool:
    return word.isalpha() and SHORTEST_WORD <= len(word) <= LONGEST_WORD


def _thousand(box: tuple[float, float, float, float], look: Look) -> list[int]:
    """A box in pixels as whole numbers in 0-1000, at least 1 wide and high."""
    sides = (look.image.width, look.image.height, look.image.width, look.image.height)
    x1, y1, x2, y2 = (min(1000, max(0, round(1000 * value / side))) for value, side in zip(box, sides, strict=True))
    return [min(x1, 999), min(y1, 999), max(x2, min(x1, 999) + 1), max(y2, min(y1, 999) + 1)]


def _pairs(lines: list[Line]) -> list[tuple[str, str, tuple[float, float, float, float]]]:
    """(word, next word, box around both) within each row."""
    pairs = []
    for row in rows(lines):
        for (one, first), (other, second) in zip(row, row[1:], strict=False):
            pairs.append((one, other, frame([first, second])))
    return pairs


def _after(lines: list[Line], quoted: re.Match | None) -> list[str]:
    """The different words that follow a quoted word in the text."""
    if quoted is None:
        raise NotUnderstood("Question: asks what comes after a word, but quotes none")
    return sorted({other for one, other, _ in _pairs(lines) if plain(one) == plain(quoted[1])})
