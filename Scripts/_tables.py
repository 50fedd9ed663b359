"""The kinds of tables that Scripts/results-table.py writes into documents.

Not a command of its own. A kind is a function of the results by file name, the words of the mark, and the folder of the
document; KINDS at the end names them all.
"""

from __future__ import annotations

import fnmatch
import re
from pathlib import Path

Results = dict[str, dict]

# Table 2 of arXiv 2603.15619: milliseconds of forward and backward, bfloat16 on an A100, Hk=8, d=64, tiles of 64 rows.
# T, G, L, plain attention (FlashAttention-2 in Triton), MoDA. Three of its rows are one shape.
PAPER_TABLE2 = (
    (4096, 8, 64, 7.970, 10.750), (8192, 8, 64, 28.700, 35.427), (16384, 8, 64, 116.700, 127.661),
    (32768, 8, 64, 459.854, 480.914), (65536, 8, 64, 1831.668, 1883.026), (16384, 2, 64, 28.982, 39.741),
    (16384, 4, 64, 58.071, 68.939), (16384, 8, 64, 116.700, 127.661), (16384, 16, 64, 233.700, 244.900),
    (16384, 32, 64, 467.107, 480.767), (16384, 8, 64, 116.700, 127.661), (16384, 8, 128, 116.700, 138.224),
    (16384, 8, 256, 116.700, 167.958),
)
# Table 7 of the same: milliseconds of each rung on the same GPU; it has no exact rows.
PAPER_TABLE7 = {"naive": 2128.900, "wholeAxis": 13.102, "chunkAware": 6.286, "groupAware": 1.460}


def number(value: float) -> str:
    """Four significant digits, thousands apart, no trailing zeros."""
    if isinstance(value, int) or abs(value) >= 10000:
        return f"{round(value):,}"
    return f"{value:.4g}"


def percent(value: float) -> str:
    return f"{100 * value:.2f} %"


def between(row: dict, form=number) -> str:
    spread = row.get("spread")
    return f"{form(spread[0])} … {form(spread[1])}" if spread else ""


def milliseconds(value: float) -> str:
    return f"{1000 * value:.4g}" if value < 1 else f"{1000 * value:,.0f}"


def grid(head: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(line) + " |" for line in [head, *rows]]
    return "\n".join([lines[0], "|---" * len(head) + "|", *lines[1:]])


def machine(entry: object) -> str:
    if not isinstance(entry, dict):
        return str(entry)
    parts = [str(entry.get("cpu", "unknown CPU")), f"{entry['cores']} cores" if "cores" in entry else ""]
    parts += [str(entry[key]) for key in ("isa", "blas") if key in entry]
    return ", ".join(part for part in parts if part)


def caption(result: dict) -> str:
    """Where the figures of a table come from."""
    commit = re.sub(r"^([0-9a-f]{10})[0-9a-f]+", r"\1", str(result["commit"]))
    source = f"`{result['command']}`, commit {commit}, {result['date']}; {machine(result['machine'])}"
    return f"**{result['name']}** ({source})"


def missing(name: str) -> str:
    """The line that stands for a file that nobody measured yet."""
    commands = {"fresh-clone": "Scripts/measure-fresh-clone", "numerics": "swift run -c release numerics",
                "bench-instructions": "make instructions ARGS=--record"}
    command = commands.get(name, f"make bench ARGS={name.removeprefix('bench-')}")
    return f"**{name}**: not measured yet; `{command}` writes it."


def chosen(results: Results, words: list[str]) -> tuple[list[dict], list[str]]:
    """The results that the words name, and a line for each full name without a file."""
    named = [result for name, result in results.items() if any(fnmatch.fnmatchcase(name, word) for word in words)]
    return named, [missing(word) for word in words if word not in results and not re.search(r"[*?\[]", word)]


def plain(result: dict) -> str:
    """One file, all rows and columns."""
    rows = result["rows"]
    peers = any("peer" in row for row in rows)
    head = ["figure", "value", "unit", "spread", "n"] + (["ours", "peer"] if peers else [])
    lines = []
    for row in rows:
        cells = [f"`{row['id']}`", number(row["value"]), str(row.get("unit", "")), between(row), str(row.get("n", ""))]
        if peers:
            cells.append(number(row["ours"]) if "ours" in row else "")
            cells.append(f"{number(row['peer'])} ({row.get('peer_name', 'peer')})" if "peer" in row else "")
        lines.append(cells)
    return f"{caption(result)}\n\n{grid(head, lines)}"


def everything(results: Results, words: list[str], folder: Path) -> str:
    """`results`: each named file in full; without words all files."""
    named, absent = chosen(results, words or ["*"])
    return "\n\n".join([plain(result) for result in named] + absent)


