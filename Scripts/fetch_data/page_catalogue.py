"""The pinned packages of documents whose pages are taken. Nothing here touches the network."""

from __future__ import annotations

from dataclasses import dataclass

from .model import Package

_TEX = "usr/share/doc/texlive-doc/"


@dataclass(frozen=True)
class Paper:
    """One PDF of a package, licensed as its own first pages and Debian's list of TeX Live's parts say.

    `split` is that of all its pages: a document never crosses a split.
    """

    name: str
    path: str
    licence: str
    author: str
    #: Pages that are taken at most, evenly over the document.
    pages: int
    #: Dots per inch at which they are drawn.
    dpi: int
    split: str = "train"


@dataclass(frozen=True)
class PageSource:
    """One package of documents."""

    name: str
    package: Package
    papers: tuple[Paper, ...]


PAGE_SOURCES: list[PageSource] = [
    PageSource(
        "policy",
        Package("apt", "debian-policy", "4.6.2.0"),
        (
            Paper(
                "policy",
                "usr/share/doc/debian-policy/policy.pdf",
                "GPL-2.0-or-later",
                "Ian Jackson, Christian Schwarz and the Debian Policy contributors",
                24,
                200,
            ),
            Paper(
                "fhs",
                "usr/share/doc/debian-policy/fhs/fhs-3.0.pdf",
                "preserve-notice",
                "Daniel Quinlan, Paul Russell, Christopher Yeoh, the LSB Workgroup",
                16,
                250,
                "validation",
            ),
        ),
    ),
    PageSource(
        "developers",
        Package("apt", "developers-reference", "12.18"),
        (
            Paper(
                "developers-reference",
                "usr/share/developers-reference/developers-reference.pdf",
                "GPL-2.0-or-later",
                "Christian Schwarz, Adam Di Carlo, Raphaël Hertzog and others",
                24,
                200,
            ),
        ),
    ),
    PageSource(
        "faq",
        Package("apt", "debian-faq", "11.1"),
        (
            Paper(
                "debian-faq",
                "usr/share/doc/debian/FAQ/debian-faq.en.pdf",
                "preserve-notice",
                "the authors of the Debian FAQ",
                20,
                300,
                "test",
            ),
        ),
    ),
    PageSource(
        "humanities",
        Package("apt", "texlive-humanities-doc", "2022.20230122-4"),
        (
            Paper(
                "covington",
                _TEX + "latex/covington/covington.pdf",
                "LPPL-1.3",
                "Michael A. Covington, Jürgen Spitzmüller",
                14,
                250,
            ),
            Paper("adtrees", _TEX + "latex/adtrees/adtreesdoc.pdf", "GPL", "Marco Benini, Federico Gobbo", 12, 200),
            Paper(
                "bibleref", _TEX + "latex/bibleref/bibleref.pdf", "LPPL-1.3", "Nicola Talbot, Maïeul Rouquette", 8, 250
            ),
            Paper("expex", _TEX + "generic/expex/expex-doc.pdf", "LPPL", "John Frampton", 16, 250),
            Paper("metrix", _TEX + "latex/metrix/metrix.pdf", "LPPL-1.3c", "Tobias Weh", 12, 300),
            Paper(
                "ling-macros",
                _TEX + "latex/ling-macros/ling-macros-doc.pdf",
                "LPPL-1.3",
                "Andrew McKenzie",
                6,
                300,
                "validation",
            ),
            Paper("lexref", _TEX + "latex/lexref/lexref.pdf", "LPPL-1.3", "Adrien Vion", 6, 250, "test"),
        ),
    ),
]
