#!/usr/bin/env python3
"""Writes Sources/Text/UnicodeClassRuns.swift: the scalar classes of the reference library `tokenizers`.

The reference decides what is a letter, a number or white space by the Unicode tables inside its regular
expression engines, and what NFC changes by the (older) tables of its normaliser. This script asks the library
itself about every scalar, so that the Swift scanners agree with it whatever Unicode version Swift ships.

Usage: python3 Scripts/golden/unicode_classes.py      (needs: pip install tokenizers==0.23.3; about a minute)
"""

import pathlib
import sys
import unicodedata

if __name__ == "__main__":
    sys.path.pop(0)  # the neighbour tokenizers.py has the library's name

import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = ROOT / "Sources" / "Text" / "UnicodeClassRuns.swift"
SCALARS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]

LETTER, NUMBER, SPACE, WORD, MARK, BASE, CHANGES = (1 << k for k in range(7))


def members(pattern):
    """The scalars that the library's split engine matches with a one-scalar pattern."""
    split = pre_tokenizers.Split(Regex(pattern), "removed", invert=True)
    found = set()
    for k in range(0, len(SCALARS), 4096):
        text = "".join(map(chr, SCALARS[k : k + 4096]))
        for piece, _ in split.pre_tokenize_str(text):
            found.update(map(ord, piece))
    return found


def words():
    """The scalars that stop a `single_word` added token from matching (class \\w of its second engine)."""
    tokenizer = Tokenizer(models.BPE({"x": 0}, []))
    tokenizer.add_tokens([AddedToken("<m>", single_word=True, normalized=False)])
    return {c for c in SCALARS if not tokenizer.encode("<m>" + chr(c)).ids}


def normalisation():
    """(marks, bases, changing): what can take part in a change by the library's NFC.

    marks: scalars that NFC replaces, reorders or joins to the scalar before them.
    bases: scalars that a following mark can join, or that decompose (so that marks may reorder inside them).
    changing: scalars that NFC replaces when they stand alone.
    """
    nfc, nfd = normalizers.NFC().normalize_str, normalizers.NFD().normalize_str
    changing = {c for c in SCALARS if nfc(chr(c)) != chr(c)}
    marks = {0x334, 0x345} | changing
    for c in SCALARS:
        after, before = "q" + chr(c) + "\u0334", "q\u0345" + chr(c)
        if c not in changing and (nfc(after) != after or nfc(before) != before):
            marks.add(c)
    bases = {c for c in SCALARS if nfd(chr(c)) != chr(c)} | set(range(0x1100, 0x1113))
    marks |= set(range(0x1161, 0x1176)) | set(range(0x11A8, 0x11C3))
    for c in SCALARS:
        parts = unicodedata.decomposition(chr(c)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            first, second = (int(p, 16) for p in parts)
            if len(nfc(chr(first) + chr(second))) == 1:
                bases.add(first)
                marks.add(second)
    return marks, bases, changing


def main():
    marks, bases, changing = normalisation()
    sets = [
        (members(r"\p{L}"), LETTER),
        (members(r"\p{N}"), NUMBER),
        (members(r"\s"), SPACE),
        (words(), WORD),
        (marks, MARK),
        (bases, BASE),
        (changing, CHANGES),
    ]
    flags = [0] * 0x110000
    for scalars, bit in sets:
        for c in scalars:
            flags[c] |= bit
    runs = [(c << 8) | flags[c] for c in range(0x110000) if c == 0 or flags[c] != flags[c - 1]]
    words_per_line = 9
    lines = [
        "    " + " ".join(f"0x{run:08X}," for run in runs[k : k + words_per_line])
        for k in range(0, len(runs), words_per_line)
    ]
    TARGET.write_text(
        "// Written by Scripts/golden/unicode_classes.py from the reference library `tokenizers`; do not edit.\n"
        "// Holds only the data of `UnicodeClasses`; what the bits mean is said there.\n"
        "\n"
        "extension UnicodeClasses {\n"
        "  /// Version of the reference library that answered.\n"
        f'  static let referenceVersion = "{tokenizers.__version__}"\n'
        "\n"
        "  /// Runs of scalars of equal classes: first scalar in the upper 24 bits, `ScalarClass` bits in the lower 8.\n"
        "  static let runs: [UInt32] = [\n" + "\n".join(lines) + "\n  ]\n}\n",
        encoding="utf-8",
    )
    counts = ", ".join(f"bit {bit}: {len(scalars)}" for scalars, bit in sets)
    print(f"{TARGET.relative_to(ROOT)}: {len(runs)} runs; {counts}", file=sys.stderr)


if __name__ == "__main__":
    main()
