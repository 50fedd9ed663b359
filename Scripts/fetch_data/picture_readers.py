"""From packages to pictures as their authors made them, each with a label, a licence and an author."""

from __future__ import annotations

import fnmatch
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from . import rcc
from .archive import Archive
from .model import FetchError

STAMPS = "usr/share/tuxpaint/stamps/"
#: Where a stamp's sentence says more than a name: what follows goes.
_MORE = re.compile(
    r"[.!?;:,]\s|[.!?]$| - |\s?—\s?|\s–|\s(?:is|are|means|lets|used|called|covered|hatched|inside|making|resembles"
    r"|carry|playing|in|as|at|on|by|to|with|for|from|that|which|who|whose)\s"
)
#: What stands before the name of the thing.
_BEFORE = re.compile(
    r"^(?:a|an|the|some|one|two|another|our|(?:very )?(?:small|large|big|tiny|old)|pair of|head of|cluster of|lump of"
    r"|plant of(?: common)?|colorful)\s+",
    re.IGNORECASE,
)
#: A sentence that begins so is a remark, not a name.
_REMARKS = re.compile(
    r"^(?:this|these|we|with|remember|because|boom|down|tough|important|–|it|when|you|do|no|ouch)\b", re.IGNORECASE
)
_LONGEST_LABEL = 3

#: Stamps whose sentence and file name both mislead: {name of the file: label}.
_STAMP_LABELS = {
    "broccoli": "broccoli",
    "final-roll-call": "soldier's cross",
    "grannysmith": "rag doll",
    "rabbit-2": "rabbit",
    "spider_fly": "dancing spider",
    "tomato": "tomato",
    "infantry-stryker": "armoured vehicle",
    "bradley": "armoured vehicle",
    "ww2_german_gun": "gun",
    "tankers": "tank car",
    "tanker": "tank car",
}

#: Photographs of gcompris-qt-data: activities and patterns of paths below their folders.
_LEARNING = {
    "categorization": (
        "*/images/fishes/*",
        "*/images/monuments/*",
        "*/images/others/*",
        "*/images/renewable/*",
        "*/images/tools/*",
    ),
    "explore_world_animals": ("*/animals/*",),
}
#: Not one nameable thing.
_NOT_NAMEABLE = re.compile(r"/(?:monument\d|geothermal|solar[123])\.")
#: Names of its files that are no words, or name something else than is seen.
_LEARNING_LABELS = {
    "bayterek": "Bayterek tower",
    "blackslate": "blackboard",
    "brandenburggate": "Brandenburg Gate",
    "buffetset": "tea cup",
    "bulb": "light bulb",
    "burj": "Burj Khalifa",
    "cuttingtool": "side cutter",
    "dragon": "Komodo dragon",
    "erasers": "eraser",
    "knife": "cutlery",
    "kutubminar": "Qutb Minar",
    "lemusee": "Louvre pyramid",
    "pan": "frying pan",
    "plier": "pliers",
    "solar": "solar panel",
    "spray": "spray bottle",
    "tweezer": "tweezers",
    "weighingmachine": "kitchen scale",
    "windmill6": "wind turbine",
    "zimnipalace": "Winter Palace",
}

#: Blocks of characters whose pictures are things: (first, last, category).
_BLOCKS = (
    (0x2600, 0x27BF, "symbols"),
    (0x1F300, 0x1F5FF, "pictographs"),
    (0x1F600, 0x1F64F, "faces"),
    (0x1F680, 0x1F6FF, "transport"),
    (0x1F900, 0x1F9FF, "pictographs"),
    (0x1FA70, 0x1FAFF, "pictographs"),
)
#: Characters of the font that are newer than Unicode 14, which the oldest supported Python knows.
_NEWER = frozenset(
    [0x1F6DC, *range(0x1FA75, 0x1FA78), 0x1FA87, 0x1FA88, *range(0x1FAAD, 0x1FAB0), *range(0x1FABB, 0x1FABE), 0x1FABF]
    + [0x1FACE, 0x1FACF, 0x1FADA, 0x1FADB, 0x1FAE8, 0x1FAF7, 0x1FAF8]
)
#: How Debian's files call the licences, and how the lists here do.
_LICENCES = {
    "public-domain": "public domain",
    "GPL-2+": "GPL-2.0-or-later",
    "GFDL-NIV-1.2": "GFDL-1.2-no-invariants-only",
}
_SKIN_TONES = range(0x1F3FB, 0x1F400)


@dataclass(frozen=True)
class Original:
    """A picture as it is in the package. `name` is unique within the package and becomes part of its file's name."""

    path: str
    name: str
    kind: str
    label: str
    category: str
    licence: str
    author: str
    data: bytes


