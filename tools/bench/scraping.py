"""What it costs to scrape: the singleton of the Collector as rendered, and a target with many series.

The target and the sink answer at once, in Python, on the same machine. Every sample of a series has the same value.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from components._collector_roles import Role
from tools.alerts.replay import target
from tools.bench.collector import collector, require_collector
from tools.local_sink import posts

HEAD = ["scrapes", "samples/s", "CPU per sample", "idle memory", "peak memory", "peak per series"]
_MOST_SECONDS = 300.0
_INTERVAL_SECONDS = 5
_POLL_SECONDS = 0.5
_RECEIVED = "otelcol_receiver_accepted_metric_points"
_SERIES_PER_METRIC = 100


@dataclass(frozen=True)
class Load:
    """Scrapes of a target, and the series of each."""

    series: int
    scrapes: int = 10

    @property
    def samples(self) -> int:
        """The samples of all scrapes; each has further ones of the scrape itself."""
        return self.series * self.scrapes


LOADS = (Load(20_000), Load(100_000))


@dataclass(frozen=True)
class Scraped:
    """What the singleton took for a load."""

    load: Load
    seconds: float
    samples: int
    """The samples that it has taken, by its own metrics."""
    cpu_seconds: float
    idle_mib: float
    peak_mib: float


def measure_scraping(loads: Sequence[Load], scratch: Path) -> list[Scraped]:
    """Run the singleton with each load in turn; raise `CommandFailedError`."""
    require_collector()
    return [_scraped(load, scratch / f"scrapes-{number}") for number, load in enumerate(loads)]


def scraping_rows(measured: Sequence[Scraped]) -> list[list[str]]:
    """Return the rows of the table."""
    return [
        [
            f"a target with {each.load.series:,} series",
            f"{each.samples / each.seconds:,.0f}",
            f"{each.cpu_seconds / each.samples * 1e6:.0f} µs",
            f"{each.idle_mib:.0f} MiB",
            f"{each.peak_mib:.0f} MiB",
            f"{(each.peak_mib - each.idle_mib) * 1024 / each.load.series:.1f} KiB",
        ]
        for each in measured
    ]


def exposition(series: int) -> str:
    """Return the text of a target, with labels as those of requests."""
    return "".join(_lines(series))


def _lines(series: int) -> Iterator[str]:
    for number in range(series):
        metric, label = divmod(number, _SERIES_PER_METRIC)
        name = f"http_requests_{metric}_total"
        if not label:
            yield f"# TYPE {name} counter\n"
        labels = f'method="GET",route="/api/orders/{label}",status="200",pod="orders-7d9f8b6c5-x2x4z",zone="eu-west-1a"'
        yield f"{name}{{{labels}}} {number}\n"


def _scraped(load: Load, directory: Path) -> Scraped:
    text = exposition(load.series)
    with posts(lambda path, body: None) as url, target(lambda: text) as address:
        args = {
            "logs_push_url": f"{url}/loki/api/v1/push",
            "logs_otlp_url": f"{url}/otlp",
            "metrics_otlp_url": f"{url}/api/v1/otlp",
            "sources": {"orders": {"kind": "prometheus", "targets": [address], "interval": f"{_INTERVAL_SECONDS}s"}},
            "pipelines": {"orders": {"signal": "metrics", "sources": ["orders"]}},
            "singleton": {"memory_limit": "4Gi"},
        }
        with collector(args, Role.SINGLETON, directory, _MOST_SECONDS) as running:
            start = time.monotonic()
            while (samples := int(running.counted(_RECEIVED))) < load.samples:
                running.program.check()
                time.sleep(_POLL_SECONDS)
            seconds = time.monotonic() - start
            return Scraped(load, seconds, samples, running.cpu_seconds, running.idle_mib, running.program.peak_mib)
