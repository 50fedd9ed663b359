"""User help and reference documentation: GNOME (Mallard), GnuCash (DocBook), LibreOffice and Sphinx sites (HTML)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..archive import Archive
from ..clean import decode
from ..model import Document
from .markup import HTML_BLOCKS, Rules, html_text, xml_text

_SPHINX = Rules(
    begins=lambda tag, attributes: attributes.get("role") == "main",
    blocks=HTML_BLOCKS,
    skipped_classes=frozenset(
        {
            "headerlink",
            "viewcode-link",
            "toctree-wrapper",
            "contents",
            "prev-next-area",
            "sphx-glr-footer",
            "admonition-todo",
            "sphinx-bs",
            "plot-directive",
            "doc-backlink",
            "prevnext",
            "sd-card",
            "linenos",
            "copybtn",
            "graphviz",
        }
    ),  # fmt: skip
    prefixed_classes={"classifier": " : "},
)

_LIBREOFFICE = Rules(
    begins=lambda tag, attributes: attributes.get("id") == "DisplayArea",
    blocks=HTML_BLOCKS,
    skipped_classes=frozenset({"related", "relatedtopics", "embedded", "debug"}),
)

_MALLARD = Rules(
    blocks=frozenset(
        "page section title p steps list terms tree note example listing synopsis table thead tbody figure "
        "quote".split()
    ),
    items=frozenset({"item"}),
    verbatim=frozenset({"screen", "code_block"}),
    skipped=frozenset({"info", "media", "links", "comment"}),
)

_DOCBOOK = Rules(
    blocks=frozenset(
        "chapter sect1 sect2 sect3 sect4 title subtitle para simpara formalpara note tip warning caution important "
        "itemizedlist orderedlist variablelist varlistentry term glossentry glossterm glossdef example figure table "
        "informaltable tgroup thead tbody appendix preface abstract blockquote simplelist member "
        "answer question".split()
    ),
    items=frozenset({"listitem", "step", "callout"}),
    verbatim=frozenset({"programlisting", "screen", "literallayout", "synopsis"}),
    rows=frozenset({"row"}),
    cells=frozenset({"entry"}),
    skipped=frozenset({"indexterm", "mediaobject", "inlinemediaobject", "screeninfo", "remark", "bookinfo", "graphic"}),
    entities={
        "app": "GnuCash", "appname": "GnuCash", "mac": "macOS", "win": "Microsoft Windows", "lin": "GNU/Linux",
        "nbsp": " ",
        "date": "", "version": "", "manrevision": "", "vers-stable": "4.13",
    },
)  # fmt: skip

_CODE_BLOCK = rb"\1<code_block\2>\3</code_block>"


def gnome(archive: Archive) -> Iterator[Document]:
    """GNOME's user and system administration guides: a topic per document."""
    for path, data in archive.members("usr/share/help/C/*/*.page"):
        guide, topic = path.removesuffix(".page").split("/")[-2:]
        data = re.sub(
            rb"(>\s*)<code\b([^>]*)>((?:(?!</code>).)*?\n(?:(?!</code>).)*)</code>", _CODE_BLOCK, data, flags=re.DOTALL
        )
        yield Document(f"{guide}/{topic}", topic, xml_text(data, _MALLARD, path))


def gnucash(archive: Archive) -> Iterator[Document]:
    """GnuCash's guide and manual: a chapter per group, a section per document."""
    for path, data in archive.members(
        "usr/share/help/C/gnucash-*/*.xml", skip=("*legal*", "*fdl*", "*/gnc-*", "*Revision*")
    ):
        book, chapter = path.removesuffix(".xml").split("/")[-2:]
        data = re.sub(rb"<!DOCTYPE[^\[>]*(\[.*?\])?\s*>", b"", data, flags=re.DOTALL)
        data = re.sub(rb"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9A-Fa-f]+);)([\w.-]+);", _docbook_entity, data)
        for number, section in enumerate(_chunks(xml_text(data, _DOCBOOK, path), 6000), start=1):
            yield Document(f"{book}/{chapter}/{number:02}", f"{book}/{chapter}", section)


def libreoffice(archive: Archive) -> Iterator[Document]:
    """LibreOffice's help pages in English: a page per document, a folder per group."""
    for path, data in archive.members("usr/share/libreoffice/help/en-US/text/*.html"):
        name = path.removeprefix("usr/share/libreoffice/help/en-US/text/").removesuffix(".html")
        text = html_text(decode(data), _LIBREOFFICE)
        text = re.sub(r"\n\nRelated Topics\n.*\Z", "", text, flags=re.DOTALL)
        text = text.replace("\n\nTo access this command...", "")
        text = re.sub(r"\n\nPlease support us!.*\Z", "", text, flags=re.DOTALL)
        yield Document(name, name, text)


def sphinx(folder: str, skip: tuple[str, ...] = ()):
    """A reader of a site that Sphinx built: a page per document and group."""

    def read(archive: Archive) -> Iterator[Document]:
        ignored = ("*/genindex*", "*/search.html", "*/py-modindex.html", "*/_modules/*", "*/_static/*", "*/_sources/*")
        for path, data in archive.members(f"{folder}/*.html", f"{folder}/*.html.gz", skip=ignored + skip):
            name = path.removeprefix(folder + "/").removesuffix(".html")
            text = html_text(decode(data), _SPHINX).replace("¶", "")
            text = re.sub(r"\b(?:python|numpy):(?=\w)", "", text)
            text = re.sub(r"\[source\]|\[edit on github\]", "", text)
            yield Document(name, name, text)

    return read


def _docbook_entity(match: re.Match[bytes]) -> bytes:
    return _DOCBOOK.entities.get(match.group(1).decode(), "").encode()


def _chunks(text: str, size: int) -> Iterator[str]:
    """Stretches of about `size` characters that end at a paragraph."""
    part = ""
    for paragraph in text.split("\n\n"):
        part += paragraph + "\n\n"
        if len(part) > size:
            yield part
            part = ""
    if part:
        yield part
