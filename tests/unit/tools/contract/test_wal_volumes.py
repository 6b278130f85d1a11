"""An ingester's write-ahead log on an emptyDir is found, wherever its configuration puts it."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from tools.contract.wal_volumes import every_write_ahead_log_is_on_a_volume
from tools.render import Rendering

from .conftest import container, manifest, workload

LOKI = "ingester: {}\nschema_config: {}\ncommon: {path_prefix: /var/loki}\n"
LOKI_ELSEWHERE = "ingester: {wal: {dir: /wal}}\nschema_config: {}\ncommon: {path_prefix: /var/loki}\n"
TEMPO = "ingester: {}\nstorage: {trace: {wal: {path: /var/tempo/wal}}}\n"
EMPTY: dict[str, Any] = {"name": "data", "emptyDir": {}}
CLAIM: dict[str, Any] = {"name": "data", "persistentVolumeClaim": {"claimName": "data"}}


def found(rendering: Callable[..., Rendering], config: str, volume: dict[str, Any], mount: str, target: str) -> int:
    data = {"config.yaml": base64.b64encode(config.encode()).decode()}
    main = container(args=[f"-target={target}"], volumeMounts=[{"name": "data", "mountPath": mount}])
    volumes = [{"name": "config", "secret": {"secretName": "config"}}, volume]
    ingester = workload("StatefulSet", containers=[main], volumes=volumes)
    return len(list(every_write_ahead_log_is_on_a_volume(rendering(ingester, manifest("Secret", "config", data=data)))))


@pytest.mark.parametrize(
    ("config", "volume", "mount", "target", "findings"),
    [
        (LOKI, EMPTY, "/var/loki", "write", 1),
        (LOKI, CLAIM, "/var/loki", "write", 0),
        (LOKI, EMPTY, "/var/loki", "read", 0),
        (LOKI, EMPTY, "/var/loki", "querier,ingester", 1),
        (LOKI_ELSEWHERE, CLAIM, "/var/loki", "write", 1),
        (LOKI_ELSEWHERE, CLAIM, "/wal", "write", 0),
        (TEMPO, EMPTY, "/var/tempo", "all", 1),
        (TEMPO, EMPTY, "/var/tempo", "querier", 0),
    ],
)
def test_the_log_is_followed_from_the_configuration_to_its_volume(
    rendering: Callable[..., Rendering],
    config: str,
    volume: dict[str, Any],
    mount: str,
    target: str,
    findings: int,
) -> None:
    assert found(rendering, config, volume, mount, target) == findings


def test_a_container_beside_loki_that_has_no_configuration_keeps_no_log(rendering: Callable[..., Rendering]) -> None:
    data = {"config.yaml": base64.b64encode(LOKI.encode()).decode()}
    loki = container(args=["-target=querier"])
    volumes = [{"name": "config", "secret": {"secretName": "config"}}]
    config = manifest("Secret", "config", data=data)
    for mounts, findings in ([], 0), ([{"name": "config", "mountPath": "/etc/loki"}], 1):
        other = {**container(volumeMounts=mounts), "name": "other"}
        querier = workload("Deployment", containers=[loki, other], volumes=volumes)
        assert len(list(every_write_ahead_log_is_on_a_volume(rendering(querier, config)))) == findings
