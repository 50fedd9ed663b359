"""SWORD modules (compressed blocks of OSIS XML) as plain prose and verse.

> Source: the SWORD engine's zText driver: `.??s` holds little-endian (offset, size, unpacked size) per block of `.??z`.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from html import unescape

from ..archive import Archive
from ..model import Document, FetchError

_BOOK = re.compile(r'<div\b[^>]*\bsID="[^"]*"[^>]*\btype="book"|<div\b[^>]*\btype="book"[^>]*\bsID=')
_CHAPTER = re.compile(r'<chapter\b[^>]*\bosisID="([^"]+)"[^>]*\bsID="[^"]*"[^>]*/>')
_BOOK_ID = re.compile(r'osisID="([^".]+)"')

#: Books that retell each other share one group, so that no telling is in training while its twin is held out.
_TWINS = {
    **dict.fromkeys(("Matt", "Mark", "Luke"), "synoptic-gospels"),
    **dict.fromkeys(("1Sam", "2Sam", "1Kgs", "2Kgs", "1Chr", "2Chr", "1Esd", "Ezra", "Neh"), "histories"),
    **dict.fromkeys(("Ps", "AddPs", "Ps151"), "psalms"),
    **dict.fromkeys(("Esth", "EsthGr", "AddEsth"), "esther"),
    **dict.fromkeys(("Dan", "DanGr", "AddDan", "PrAzar", "Sus", "Bel"), "daniel"),
    **dict.fromkeys(("Exod", "Lev", "Num", "Deut"), "law"),
    **dict.fromkeys(("2Pet", "Jude"), "peter-jude"),
    **dict.fromkeys(("Eph", "Col"), "ephesians-colossians"),
    **dict.fromkeys(("Isa", "Jer"), "isaiah-jeremiah"),
}


def blocks(archive: Archive, folder: str, sizes: str, data: str) -> Iterator[str]:
    """The unpacked blocks of one testament."""
    index = archive.read(f"{folder}/{sizes}")
    packed = archive.read(f"{folder}/{data}")
    for offset, size, unpacked in struct.iter_unpack("<III", index):
        block = zlib.decompress(packed[offset : offset + size])
        if len(block) < unpacked:
            raise FetchError(f"{folder}/{data}: block at {offset} has {len(block)} bytes, expected {unpacked}")
        yield block.decode("utf-8")


def bible(archive: Archive) -> Iterator[Document]:
    """World English Bible, one document a chapter, grouped by book (books that retell each other together)."""
    folder = "usr/share/sword/modules/texts/ztext/engWEB2015eb"
    for testament in ("ot", "nt"):
        for block in blocks(archive, folder, f"{testament}.bzs", f"{testament}.bzz"):
            pieces = _CHAPTER.split(block)
            for identifier, body in zip(pieces[1::2], pieces[2::2], strict=True):
                book, _, chapter = identifier.partition(".")
                yield Document(f"{book}/{int(chapter):03}", _TWINS.get(book, book), strip(body))


def psalms_commentary(archive: Archive) -> Iterator[Document]:
    """Spurgeon's Treasury of David: a psalm is a group, its sections are documents."""
    folder = "usr/share/sword/modules/comments/zcom/tdavid"
    for block in blocks(archive, folder, "ot.czs", "ot.czz"):
        match = _CHAPTER.search(block)
        if not match:
            continue
        psalm = f"Ps{int(match.group(1).partition('.')[2]):03}"
        sections = [s for s in re.split(r"(?=<title[^>]*>)", strip_notes(block)) if len(strip(s)) > 0]
        part, number = "", 1
        for section in sections:
            part += section
            if len(part) > 6000:
                yield Document(f"{psalm}/{number:03}", psalm, strip(part))
                part, number = "", number + 1
        if part:
            yield Document(f"{psalm}/{number:03}", psalm, strip(part))


def strip_notes(xml: str) -> str:
    """Without footnotes, cross references and the importer's marks."""
    xml = re.sub(r"<note\b[^>]*/>", "", xml)
    xml = re.sub(r"<note\b.*?</note>", " ", xml, flags=re.DOTALL)
    return re.sub(r"<milestone\b[^>]*/>", "", xml)


def strip(xml: str) -> str:
    """OSIS as text: paragraphs apart by a blank line, lines of verse on their own lines, titles alone."""
    xml = strip_notes(xml)
    xml = re.sub(r"\s*\n\s*", " ", xml)
    xml = re.sub(r'<div\b[^>]*type="x-milestone"[^>]*/>', "", xml)
    xml = re.sub(r"<title\b[^>]*>(.*?)</title>", r"\n\n\1\n\n", xml)
    xml = re.sub(r"<(div|p|lg|lb|list|chapter)\b[^>]*/?>|</(div|p|lg|list|chapter)>", "\n\n", xml)
    xml = re.sub(r"</?(l|item)\b[^>]*>", "\x01", xml)
    xml = re.sub(r"\s*\x01[\s\x01]*", lambda m: "\n\n" if "\n" in m.group() else "\n", xml)
    xml = re.sub(r"</q>(?=<w|[\w“‘])", " ", xml)
    text = unescape(re.sub(r"<[^>]+>", "", xml))
    text = re.sub(r"[ \t]+", " ", text)
    text = re.sub(r" *\n *", "\n", text)
    text = re.sub(r"\n{3,}", "\n\n", text)
    return re.sub(r" +([,.;:!?])", r"\1", text).strip()
