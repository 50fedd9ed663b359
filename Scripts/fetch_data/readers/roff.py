"""Manual pages: man(7) macros to plain text, without groff, so that the result does not depend on groff's version."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..archive import Archive
from ..clean import decode
from ..model import Document

_NAMED = {
    "aq": "'", "dq": '"', "bu": "•", "em": "—", "en": "–", "hy": "-", "ti": "~", "ha": "^", "lq": "“", "rq": "”",
    "oq": "‘", "cq": "’", "co": "©", "rg": "®", "mc": "µ", "tm": "™", "mu": "×", "di": "÷", "+-": "±", "->": "→",
    "<-": "←", "<=": "≤", ">=": "≥", "!=": "≠", "==": "≡", "no": "¬", "de": "°", "if": "∞", "sr": "√", "pl": "+",
    "mi": "-", "eq": "=", "sl": "/", "rs": "\\", "ga": "`", "aa": "´", "br": "|", "ba": "|", "or": "|", "lB": "[",
    "rB": "]", "lC": "{", "rC": "}", "la": "⟨", "ra": "⟩", "*p": "π", "*G": "Γ", "*a": "α", "*b": "β", "*e": "ε",
    "Po": "£", "Eu": "€", "ct": "¢", "12": "½", "14": "¼", "ss": "ß", "AE": "Æ", "ae": "æ", "o/": "ø", "/o": "ø",
    "O/": "Ø", ":a": "ä", ":o": "ö", ":u": "ü", ":A": "Ä", ":O": "Ö", ":U": "Ü", "'e": "é", "`e": "è", "'a": "á",
    "'o": "ó", "'i": "í", "'u": "ú", "^e": "ê", "^o": "ô", ",c": "ç", "~n": "ñ", "oA": "Å", "oa": "å", "vz": "ž",
    "Do": "$", "sh": "#", "at": "@", "r!": "¡", "r?": "¿", "Fo": "«", "Fc": "»", "sq": "□", "S1": "¹", "S2": "²",
    "S3": "³", "ap": "∼", "~~": "≈", "~=": "≅", "*m": "μ", "TP": "Þ", "-D": "Ð", "Sd": "ð", "Tp": "þ", "th": "θ",
    "*W": "Ω", "lh": "☜", "rh": "☞", "md": "⋅", "pc": "·", "sc": "§", "ps": "¶", "dg": "†", "fm": "′",
    "/_": "∠", "OE": "Œ", "oe": "œ", "~N": "Ñ", "'E": "É", "`a": "à", ":e": "ë", ":i": "ï", "^a": "â", "^i": "î",
}  # fmt: skip

_ESCAPE = re.compile(
    r"""\\(?:
      (?P<comment>["\#].*$) | \((?P<two>..) | \[(?P<long>[^\]]*)\] |
      f(?:\((?:..)|\[[^\]]*\]|.) | [sm](?:[-+]?\d+|\[[^\]]*\]|\(..) | s[-+]?\d |
      \*(?:\((?P<str>..)|\[(?P<strl>[^\]]*)\]|(?P<str1>.)) |
      n(?:\(..|\[[^\]]*\]|.) | [hvwLlDbozCNXxSHRBAZ]'[^']*' | [kFgVYMO](?:\(..|\[[^\]]*\]|.) |
      (?P<drop>[&:/,%|^)cdurptax!]) | (?P<space>[\ ~0]) | (?P<back>[e\\E]) | (?P<plain>.)?
    )""",
    re.VERBOSE,
)
_STRINGS = {
    "lq": "“",
    "rq": "”",
    "R": "®",
    "Tm": "™",
    "S": "",
    "-": "-",
    "q": "'",
    "d": " degrees",
    "<": "<",
    ">": ">",
    "_": "_",
}
_FONTS = {"B", "I", "R", "BI", "BR", "IB", "IR", "RB", "RI", "SM", "SB", "CW", "OP", "MR"}


def manual(archive: Archive) -> Iterator[Document]:
    """Every page that is not just a pointer to another one."""
    for path, data in archive.members("usr/share/man/man?/*", skip=("*.list",)):
        source = decode(data)
        name = path.rsplit("/", 1)[1]
        if re.match(r"\s*(\.\\\".*\n)*\.so ", source):
            continue
        licence = re.search(r"SPDX-License-Identifier:\s*(\S+)", source)
        yield Document(name, name, to_text(source), licence.group(1) if licence else "", _notice(source))


def _notice(source: str) -> str:
    """The page's copyright holders, from its comments, without addresses."""
    holders = []
    for line in source.split("\n"):
        match = re.match(r"\.\\\"\s*(?:.*?)copyright\s*(?:\(c\)|©)?[:,]?\s*(.*\d{4}.*)", line, re.IGNORECASE)
        if match:
            holder = re.sub(r"\s*[<(]\S*@\S*?[>)]", "", match.group(1)).replace("\\", "")
            holders.append(re.sub(r"\(c\)\s*", "", holder, flags=re.IGNORECASE).strip(" ;,.*"))
    return "; ".join(dict.fromkeys(holders))


