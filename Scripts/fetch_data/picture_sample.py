"""The committed sample of pictures.

A few photographs, cut-outs and emoji, chosen by name, with which scenes need no download.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from pathlib import Path

from .model import FetchError

#: Names of files without package and ending, by kind; all of one package each.
CHOSEN = {
    "background": ("garden", "ladybird", "storm", "wood"),
    "cutout": (
        "animals-birds-owl", "seasonal-easter-butterfly", "animals-mammals-bovines-cow", "food-fruit-banana",
        "food-fruit-apple_red", "hobbies-music-string-guitar_classical", "household-dishes-teapot", "household-key",
        "household-tools-hammer", "hobbies-camera_35mm", "sports-soccer", "vehicles-emergency-firetruck",
    ),
    "emoji": (
        "wrapped-present", "anchor", "automobile", "balloon", "bell", "bicycle", "candle", "cherries", "crab", "crown",
        "fish", "guitar", "lemon", "steam-locomotive", "mushroom", "rocket", "sailboat", "snail", "trophy", "umbrella",
    ),
}  # fmt: skip
LONGEST = {"background": 1600, "cutout": 200, "emoji": 128}
QUALITY = 78


def choose(records: list[dict]) -> list[dict]:
    """The pictures of the sample in the order of the list. Raises where one is not there."""
    known = {(r["kind"], r["file"].partition("__")[2].rpartition(".")[0]): r for r in records}
    missing = [f"{kind}/{name}" for kind, names in CHOSEN.items() for name in names if (kind, name) not in known]
    if missing:
        raise FetchError(f"sample: no picture is called {', '.join(missing)}. Hint: Scripts/fetch-data images.")
    chosen = [known[kind, name] for kind, names in CHOSEN.items() for name in names]
    return sorted(chosen, key=lambda r: r["file"])


def write(cache: Path, out: Path, records: list[dict]) -> list[dict]:
    """Writes the chosen pictures, reduced where they are large, and their list. Returns the list."""
    from PIL import Image

    shutil.rmtree(out, ignore_errors=True)
    listed = []
    for record in choose(records):
        image = Image.open(cache / record["file"])
        scale = min(1.0, LONGEST[record["kind"]] / max(image.size))
        if scale < 1:
            image = image.resize(tuple(max(1, round(side * scale)) for side in image.size), Image.Resampling.LANCZOS)
        data = io.BytesIO()
        if record["kind"] == "background":
            image.convert("RGB").save(data, "JPEG", quality=QUALITY, optimize=True)
        else:
            image.save(data, "PNG", optimize=True)
        path = out / record["file"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.getvalue())
        digest = hashlib.sha256(data.getvalue()).hexdigest()
        listed.append({**record, "width": image.width, "height": image.height, "sha256": digest})
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in listed)
    (out / "images.jsonl").write_text(lines, encoding="utf-8")
    return listed
