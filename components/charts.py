"""Every Helm chart the components use: where it lives, the version in use, what else is supported and known faults.

Loki, Tempo and Grafana charts moved to the community repository in early 2026; the versions of the earlier
home stay supported where a running platform needs them.
"""

import re
import tarfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

CHARTS_VARIABLE = "OBSERVABILITY_CHARTS"
"""Environment variable with a directory of charts, which replaces their repositories."""

GRAFANA = "https://grafana.github.io/helm-charts"
GRAFANA_COMMUNITY = "https://grafana-community.github.io/helm-charts"
MINIO_CHARTS = "https://charts.min.io"
OPEN_TELEMETRY = "https://open-telemetry.github.io/opentelemetry-helm-charts"
PROMETHEUS_COMMUNITY = "https://prometheus-community.github.io/helm-charts"
SEAWEEDFS = "https://seaweedfs.github.io/seaweedfs/helm"
STEVEHIPWELL = "https://stevehipwell.github.io/helm-charts"
VALKEY_CHARTS = "https://valkey.io/valkey-helm/"


class PublishedChart(NamedTuple):
    """One version of a chart as its repository publishes it."""

    version: str
    repository: str
    digest: str
    """SHA-256 of the archive, as the index of the repository has it."""
    content: str
    """SHA-256 of the values, their schema and the templates in the archive, which unpacking or repacking keeps."""


@dataclass(frozen=True)
class Chart:
    """A chart and the versions of it that the values functions are written and tested for."""

    name: str
    published: tuple[PublishedChart, ...]
    """Every supported version, the default first."""

    @property
    def default_version(self) -> str:
        """The version that is installed by default."""
        return self.published[0].version

    @property
    def versions(self) -> tuple[str, ...]:
        """Every supported version, the default first."""
        return tuple(published.version for published in self.published)

    def release(self, version: str) -> PublishedChart:
        """Return `version` as published; raise `ValueError` with the supported versions."""
        for published in self.published:
            if published.version == version:
                return published
        raise ValueError(f"must be a supported version of chart {self.name}; use one of {', '.join(self.versions)}")

    def repository(self, version: str) -> str:
        """Return the repository of `version`; raise `ValueError` with the supported versions."""
        return self.release(version).repository

    def difference(self, version: str, path: str) -> str | None:
        """Return how the chart at `path`, an archive or a directory, differs from the published one; else `None`."""
        published, found = self.release(version), Path(path)
        if found.is_file() and sha256(found.read_bytes()).hexdigest() == published.digest:
            return None
        if found.is_file() and not tarfile.is_tarfile(found):
            return f"chart {self.name} {version} at {path} is not an archive; replace it with the published archive"
        content = content_digest(found)
        if content == published.content:
            return None
        return (
            f"chart {self.name} {version} at {path} is not the one that {published.repository} publishes: its values, "
            f"schema and templates have the SHA-256 {content}, and those of the published archive (SHA-256 "
            f"{published.digest}) have {published.content}; replace it with the published archive, or check that the "
            "change keeps every value that this program sets"
        )

    def local_path(self, version: str, directory: str) -> str:
        """Return the path of the chart in `directory`; raise `ValueError` with the paths that do not exist."""
        if found := find_chart(directory, self.name, version):
            return str(found)
        looked = " and ".join(map(str, chart_paths(directory, self.name, version)))
        raise ValueError(
            f"chart {self.name} {version} was not found at {looked}; put it there, or unset {CHARTS_VARIABLE} "
            f"(setting observability:charts.directory) to take it from {self.repository(version)}"
        )


def chart_paths(directory: str | Path, name: str, version: str) -> tuple[Path, Path]:
    """Return where a chart may be in a directory of charts: unpacked, or as an archive."""
    return Path(directory, f"{name}-{version}"), Path(directory, f"{name}-{version}.tgz")


def find_chart(directory: str | Path, name: str, version: str) -> Path | None:
    """Return the path of a chart in a directory of charts, `None` where it is not there."""
    return next((path for path in chart_paths(directory, name, version) if path.exists()), None)


@cache
def content_digest(path: Path) -> str:
    """Return the SHA-256 of the values, their schema and the templates of the chart at `path`, without its tests."""
    lines = (f"{sha256(content).hexdigest()}  {name}\n" for name, content in sorted(_files(path)) if _counts(name))
    return sha256("".join(lines).encode()).hexdigest()