def plain(text: str) -> str:
    """A text line without roff escapes."""

    def replace(match: re.Match[str]) -> str:
        groups = match.groupdict()
        if groups["two"] is not None:
            return _NAMED.get(groups["two"], "")
        if groups["long"] is not None:
            name = groups["long"]
            if re.fullmatch(r"u[0-9A-F]{4,6}", name):
                return chr(int(name[1:], 16))
            return _NAMED.get(name, "")
        for key in ("str", "strl", "str1"):
            if groups[key] is not None:
                return _STRINGS.get(groups[key], "")
        if groups["space"] is not None:
            return " "
        if groups["back"] is not None:
            return "\\"
        return groups["plain"] or ""

    return _ESCAPE.sub(replace, text)


def arguments(text: str) -> list[str]:
    """The arguments of a macro call: blank-separated, `"` groups, `""` inside a group is a quote."""
    found = []
    for match in re.finditer(r'"((?:[^"]|"")*)"?|((?:\\ |\\\(..|\\.|\S)+)', text):
        found.append(match.group(1).replace('""', '"') if match.group(2) is None else match.group(2))
    return found


class _Page:
    """Collects paragraphs: filled text on one line, unfilled text line by line."""

    def __init__(self):
        self.blocks: list[str] = []
        self.words: list[str] = []
        self.lines: list[str] = []
        self.fill = True
        self.tag_next = False
        self.tag = ""

    def add(self, text: str) -> None:
        if self.tag_next:
            self.tag, self.tag_next = text.strip(), False
        elif self.fill:
            self.words.append(text.strip())
        else:
            self.lines.append(text.rstrip())

    def flush(self) -> None:
        if self.words:
            text = re.sub(r"\s+", " ", " ".join(w for w in self.words if w))
            text = re.sub(r"\s+([,.;:)])(?=\s|$)", r"\1", text) if " ." in text or " ," in text else text
            self.blocks.append(f"{self.tag}\n    {text}" if self.tag else text)
            self.tag, self.words = "", []
        if any(line.strip() for line in self.lines):
            block = "\n".join(self.lines).strip("\n")
            self.blocks.append(f"{self.tag}\n{block}" if self.tag else block)
            self.tag = ""
        elif self.tag and not self.fill:
            self.blocks.append(self.tag)
            self.tag = ""
        self.lines = []


def to_text(source: str) -> str:
    """The page as headings, paragraphs, tagged items, code and tables."""
    page = _Page()
    lines = iter(_conditionals_removed(source.replace("\\\n", "").split("\n")))
    for line in lines:
        if not line.startswith((".", "'")):
            text = plain(line)
            if line.strip():
                page.add(text)
            else:
                page.lines.append("") if not page.fill else page.flush()
            continue
        match = re.match(r"[.']\s*([A-Za-z0-9]+|\\\"|\\\}|)\s*(.*)$", line)
        if match:
            _request(page, match.group(1), match.group(2), lines)
    page.flush()
    if page.tag:
        page.blocks.append(page.tag)
    return "\n\n".join(page.blocks)


