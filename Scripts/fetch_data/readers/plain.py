"""Texts that are nearly plain already: fortune cookies, the Jargon File, essays in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..archive import Archive
from ..clean import decode, dedent_block, unwrap
from ..model import Document, FetchError

#: Collections left out: offensive or about drugs, drawings, song texts, quotations of one living work.
_NOT_TAKEN = {
    "ethnic",
    "men-women",
    "drugs",
    "ascii-art",
    "songs-poems",
    "startrek",
    "pratchett",
    "zippy",
    "translate-me",
}


def fortunes(archive: Archive) -> Iterator[Document]:
    """A cookie per document, a collection per group. Wrapped lines are joined, verse and dialogue keep theirs."""
    for path, data in archive.members("usr/share/games/fortunes/*", skip=("*.dat", "*.u8")):
        collection = path.rsplit("/", 1)[1]
        if collection in _NOT_TAKEN:
            continue
        for number, cookie in enumerate(re.split(r"^%%?$", decode(data), flags=re.MULTILINE), start=1):
            cookie = re.sub(r".\x08", "", cookie).strip("\n")
            yield Document(f"{collection}/{number:04}", collection, _cookie(cookie))


def _cookie(text: str) -> str:
    lines = text.expandtabs(8).split("\n")
    start = next((i for i, line in enumerate(lines) if re.match(r"\s+-- ?\S", line)), len(lines))
    result = "\n".join(_joined(lines[:start]))
    credit = " ".join(line.strip() for line in lines[start:])
    return f"{result}\n-- {credit.removeprefix('--').strip()}" if credit else result


def _joined(lines: list[str]) -> list[str]:
    """Joins a line to the one before when that is long enough to have been wrapped and nothing marks a new start."""
    joined: list[str] = []
    previous = ""
    for line in lines:
        continues = len(previous) > 55 and line.strip() and not re.match(r" |[-*(\[\"]|\w{1,10}:|\d+[.)]", line)
        if joined and continues:
            joined[-1] += " " + line.strip()
        else:
            joined.append(line.rstrip())
        previous = line
    return [re.sub(r"^ {5,}", "    ", line) for line in joined]


def jargon(archive: Archive) -> Iterator[Document]:
    """The Jargon File's lexicon: one entry per document."""
    text = decode(archive.read("usr/share/doc/jargon-text/jargon.txt.gz"))
    entries = re.split(r"^   :(?=[^\n]+:( |$))", text, flags=re.MULTILINE)[::2]
    if len(entries) < 2000:
        raise FetchError(f"jargon-text: found {len(entries)} entries, expected above 2000")
    for number, entry in enumerate(entries[1:], start=1):
        entry = re.split(r"^(?:Appendix|Part III|   ═{20,})", entry, flags=re.MULTILINE)[0]
        entry = re.sub(r"^\n+ {3}(?:\W|[A-Z])\n+\Z", "\n", entry)
        if "\n   ┌" in entry or "\n   │" in entry:
            continue
        head, _, body = entry.partition("\n\n")
        word = head.partition(":")[0].strip()
        body = re.sub(r"\{([^{}]*)\}", r"\1", body, flags=re.DOTALL)
        body = re.sub(r"\n\n {3}\S{1,2}\s*\Z", "", body.rstrip())
        body = re.sub(r"\n*\s*\(The (next|previous) cartoon[^)]*\)", "", body)
        paragraphs = []
        for paragraph in re.split(r"\n\s*\n", body):
            block = dedent_block(paragraph)
            laid_out = any(line.startswith("  ") for line in block.split("\n"))
            paragraphs.append(block if laid_out else unwrap(block))
        text = unwrap(head).replace(word + ":", word, 1) + "\n\n" + "\n\n".join(p for p in paragraphs if p.strip())
        slug = re.sub(r"\W+", "-", word.lower()).strip("-") or "sign"
        yield Document(f"{number:04}-{slug}", f"{number:04}-{slug}", text)


def anarchism(archive: Archive) -> Iterator[Document]:
    """An Anarchist FAQ: a numbered question with its answer per document, a section file per group."""
    folder = "usr/share/doc/anarchism/markdown"
    for path, data in archive.members(
        f"{folder}/*.md", f"{folder}/*.md.gz", skip=("*con.md*", "*links.md*", "*/new.md*")
    ):
        group = path.rsplit("/", 1)[1].removesuffix(".md")
        sections = re.split(r"^(?=#{1,4} )", decode(data), flags=re.MULTILINE)
        part, number = "", 1
        for section in sections:
            part += markdown(section) + "\n\n"
            if len(part) > 4000:
                yield Document(f"{group}/{number:02}", group, part)
                part, number = "", number + 1
        if part:
            yield Document(f"{group}/{number:02}", group, part)


def markdown(text: str) -> str:
    """Markdown as text: link texts for links, no emphasis marks, one line a paragraph, list marks kept."""
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text)
    text = re.sub(r"\[([^\]]*)\]\((?:[^()]|\([^)]*\))*\)", r"\1", text)
    text = re.sub(r"<[^>\n]{1,80}>", "", text)
    blocks = []
    for block in re.split(r"\n\s*\n", text):
        block = re.sub(r"^\s*>+ ?", "", block, flags=re.MULTILINE)
        block = unwrap(re.sub(r" {2,}\n", "\n", block))
        block = re.sub(r"^#+\s*", "", block)
        block = re.sub(r"\\([\\`*_{}\[\]()#+.!>|-])", r"\1", block)
        block = re.sub(r"\*\*(.+?)\*\*", r"\1", block)
        block = re.sub(r"(?<!\w)[_*](?=\S)(.+?)(?<=\S)[_*](?!\w)", r"\1", block)
        block = re.sub(r"[ \t]+", " ", block).strip()
        if re.search(r"\w", block) and not re.fullmatch(r"[*_\s]*", block):
            blocks.append(block)
    return "\n\n".join(blocks)
