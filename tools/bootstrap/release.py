"""Official release downloads, checked against the digests that are published with them."""

import contextlib
import hashlib
import http.client
import queue
import shutil
import socket
import stat
import tarfile
import threading
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from tools.bootstrap.catalog import Tool
from tools.bootstrap.errors import NotServed

_ALGORITHMS = {64: "sha256", 128: "sha512"}


class Downloads:
    """Downloads of one run. A host that failed once is not tried again, so blocked networks cost seconds."""

    def __init__(self, connect_seconds: float = 2, stall_seconds: float = 10, total_seconds: float = 300) -> None:
        self._connect_seconds = connect_seconds
        self._stall_seconds = stall_seconds
        self._total_seconds = total_seconds
        self._failed: dict[str, str] = {}

    def install(self, tool: Tool, into: Path) -> None:
        """Put the executables of the tool's release into the empty directory ``into``."""
        if tool.release is None:
            raise NotServed("none is published with checksums")
        urls = dict.fromkeys(tool.fill(tool.release.url, binary=binary) for binary in tool.binaries)
        for binary, url in zip(tool.binaries, urls, strict=False):
            checksums = tool.fill(tool.release.checksums, binary=binary)
            name = url.rpartition("/")[2]
            expected = published_digest(self._read(checksums), name, checksums)
            download = into / f".{name}"
            self._fetch(url, download)
            verify(download, expected, url)
            if unpack := _UNPACKERS.get(Path(name).suffix):
                unpack(download, tool, into)
                download.unlink()
            else:
                download.chmod(0o755)
                download.rename(into / binary)

    def _read(self, url: str) -> str:
        with self._response(url) as response:
            return response.read(1 << 20).decode("utf-8", "replace")

    def _fetch(self, url: str, target: Path) -> None:
        deadline = time.monotonic() + self._total_seconds
        with self._response(url) as response, target.open("wb") as file:
            while chunk := response.read1(1 << 16):
                file.write(chunk)
                if time.monotonic() > deadline:
                    raise TimeoutError(f"not complete after {self._total_seconds:g} s")

    @contextlib.contextmanager
    def _response(self, url: str) -> Iterator[http.client.HTTPResponse]:
        host = urlsplit(url).netloc
        if host in self._failed:
            raise NotServed(f"{host} failed before in this run: {self._failed[host]}")
        try:
            _dial(url, self._connect_seconds)
            with urllib.request.urlopen(url, timeout=self._stall_seconds) as response:
                yield response
        except urllib.error.HTTPError as error:
            error.close()
            if error.code != 404:
                self._failed[host] = f"it answered {error.code}"
            raise NotServed(f"{url} answered {error.code}") from None
        except (OSError, http.client.HTTPException) as error:
            self._failed[host] = str(getattr(error, "reason", error)) or type(error).__name__
            raise NotServed(f"{host}: {self._failed[host]}") from None


def published_digest(text: str, name: str, source: str) -> str:
    """Return the digest of the file ``name`` from a list of digests or from a file with one digest alone."""
    for line in text.splitlines():
        digest, *names = line.split() or [""]
        if len(digest) in _ALGORITHMS and (not names or names[-1].lstrip("*").removeprefix("./") == name):
            return digest.lower()
    raise NotServed(f"{source} holds no digest for {name}")


def verify(file: Path, expected: str, source: str) -> None:
    """Refuse a file whose digest is not the published one."""
    algorithm = _ALGORITHMS[len(expected)]
    with file.open("rb") as content:
        actual = hashlib.file_digest(content, algorithm).hexdigest()
    if actual != expected:
        file.unlink()
        raise NotServed(f"{source} was discarded: its {algorithm} is {actual}, the published one {expected}")


def _unpack_tar(archive: Path, tool: Tool, into: Path) -> None:
    with tarfile.open(archive) as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isreg() and member.mode & 0o111 else None
            if content:
                _write_executable(content, tool, member.name, into)


def _unpack_zip(archive: Path, tool: Tool, into: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        for member in packed.infolist():
            mode = member.external_attr >> 16
            if stat.S_ISREG(mode) and mode & 0o111:
                _write_executable(packed.open(member), tool, member.filename, into)


def _write_executable(content: IO[bytes], tool: Tool, path: str, into: Path) -> None:
    """Write an executable of an archive beside the others; only its last name counts, so none lands elsewhere."""
    target = into / Path(path).name.removesuffix(tool.fill("-{os}-{arch}"))
    with content, target.open("wb") as file:
        shutil.copyfileobj(content, file)
    target.chmod(0o755)


_UNPACKERS = {".gz": _unpack_tar, ".zip": _unpack_zip}


def _dial(url: str, seconds: float) -> None:
    """Fail within ``seconds`` when the host of ``url``, or the proxy before it, is out of reach.

    The look-up of a name takes no timeout, so it is left behind in a thread when it takes too long.
    """
    parts = urlsplit(url)
    proxy = urllib.request.getproxies().get(parts.scheme)
    if proxy and not urllib.request.proxy_bypass(parts.netloc):
        parts = urlsplit(proxy if "//" in proxy else f"//{proxy}")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    outcome: queue.SimpleQueue[OSError | None] = queue.SimpleQueue()

    def dial() -> None:
        try:
            socket.create_connection((parts.hostname or "", port), timeout=seconds).close()
            outcome.put(None)
        except OSError as error:
            outcome.put(error)

    threading.Thread(target=dial, daemon=True).start()
    try:
        error = outcome.get(timeout=seconds)
    except queue.Empty:
        error = TimeoutError(f"no connection within {seconds:g} s")
    if error:
        raise error
