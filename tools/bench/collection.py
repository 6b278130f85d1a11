"""What it costs to collect logs: the Collector as rendered, and a plain tail beside it, with the same lines and sink.

The pipeline is that of `containers` as stacks have it, without the API server: the names of pods come from the path of
their files. The sink answers at once, in Python, on the same machine.
"""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from components._collector_roles import Role
from tools.bench.collector import collector, require_collector
from tools.bench.measure import Command
from tools.bench.running import Running, running
from tools.bench.sink import OTLP, PLAIN, Sink, sink

HEAD = ["collection of logs", "lines/s", "MB/s", "CPU per MB", "idle memory", "peak memory", "lost", "repeated"]
TAIL = Path(__file__).with_name("tail.py")
LINE_BYTES = 500
_LOGS, _FILE = "/var/log", "/var/log/pods/shop_web_6e2f3c1d-0000-4000-8000-000000000000/main/0.log"
_MEGABYTE = 10**6
_POLL_SECONDS = 0.05
_STALLED_SECONDS = 60.0
_MOST_SECONDS = 600.0


@dataclass(frozen=True)
class Load:
    """Lines of a container: all of them written at once, or at a rate."""

    name: str
    lines: int
    megabytes_per_second: float | None = None

    @property
    def megabytes(self) -> float:
        """The size of all lines as the runtime writes them."""
        return self.lines * LINE_BYTES / _MEGABYTE


LOADS = (Load("a file of 100 MB", 200_000), Load("10 MB/s for 15 s", 300_000, 10))


@dataclass(frozen=True)
class Collected:
    """What one program did with a load."""

    name: str
    load: Load
    seconds: float
    """From the first line that arrived to the last one."""
    cpu_seconds: float
    idle_mib: float | None
    """The memory before the first line is written; that of the plain tail is as good as none."""
    peak_mib: float
    lost: int
    repeated: int


def measure_collection(loads: Sequence[Load], scratch: Path) -> list[Collected]:
    """Run the Collector and the plain tail with each load in turn; raise `CommandFailedError`."""
    require_collector()
    return [
        _collected(name, load, scratch / f"{name}-{number}") for number, load in enumerate(loads) for name in _PROGRAMS
    ]


def collection_rows(measured: Sequence[Collected]) -> list[list[str]]:
    """Return the rows of the table."""
    return [
        [
            f"{each.name}, {each.load.name}",
            f"{each.load.lines / each.seconds:,.0f}",
            f"{each.load.megabytes / each.seconds:.1f}",
            f"{each.cpu_seconds / each.load.megabytes * 1000:.0f} ms",
            "" if each.idle_mib is None else f"{each.idle_mib:.0f} MiB",
            f"{each.peak_mib:.0f} MiB",
            str(each.lost),
            str(each.repeated),
        ]
        for each in measured
    ]


def _collected(name: str, load: Load, directory: Path) -> Collected:
    file = Path(f"{directory}{_FILE}")
    file.parent.mkdir(parents=True)
    file.touch()
    blocks = blocks_of(load)
    with sink() as found, _PROGRAMS[name](found.url, file, directory) as (program, idle_mib):
        idle_cpu_seconds = program.cpu_seconds
        if load.megabytes_per_second is None:
            file.write_bytes(b"".join(blocks))
        else:
            _write_at_rate(file, blocks, load.megabytes_per_second)
        _wait_for(found, load.lines, program)
        cpu, peak_mib = program.cpu_seconds - idle_cpu_seconds, program.peak_mib
    lost, repeated = load.lines - found.different, found.lines - found.different
    return Collected(name, load, found.last - found.first, cpu, idle_mib, peak_mib, lost, repeated)


@contextmanager
def _collector(url: str, _: Path, directory: Path) -> Iterator[tuple[Running, float | None]]:
    args = {
        "logs_push_url": f"{url}/loki/api/v1/push",
        "logs_otlp_url": url + OTLP,
        "pipelines": {"logs": {"enabled": False}},
    }
    places = {_LOGS: f"{directory}{_LOGS}"}
    with collector(args, Role.AGENTS, directory, _MOST_SECONDS, places) as found:
        yield found.program, found.idle_mib


@contextmanager
def _plain_tail(url: str, file: Path, directory: Path) -> Iterator[tuple[Running, float | None]]:
    command = Command([sys.executable, str(TAIL), str(file), url + PLAIN], directory, os.environ)
    with running(command, directory / "log", _MOST_SECONDS) as found:
        yield found, None


_PROGRAMS = {"Collector": _collector, "plain tail": _plain_tail}


def blocks_of(load: Load) -> list[bytes]:
    """Return the lines, those of a tenth of a second at the rate of the load in each block."""
    count = int((load.megabytes_per_second or 10) * _MEGABYTE / LINE_BYTES / 10)
    return [b"".join(_lines(range(start, min(start + count, load.lines)))) for start in range(0, load.lines, count)]


def _lines(numbers: Sequence[int]) -> Iterator[bytes]:
    for number in numbers:
        seconds, micros = divmod(number, 10**6)
        head = f"2026-11-27T10:{seconds // 60:02}:{seconds % 60:02}.{micros:06}000Z stdout F "
        fields = f'{{"number":"{number}","level":"info","trace_id":"{number:032x}","message":"'
        filled = (head + fields).ljust(LINE_BYTES - 3, "x")
        yield f'{filled}"}}\n'.encode()


def _write_at_rate(file: Path, blocks: Sequence[bytes], megabytes_per_second: float) -> None:
    start, written = time.monotonic(), 0
    with file.open("ab", buffering=0) as log:
        for block in blocks:
            log.write(block)
            written += len(block)
            time.sleep(max(0.0, start + written / _MEGABYTE / megabytes_per_second - time.monotonic()))


def _wait_for(found: Sink, lines: int, program: Running) -> None:
    """Wait until all lines have arrived, or none has for a while; raise `CommandFailedError`."""
    while found.different < lines and time.monotonic() - found.last < _STALLED_SECONDS:
        program.check()
        time.sleep(_POLL_SECONDS)
