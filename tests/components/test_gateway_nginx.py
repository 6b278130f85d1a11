"""The DNS server of every gateway, rendered with the real charts and run by a real nginx on a read-only root."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from components._nginx import RESOLVER_FILE
from components.charts import LOKI
from components.logging import Logging
from components.tracing import Tracing
from components.tracing.modes import TEMPO_2_VERSIONS, TEMPO_3_VERSIONS
from tests.components.test_secured_rendered import LOGINS, LOKI_STORE, TEMPO_STORE, chart_of, gateway_name, named
from tests.gateway_pod import ask_gateway
from tests.real_charts import require_renderable
from tests.recording import record
from tools.render.releases import render_releases

OPEN_TEMPO: dict[str, Any] = {**TEMPO_STORE, "mode": "distributed", "gateway": True}
KAFKA = {"chart_version": TEMPO_3_VERSIONS[0], "kafka_address": "kafka.messaging:9092"}
SECURED_TEMPO: dict[str, Any] = {**OPEN_TEMPO, **LOGINS}
LOKIS: dict[str, dict[str, Any]] = {
    f"{mode}-{version}": {**LOKI_STORE, "tenants": [], "mode": mode, "chart_version": version}
    for mode in ("monolithic", "simple-scalable", "distributed")
    for version in LOKI.versions
}
TEMPOS: dict[str, dict[str, Any]] = {
    **{f"tempo-{version}": {**OPEN_TEMPO, "chart_version": version} for version in TEMPO_2_VERSIONS},
    "tempo-3": {**OPEN_TEMPO, **KAFKA},
    "secured tempo": SECURED_TEMPO,
    "secured tempo 3": {**SECURED_TEMPO, **KAFKA},
}
GATEWAYS = LOKIS | TEMPOS
ASKED = ("monolithic-18.11.0", "monolithic-6.51.0", *(topology for topology in TEMPOS if "secured" not in topology))
every_gateway = pytest.mark.parametrize("topology", GATEWAYS)


def gateway_objects(args: Mapping[str, Any], cache: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The data of the gateway's ConfigMap, and its pod."""
    chart = chart_of(args)
    require_renderable(chart, args.get("chart_version", chart.default_version))
    component: Any = Logging if chart is LOKI else Tracing
    recording = record(lambda: {"query_url": component("gateway", args).query_url})
    ((_, objects),) = render_releases(recording, cache, pytest.fail)
    config = named(objects, "ConfigMap", gateway_name(args))["data"]
    return config, named(objects, "Deployment", gateway_name(args))["spec"]["template"]


def resolvers(config: Mapping[str, Any]) -> set[str]:
    lines = (line.strip() for line in str(config["nginx.conf"]).splitlines())
    return {line for line in lines if line.startswith(("resolver ", "include "))}


@every_gateway
@pytest.mark.parametrize(
    ("resolver", "line"),
    [
        ("rke2-coredns.dns", "resolver rke2-coredns.dns.svc.cluster.local"),
        ("[fd00:10:96::a]", "resolver [fd00:10:96::a]"),
    ],
)
def test_a_service_and_an_address_are_the_only_resolver(
    topology: str, resolver: str, line: str, tmp_path: Path
) -> None:
    config, pod = gateway_objects({**GATEWAYS[topology], "dns_resolver": resolver}, tmp_path)
    assert {found.rstrip(".;") for found in resolvers(config)} == {line}
    assert "downwardAPI" not in str(pod)


@every_gateway
def test_the_script_of_the_entrypoint_is_executable_and_its_file_is_on_a_writable_volume(
    topology: str, tmp_path: Path
) -> None:
    config, pod = gateway_objects({**GATEWAYS[topology], "dns_resolver": "resolv.conf"}, tmp_path)
    assert f"include {RESOLVER_FILE};" in resolvers(config)
    assert "svc" not in "".join(resolvers(config)), "a Service that does not exist stops nginx at its start"
    nginx = next(container for container in pod["spec"]["containers"] if container["name"] == "nginx")
    assert nginx["securityContext"]["readOnlyRootFilesystem"] is True
    mounts = {mount["mountPath"]: mount for mount in nginx["volumeMounts"]}
    volumes = {volume["name"]: volume for volume in pod["spec"]["volumes"]}
    assert "emptyDir" in volumes[mounts["/tmp"]["name"]]
    script = mounts["/docker-entrypoint.d/15-resolver.sh"]
    volume = volumes[script["name"]]["downwardAPI"]
    [item] = volume["items"]
    assert item["path"] == script["subPath"] and volume["defaultMode"] & 0o111
    annotation = item["fieldRef"]["fieldPath"].removeprefix("metadata.annotations['").removesuffix("']")
    assert RESOLVER_FILE in pod["metadata"]["annotations"][annotation]


@pytest.mark.parametrize("family", [4, 6])
@pytest.mark.parametrize("topology", ASKED)
def test_nginx_resolves_through_the_servers_of_its_pod(topology: str, family: int, tmp_path: Path) -> None:
    args = {**GATEWAYS[topology], "dns_resolver": "resolv.conf"}
    config, pod = gateway_objects(args, tmp_path)
    path, upstream = ("/loki/api/v1/labels", 3100) if topology in LOKIS else ("/api/search", 3200)
    script = pod["metadata"]["annotations"]["nginx-resolver-script"]
    assert ask_gateway(tmp_path, config, path, family=family, upstream=upstream, script=script) == (200, path)