def _request(page: _Page, name: str, rest: str, lines: Iterator[str]) -> None:
    if name == "TH":
        title = [plain(a) for a in arguments(rest)]
        page.blocks.append(f"{title[0]}({title[1]})" if len(title) > 1 else " ".join(title))
    elif name in ("SH", "SS"):
        page.flush()
        heading = " ".join(plain(a) for a in arguments(rest)) or plain(next(lines, ""))
        page.blocks.append(heading)
    elif name in _FONTS:
        parts = [plain(a) for a in arguments(re.sub(r'\s*\\".*$', "", rest))] or [plain(next(lines, "").lstrip("."))]
        joined = "" if name in {"BI", "BR", "IB", "IR", "RB", "RI"} else " "
        page.add(joined.join(parts))
    elif name in ("PP", "P", "LP", "sp", "TP", "TQ", "IP", "RS", "RE", "HP"):
        page.flush() if page.fill or name != "sp" else page.lines.append("")
        if name in ("TP", "TQ"):
            page.tag_next = True
        elif name == "IP" and arguments(rest):
            page.tag = plain(arguments(rest)[0]).strip()
            if len(page.tag) <= 2 or re.fullmatch(r"[\[(]?\w{1,3}[\])]?\.?", page.tag):
                page.words, page.tag = [page.tag], ""
    elif name in ("nf", "EX"):
        page.flush()
        page.fill = False
    elif name in ("fi", "EE"):
        page.flush()
        page.fill = True
    elif name == "TS":
        page.flush()
        page.blocks.append(_table(lines))
    elif name in ("UR", "MT"):
        page.add(plain(arguments(rest)[0]) if rest else "")
    elif name in ("UE", "ME") and rest and page.words:
        page.words[-1] += plain(arguments(rest)[0])
    elif name == "br":
        page.flush() if page.fill and not page.tag_next else None


def _table(lines: Iterator[str]) -> str:
    """A tbl(1) table: one line a row, cells apart by two blanks; formats are skipped."""
    rows, row, block = [], [], None
    separator, in_format = "\t", True
    for line in lines:
        if re.match(r"\.\s*TE", line):
            break
        if in_format:
            match = re.search(r"tab\s*\((.)\)", line)
            separator = match.group(1) if match else separator
            in_format = not line.rstrip().endswith(".")
        elif line.startswith(".T&"):
            in_format = True
        elif block is not None:
            if line.startswith("T}"):
                cells = line[2:].lstrip(separator).split(separator) if len(line) > 2 else []
                row.append(" ".join(block))
                block = None
                if cells and cells[-1] == "T{":
                    row.extend(plain(c) for c in cells[:-1])
                    block = []
                else:
                    rows.append(row + [plain(c) for c in cells])
                    row = []
            else:
                match = re.match(r"\.\s*(\w+)\s*(.*)$", line)
                if not match:
                    block.append(plain(line))
                elif match.group(1) in _FONTS:
                    joined = "" if len(match.group(1)) == 2 else " "
                    block.append(joined.join(plain(a) for a in arguments(match.group(2))))
        elif line.startswith("."):
            match = re.match(r"\.\s*(\w+)\s*(.*)$", line)
            if match and match.group(1) in _FONTS:
                joined = "" if len(match.group(1)) == 2 else " "
                rows.append([joined.join(plain(a) for a in arguments(match.group(2)))])
        elif line.strip() not in ("_", "=", ""):
            cells = line.split(separator)
            if cells[-1] == "T{":
                row, block = [plain(c) for c in cells[:-1]], []
            else:
                rows.append([plain(c) for c in cells])
    return "\n".join("  ".join(cell.strip() for cell in row if cell.strip() not in ("_", "\\^")) for row in rows)


def _conditionals_removed(lines: list[str]) -> Iterator[str]:
    """Without macro definitions, `.ig` blocks and conditionals (both branches: pages use them for printers only)."""
    depth, until = 0, None
    for line in lines:
        if until is not None:
            until = None if line.strip() == until else until
        elif depth > 0:
            depth += line.count("\\{") - line.count("\\}")
        elif re.match(r"[.']\s*(de1?|am1?|ig)\b", line):
            ending = line.split()[-1] if line.startswith(".ig ") else "."
            until = "." + ending.lstrip(".") if ending != "." else ".."
        elif re.match(r"[.']\s*(if|ie|el)\b", line):
            depth = max(0, line.count("\\{") - line.count("\\}"))
        elif not re.match(r"[.']\s*\\\"", line):
            yield line
