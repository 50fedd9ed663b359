"""One sound file in, one trimmed mono clip of 16-bit samples out.

ffmpeg decodes everything: it is the one maintained tool of the distribution that reads Ogg, FLAC, AIFF, WAV and raw
G.722 alike. The Python binding of libsndfile reads no G.722 and would need an environment of its own.
"""

from __future__ import annotations

import math
import struct
import subprocess
import sys
import tempfile
import wave
from array import array
from dataclasses import dataclass
from pathlib import Path

from .tools import require_program

LOWEST_RATE = 16_000
LONGEST_SECONDS = 10.0
SHORTEST_SECONDS = 0.05
#: Both ends are cut where the level is below this part of the peak: -60 dB.
SILENCE = 10 ** (-60 / 20)
#: A peak below one step of 16 bits is silence.
QUIETEST = 1 / 32768
#: Longer sounds are decoded up to here only.
_DECODED_SECONDS = 60


class Unusable(Exception):
    """Why a sound is left out; not an error of the package."""


@dataclass(frozen=True)
class Clip:
    """Mono samples of 16 bits and their rate in Hz."""

    rate: int
    samples: array

    def pcm(self) -> bytes:
        """The samples as little-endian bytes."""
        data = array("h", self.samples)
        if sys.byteorder == "big":
            data.byteswap()
        return data.tobytes()


def require_decoder() -> None:
    """Installs ffmpeg where that is possible. Raises with what to do where it is not."""
    require_program("ffmpeg", "ffmpeg", "decode sounds")


def decode(name: str, data: bytes) -> tuple[int, array]:
    """Rate and mono samples of a sound file, whose format is known by its name and content.

    Raises `Unusable` where it cannot be decoded.
    """
    command = ["ffmpeg", "-v", "error", "-nostdin", "-t", str(_DECODED_SECONDS)]
    if name.endswith(".g722"):
        command += ["-f", "g722"]
    with tempfile.NamedTemporaryFile(suffix=Path(name).suffix) as file:
        file.write(data)
        file.flush()
        command += ["-i", file.name, "-map", "0:a:0", "-c:a", "pcm_f32be", "-f", "au", "-"]
        result = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL)
    if result.returncode != 0 or len(result.stdout) < 24:
        said = result.stderr.decode(errors="replace").strip().splitlines()
        raise Unusable(f"not decoded: {said[-1] if said else 'no output'}")
    magic, start, _, encoding, rate, channels = struct.unpack(">4s5I", result.stdout[:24])
    if (magic, encoding) != (b".snd", 6) or channels < 1:
        raise Unusable(f"not decoded: encoding {encoding}, {channels} channels")
    body = result.stdout[start:]
    samples = array("f", body[: len(body) // (4 * channels) * 4 * channels])
    if sys.byteorder == "little":
        samples.byteswap()
    if channels == 1:
        return rate, samples
    # ffmpeg's own mix to mono adds two channels at -3 dB each, which may exceed full scale; this is their mean.
    frames = zip(*(samples[channel::channels] for channel in range(channels)), strict=True)
    return rate, array("f", (sum(frame) / channels for frame in frames))


def trimmed(rate: int, samples: array) -> Clip:
    """The sound between its silent ends, at most ten seconds of it. Raises `Unusable` where nothing is left."""
    if rate < LOWEST_RATE:
        raise Unusable(f"rate {rate} Hz")
    if not all(map(math.isfinite, samples)):
        raise Unusable("not a number or infinite")
    peak = max(map(abs, samples), default=0.0)
    if peak < QUIETEST:
        raise Unusable("silence")
    threshold = peak * SILENCE
    first = next(n for n, value in enumerate(samples) if abs(value) >= threshold)
    samples = samples[first : first + int(LONGEST_SECONDS * rate)]
    end = len(samples)
    while end > 0 and abs(samples[end - 1]) < threshold:
        end -= 1
    if end < SHORTEST_SECONDS * rate:
        raise Unusable(f"{1000 * end / rate:.0f} ms")
    return Clip(rate, array("h", (max(-32768, min(32767, round(value * 32768))) for value in samples[:end])))


def write_wav(path: Path, clip: Clip) -> None:
    """Writes a mono WAV file of 16 bits through a sibling file and a rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    with wave.open(str(partial), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(clip.rate)
        file.writeframes(clip.pcm())
    partial.rename(path)
