#!/usr/bin/env python3
"""Measure what zooming is worth to a real text reader: words of real pages, read from crops and from whole pages.

The reader and the rules are those of serve.py. Each word is asked for
- from its crop: the word's box with a margin, enlarged twice, as the builder makes it;
- from the whole page reduced to several sizes, with its region told;
- from the whole page with nothing told: is the word anywhere in what was read?
and each pair of neighbouring words by what comes right after the first one, from the crop of the pair and from the
whole page, with no region at all. Right means equal, marks at the ends and case aside.

    Scripts/fetch-data pages
    .venv/bin/python Scripts/teachers/measure-reader.py [--words 100] [--json FILE]
"""

from __future__ import annotations

import argparse
import io
import json
import random
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from vision_teacher.answers import Teacher, decode, plain  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent.parent
SIDES = (384, 448, 512, 640, 768, 1024, 1536)
WORDS_A_PAGE = 4
#: Margin of a crop in heights of its word.
MARGINS = (0.5, 1.0)
#: Longer side that crops are reduced to as well, pixels: a reader that never sees more.
SMALL = 384
#: Bounds of the bins of a word's height on the page, pixels.
HEIGHTS = (20, 25, 30)
ASK_TEXT, ASK_WORD = "What does the text say?", "Which word is written here?"


def words_of(page: dict) -> list[dict]:
    """Words of a page that can be asked for, with the word that follows on the same line where there is one."""
    words = page["words"]
    counts: dict[str, int] = {}
    for word in words:
        counts[plain(word["text"])] = counts.get(plain(word["text"]), 0) + 1
    chosen = []
    for word, following in zip(words, [*words[1:], None], strict=True):
        if not word["text"].isalpha() or not word["text"].isascii() or not 4 <= len(word["text"]) <= 16:
            continue
        pair = None
        if (
            following is not None
            and following["text"].isalpha()
            and following["text"].isascii()
            and len(following["text"]) >= 3
        ):
            shared = min(word["box"][3], following["box"][3]) - max(word["box"][1], following["box"][1])
            apart = following["box"][0] - word["box"][2]
            same_line = shared > 0.5 * (word["box"][3] - word["box"][1]) and 0 < apart < 40
            if same_line and counts[plain(word["text"])] == 1:
                pair = following
        if pair is not None:
            chosen.append({**word, "next": pair})
    return chosen


def crop(image, box: list[float], margin: float) -> bytes:
    """The part of a page around a box, enlarged twice, as PNG."""
    from PIL import Image

    edge = margin * (box[3] - box[1])
    x1, y1 = max(0, round(box[0] - edge)), max(0, round(box[1] - edge))
    x2, y2 = min(image.width, round(box[2] + edge)), min(image.height, round(box[3] + edge))
    part = image.crop((x1, y1, x2, y2)).resize((2 * (x2 - x1), 2 * (y2 - y1)), Image.Resampling.LANCZOS)
    data = io.BytesIO()
    part.save(data, "PNG")
    return data.getvalue()


class Tally:
    """Right answers and seconds by protocol, and right answers by height of the word."""

    def __init__(self) -> None:
        self.right: dict[str, list[bool]] = {}
        self.heights: dict[str, list[float]] = {}
        self.seconds: dict[str, list[float]] = {}

    def add(self, name: str, right: bool, height: float, seconds: float | None = None) -> None:
        """Records one answer; seconds only where pictures were looked at for it."""
        self.right.setdefault(name, []).append(right)
        self.heights.setdefault(name, []).append(height)
        if seconds is not None:
            self.seconds.setdefault(name, []).append(seconds)

    def rows(self) -> list[dict]:
        """One row a protocol."""
        rows = []
        for name, right in self.right.items():
            bins: list[list[bool]] = [[] for _ in range(len(HEIGHTS) + 1)]
            for value, height in zip(right, self.heights[name], strict=True):
                bins[sum(height >= bound for bound in HEIGHTS)].append(value)
            seconds = self.seconds.get(name)
            rows.append({
                "protocol": name, "items": len(right), "right": sum(right) / len(right),
                "by_height": [sum(b) / len(b) if b else None for b in bins], "in_bins": [len(b) for b in bins],
                "median_seconds": statistics.median(seconds) if seconds else None,
            })  # fmt: skip
        return rows