def _counts(name: str) -> bool:
    within = name.startswith("templates/") and not name.startswith("templates/tests/")
    return within or name in ("values.yaml", "values.schema.json")


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.is_dir():
        for file in path.rglob("*"):
            if file.is_file():
                yield file.relative_to(path).as_posix(), file.read_bytes()
        return
    with tarfile.open(path) as archive:
        for member in archive:
            if member.isfile() and (content := archive.extractfile(member)):
                yield member.name.partition("/")[2], content.read()


def major_version(version: str) -> int:
    """Return the major version of a chart."""
    return int(version.partition(".")[0])


ALLOY = Chart(
    "alloy",
    (
        PublishedChart(
            "1.11.1",
            GRAFANA,
            "cc4cd48a885c070fe8b2929971552852375c11e92d95fc6337d0c3fa277ac575",
            "b016ff6916a89b2bbb00aedf7bd98d106fda4799764bcacac367029de5698558",
        ),
        PublishedChart(
            "1.5.2",
            GRAFANA,
            "7f2c6aaa82405ad3a13c88cb387d4f3323ae8135ad135b3d45f77719c591344c",
            "f82a2b81a546c68d84891ece489af32219801194ec901428c35c9df31c61993c",
        ),
    ),
)
GRAFANA_CHART = Chart(
    "grafana",
    (
        PublishedChart(
            "12.11.1",
            GRAFANA_COMMUNITY,
            "5dddbb4efe49f502a50264592637f4d2b99db50a0a800abde2f8cba3f8da0a74",
            "e952111dac2c6119270dc37f9359d90a7b5bcc2a94b2962f1733706391859b52",
        ),
    ),
)
KUBE_PROMETHEUS_STACK = Chart(
    "kube-prometheus-stack",
    (
        PublishedChart(
            "88.5.3",
            PROMETHEUS_COMMUNITY,
            "3bff576f57c88f9fcac3286cc6e0d22ddaf7d7e1829c14a09257359f02ca64c9",
            "87290197194aebe64f25c2b316a16c592b7f4b1a395b7da16346481f76e79b79",
        ),
    ),
)
LOKI = Chart(
    "loki",
    (
        PublishedChart(
            "18.11.0",
            GRAFANA_COMMUNITY,
            "d4d99424d197e1460878093c9fced02346669ab0698a0dca7c575ab76fff7aeb",
            "564c913aeb95c1fab19d393001b6ec1c1cfcb701868d7ec39656936440307418",
        ),
        PublishedChart(
            "6.51.0",
            GRAFANA,
            "5e4d992d44d05b1b9a3420a1d63ad45d5085b3232f8b02282d5517a98315aa32",
            "18ce3a98cf698240ba14a498a92d42c1d877ea83073ed0393bf93fab211c7140",
        ),
    ),
)
MINIO = Chart(
    "minio",
    (
        PublishedChart(
            "5.4.0",
            MINIO_CHARTS,
            "25fa2740480d1ebc9e64340854a6c42d3a7bc39c2a77378da91b21f144faa9af",
            "04ef9232930657e9e1537cc9bd49b5557d2618addad70ac7706fee6310823bee",
        ),
    ),
)
OPENTELEMETRY_COLLECTOR = Chart(
    "opentelemetry-collector",
    (
        PublishedChart(
            "0.170.0",
            OPEN_TELEMETRY,
            "ed140b332233075c7fd15eaebba571fdf100926f08c0a5a274c7b32895315137",
            "23ca0ef805e870f984ef604f8fe8d10ec7c6600a95b710c1bb1ea2d7fe66a52e",
        ),
    ),
)
PROMETHEUS_OPERATOR_CRDS = Chart(
    "prometheus-operator-crds",
    (
        PublishedChart(
            "31.0.1",
            PROMETHEUS_COMMUNITY,
            "105a22a9f9aee1a42d367e1ffe7d613716087b74b341c2b184fb3492e565e1cc",
            "fdc6478ad2a583d4e21719fbd32e783649a1e5cc8d80316470526d0548045ba3",
        ),
    ),
)
BLACKBOX_EXPORTER = Chart(
    "prometheus-blackbox-exporter",
    (
        PublishedChart(
            "11.17.2",
            PROMETHEUS_COMMUNITY,
            "2ec042aa69de96f1171f2876e5776fbc2b43d418ec270ec9d52d765211478dd0",
            "1f1337c951aa52d454e733705d850fb807d9eaca53d611e35beafe5ac7d5caea",
        ),
    ),
)
SEAWEEDFS_CHART = Chart(
    "seaweedfs",
    (
        PublishedChart(
            "4.44.0",
            SEAWEEDFS,
            "cf7741928657659424a7011a903f925bc1c480a00cb4c0a6df93da8feaaa9cf2",
            "9794d1790257e23a6cd9fa2a44e5e169e2e1d5342560f190a47f48b93a64b683",
        ),
    ),
)
TEMPO = Chart(
    "tempo",
    (
        PublishedChart(
            "2.2.4",
            GRAFANA_COMMUNITY,
            "5f3f4b29c4487b9c27715c18bc6c7b0889712b14075d97705f9b151a51725f68",
            "7cd64d1e92a5ab87be23867f7041ea0b86af432294e92b6bb5f85ed9c86fcb63",
        ),
    ),
)
TEMPO_DISTRIBUTED = Chart(
    "tempo-distributed",
    (
        PublishedChart(
            "2.26.2",
            GRAFANA_COMMUNITY,
            "4adb4a0a8078fc179435b9e21e4ad90ccb7e471d4571767d1284d11afaa02ea3",
            "37159e06d6a81fe2c834ac79a660c0493292bcfef59c0b85d66a6c89df21a581",
        ),
        PublishedChart(
            "1.61.0",
            GRAFANA,
            "578ac5ed6c301cb936a303a3aade1d9e8005b728be3c1d2422952e1986955ce2",
            "b06b50f631b76747eac402b5efa64541cd0b8a8ceab3ee537e4cce9f9b657b10",
        ),
        PublishedChart(
            "3.3.0",
            GRAFANA_COMMUNITY,
            "6f88073b6b6f3cffff1730cf9c5756b674bb90fdd63cec4f72fb75973bbcfe9d",
            "fa343239dd115ea60a866c580c0e80fac4bd86097f1f164bd4a85f97ecce5232",
        ),
    ),
)
THANOS = Chart(
    "thanos",
    (
        PublishedChart(
            "1.24.1",
            STEVEHIPWELL,
            "e57da1987f827b09eae4f03eba982b83ea3b00dc3e180cec8abb25ad857232d2",
            "2a40ac1432086c39f7a728b5d9dfc930a5f8e92168364d00a2d6cc9b87c86cf9",
        ),
    ),
)
VALKEY = Chart(
    "valkey",
    (
        PublishedChart(
            "0.11.0",
            VALKEY_CHARTS,
            "6aa9f2e423642cae84ed6a9798cdfd0faf2e347290ce7b3e4c393333a79743f8",
            "3b145bb4b2cd683920215ae06bc20980c407ee699f7a41a0d83716f61ddedfbe",
        ),
    ),
)

