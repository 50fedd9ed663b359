"""Narrative and dialogue from free games: the texts that players read, not the rules around them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from ..archive import Archive
from ..clean import decode
from ..model import Document

#: Files of Endless Sky with names and numbers only.
_NO_PROSE = (
    "*/map.txt",
    "*/map *.txt",
    "*/names.txt",
    "*/effects.txt",
    "*/fleets.txt",
    "*/interfaces.txt",
    "*/commodities.txt",
)


def endless_sky(archive: Archive) -> Iterator[Document]:
    """Missions: conversations and descriptions of one top-level entry per document, a file per group."""
    for path, data in archive.members("usr/share/games/endless-sky/data/*.txt", skip=_NO_PROSE):
        group = path.rsplit("/", 1)[1].removesuffix(".txt").replace(" ", "-")
        entries = re.split(r"^(?=\S)", decode(data), flags=re.MULTILINE)
        part, number = [], 1
        for entry in entries:
            part += _endless_sky_paragraphs(entry)
            if sum(map(len, part)) > 3000:
                yield Document(f"{group}/{number:03}", group, "\n\n".join(part))
                part, number = [], number + 1
        if part:
            yield Document(f"{group}/{number:03}", group, "\n\n".join(part))


def _endless_sky_paragraphs(entry: str) -> Iterator[str]:
    for match in re.finditer(
        r"`([^`]*)`|^\s*(?:description|spaceport|message|help)\s+\"([^\"]*)\"", entry, re.MULTILINE
    ):
        text = re.sub(r"<([\w ]+)>", r"\1", match.group(1) or match.group(2) or "").strip()
        if len(text) > 30 and " " in text:
            yield text


def naev(archive: Archive) -> Iterator[Document]:
    """Naev: what missions, events and descriptions say."""
    patterns = ("usr/share/naev/dat/*.lua", "usr/share/naev/dat/*.xml")
    for path, data in archive.members(*patterns, skip=("*/gfx/*", "*/gui/*", "*/snd/*")):
        name = path.removeprefix("usr/share/naev/dat/").rsplit(".", 1)[0]
        text = decode(data)
        found = _lua_strings(text) if path.endswith(".lua") else _xml_descriptions(text)
        paragraphs = [line.strip() for text in found for line in text.split("\n")]
        paragraphs = [t for t in dict.fromkeys(paragraphs) if len(t) > 40 and t.count(" ") > 5]
        if paragraphs:
            yield Document(name, name.rsplit("/", 1)[0] if "assets/" not in name else name, "\n\n".join(paragraphs))


def _lua_strings(text: str) -> Iterator[str]:
    text = re.sub(r"--\[\[.*?\]\]|--\[=\[.*?\]=\]", "", text, flags=re.DOTALL)
    for match in re.finditer(r"\b_\(\s*(?:\[\[(.*?)\]\]|\"((?:[^\"\\]|\\.)*)\")\s*\)", text, re.DOTALL):
        found = match.group(1) or (match.group(2) or "").replace('\\"', '"').replace("\\n", "\n").replace("\\t", " ")
        found = re.sub(r"\\(?=[a-z])", "", found) if "\\" in found else found
        yield re.sub(r"\x1b?\\?0?2?7?#[a-z0](?=\w|%)|#0\b|\a.", "", found)


def _xml_descriptions(text: str) -> Iterator[str]:
    for match in re.finditer(r"<(description|bar|desc|text)>(.*?)</\1>", text, re.DOTALL):
        found = re.sub(r"<[^>]+>", "", match.group(2))
        for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
            found = found.replace(entity, character)
        yield found


#: Keys of Cataclysm's JSON whose strings are sentences.
_SPOKEN = {
    "description",
    "text",
    "dynamic_line",
    "snippets",
    "responses",
    "yes",
    "no",
    "topic_text",
    "message",
    "lore",
    "desc",
}
_NOT_READ = (
    "*/ascii_art/*",
    "*/mapgen/*",
    "*/mapgen_palettes/*",
    "*/vehicles/*",
    "*/recipes/*",
    "*/itemgroups/*",
    "*/names/*",
)


def cataclysm(archive: Archive) -> Iterator[Document]:
    """Cataclysm: descriptions, dialogue and found writings, a file per document."""
    folder = "usr/share/games/cataclysm-dda/json"
    for path, data in archive.members(f"{folder}/*.json", skip=_NOT_READ):
        try:
            tree = json.loads(decode(data))
        except ValueError:
            continue  # a few files hold comments or several values; the game reads them leniently
        name = path.removeprefix(folder + "/").removesuffix(".json")
        lines = []
        for text in dict.fromkeys(_sentences(tree, spoken=False)):
            text = re.sub(r"</?(?:color|good|bad|info|neutral|stat|header|note)[^<>]*>", "", text)
            text = re.sub(r"<([a-z_]+)>", lambda m: m.group(1).replace("_", " "), text)
            text = re.sub(r"\s*\n\s*", "\n", text.replace("&", "")).strip()
            if len(text) > 40 and text.count(" ") > 5:
                lines.append(text)
        if lines:
            yield Document(name, name, "\n\n".join(lines))


def _sentences(node: object, spoken: bool) -> Iterator[str]:
    if isinstance(node, str):
        if spoken:
            yield node
    elif isinstance(node, list):
        for child in node:
            yield from _sentences(child, spoken)
    elif isinstance(node, dict):
        for key, child in node.items():
            inherits = spoken and key in ("str", "str_sp", "text", "and", "or") or key in _SPOKEN
            yield from _sentences(child, inherits)