def measure(teacher: Teacher, folder: Path, pages: list[dict], count: int, tally: Tally) -> None:
    """Asks for `count` words of the pages by every protocol."""
    from PIL import Image

    draw = random.Random(7)
    draw.shuffle(pages)
    asked = 0
    for page in pages:
        candidates = words_of(page)
        if len(candidates) < WORDS_A_PAGE or asked >= count:
            continue
        chosen = draw.sample(candidates, min(WORDS_A_PAGE, count - asked))
        asked += len(chosen)
        data = (folder / page["file"]).read_bytes()
        image = Image.open(io.BytesIO(data)).convert("RGB")
        for word in chosen:
            _ask_crops(teacher, image, word, tally)
        for side in SIDES:
            _ask_page(teacher, decode(data, side), side, page, chosen, tally)
        print(f"{asked} of {count} words, {page['file']}", file=sys.stderr, flush=True)


def _ask_crops(teacher: Teacher, image, word: dict, tally: Tally) -> None:
    height, text = word["box"][3] - word["box"][1], plain(word["text"])
    for margin in MARGINS:
        look = decode(crop(image, word["box"], margin), SMALL)
        started = time.monotonic()
        whole = teacher.find(ASK_TEXT, None, look)
        tally.add(f"crop x2, margin {margin}, all text", plain(whole) == text, height, time.monotonic() - started)
        tally.add(
            f"crop x2, margin {margin}, word in the middle", plain(teacher.find(ASK_WORD, None, look)) == text, height
        )
    first, second = word["box"], word["next"]["box"]
    both = [first[0], min(first[1], second[1]), second[2], max(first[3], second[3])]
    question = f'Which word comes right after "{word["text"]}"?'
    look = decode(crop(image, both, MARGINS[1]), SMALL)
    started = time.monotonic()
    after = teacher.find(question, None, look)
    right = plain(after) == plain(word["next"]["text"])
    tally.add(f"crop of a pair x2, margin {MARGINS[1]}, word after", right, height, time.monotonic() - started)


def _ask_page(teacher: Teacher, look, side: int, page: dict, chosen: list[dict], tally: Tally) -> None:
    started = time.monotonic()
    lines = teacher.lines(look)
    seconds: float | None = time.monotonic() - started
    read = {plain(text) for line in lines for text, _ in line.words()}
    for word in chosen:
        height, text, box = word["box"][3] - word["box"][1], plain(word["text"]), word["box"]
        region = tuple(
            min(1000, max(0, round(1000 * value / page["width" if n % 2 == 0 else "height"])))
            for n, value in enumerate(box)
        )
        found = teacher.find(ASK_WORD, region, look)
        tally.add(f"page {side} px, region told", plain(found) == text, height, seconds)
        tally.add(f"page {side} px, word found anywhere", text in read, height)
        after = teacher.find(f'Which word comes right after "{word["text"]}"?', None, look)
        tally.add(f"page {side} px, word after, no region", plain(after) == plain(word["next"]["text"]), height)
        seconds = None


def table(rows: list[dict]) -> str:
    """The rows as Markdown."""
    bounds = [
        "below " + str(HEIGHTS[0]),
        *(f"{a}-{b}" for a, b in zip(HEIGHTS, HEIGHTS[1:], strict=False)),
        f"{HEIGHTS[-1]} and above",
    ]
    counts = rows[0]["in_bins"]
    head = " | ".join(f"{name} px ({n})" for name, n in zip(bounds, counts, strict=True))
    lines = [f"| protocol | items | right | {head} | seconds a picture |", "|---|---|---|" + "---|" * (len(bounds) + 1)]
    for row in rows:
        bins = " | ".join("-" if value is None else f"{value:.2f}" for value in row["by_height"])
        seconds = "" if row["median_seconds"] is None else f"{row['median_seconds']:.2f}"
        lines.append(f"| {row['protocol']} | {row['items']} | {row['right']:.2f} | {bins} | {seconds} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=int, default=100, help="words that are asked for (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=1, help="threads of the reader (default: %(default)s)")
    parser.add_argument("--pages", type=Path, default=ROOT / "Data" / "cache" / "pages", help="the folder of pages")
    parser.add_argument("--json", type=Path, help="write the rows here too")
    options = parser.parse_args()
    listed = options.pages / "pages.jsonl"
    if not listed.exists():
        print(f"error: {listed} is missing. Hint: Scripts/fetch-data pages.", file=sys.stderr)
        return 1
    from vision_teacher.reader import TextReader

    pages = [json.loads(line) for line in listed.read_text(encoding="utf-8").splitlines()]
    tally = Tally()
    teacher = Teacher(TextReader(options.threads), None)
    measure(teacher, options.pages, [page for page in pages if page["split"] == "train"], options.words, tally)
    print(table(tally.rows()))
    if options.json:
        options.json.write_text(json.dumps(tally.rows(), indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
