"""The log files of a node, as container runtimes write them and the kubelet rotates them."""

from __future__ import annotations

import gzip
import json
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import count
from pathlib import Path

ROOTS = ("/var/log", "/var/lib/docker/containers")
"""The directories of a node that its agent mounts."""
_PODS = "var/log/pods"
_DOCKER = "var/lib/docker/containers"
_PARTS = 3


class Runtime(StrEnum):
    """What writes the log of a container."""

    CONTAINERD = "containerd"
    CRIO = "cri-o"
    DOCKER = "docker"


@dataclass(frozen=True)
class Container:
    """A container of a pod."""

    namespace: str
    pod: str
    uid: str
    """Of the pod."""
    address: str = ""
    """Of the pod."""
    name: str = "main"
    restarts: int = 0


class ContainerLog:
    """The log of one container below the root of a node; no two of its lines have the same time."""

    def __init__(self, root: Path, container: Container, runtime: Runtime = Runtime.CONTAINERD) -> None:
        self.container = container
        self._runtime = runtime
        pod = f"{container.namespace}_{container.pod}_{container.uid}"
        self.file = root / _PODS / pod / container.name / f"{container.restarts}.log"
        self._written = self.file
        self._times = _times()
        self._rotations = count()
        self.file.parent.mkdir(parents=True, exist_ok=True)
        if runtime is Runtime.DOCKER:
            identity = f"{abs(hash(container)):064x}"[:64]
            self._written = root / _DOCKER / identity / f"{identity}-json.log"
            self._written.parent.mkdir(parents=True)
            self._written.touch()
            self.file.symlink_to(self._written)

    def write(self, *lines: str, stream: str = "stdout", partial: bool = False) -> None:
        """Append lines, all at once; partial ones as a runtime writes those that are longer than its buffer."""
        self._append(part for line in lines for part in self._parts(line, stream, partial=partial))

    def write_in_turn(self, lines: Mapping[str, str]) -> None:
        """Append a partial line of each stream, a part of one after a part of the other."""
        parts = zip(*(self._parts(line, stream, partial=True) for stream, line in lines.items()), strict=True)
        self._append(part for turn in parts for part in turn)

    def rotate(self) -> None:
        """Rename the file and begin another, and compress the one renamed before, as the kubelet does."""
        older = [file for file in self.file.parent.glob(f"{self.file.name}.*") if file.suffix != ".gz"]
        for file in older:
            with file.open("rb") as plain, gzip.open(f"{file}.gz", "wb") as packed:
                shutil.copyfileobj(plain, packed)
            file.unlink()
        self.file.rename(f"{self.file}.20261127-{next(self._rotations):06}")
        self.file.touch()

    def _append(self, entries: Iterable[str]) -> None:
        with self._written.open("a", encoding="utf-8") as log:
            log.write("".join(entries))

    def _parts(self, line: str, stream: str, *, partial: bool) -> Iterator[str]:
        size = -(-len(line) // _PARTS) if partial else max(len(line), 1)
        starts = range(0, max(len(line), 1), size)
        for start in starts:
            yield self._entry(line[start : start + size], stream, last=start == starts[-1])

    def _entry(self, text: str, stream: str, *, last: bool) -> str:
        when = next(self._times)
        if self._runtime is Runtime.DOCKER:
            return json.dumps({"log": text + ("\n" if last else ""), "stream": stream, "time": f"{when}Z"}) + "\n"
        zone = "+00:00" if self._runtime is Runtime.CRIO else "Z"
        return f"{when}{zone} {stream} {'F' if last else 'P'} {text}\n"


def _times() -> Iterator[str]:
    """Yield times of now with nanoseconds, each later than the one before."""
    last = 0
    while True:
        last = max(time.time_ns(), last + 1000)
        seconds, nanoseconds = divmod(last, 10**9)
        yield f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{nanoseconds:09}"
