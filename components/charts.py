"""Every Helm chart the components use: where it lives, the version in use and what else is supported.

Loki, Tempo and Grafana charts moved to the community repository in early 2026; the versions of the earlier
home stay supported where a running platform needs them.
"""

from dataclasses import dataclass
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
        raise ValueError(f"must be a supported version of chart {self.name}; use one of {', '.join(self.versions)}")

    def local_path(self, version: str, directory: str) -> str:
        """Return the path of the chart in `directory`; raise `ValueError` with the paths that do not exist."""
        places = [Path(directory) / f"{self.name}-{version}", Path(directory) / f"{self.name}-{version}.tgz"]
        for place in places:
            if place.exists():
                return str(place)
        looked = " and ".join(str(place) for place in places)
        raise ValueError(
            f"chart {self.name} {version} was not found at {looked}; put it there, or unset OBSERVABILITY_CHARTS "
            f"(setting observability:charts.directory) to take it from {self.repository(version)}"
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
