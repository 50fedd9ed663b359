"""Dictionaries: dictd databases (FOLDOC, GCIDE) and WordNet's glosses."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator

from ..archive import Archive
from ..clean import decode, dedent_block
from ..model import Document

_DIGITS = {c: i for i, c in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")}


def _number(text: str) -> int:
    value = 0
    for character in text:
        value = value * 64 + _DIGITS[character]
    return value


def _entries(archive: Archive, stem: str) -> Iterator[tuple[str, str]]:
    """(first headword, text) of every distinct entry of a dictd database, in the order of the file.

    > Source: dictd's database format: base-64 offset and length per headword; `.dict.dz` is a gzip file.
    """
    text = gzip.decompress(archive.read(f"{stem}.dict.dz"))
    places: dict[tuple[int, int], str] = {}
    for line in decode(archive.read(f"{stem}.index")).splitlines():
        headword, offset, length = line.split("\t")[:3]
        if not headword.startswith("00-database"):
            places.setdefault((_number(offset), _number(length)), headword)
    for (offset, length), headword in sorted(places.items()):
        yield headword, decode(text[offset : offset + length])


def foldoc(archive: Archive) -> Iterator[Document]:
    """The Free On-line Dictionary of Computing: an article per document, links as plain words, dates kept."""
    for headword, entry in _entries(archive, "usr/share/dictd/foldoc"):
        title, _, body = entry.strip("\n").partition("\n")
        if not body.strip():
            continue
        body = re.sub(r"\{\(((?:https?|ftp)[^)]*)\)\}", r"\1", body)
        body = re.sub(r"\{([^{}]*?) \(((?:https?|ftp)[^)]*)\)\}", r"\1 (\2)", body)
        body = re.sub(r"\{([^{}]*)\}", lambda m: m.group(1), body, flags=re.DOTALL)
        paragraphs = [_flow(p) for p in re.split(r"\n\s*\n", dedent_block(body))]
        yield Document(
            _slug(headword), _slug(headword), title.strip() + "\n\n" + "\n\n".join(p for p in paragraphs if p)
        )


_ACCENTS = {"'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", ",": "\u0327", "=": "\u0304"}


def gcide(archive: Archive) -> Iterator[Document]:
    """The Collaborative International Dictionary of English: three equal first letters share a document."""
    groups: dict[str, list[str]] = {}
    for headword, entry in _entries(archive, "usr/share/dictd/gcide"):
        letters = re.sub(r"[^a-z]", "", headword.lower())[:3]
        if len(letters) == 3:
            groups.setdefault(letters, []).append(gcide_entry(entry))
    for letters, entries in sorted(groups.items()):
        yield Document(letters, letters, "\n\n".join(dict.fromkeys(entries)))


def gcide_entry(entry: str) -> str:
    """One entry without its sources' marks, its pronunciation, and what the digitisation lost (written `?`)."""
    entry = re.sub(r"\\[^\\\n]*\\,?", "", entry)
    entry = re.sub(r"\{([^{}]*)\}", r"\1", entry)
    entry = re.sub(r"\[([\'`^\"~,=])([A-Za-z])\]", lambda m: m.group(2) + _ACCENTS[m.group(1)], entry)
    entry = re.sub(r"\[(ae|AE|oe|OE)\]", lambda m: {"ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ"}[m.group(1)], entry)
    entry = re.sub(r"\[(?:1913 Webster|Webster|WordNet|PJC|AS|RP|RDH|Century|Harper|L\. L\.)[^\[\]]*\]", "", entry)
    entry = re.sub(r"\((?=[^()\n]*[?\[\]`\"#])[^()\n]{1,40}\),?", "", entry)
    entry = re.sub(r"\[[^\[\]]*\?[^\[\]]*\]", "", entry)
    paragraphs = [re.sub(r"\s+", " ", p).strip() for p in re.split(r"\n\s*\n", entry)]
    return "\n\n".join(re.sub(r" +([,.;])", r"\1", p) for p in paragraphs if re.search(r"\w", p))


def wordnet(archive: Archive) -> Iterator[Document]:
    """WordNet's synonym sets as sentences: words, definition, examples; 200 neighbouring sets a document."""
    for part in ("noun", "verb", "adj", "adv"):
        lines = []
        for line in decode(archive.read(f"usr/share/wordnet/data.{part}")).splitlines():
            if line.startswith("  "):
                continue
            record, _, gloss = line.partition(" | ")
            fields = record.split(" ")
            words = [fields[4 + 2 * i].replace("_", " ") for i in range(int(fields[3], 16))]
            words = [re.sub(r"\((a|p|ip)\)$", "", word) for word in words]
            lines.append(f"{', '.join(words)} ({part}): {gloss.strip()}")
        for start in range(0, len(lines), 200):
            yield Document(
                f"{part}/{start // 200:04}", f"{part}/{start // 200:04}", "\n".join(lines[start : start + 200])
            )


def _flow(paragraph: str) -> str:
    """Running text on one line; what is laid out by hand (tables, diagrams, code) as it stands."""
    lines = [line for line in paragraph.split("\n") if line.strip()]
    if not lines:
        return ""
    laid_out = (
        any(re.search(r"\S {3,}\S|\t", line) for line in lines) or sum(line.startswith("    ") for line in lines) > 1
    )
    if laid_out:
        return "\n".join(line.rstrip() for line in lines)
    return re.sub(r"\s+", " ", " ".join(lines)).strip()


def _slug(headword: str) -> str:
    return re.sub(r"\s+", "-", headword.strip().lower())