def stamp_label(sentence: str, stem: str) -> str:
    """The name of a stamp's thing: the noun at the head of its sentence, otherwise the words of its file's name."""
    if stem in _STAMP_LABELS:
        return _STAMP_LABELS[stem]
    text = re.sub(r"\([^)]*\)", "", sentence).strip().replace("“", "").replace("”", "")
    text = _MORE.split(text)[0].strip(" .!?,")
    if not _REMARKS.match(text):
        while _BEFORE.match(text):
            text = _BEFORE.sub("", text, count=1)
        if text and len(text.split()) <= _LONGEST_LABEL:
            return text
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", stem).replace("_", " ").replace("-", " ")
    return re.sub(r"\s+", " ", re.sub(r"\d+", " ", words)).strip().lower() or text


def read_stamps(archive: Archive) -> Iterator[Original]:
    """The cut-outs of Tux Paint, each with the first line of its text file.

    Mirrored variants have none and are left out.
    """
    files = dict(archive.members(f"{STAMPS}*.png", f"{STAMPS}*.txt"))
    for path, data in sorted(files.items()):
        text = files.get(path.removesuffix(".png") + ".txt")
        if not path.endswith(".png") or text is None:
            continue
        inside = path.removeprefix(STAMPS)
        stem = inside.rpartition("/")[2].removesuffix(".png")
        sentence = text.decode("utf-8", errors="replace").partition("\n")[0].strip()
        label = stamp_label(sentence, stem)
        if "�" in label or not label:
            raise FetchError(f"{archive.path.name}: {inside}: its text has no name that can be read: '{sentence[:40]}'")
        name = inside.removesuffix(".png").replace("/", "-")
        yield Original(
            path,
            name,
            "cutout",
            label,
            inside.partition("/")[0],
            "GPL-2.0-only",
            "Bill Kendrick and contributors",
            data,
        )


def read_copyright(text: str) -> list[tuple[str, str, str]]:
    """(pattern, licence, holders) of a machine-readable Debian copyright file, in its order."""
    rules = []
    for paragraph in re.split(r"\n[ \t]*\n", text):
        fields: dict[str, list[str]] = {}
        name = ""
        for line in paragraph.splitlines():
            if match := re.match(r"(Files|Copyright|License):\s*(.*)", line):
                name = match[1]
                fields[name] = [match[2]]
            elif name and line[:1].isspace():
                fields[name].append(line.strip())
            else:
                name = ""
        holders = ", ".join(filter(None, fields.get("Copyright", [])))
        for pattern in " ".join(fields.get("Files", [])).split():
            rules.append((pattern, fields.get("License", [""])[0], holders))
    return rules


def learning_label(stem: str) -> str:
    """The name of the thing of a learning photograph, from its file's name in camel case with a number."""
    bare = re.sub(r"\d+$", "", stem)
    for key in (stem.lower(), bare.lower()):
        if key in _LEARNING_LABELS:
            return _LEARNING_LABELS[key]
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", bare).replace("_", " ").lower()


def read_learning_photos(archive: Archive) -> Iterator[Original]:
    """The photographs of GCompris whose licence the package names one by one."""
    notice = archive.read("usr/share/doc/gcompris-qt-data/copyright").decode("utf-8", errors="replace")
    rules = {re.sub(r"\.\w+$", "", pattern): (licence, holders) for pattern, licence, holders in read_copyright(notice)}
    for activity, patterns in _LEARNING.items():
        file = f"usr/share/gcompris-qt/rcc/{activity}.rcc"
        found = 0
        for path, data in rcc.members(file, archive.read(file)):
            if not path.endswith(".webp") or not any(fnmatch.fnmatchcase(path, p) for p in patterns):
                continue
            inside = path[path.find("src/activities") :].removesuffix(".webp")
            if _NOT_NAMEABLE.search(path) or inside not in rules:
                continue
            licence, holders = rules[inside]
            folder, _, stem = inside.rpartition("/")
            category = folder.rpartition("/")[2]
            found += 1
            yield Original(
                f"{file}:{path}",
                f"{category}-{stem}",
                "photo",
                learning_label(stem),
                category,
                _LICENCES.get(licence, licence),
                holders,
                data,
            )
        if not found:
            raise FetchError(f"{archive.path.name}: no photograph in {file}. Hint: the package changed.")


def read_emoji(archive: Archive) -> Iterator[Original]:
    """The bitmaps of the colour font under the names of their characters in Unicode 14."""
    from fontTools.ttLib import TTFont, TTLibError

    path = "usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"
    try:
        font = TTFont(io.BytesIO(archive.read(path)))
        glyphs, bitmaps = font.getBestCmap(), font["CBDT"].strikeData[0]
    except (TTLibError, KeyError, IndexError) as error:
        raise FetchError(f"{archive.path.name}: {path}: no colour bitmaps: {error}") from error
    for character, glyph in sorted(glyphs.items()):
        category = next((name for first, last, name in _BLOCKS if first <= character <= last), None)
        if category is None or character in _NEWER or character in _SKIN_TONES or glyph not in bitmaps:
            continue
        name = unicodedata.name(chr(character)).lower()
        data = bytes(bitmaps[glyph].imageData)
        yield Original(f"{path}:{glyph}", name, "emoji", name, category, "OFL-1.1", "Google Inc.", data)
