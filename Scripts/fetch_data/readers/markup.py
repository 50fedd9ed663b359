"""HTML and XML documents as text: one line a paragraph, `- ` items, rows of tables as lines, code as it stands."""

from __future__ import annotations

import re
import xml.parsers.expat
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

from ..model import FetchError

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

Attributes = dict[str, str]


@dataclass(frozen=True)
class Rules:
    """What the tags of one kind of document mean. Tags without a rule are inline."""

    #: Whether the main part begins at this tag; `None` means everywhere.
    begins: Callable[[str, Attributes], bool] | None = None
    blocks: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset({"li"})
    verbatim: frozenset[str] = frozenset({"pre"})
    rows: frozenset[str] = frozenset({"tr"})
    cells: frozenset[str] = frozenset({"td", "th"})
    skipped: frozenset[str] = frozenset({"script", "style", "nav", "svg", "noscript", "template"})
    skipped_classes: frozenset[str] = frozenset()
    #: Elements whose children are steps of a path through menus.
    paths: frozenset[str] = frozenset({"menuchoice", "guiseq"})
    #: Text put before an element with this class.
    prefixed_classes: dict[str, str] = field(default_factory=dict)
    #: Undeclared entities of XML documents.
    entities: dict[str, str] = field(default_factory=dict)


HTML_BLOCKS = frozenset(
    "p div section article main aside header footer h1 h2 h3 h4 h5 h6 ul ol dl dt dd table tbody thead blockquote "
    "figure figcaption caption address hr br details summary".split()
)


class TextBuilder:
    """Collects text from the events of a parser."""

    def __init__(self, rules: Rules):
        self.rules = rules
        self.open: list[str] = []
        self.main_at = 0 if rules.begins is None else -1
        self.skip_at = -1
        self.verbatim_at = -1
        self.blocks: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.kind = "block"
        self.row: list[str] | None = None

    def start(self, tag: str, attributes: Attributes) -> None:
        """A start tag."""
        is_void = tag in _VOID and self.rules.begins is not None
        if not is_void:
            self.open.append(tag)
        if self.main_at < 0:
            if self.rules.begins is not None and self.rules.begins(tag, attributes):
                self.main_at = len(self.open)
            return
        if self.skip_at >= 0:
            return
        classes = attributes.get("class", "").split()
        if not is_void and (tag in self.rules.skipped or self.rules.skipped_classes.intersection(classes)):
            self.skip_at = len(self.open)
            return
        self._boundary(tag, begins=True)
        if len(self.open) > 1 and self.open[-2] in self.rules.paths and self.words and self.words[-1].strip():
            self.words.append(" > ")
        if tag in self.rules.paths:
            self.words.append(" ")
        for name in classes:
            self.words.append(self.rules.prefixed_classes.get(name, ""))
        if tag in self.rules.verbatim and self.verbatim_at < 0:
            self.verbatim_at = len(self.open)

    def end(self, tag: str) -> None:
        """An end tag; elements inside that were left open end with it."""
        if tag not in self.open:
            return
        while self.open:
            last = self.open.pop()
            depth = len(self.open)
            if self.skip_at > depth:
                self.skip_at = -1
            elif self.main_at >= 0 and self.skip_at < 0:
                self._boundary(last, begins=False)
                if self.verbatim_at > depth:
                    self.verbatim_at = -1
            if self.rules.begins is not None and self.main_at > depth:
                self._flush()
                self.main_at = -1
            if last == tag:
                return

    def data(self, text: str) -> None:
        """Characters."""
        if self.main_at >= 0 and self.skip_at < 0:
            self.words.append(text)

    def result(self) -> str:
        """The text so far: blocks apart by a blank line, neighbouring items and rows by a line end."""
        self._flush()
        text, previous = "", ""
        for kind, block in self.blocks:
            if text:
                text += "\n" if kind == previous != "block" else "\n\n"
            text, previous = text + block, kind
        return text

    def _boundary(self, tag: str, begins: bool) -> None:
        rules = self.rules
        if tag in rules.rows:
            self._flush()
            if self.row:
                self.blocks.append(("row", "  ".join(self.row)))
            self.row = [] if begins else None
        elif tag in rules.cells and self.row is not None:
            text = re.sub(r"\s+", " ", "".join(self.words)).strip()
            if text:  # also at the start of the next cell: HTML need not close the one before
                self.row.append(text)
            self.words = []
        elif self.row is not None:
            if tag in rules.blocks or tag in rules.items or tag in rules.verbatim:
                self.words.append(" ")
        elif tag in rules.items:
            self._flush()
            self.kind = "item" if begins else "block"
        elif tag in rules.verbatim:
            if self.verbatim_at < 0 or (not begins and self.verbatim_at == len(self.open) + 1):
                self._flush(verbatim=not begins)
        elif tag in rules.blocks and self.verbatim_at < 0:
            self._flush()

    def _flush(self, verbatim: bool = False) -> None:
        text = "".join(self.words)
        self.words = []
        if verbatim:
            text = text.expandtabs(8).strip("\n").rstrip()
            if text:
                self.blocks.append(("block", text))
            return
        text = re.sub(r"\s+", " ", text).strip()
        if text:
            self.blocks.append((self.kind, f"- {text}" if self.kind == "item" else text))
            if self.kind == "item":
                self.kind = "block"  # what follows in the same item is a paragraph


class _HTMLDriver(HTMLParser):
    def __init__(self, builder: TextBuilder):
        super().__init__(convert_charrefs=True)
        self.builder = builder

    def handle_starttag(self, tag, attrs):
        self.builder.start(tag, {name: value or "" for name, value in attrs})

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.builder.end(tag)

    def handle_endtag(self, tag):
        self.builder.end(tag)

    def handle_data(self, data):
        self.builder.data(data)


def html_text(text: str, rules: Rules) -> str:
    """The main part of an HTML page."""
    builder = TextBuilder(rules)
    driver = _HTMLDriver(builder)
    driver.feed(text)
    driver.close()
    return builder.result()


def xml_text(data: bytes, rules: Rules, name: str) -> str:
    """An XML document. Entities that only its DTD declares are looked up in the rules."""
    builder = TextBuilder(rules)
    parser = xml.parsers.expat.ParserCreate()
    parser.UseForeignDTD(True)
    parser.buffer_text = True
    parser.StartElementHandler = lambda tag, attributes: builder.start(tag, attributes)
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.SkippedEntityHandler = lambda entity, is_parameter: (
        None if is_parameter else builder.data(rules.entities.get(entity, entity))
    )
    try:
        parser.Parse(data, True)
    except xml.parsers.expat.ExpatError as error:
        raise FetchError(f"{name}: not well-formed XML: {error}") from error
    return builder.result()