def shares(results: Results, words: list[str], folder: Path) -> str:
    """`shares`: cases beside the limit of the machine that they ran in turns with."""
    named, blocks = chosen(results, words)
    form = re.compile(r"(?P<case>.+)\.(?P<limit>peak|bandwidth)_share(\.threads\d+)?")
    tables = []
    for result in named:
        lines = []
        for row in result["rows"]:
            found = form.fullmatch(row["id"])
            if found:
                limit = "multiply-add peak" if found["limit"] == "peak" else "read bandwidth"
                lines.append([f"`{found['case']}`", str(row.get("threads", "")), milliseconds(row["ours"]),
                              percent(row["value"]), between(row, percent), limit, str(row["n"])])
        head = ["case", "threads", "ms", "share", "spread", "of", "n"]
        tables.append(f"{caption(result)}\n\n{grid(head, lines)}")
    return "\n\n".join(tables + blocks)


def peers(results: Results, words: list[str], folder: Path) -> str:
    """`peers`: attention against PyTorch and others, one line for each pass, precision, length and thread count."""
    named, blocks = chosen(results, ["bench-attention-peers"])
    form = re.compile(
        r"attention\.(?P<passes>fwd|fwdbwd)\.(?P<type>\w+)\.T(?P<T>\d+)\.ratio_(?P<peer>[a-z]+)(\.threads\d+)?")
    passes = {"fwd": "forward", "fwdbwd": "forward and backward"}
    for result in named:
        cases: dict[tuple, dict[str, dict]] = {}
        for row in result["rows"]:
            found = form.fullmatch(row["id"])
            if found:
                key = (passes[found["passes"]], found["type"], int(found["T"]), row.get("threads", ""))
                cases.setdefault(key, {})[found["peer"]] = row
        lines = []
        for (direction, precision, tokens, threads), sides in cases.items():
            torch = sides.get("torch")
            if torch:
                others = [number(sides[peer]["value"]) if peer in sides else "" for peer in ("flex", "numpy")]
                lines.append([direction, precision, f"{tokens:,}", str(threads), milliseconds(torch["ours"]),
                              milliseconds(torch["peer"]), number(torch["value"]), between(torch), *others,
                              str(torch["n"])])
        names = sorted({row["peer_name"] for sides in cases.values() for row in sides.values()})
        head = ["pass", "type", "T", "threads", "ours ms", "PyTorch ms", "PyTorch / ours", "spread", "flex / ours",
                "numpy / ours", "n"]
        blocks.append(f"{caption(result)}\n\nPeers: {', '.join(names)}.\n\n{grid(head, lines)}")
    return "\n\n".join(blocks)


OURS2 = ["T", "G", "L", "plain ms", "MoDA ms", "extra", "spread", "n", "predicted: operations", "with traffic"]


def our_cells(rows: dict[str, dict], tokens: int, group: int, slots: int) -> list[str]:
    """The cells under OURS2 of one shape; dashes where it was not measured."""
    shape = f"T{tokens}.G{group}.L{slots}"
    row = rows.get(f"moda.extra.{shape}")
    cells = [f"{tokens:,}", str(group), str(slots)]
    if row is None:
        return cells + ["–"] * 7
    predicted = [rows.get(f"moda.predicted.{shape}.{kind}") for kind in ("operations", "traffic")]
    return cells + [milliseconds(row["peer"]), milliseconds(row["ours"]), percent(row["value"]), between(row, percent),
                    str(row["n"]), *(percent(entry["value"]) if entry else "–" for entry in predicted)]


def depth(results: Results) -> tuple[dict[str, dict], str, list[str]]:
    """The rows of the sweep by id, its captions, and lines for files that are not there; the long row's file wins."""
    named, absent = chosen(results, ["bench-moda", "bench-moda-long"])
    named.sort(key=lambda result: result["name"])
    rows = {row["id"]: row for result in named for row in result["rows"]}
    return rows, "\n\n".join(caption(result) for result in named), absent


def table2(results: Results, words: list[str], folder: Path) -> str:
    """`table2`: a line for each row of the paper's Table 2."""
    rows, captions, absent = depth(results)
    if not rows:
        return "\n\n".join(absent)
    head = ["#", *OURS2, "paper: of MoDA", "paper: over FA2"]
    lines = [
        [str(place), *our_cells(rows, tokens, group, slots), percent((moda - fa2) / moda), percent((moda - fa2) / fa2)]
        for place, (tokens, group, slots, fa2, moda) in enumerate(PAPER_TABLE2, 1)]
    return "\n\n".join([captions, grid(head, lines), *absent])


