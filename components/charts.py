"""Every Helm chart the components use: where it lives, the version in use, what else is supported and known faults.

Loki, Tempo and Grafana charts moved to the community repository in early 2026; the versions of the earlier
home stay supported where a running platform needs them.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

GRAFANA = "https://grafana.github.io/helm-charts"
GRAFANA_COMMUNITY = "https://grafana-community.github.io/helm-charts"
MINIO_CHARTS = "https://charts.min.io"
PROMETHEUS_COMMUNITY = "https://prometheus-community.github.io/helm-charts"
SEAWEEDFS = "https://seaweedfs.github.io/seaweedfs/helm"
VALKEY_CHARTS = "https://valkey.io/valkey-helm/"


@dataclass(frozen=True)
class Chart:
    """A chart and the versions of it that the values functions are written and tested for."""

    name: str
    repositories: tuple[tuple[str, str], ...]
    """Pairs of version and the repository that publishes it; the first is the default version."""

    @property
    def default_version(self) -> str:
        """The version that is installed by default."""
        return self.repositories[0][0]

    @property
    def versions(self) -> tuple[str, ...]:
        """Every supported version, the default first."""
        return tuple(version for version, _ in self.repositories)

    def repository(self, version: str) -> str:
        """Return the repository of `version`; raise `ValueError` with the supported versions."""
        for supported, repository in self.repositories:
            if supported == version:
                return repository
        raise ValueError(f"chart {self.name} {version!r} is not supported: use one of {', '.join(self.versions)}")

    def local_path(self, version: str, directory: str) -> str:
        """Return the path of the chart in `directory`; raise `ValueError` with the paths that do not exist."""
        places = [Path(directory) / f"{self.name}-{version}", Path(directory) / f"{self.name}-{version}.tgz"]
        for place in places:
            if place.exists():
                return str(place)
        looked = " and ".join(str(place) for place in places)
        raise ValueError(
            f"chart {self.name} {version} was not found at {looked}: put it there, or unset OBSERVABILITY_CHARTS "
            f"(setting observability:charts directory) to take it from {self.repository(version)}"
        )


def major_version(version: str) -> int:
    """Return the major version of a chart."""
    return int(version.partition(".")[0])


ALLOY = Chart("alloy", (("1.11.1", GRAFANA), ("1.5.2", GRAFANA)))
GRAFANA_CHART = Chart("grafana", (("12.11.1", GRAFANA_COMMUNITY),))
LOKI = Chart("loki", (("18.11.0", GRAFANA_COMMUNITY), ("6.51.0", GRAFANA)))
MINIO = Chart("minio", (("5.4.0", MINIO_CHARTS),))
PROMETHEUS = Chart("prometheus", (("29.27.0", PROMETHEUS_COMMUNITY),))
SEAWEEDFS_CHART = Chart("seaweedfs", (("4.44.0", SEAWEEDFS),))
TEMPO = Chart("tempo", (("2.2.4", GRAFANA_COMMUNITY),))
TEMPO_DISTRIBUTED = Chart(
    "tempo-distributed", (("2.26.2", GRAFANA_COMMUNITY), ("1.61.0", GRAFANA), ("3.3.0", GRAFANA_COMMUNITY))
)
VALKEY = Chart("valkey", (("0.11.0", VALKEY_CHARTS),))


class Affected(StrEnum):
    """The installations that a fault occurs in."""

    EVERY = "every installation"
    S3_COMPATIBLE = "a store with the S3 API that is not AWS S3"
    OWN_TRACES = "an installation that sends traces of its own requests"
    RULER = "an installation with a ruler"


@dataclass(frozen=True)
class Fault:
    """A known fault of released versions of an image."""

    first: str
    """The first version that has it."""
    last: str
    """The last version that has it."""
    affected: Affected
    """The stores or other uses in which it occurs."""
    fault: str
    fixed: str
    """The version to use in place of those; empty where there is none yet."""
    source: str

    def includes(self, tag: str) -> bool:
        """Whether the image with this tag has the fault; one that is not a version has none that is known."""
        version = _numbers(tag)
        return version is not None and _release(self.first) <= version <= _release(self.last)


@dataclass(frozen=True)
class Image:
    """The image of the software that a chart installs."""

    name: str
    tags: Mapping[str, str]
    """The tag in the values of each version of the chart."""
    faults: tuple[Fault, ...]

    def faults_of(self, tag: str, uses: Collection[Affected]) -> Iterator[Fault]:
        """Yield the known faults of the image with this tag that occur in one of `uses`."""
        return (fault for fault in self.faults if fault.affected in uses and fault.includes(tag))

    def tag(self, chart_version: str, uses: Collection[Affected]) -> str:
        """Return the tag of the chart; where it has a known fault in one of `uses`, that of the fixed version."""
        default = self.tags[chart_version]
        fixed = [fault.fixed for fault in self.faults_of(default, uses) if fault.fixed]
        return max(fixed, key=_release, default=default)


_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(?![\d.])")


def _numbers(tag: str) -> tuple[int, ...] | None:
    found = _VERSION.match(tag)
    return tuple(map(int, found.groups())) if found else None


def _release(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


_CHUNKED_UPLOADS = (
    "it uploads with aws-chunked encoding, which stores such as NetApp ONTAP, OCI, OpenStack Swift and UpCloud refuse, "
    "so that lines are lost, and which Huawei OBS stores as it is, so that objects are corrupt"
)
_CHUNKED_SOURCE = "https://github.com/grafana/loki/issues/24206"
_TRACING = "its tracing does not start"

LOKI_IMAGE = Image(
    "grafana/loki",
    {"18.11.0": "3.7.6", "6.51.0": "3.6.3"},
    (
        Fault("3.6.11", "3.6.15", Affected.S3_COMPATIBLE, _CHUNKED_UPLOADS, "3.6.16", _CHUNKED_SOURCE),
        Fault("3.7.0", "3.7.6", Affected.S3_COMPATIBLE, _CHUNKED_UPLOADS, "3.7.7", _CHUNKED_SOURCE),
        # From 3.6.4 on; 3.6.7 is the last patch version that nothing is known against.
        Fault("3.6.0", "3.6.3", Affected.OWN_TRACES, _TRACING, "3.6.7", "https://github.com/grafana/loki/issues/19975"),
        Fault("3.7.0", "3.7.7", Affected.OWN_TRACES, _TRACING, "", "https://github.com/grafana/loki/issues/21588"),
        Fault(
            *("3.7.0", "3.7.1", Affected.RULER),
            "the ruler panics where an alert is relabelled",
            "3.7.7",
            "https://github.com/grafana/loki/issues/21368",
        ),
        Fault(
            *("3.7.0", "3.7.4", Affected.EVERY),
            "an ingester may drop lines while it replays its write-ahead log",
            "3.7.7",
            "https://github.com/grafana/loki/pull/23631",
        ),
    ),
)
