"""Wikipedia's markup as text: templates, tables, references and files go; links leave their words."""

from __future__ import annotations

import bz2
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from html import unescape
from io import BytesIO

from ..archive import Archive
from ..model import Document

_PAGES = "gensim/test/test_data/enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"
_NOT_TEXT = re.compile(
    r"^(see also|references|notes|external links|further reading|bibliography|sources|footnotes|citations)$", re.I
)


def articles(archive: Archive) -> Iterator[Document]:
    """The articles of an excerpt of the English Wikipedia, one per document."""
    namespace = "{http://www.mediawiki.org/xml/export-0.10/}"
    for _, page in ElementTree.iterparse(BytesIO(bz2.decompress(archive.read(_PAGES)))):
        if page.tag != f"{namespace}page":
            continue
        title = page.findtext(f"{namespace}title", "")
        source = page.findtext(f"{namespace}revision/{namespace}text", "")
        if page.findtext(f"{namespace}ns") == "0" and not re.match(r"\s*#redirect", source, re.IGNORECASE):
            yield Document(title.replace(" ", "_"), title, f"{title}\n\n{to_text(source)}")
        page.clear()


def to_text(source: str) -> str:
    """Wikitext as paragraphs, headings and lists."""
    text = re.sub(r"<!--.*?-->", "", source, flags=re.DOTALL)
    text = re.sub(r"<ref\b[^>]*/>|<ref\b[^>]*>.*?</ref\s*>", "", text, flags=re.DOTALL | re.IGNORECASE)
    tags = r"math|gallery|timeline|score|code|source|syntaxhighlight|imagemap|hiero|table"
    text = re.sub(rf"<({tags})\b[^>]*>.*?</\1\s*>", "", text, flags=re.DOTALL | re.IGNORECASE)
    text = _nested(text, "{|", "|}")
    text = _nested(text, "{{", "}}", _template)
    text = _links(text)
    text = re.sub(r"\[(?:https?|ftp)://[^\s\]]+\s+([^\]]*)\]", r"\1", text)
    text = re.sub(r"\[(?:https?|ftp)://[^\]]*\]", "", text)
    text = re.sub(r"'{2,5}", "", text)
    text = re.sub(r"<br\s*/?>", " ", text, flags=re.IGNORECASE)
    text = re.sub(r"</?[a-zA-Z][^<>]*>", "", text)
    text = unescape(unescape(text))
    text = re.sub(r"__[A-Z]+__", "", text)
    text = re.sub(r"\(\s*[;,]\s*", "(", text)
    text = re.sub(r" *\(\s*\)", "", text)
    return _sections(text)


def _sections(text: str) -> str:
    blocks: list[str] = []
    skip_below = 0
    for line in text.split("\n"):
        line = re.sub(r"[ \t]+", " ", line).strip()
        heading = re.fullmatch(r"(={2,6})\s*(.*?)\s*={2,6}", line)
        if heading:
            depth = len(heading[1])
            if skip_below and depth > skip_below:
                continue
            skip_below = depth if _NOT_TEXT.match(heading[2]) else 0
            if not skip_below:
                while blocks and blocks[-1].startswith("\0"):
                    if blocks[-1][1:2] < str(depth):
                        break
                    blocks.pop()  # a heading with nothing below it
                blocks.append(f"\0{depth}{heading[2]}")
        elif not skip_below and re.search(r"\w", line) and not line.startswith(("|", "!", "}}")):
            line = re.sub(r"^[:;]+\s*", "", line)
            line = re.sub(r"^[*#:;]+\s*", "- ", line)
            blocks.append(line)
    while blocks and blocks[-1].startswith("\0"):
        blocks.pop()
    result = ""
    for previous, block in zip(["", *blocks], blocks, strict=False):
        tight = previous.startswith("- ") and block.startswith("- ")
        result += ("\n" if tight else "\n\n") + re.sub(r"^\0\d", "", block)
    return result.strip()


def _nested(text: str, opening: str, closing: str, replace=lambda inner: "") -> str:
    """Replaces balanced pairs from the inside out; what is never closed stays as it is."""
    pieces: list[list[str]] = [[]]
    for token in re.split(f"({re.escape(opening)}|{re.escape(closing)})", text):
        if token == opening:
            pieces.append([])
        elif token == closing and len(pieces) > 1:
            inner = "".join(pieces.pop())
            pieces[-1].append(replace(inner))
        elif token != closing:
            pieces[-1].append(token)
    while len(pieces) > 1:
        inner = pieces.pop()
        pieces[-1] += inner
    return "".join(pieces[0])


def _template(inner: str) -> str:
    """The words of the few templates that stand inside sentences; nothing for the others."""
    parts = [part.strip() for part in inner.split("|")]
    name = parts[0].lower()
    plain = [part for part in parts[1:] if "=" not in part]
    if name in ("convert", "cvt") and len(plain) >= 2:
        return f"{plain[0]} {plain[1]}"
    if name.startswith("lang") and len(plain) >= 2:
        return plain[1]
    if (
        name
        in ("nowrap", "small", "smallcaps", "abbr", "quote", "blockquote", "cquote", "sic", "formatnum", "em", "strong")
        and plain
    ):
        return plain[0]
    return {"snd": " – ", "spaced ndash": " – ", "ndash": "–", "mdash": "—", "'": "'"}.get(name, "")


def _links(text: str) -> str:
    def words(inner: str) -> str:
        target, _, label = inner.partition("|")
        if re.match(r"\s*:?\s*(file|image|category|[a-z]{2,3}(-[a-z]+)?)\s*:", target, re.IGNORECASE):
            return ""
        return (label.rpartition("|")[2] if label else target.lstrip(":")).strip()

    return _nested(text, "[[", "]]", words)
