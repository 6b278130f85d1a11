"""What it costs to collect logs: the Collector as rendered, and a plain tail beside it, with the same lines and sink.

The pipeline is that of `containers` as stacks have it, without the API server: the names of pods come from the path of
their files. The sink answers at once, in Python, on the same machine.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from components._collector_roles import Role
from components.telemetry.collector.config import collector_config
from components.telemetry.collector.values import collector_values
from components.telemetry.spec import TelemetrySpec
from components.units import parse_quantity
from tools.bench.measure import CommandFailedError
from tools.bench.sink import OTLP, PLAIN, Sink, sink
from tools.local_collector import LocalCollector, directories_of_storage

HEAD = ["collection of logs", "lines/s", "MB/s", "CPU per MB", "peak memory", "lost", "repeated"]
COMMAND = "otelcol-contrib"
TAIL = Path(__file__).with_name("tail.py")
LINE_BYTES = 500
_LOGS, _FILE = "/var/log", "/var/log/pods/shop_web_6e2f3c1d-0000-4000-8000-000000000000/main/0.log"
_K8S = "k8s_attributes"
_MEGABYTE = 10**6
_POLL_SECONDS = 0.05
_STALLED_SECONDS = 60.0
_KIB_IN_MIB = 1024


@dataclass(frozen=True)
class Load:
    """Lines of a container: all of them there at the start, or written at a rate."""

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
    peak_mib: float
    lost: int
    repeated: int


def measure_collection(loads: Sequence[Load], scratch: Path) -> list[Collected]:
    """Run the Collector and the plain tail with each load in turn; raise `CommandFailedError`."""
    if shutil.which(COMMAND) is None:
        raise CommandFailedError(f"{COMMAND} is not on PATH")
    return [
        _collected(name, load, scratch / f"{name}-{number}")
        for number, load in enumerate(loads)
        for name in ("Collector", "plain tail")
    ]


def collection_rows(measured: Sequence[Collected]) -> list[list[str]]:
    """Return the rows of the table."""
    return [
        [
            f"{each.name}, {each.load.name}",
            f"{each.load.lines / each.seconds:,.0f}",
            f"{each.load.megabytes / each.seconds:.1f}",
            f"{each.cpu_seconds / each.load.megabytes * 1000:.0f} ms",
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
    if load.megabytes_per_second is None:
        file.write_bytes(b"".join(blocks))
    with sink() as found:
        if name == "Collector":
            words, environment = _collector(found.url, directory)
        else:
            words, environment = [sys.executable, str(TAIL), str(file), found.url + PLAIN], dict(os.environ)
        with (directory / "log").open("wb") as output:
            process = subprocess.Popen(words, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            if load.megabytes_per_second is not None:
                _write_at_rate(file, blocks, load.megabytes_per_second)
            _wait_for(found, load.lines, process)
            peak = _peak_mib(process)
        finally:
            process.terminate()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
    seconds, cpu = found.last - found.first, usage.ru_utime + usage.ru_stime
    lost, repeated = load.lines - found.different, found.lines - found.different
    return Collected(name, load, seconds, cpu, peak, lost, repeated)


def _collector(url: str, directory: Path) -> tuple[list[str], Mapping[str, str]]:
    """Return the command of the Collector on this machine and its variables."""
    args = {
        "namespace": "telemetry",
        "engine": "otel-collector",
        "logs_push_url": f"{url}/loki/api/v1/push",
        "logs_otlp_url": url + OTLP,
        "pipelines": {"logs": {"enabled": False}},
    }
    spec = TelemetrySpec.check("Telemetry", args)
    rendered = collector_config(spec, Role.AGENTS)
    rendered["processors"] = {name: each for name, each in rendered["processors"].items() if not name.startswith(_K8S)}
    for pipeline in rendered["service"]["pipelines"].values():
        pipeline["processors"] = [name for name in pipeline["processors"] if not name.startswith(_K8S)]
    storage = directory / "storage"
    storage.mkdir()
    places = {path: str(storage) for path in directories_of_storage(rendered)} | {_LOGS: f"{directory}{_LOGS}"}
    file = directory / "config.yaml"
    file.write_text(yaml.safe_dump(LocalCollector(places).configuration(rendered)))
    arguments = collector_values(spec, Role.AGENTS)["command"]["extraArgs"]
    # The chart tells Go four fifths of the container's limit.
    environment = {**os.environ, "GOMEMLIMIT": str(int(parse_quantity(spec.memory_limit)) * 4 // 5)}
    return [COMMAND, f"--config={file}", *arguments], environment


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


def _wait_for(found: Sink, lines: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until all lines have arrived, or none has for a while; raise `CommandFailedError`."""
    while found.different < lines and time.monotonic() - found.last < _STALLED_SECONDS:
        if process.poll() is not None:
            raise CommandFailedError(f"{process.args!r} ended with {process.returncode}")
        time.sleep(_POLL_SECONDS)


def _peak_mib(process: subprocess.Popen[bytes]) -> float:
    """Return the most memory that a running process had resident at once.

    What `wait4` gives begins with the memory of the process that it was started from.
    """
    status = Path(f"/proc/{process.pid}/status").read_text()
    (kib,) = re.findall(r"VmHWM:\s+(\d+) kB", status)
    return int(kib) / _KIB_IN_MIB