CHARTS = (
    ALLOY,
    BLACKBOX_EXPORTER,
    GRAFANA_CHART,
    KUBE_PROMETHEUS_STACK,
    LOKI,
    MINIO,
    OPENTELEMETRY_COLLECTOR,
    PROMETHEUS_OPERATOR_CRDS,
    SEAWEEDFS_CHART,
    TEMPO,
    TEMPO_DISTRIBUTED,
    THANOS,
    VALKEY,
)
"""Every chart."""


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
_RELABELLED = "the ruler panics where an alert is relabelled"
_REPLAY = "an ingester may drop lines while it replays its write-ahead log"

LOKI_IMAGE = Image(
    "grafana/loki",
    {"18.11.0": "3.7.6", "6.51.0": "3.6.3"},
    (
        Fault("3.6.11", "3.6.15", Affected.S3_COMPATIBLE, _CHUNKED_UPLOADS, "3.6.16", _CHUNKED_SOURCE),
        Fault("3.7.0", "3.7.6", Affected.S3_COMPATIBLE, _CHUNKED_UPLOADS, "3.7.7", _CHUNKED_SOURCE),
        # From 3.6.4 on; 3.6.7 is the last patch version that nothing is known against.
        Fault("3.6.0", "3.6.3", Affected.OWN_TRACES, _TRACING, "3.6.7", "https://github.com/grafana/loki/issues/19975"),
        Fault("3.7.0", "3.7.7", Affected.OWN_TRACES, _TRACING, "", "https://github.com/grafana/loki/issues/21588"),
        Fault("3.7.0", "3.7.1", Affected.RULER, _RELABELLED, "3.7.7", "https://github.com/grafana/loki/issues/21368"),
        Fault("3.7.0", "3.7.4", Affected.EVERY, _REPLAY, "3.7.7", "https://github.com/grafana/loki/pull/23631"),
    ),
)