def curves(results: Results, words: list[str], folder: Path) -> str:
    """`curves`: the sweep's shapes beyond the paper's Table 2."""
    rows, captions, absent = depth(results)
    table = {shape[:3] for shape in PAPER_TABLE2}
    found = [re.fullmatch(r"moda\.extra\.T(\d+)\.G(\d+)\.L(\d+)", identifier) for identifier in rows]
    shapes = [tuple(map(int, match.groups())) for match in found if match]
    lines = [our_cells(rows, *shape) for shape in shapes if shape not in table]
    return "\n\n".join([captions, grid(OURS2, lines)] if lines else absent[:1])


def rungs(results: Results, words: list[str], folder: Path) -> str:
    """`rungs`: the rungs of the paper's Table 7."""
    named, blocks = chosen(results, ["bench-rungs"])
    for result in named:
        rows = {row["id"]: row for row in result["rows"]}
        lines = []
        for identifier, row in rows.items():
            found = re.fullmatch(r"moda\.rungs\.(\w+)\.seconds", identifier)
            if found:
                rung = found[1]
                ratio = rows.get(f"moda.rungs.{'fullaxis' if rung == 'wholeAxis' else rung}_over_exact")
                paper = PAPER_TABLE7.get(rung)
                lines.append([rung, milliseconds(row["value"]), between(row, milliseconds), str(row["n"]),
                              number(ratio["value"]) if ratio else "", between(ratio) if ratio else "",
                              f"{paper:,.3f}" if paper else "–"])
        head = ["rung", "ms", "spread", "n", "over exact rows", "spread", "paper ms (A100)"]
        blocks.append(f"{caption(result)}\n\n{grid(head, lines)}")
    return "\n\n".join(blocks)


def plots(results: Results, words: list[str], folder: Path) -> str:
    """`plots`: the named plots of Docs/Plots, as far as they are there."""
    there = [name for name in words if (folder / "Plots" / f"{name}.svg").exists()]
    absent = [name for name in words if name not in there]
    blocks = [f"![{name.replace('-', ' ')}](Plots/{name}.svg)" for name in there]
    if absent:
        blocks.append(f"Not drawn yet: {', '.join(absent)}; `make bench ARGS=moda` draws them.")
    return "\n\n".join(blocks)


def gaps(results: Results, words: list[str], folder: Path) -> str:
    """`gaps NAME…`: right answers on the crop and on the full picture, paired; below, by evidence size where all
    questions are about one thing."""
    named, blocks = chosen(results, words)
    for result in named:
        rows = {row["id"]: row for row in result["rows"]}
        about: dict[str, list[str]] = {}
        for identifier in rows:
            if found := re.fullmatch(r"(.+)\.gap\.([^.]+)", identifier):
                about.setdefault(found[1], []).append(found[2])
        lines = []
        for prefix, subjects in about.items():
            for subject in subjects if len(subjects) > 2 else ["all"]:
                row = rows[f"{prefix}.gap.{subject}"]
                table, count = row["shape"], row["n"]
                lines.append([
                    f"`{prefix}`", subject, str(count),
                    *(f"{100 * (table['both'] + table[only]) / count:.1f}" for only in ("only_second", "only_first")),
                    f"{row['value']:.1f}", between(row, "{:.1f}".format), str(table["only_first"]),
                    str(table["only_second"]), f"{rows[f'{prefix}.gap.{subject}.mcnemar']['value']:.2g}",
                ])
        head = ["rows", "about", "n", "full %", "crop %", "gap, points", "95 %", "crop only", "full only", "p"]
        blocks.append(f"{caption(result)}\n\n{grid(head, lines)}")
        blocks += evidence(rows, [prefix for prefix, subjects in about.items() if len(subjects) <= 2])
    return "\n\n".join(blocks)


def evidence(rows: dict[str, dict], prefixes: list[str]) -> list[str]:
    """Accuracy of both views by octaves of evidence size."""
    lines = []
    for prefix in prefixes:
        pattern = re.escape(prefix) + r"\.global\.tokens-2\^(-?\d+)"
        for octave in sorted(int(found[1]) for found in (re.fullmatch(pattern, name) for name in rows) if found):
            cells = [rows.get(f"{prefix}.{view}.tokens-2^{octave}") for view in ("global", "regional")]
            lines.append([f"`{prefix}`", f"{2.0 ** octave:g} to {2.0 ** (octave + 1):g}", str(cells[0]["n"])] + [
                f"{cell['value']:.0f} ({between(cell, '{:.0f}'.format)})" if cell else "–" for cell in cells])
    return [grid(["rows", "evidence, tokens", "n", "full %", "crop %"], lines)] if lines else []


KINDS = {"results": everything, "shares": shares, "peers": peers, "table2": table2, "curves": curves, "rungs": rungs,
         "plots": plots, "gaps": gaps}
