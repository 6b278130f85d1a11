"""The differences between the versions of the chart `tempo-distributed`."""

from ..charts import TEMPO_DISTRIBUTED

FIRST_WITH_HEADLESS_MEMCACHED = (2, 17, 10)
"""The version from which the Service of memcached is headless, by the chart's README."""


def installs_tempo_3(version: str) -> bool:
    """Whether the chart of this version installs Tempo 3, which receives spans through Kafka."""
    return version.partition(".")[0] == "3"


def has_headless_memcached(version: str) -> bool:
    """Whether the Service of memcached is headless in this version."""
    return tuple(int(number) for number in version.split(".")) >= FIRST_WITH_HEADLESS_MEMCACHED


TEMPO_2_VERSIONS = tuple(version for version in TEMPO_DISTRIBUTED.versions if not installs_tempo_3(version))
"""The supported versions that install Tempo 2, the default first."""
TEMPO_3_VERSIONS = tuple(version for version in TEMPO_DISTRIBUTED.versions if installs_tempo_3(version))
"""The supported versions that install Tempo 3."""
