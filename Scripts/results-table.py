#!/usr/bin/env python3
"""Write the generated tables of README.md and Docs/*.md again from Docs/Results/*.json.

A document asks for tables with a pair of marks; everything between them is replaced:

    <!-- results:begin bench-attention train-* -->
    <!-- results:end -->

The words after `begin` choose result files by name (shell patterns); without any, all are taken. Every table names
the command, the commit, the date and the machine that its figures come from.

Usage: Scripts/results-table.py [--check]     --check changes nothing and fails where a document is out of date
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "Docs" / "Results"
MARKS = re.compile(r"(<!-- results:begin(?P<names>[^>]*?)-->\n)(?P<body>.*?)(<!-- results:end -->)", re.DOTALL)
REQUIRED = ("name", "command", "commit", "date", "machine", "rows")


class ResultError(Exception):
    """A results file that does not have the agreed form."""


def load(path: Path) -> dict:
    """One results file, checked."""
    try:
        result = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ResultError(f"{path.relative_to(ROOT)}: not JSON: {error}") from error
    missing = [key for key in REQUIRED if key not in result]
    if missing:
        raise ResultError(f"{path.relative_to(ROOT)}: expected {', '.join(missing)}")
    for number, row in enumerate(result["rows"]):
        if not isinstance(row.get("id"), str) or not isinstance(row.get("value"), (int, float)):
            raise ResultError(f"{path.relative_to(ROOT)}: row {number}: expected a text 'id' and a number 'value'")
    return result


def number(value: float) -> str:
    """Four significant digits, thousands apart, no trailing zeros."""
    if isinstance(value, int) or abs(value) >= 10000:
        return f"{round(value):,}"
    return f"{value:.4g}"


def machine(entry: object) -> str:
    if not isinstance(entry, dict):
        return str(entry)
    parts = [str(entry.get("cpu", "unknown CPU")), f"{entry['cores']} cores" if "cores" in entry else ""]
    parts += [str(entry[key]) for key in ("isa", "blas") if key in entry]
    return ", ".join(part for part in parts if part)


def table(result: dict) -> str:
    """One results file as Markdown."""
    rows = result["rows"]
    peers = any("peer" in row for row in rows)
    head = ["figure", "value", "unit", "spread", "n"] + (["ours", "peer"] if peers else [])
    lines = [
        f"**{result['name']}** (`{result['command']}`, commit {str(result['commit'])[:10]}, {result['date']};"
        f" {machine(result['machine'])})",
        "",
        "| " + " | ".join(head) + " |",
        "|---" * len(head) + "|",
    ]
    for row in rows:
        spread = row.get("spread")
        cells = [
            f"`{row['id']}`",
            number(row["value"]),
            str(row.get("unit", "")),
            f"{number(spread[0])} … {number(spread[1])}" if spread else "",
            str(row.get("n", "")),
        ]
        if peers:
            cells.append(number(row["ours"]) if "ours" in row else "")
            cells.append(f"{number(row['peer'])} ({row.get('peer_name', 'peer')})" if "peer" in row else "")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def rendered(text: str, results: dict[str, dict]) -> str:
    """A document with all its tables written anew."""

    def replace(match: re.Match[str]) -> str:
        patterns = match["names"].split() or ["*"]
        chosen = [r for name, r in results.items() if any(fnmatch.fnmatchcase(name, p) for p in patterns)]
        body = "\n\n".join(table(result) for result in chosen)
        return match[1] + (f"\n{body}\n\n" if body else "") + match[4]

    return MARKS.sub(replace, text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    try:
        results = {path.stem: load(path) for path in sorted(RESULTS.glob("*.json"))}
    except ResultError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    stale = []
    for path in [ROOT / "README.md", *sorted((ROOT / "Docs").glob("*.md"))]:
        before = path.read_text(encoding="utf-8")
        after = rendered(before, results)
        if after != before:
            stale.append(path.relative_to(ROOT))
            if not options.check:
                path.write_text(after, encoding="utf-8")
    for path in stale:
        print(f"{path}: " + ("tables are out of date. Hint: make docs" if options.check else "tables written"))
    return 1 if stale and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
