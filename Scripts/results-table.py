#!/usr/bin/env python3
"""Write the generated tables of README.md and Docs/*.md again from Docs/Results/*.json.

A document asks for tables with a pair of marks; everything between them is replaced:

    <!-- results:begin bench-attention train-* -->
    <!-- results:end -->

The words after `begin` choose result files by name (shell patterns); without any, all are taken. Every table names
the command, the commit, the date and the machine that its figures come from; for a file that is asked for by its full
name and not there, a line names the command that writes it. Marks of other kinds write tables for one purpose:

    shares NAME…    cases beside the limits of the machine: bench-attention, bench-matrices, bench-rows
    peers           attention against PyTorch, flex_attention and numpy
    table2, curves  extra time of depth slots: the rows of the paper's Table 2, and the other shapes
    rungs           the rungs of the paper's Table 7
    plots NAME…     plots of Docs/Plots
    gaps NAME…      right answers on the crop and on the full picture, paired: zoom-reader
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

import _tables

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "Docs" / "Results"
MARKS = re.compile(
    rf"(?P<begin><!-- (?P<kind>{'|'.join(_tables.KINDS)}):begin(?P<words>[^>]*?)-->\n)"
    r".*?(?P<end><!-- (?P=kind):end -->)", re.DOTALL)
REQUIRED = ("name", "command", "commit", "date", "machine", "rows")


class ResultError(Exception):
    """A results file that does not have the agreed form."""


def load(path: Path) -> dict:
    """One results file, checked."""
    try:
        result = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ResultError(f"{path.name}: not JSON: {error}") from error
    missing = [key for key in REQUIRED if key not in result]
    if missing:
        raise ResultError(f"{path.name}: expected {', '.join(missing)}")
    for number, row in enumerate(result["rows"]):
        if not isinstance(row.get("id"), str) or not isinstance(row.get("value"), (int, float)):
            raise ResultError(f"{path.name}: row {number}: expected a text 'id' and a number 'value'")
    return result


def rendered(text: str, results: dict[str, dict], folder: Path) -> str:
    """A document with all its tables written anew."""

    def replace(match: re.Match[str]) -> str:
        body = _tables.KINDS[match["kind"]](results, match["words"].split(), folder)
        return match["begin"] + (f"\n{body}\n\n" if body else "") + match["end"]

    return MARKS.sub(replace, text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", nargs="*", type=Path, help="only these; README.md and Docs/*.md by default")
    parser.add_argument("--check", action="store_true", help="change nothing, fail where a document is out of date")
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="DIR", help="another folder of results files")
    options = parser.parse_args()
    stale = []
    try:
        results = {path.stem: load(path) for path in sorted(options.results.glob("*.json"))}
        for path in options.documents or [ROOT / "README.md", *sorted((ROOT / "Docs").glob("*.md"))]:
            before = path.read_text(encoding="utf-8")
            after = rendered(before, results, path.parent)
            if after != before:
                stale.append(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)
                if not options.check:
                    path.write_text(after, encoding="utf-8")
    except ResultError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for path in stale:
        print(f"{path}: " + ("tables are out of date. Hint: make docs" if options.check else "tables written"))
    return 1 if stale and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
