"""The pinned packages of short sounds and the table of classes (`clips.tsv`). Nothing here touches the network.

Not taken, with the reason: lincity-ng-data (nearly all below 16 kHz), hedgewars-data (GFDL), gcompris-qt-data,
warzone2100-data and openarena-data (sounds are inside archives of their own), 0ad-data and flightgear-data-base
(above 1 GB), freedroidrpg-data and unknown-horizons (few sounds of these classes for their size), alsa-utils (its voices are the
same recordings as those of sound-theme-freedesktop, and a recording must not be in two splits).
"""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from pathlib import Path

from .model import FetchError, Package

TABLE = Path(__file__).resolve().parent / "clips.tsv"


@dataclass(frozen=True)
class ClipSource:
    """One package of sounds. `licences` are patterns of paths and their licences; the first that matches holds."""

    name: str
    package: Package
    author: str
    licences: tuple[tuple[str, str], ...]
    skip: tuple[str, ...] = ()

    def licence(self, path: str) -> str:
        """The licence of one file."""
        for pattern, licence in self.licences:
            if fnmatch.fnmatchcase(path, pattern):
                return licence
        raise FetchError(f"{self.package}: no licence is known for {path}. Hint: clip_catalogue.py.")


@dataclass(frozen=True)
class Rule:
    """A line of the table: files of `source` that match `pattern` are sounds of `class_name`."""

    class_name: str
    source: str
    pattern: str
    line: int


CLIP_SOURCES: list[ClipSource] = [
    ClipSource(
        "freedesktop", Package("apt", "sound-theme-freedesktop", "0.8-2"),
        "the ALSA developers; Dr. Richard Boulanger et al.",
        (("*/audio-channel-*", "GPL-2.0-or-later"), ("*/bell.oga", "CC-BY-3.0")),
    ),
    ClipSource(
        "asterisk", Package("apt", "asterisk-core-sounds-en-g722", "1.6.1-1"), "Allison Smith; Digium, Inc.",
        (("*", "CC-BY-SA-3.0"),), skip=("*/silence/*", "*/beep*", "*2tone.g722"),
    ),
    ClipSource(
        "sonic-pi", Package("apt", "sonic-pi-samples", "3.2.2~repack-8"),
        "contributors of Freesound; Samuel Aaron and contributors",
        (("*/bd_mehackit.flac", "MIT"), ("*/perc_bell2.flac", "MIT"), ("*/sn_generic.flac", "MIT"), ("*", "CC0-1.0")),
    ),
    ClipSource(
        "hydrogen", Package("apt", "hydrogen-drumkits", "2017.09.19~dfsg-1"),
        "Artemiy Pavlov; Emiliano Grilli; Marcos Guglielmetti; Jim Harney; Luc Tunguay; Glen MacArthur;"
        " Vladimir Sadovnikov, Alexander Belokurov",
        (
            ("*/ElectricEmpireKit/*", "GPL-2.0-or-later"), ("*/HardElectro1/*", "GPL-2.0-or-later"),
            ("*/VariBreaks/*", "GPL-2.0-or-later"), ("*/ColomboAcousticDrumkit/*", "GPL-2.0-or-later"),
            ("*/Millo*/*", "GPL-2.0-only"), ("*/Gimme A Hand 1.0/*", "GPL-2.0-only"),
            ("*/The Black Pearl 1.0/*", "GPL-2.0-only"), ("*/ForzeeStereo/*", "GPL-2.0-only"),
            ("*/circAfrique v4/*", "CC-BY-SA-3.0"), ("*/BJA_Pacific/*", "CC-BY-SA-3.0"),
        ),
    ),
    ClipSource(
        "tuxpaint", Package("apt", "tuxpaint-stamps-default", "2022.06.04-1"), "Bill Kendrick and contributors",
        (("*", "GPL-2.0-or-later"),), skip=("*_desc*",),
    ),
    ClipSource(
        "supertux", Package("apt", "supertux-data", "0.6.3-2"), "SuperTux Devel Team", (("*", "GPL-3.0-or-later"),),
    ),
    ClipSource(
        "megaglest", Package("apt", "megaglest-data", "3.13.0-3"), "The Glest Team; The MegaGlest Team",
        (("*", "CC-BY-SA-3.0"),),
    ),
    ClipSource(
        "widelands", Package("apt", "widelands-data", "2:1.1-3"), "Widelands Development Team",
        (("*", "GPL-2.0-or-later"),),
    ),
]  # fmt: skip


def read_rules(path: Path = TABLE) -> list[Rule]:
    """The lines of the table. Raises where a line is not class, source and pattern, or names an unknown source."""
    names = {source.name for source in CLIP_SOURCES}
    rules: list[Rule] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) != 3 or not all(field.strip() == field != "" for field in fields):
            raise FetchError(
                f"{path.name}:{number}: expected class, source and pattern between tabs, got '{line[:60]}'"
            )
        class_name, source, pattern = fields
        if source not in names:
            raise FetchError(f"{path.name}:{number}: expected one of {', '.join(sorted(names))}, got '{source}'")
        if not class_name.replace("_", "").isalnum() or class_name != class_name.lower():
            raise FetchError(f"{path.name}:{number}: expected a class in lower_case, got '{class_name}'")
        rules.append(Rule(class_name, source, pattern, number))
    return rules
