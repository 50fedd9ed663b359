"""Source code of permissively licensed packages, a file per document, comments and licences as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..archive import Archive
from ..clean import decode
from ..model import Document


def python(*folders: str, skip: tuple[str, ...] = ()):
    """A reader of the `.py` files below `folders`; generated tables and test files of pure data are left out."""

    def read(archive: Archive) -> Iterator[Document]:
        patterns = [f"{folder}/*.py" for folder in folders]
        for path, data in archive.members(*patterns, skip=skip + ("*/__init__.py", "*/_version.py")):
            text = decode(data)
            if not is_generated(text):
                yield Document(path, path.rsplit("/", 1)[0], text)

    return read


def swift(archive: Archive) -> Iterator[Document]:
    """The `.swift` files of a package's Sources, a target per group."""
    for path, data in archive.members("Sources/*.swift"):
        text = decode(data)
        if not is_generated(text):
            yield Document(path, path.split("/")[1], text)


def is_generated(text: str) -> bool:
    """Whether a file is data or machine output rather than code: very long lines or hardly any letters."""
    lines = text.split("\n")
    letters = sum(character.isalpha() for character in text)
    longest = max(map(len, lines), default=0)
    return (
        longest > 400 or letters < 0.35 * len(text) or bool(re.search(r"(?i)\bautomatically generated\b", text[:600]))
    )
