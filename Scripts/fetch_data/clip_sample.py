"""The committed sample of sounds: a few short clips of a few classes, all under CC0 or Creative Commons terms.

The choice is a pure function of the list of clips: packages take turns, within one the order is a hash of the name.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tempfile
from array import array
from pathlib import Path

from .clip_audio import Clip, Unusable, decode, write_wav
from .model import FetchError

CLASSES = ("bell", "bird", "cymbal", "explosion", "hand_drum", "kick_drum", "snare_drum", "speech")
LICENCES = {"CC0-1.0", "CC-BY-3.0", "CC-BY-SA-3.0"}
CLIPS_PER_CLASS = 3
RATE = 16_000
LONGEST_SECONDS = 2.5
#: Shorter clips say too little.
SHORTEST_SECONDS = 0.15
#: What repositories refuse in a name, such as a number of a version.
_REFUSED = ("-v4-", "_old", "_new")
#: No room for tags after the fact: eight of 25 kilobytes would be empty.
_LEAN = ("-metadata_header_padding", "0")


def choose(records: list[dict]) -> list[dict]:
    """The clips of the sample. Raises where a class has too few with free terms."""
    chosen: list[dict] = []
    for class_name in CLASSES:
        queues: dict[str, list[dict]] = {}
        for record in records:
            long_enough = record["frames"] >= SHORTEST_SECONDS * record["sample_rate"]
            if record["class"] == class_name and record["licence"] in LICENCES and long_enough:
                queues.setdefault(record["package"], []).append(record)
        for queue in queues.values():
            queue.sort(key=lambda r: hashlib.sha256(f"sample/{r['file']}".encode()).digest())
        taken: list[dict] = []
        while len(taken) < CLIPS_PER_CLASS and any(queues.values()):
            for package in sorted(queues):
                if queues[package] and len(taken) < CLIPS_PER_CLASS:
                    taken.append(queues[package].pop(0))
        if len(taken) < CLIPS_PER_CLASS:
            raise FetchError(
                f"sample: class {class_name}: expected {CLIPS_PER_CLASS} clips under {', '.join(sorted(LICENCES))}, got"
                f" {len(taken)}. Hint: Scripts/fetch-data clips."
            )
        chosen += sorted(taken, key=lambda r: r["file"])
    return chosen


def write(cache: Path, out: Path, records: list[dict]) -> list[dict]:
    """Writes the chosen clips as mono FLAC at 16 kHz, and their list. Returns the list."""
    shutil.rmtree(out, ignore_errors=True)
    listed = []
    for record in choose(records):
        file = record["file"].removesuffix(".wav")
        for refused in _REFUSED:
            file = file.replace(refused, "-")
        file += ".flac"
        clip = _resampled(cache / record["file"])
        _encode(out / file, clip)
        digest = hashlib.sha256(f"{clip.rate}\n".encode() + clip.pcm()).hexdigest()
        frames = len(clip.samples)
        listed.append({**record, "file": file, "sample_rate": clip.rate, "frames": frames, "sha256": digest})
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in listed)
    (out / "clips.jsonl").write_text(lines, encoding="utf-8")
    (out / "classes.txt").write_text("".join(f"{name}\n" for name in CLASSES), encoding="utf-8")
    return listed


def _run(command: list[str], what: Path) -> bytes:
    result = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL)
    if result.returncode != 0:
        raise FetchError(f"{what}: ffmpeg failed: {result.stderr.decode(errors='replace').strip()}")
    return result.stdout


def _resampled(path: Path) -> Clip:
    options = ["-t", str(LONGEST_SECONDS), "-i", str(path), "-ar", str(RATE), "-c:a", "pcm_s16le", "-f", "wav"]
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        _run(["ffmpeg", "-v", "error", "-nostdin", "-y", *options, file.name], path)
        try:
            rate, samples = decode("x.wav", Path(file.name).read_bytes())
        except Unusable as error:
            raise FetchError(f"{path}: {error}") from error
    return Clip(rate, array("h", (round(value * 32768) for value in samples)))


def _encode(path: Path, clip: Clip) -> None:
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "clip.wav"
        write_wav(wav, clip)
        path.parent.mkdir(parents=True, exist_ok=True)
        options = ["-i", str(wav), "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"]
        _run(["ffmpeg", "-v", "error", "-nostdin", "-y", *options, "-c:a", "flac", *_LEAN, str(path)], path)
