"""Makes text uniform: line ends, control characters, blank runs. Says no to text that is damaged."""

from __future__ import annotations

import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_TWICE_ENCODED = re.compile("[\u00c2-\u00f4][\u0080-\u00bf]+")
_TRAILING = re.compile(r"[ \t\u00a0]+$", re.MULTILINE)
_BLANKS = re.compile(r"\n{3,}")


def decode(data: bytes, fallback: str = "latin-1") -> str:
    """UTF-8 where it is, otherwise the package's older encoding."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode(fallback)


def clean(text: str) -> str:
    """Normal form C, `\\n` line ends, no control characters, at most one blank line, no blanks at the ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n")
    text = _TWICE_ENCODED.sub(_once, text)
    text = _SPACES.sub(" ", unicodedata.normalize("NFC", text))
    text = _CONTROL.sub("", text)
    text = _TRAILING.sub("", text)
    return _BLANKS.sub("\n\n", text).strip("\n ")


def _once(match: re.Match[str]) -> str:
    """UTF-8 that was encoded a second time from Latin-1 or Windows-1252, decoded; other text as it is."""
    try:
        return match.group().encode("latin-1").decode("utf-8")
    except UnicodeError:
        return match.group()


def is_damaged(text: str) -> bool:
    """Whether decoding went wrong somewhere: replacement characters, or UTF-8 read as Latin-1."""
    return "\ufffd" in text or bool(re.search("Ã[^\\w\\s]|â€", text))


def unwrap(paragraph: str) -> str:
    """One paragraph that was broken into lines, as one line."""
    return re.sub(r"\s*\n\s*", " ", paragraph.strip())


def dedent_block(text: str) -> str:
    """Removes the smallest common indentation."""
    lines = text.expandtabs(8).split("\n")
    margins = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip()]
    margin = min(margins, default=0)
    return "\n".join(line[margin:] if line.strip() else "" for line in lines)
