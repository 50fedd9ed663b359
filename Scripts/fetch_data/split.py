"""Decides the split of every document by a hash of its work, and drops near duplicates."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable

from .model import Document, Source

SPLITS = ("train", "validation", "test")
#: The order in which duplicates are judged: what is held out stays, its twin in training goes.
PRIORITY = ("test", "validation", "train")

VALIDATION_SHARE = 0.05
TEST_SHARE = 0.05

_SHINGLE = 9
_SAMPLED = 8


def split_of(source: Source, document: Document) -> str:
    """The split of a document: all documents of one group of one source share it, for ever."""
    if document.group in source.held_out:
        return source.held_out[document.group]
    digest = hashlib.sha256(f"{source.name}/{document.group}".encode()).digest()
    position = int.from_bytes(digest[:8], "big") / 2**64
    if position < TEST_SHARE:
        return "test"
    return "validation" if position < TEST_SHARE + VALIDATION_SHARE else "train"


class NearDuplicates:
    """Remembers sampled runs of nine words; a document of which half is known already is a duplicate.

    A run is sampled by the checksum of its first word, so equal passages are sampled alike wherever they stand.
    """

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._sampled: dict[str, bool] = {}

    def is_duplicate(self, text: str) -> bool:
        """Judges the text and, if it is new, remembers it."""
        words = re.findall(r"\w+", text.lower())
        sketch = set(self._sketch(words)) or {zlib.crc32(" ".join(words).encode())}
        known = sum(mark in self._seen for mark in sketch)
        if 2 * known >= len(sketch):
            return True
        self._seen |= sketch
        return False

    def _sketch(self, words: list[str]) -> Iterable[int]:
        for start in range(len(words) - _SHINGLE + 1):
            word = words[start]
            sampled = self._sampled.get(word)
            if sampled is None:
                sampled = zlib.crc32(word.encode()) % _SAMPLED == 0
                self._sampled[word] = sampled
            if sampled:
                yield zlib.crc32(" ".join(words[start : start + _SHINGLE]).encode())
