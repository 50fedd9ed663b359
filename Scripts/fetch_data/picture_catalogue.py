"""The pinned packages of pictures and how each is read. Nothing here touches the network.

Not taken, with the reason: openclipart-png (131 MB of drawings, names that are not labels), gnome-backgrounds
(drawings in formats that need decoders of their own), the paintings, words and clicks of gcompris-qt-data (works of
art, drawings, or files whose licence its list does not name one by one).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .archive import Archive
from .model import FetchError, Package
from .picture_readers import Original, read_emoji, read_learning_photos, read_stamps

TABLE = Path(__file__).resolve().parent / "pictures.tsv"
KINDS = ("background", "photo", "cutout", "emoji")


@dataclass(frozen=True)
class PictureSource:
    """One package of pictures and the function that reads it."""

    name: str
    package: Package
    author: str
    licence: str
    about: str
    read: Callable[[Archive], Iterator[Original]]


@dataclass(frozen=True)
class Photo:
    """A line of the table of photographs."""

    source: str
    kind: str
    label: str
    licence: str
    author: str
    path: str


def read_table(path: Path = TABLE) -> list[Photo]:
    """The photographs that were chosen by hand. Raises where a line is not six fields or has an unknown kind."""
    photos: list[Photo] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) != 6 or not all(field.strip() == field != "" for field in fields):
            raise FetchError(
                f"{path.name}:{number}: expected source, kind, label, licence, author and path between tabs, got"
                f" '{line[:60]}'"
            )
        photo = Photo(*fields)
        if photo.kind not in KINDS:
            raise FetchError(f"{path.name}:{number}: expected one of {', '.join(KINDS)}, got '{photo.kind}'")
        photos.append(photo)
    return photos


def _photos(source: str) -> Callable[[Archive], Iterator[Original]]:
    def read(archive: Archive) -> Iterator[Original]:
        chosen = {photo.path: photo for photo in read_table() if photo.source == source}
        found = dict(archive.members(*chosen))
        for path in chosen.keys() - found.keys():
            raise FetchError(f"{archive.path.name}: {path} of {TABLE.name} is not there. Hint: the package changed.")
        for path, data in sorted(found.items()):
            photo = chosen[path]
            name = path.removesuffix("/contents/images/2560x1600.jpg")
            name = name.rpartition("/")[2].partition(".")[0]
            yield Original(path, name, photo.kind, photo.label, "photo", photo.licence, photo.author, data)

    return read


PICTURE_SOURCES: list[PictureSource] = [
    PictureSource(
        "mate",
        Package("apt", "mate-backgrounds", "1.26.0-1"),
        "see images.jsonl",
        "GPL-2.0-or-later",
        "photographs of nature, up to 2560 px",
        _photos("mate"),
    ),
    PictureSource(
        "plasma",
        Package("apt", "plasma-workspace-wallpapers", "4:5.27.5-2"),
        "see images.jsonl",
        "LGPL-3.0-only by its lists of authors, GPL-2.0-or-later by Debian's",
        "photographs, 2560 px",
        _photos("plasma"),
    ),
    PictureSource(
        "skimage",
        Package("apt", "python3-skimage", "0.19.3-8"),
        "see images.jsonl",
        "CC0-1.0, public domain, BSD-3-Clause",
        "photographs, up to 1411 px",
        _photos("skimage"),
    ),
    PictureSource(
        "gcompris",
        Package("apt", "gcompris-qt-data", "3.1-2"),
        "see images.jsonl",
        "public domain, CC-BY, CC-BY-SA, GFDL",
        "labelled photographs of things, animals and monuments, 320 and 1024 px",
        read_learning_photos,
    ),
    PictureSource(
        "stamps",
        Package("apt", "tuxpaint-stamps-default", "2022.06.04-1"),
        "Bill Kendrick and contributors",
        "GPL-2.0-only",
        "labelled cut-outs with transparency",
        read_stamps,
    ),
    PictureSource(
        "emoji",
        Package("apt", "fonts-noto-color-emoji", "2.042-0+deb12u1"),
        "Google Inc.",
        "OFL-1.1",
        "small named objects, 136 x 128 px",
        read_emoji,
    ),
]
