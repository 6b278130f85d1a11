"""The values of every component by the IP families of the cluster."""

import json
import re
from typing import Any

import pytest

from components._ip_families import sidecar_probe
from components._spec import InvalidArgsError
from components.caching.spec import CacheSpec
from components.caching.values import cache_values
from components.charts import TEMPO
from components.grafana.spec import GrafanaSpec
from components.grafana.values import grafana_values
from components.logging.values import loki_values
from components.metrics.spec import MetricsSpec
from components.metrics.values import metrics_values
from components.storage.seaweedfs import seaweedfs_values
from components.storage.spec import InClusterObjectStorageSpec
from components.telemetry.alloy.config import alloy_config
from components.telemetry.alloy.values import alloy_values
from components.tracing.gateway import gateway_file
from components.tracing.ip_families import MONOLITHIC_CONFIG
from components.tracing.modes import TEMPO_2_VERSIONS
from components.tracing.values import tempo_values
from tests.real_charts import require_files
from tests.unit.logging.examples import BUCKET, DISTRIBUTED, LAPTOP, RULES, V6
from tests.unit.logging.examples import spec_of as loki_spec
from tests.unit.telemetry.examples import telemetry_spec
from tests.unit.tracing.specs import KAFKA, ON_PREMISES
from tests.unit.tracing.specs import LAPTOP as ONE_POD
from tests.unit.tracing.specs import spec as tempo_spec

FAMILIES = (("IPv6",), ("IPv6", "IPv4"), ("IPv4", "IPv6"), ("IPv4",), ())
LISTEN_ON_IPV6 = FAMILIES[:3]
in_every_family = pytest.mark.parametrize("families", FAMILIES, ids=lambda families: "-".join(families) or "default")


@in_every_family
def test_the_rings_of_loki_advertise_the_first_family(families: tuple[str, ...]) -> None:
    config = loki_values(loki_spec(DISTRIBUTED, ip_families=families))["loki"]["structuredConfig"]
    if families[:1] == ("IPv6",):
        assert config["common"]["ring"] == {"kvstore": {"store": "memberlist"}, "instance_enable_ipv6": True}
        assert config["frontend"] == {"instance_enable_ipv6": True}
        assert config["memberlist"] == {"bind_addr": ["::"]}
    else:
        assert not {"common", "frontend", "memberlist"} & set(config)


@in_every_family
def test_the_gateway_of_loki_listens_on_ipv6_unless_the_families_leave_it_out(families: tuple[str, ...]) -> None:
    gateway = loki_values(loki_spec(BUCKET, ip_families=families))["gateway"]
    assert gateway["nginxConfig"]["enableIPv6"] is (families != ("IPv4",))


def test_caches_of_loki_have_no_exporter_where_it_could_not_be_read() -> None:
    exporters = {
        families: loki_values(loki_spec(BUCKET, service_monitor=True, ip_families=families))["memcachedExporter"]
        for families in FAMILIES
    }
    assert {families for families, exporter in exporters.items() if not exporter["enabled"]} == set(FAMILIES[:2])


def test_the_sidecar_of_rules_is_probed_inside_its_container_with_ipv6() -> None:
    sidecar = loki_values(loki_spec(DISTRIBUTED, **RULES, ip_families=("IPv6",)))["sidecar"]
    for probe in (sidecar["livenessProbe"], sidecar["readinessProbe"]):
        assert probe["httpGet"] is None and "127.0.0.1:8080/healthz" in probe["exec"]["command"][-1]
    for changes in ({}, {"chart_version": V6, "ip_families": ("IPv6",)}):
        assert "livenessProbe" not in loki_values(loki_spec(DISTRIBUTED, **RULES, **changes))["sidecar"]


@in_every_family
def test_one_pod_of_tempo_receives_in_the_families_and_its_rings_advertise_the_first(families: tuple[str, ...]) -> None:
    values = tempo_values(tempo_spec(ONE_POD, receivers=["otlp", "jaeger", "zipkin"], ip_families=families))
    text = json.dumps(values["tempo"]["receivers"])
    assert len(re.findall(r'"endpoint": "\[::\]:\d+"', text)) == (7 if families in LISTEN_ON_IPV6 else 0)
    first = families[:1] == ("IPv6",)
    assert (values.get("config") == MONOLITHIC_CONFIG) is first
    assert values["tempo"]["ingester"].get("lifecycler") == ({"enable_inet6": True} if first else None)


def test_the_configuration_of_tempo_on_ipv6_has_the_sections_and_values_of_its_chart() -> None:
    theirs = require_files(TEMPO, TEMPO.default_version).values["config"]
    sections, read = r"(?m)^([a-z_]+):", r"\.Values\.tempo\.(\w+)"
    assert set(re.findall(sections, theirs)) == set(re.findall(sections, MONOLITHIC_CONFIG))
    assert set(re.findall(read, theirs)) == set(re.findall(read, MONOLITHIC_CONFIG))


@in_every_family
@pytest.mark.parametrize(("topology", "rings"), [(ON_PREMISES, 5), (KAFKA, 4)])
def test_services_and_rings_of_distributed_tempo_have_the_families(
    topology: dict[str, Any], rings: int, families: tuple[str, ...]
) -> None:
    tempo = tempo_values(tempo_spec(topology, ip_families=families))["tempo"]
    policy = "SingleStack" if len(families) == 1 else "PreferDualStack"
    expected = {"ipFamilies": [families[0]], "ipFamilyPolicy": policy} if families else None
    assert tempo.get("service") == expected
    found = re.findall(r'"enable_inet6": true', json.dumps(tempo.get("structuredConfig", {})))
    assert len(found) == (rings if families[:1] == ("IPv6",) else 0)


def test_the_gateway_of_tempo_that_cannot_listen_on_ipv6_is_refused() -> None:
    old: dict[str, Any] = {"chart_version": TEMPO_2_VERSIONS[-1], "gateway": True}
    tempo_spec(**old, ip_families=("IPv4",))
    with pytest.raises(InvalidArgsError, match=r"gateway = true: .*IPv4 alone.*chart_version"):
        tempo_spec(**old, ip_families=("IPv6",))


@in_every_family
def test_the_gateway_of_tempo_with_tls_listens_in_the_families(families: tuple[str, ...]) -> None:
    text = gateway_file(tempo_spec(ON_PREMISES, gateway=True, tls_secret="tempo-tls", ip_families=families))
    listeners = re.findall(r"listen (\S+) ssl", text)
    ports = [listener for listener in listeners if "[::]" not in listener]
    assert len(ports) == 2
    expected = [f"[::]:{port}" for port in ports] if families in LISTEN_ON_IPV6 else []
    assert [listener for listener in listeners if "[::]" in listener] == expected


@in_every_family
def test_collectors_metrics_caches_and_the_store_listen_in_the_families(families: tuple[str, ...]) -> None:
    on_ipv6 = families in LISTEN_ON_IPV6
    telemetry = telemetry_spec(ip_families=families)
    assert alloy_values(telemetry)["alloy"].get("listenAddr") == ("[::]" if on_ipv6 else None)
    assert ('endpoint = "[::]:4317"' in re.sub(r" +", " ", alloy_config(telemetry))) is on_ipv6
    metrics = metrics_values(MetricsSpec.check("Metrics", {"namespace": "metrics", "ip_families": families}))
    host = ["--host=0.0.0.0", "--telemetry-host=0.0.0.0"] if families == ("IPv4",) else None
    assert metrics["kube-state-metrics"].get("extraArgs") == host, "by itself it listens at ::"
    arguments = metrics["prometheus"]["prometheusSpec"].get("additionalArgs", [])
    assert ({"name": "web.listen-address", "value": "[::]:9090"} in arguments) is on_ipv6
    assert metrics["prometheus-node-exporter"]["service"] == {"listenOnAllInterfaces": False}
    cache = cache_values(CacheSpec.check("Cache", {"namespace": "caching", "ip_families": families}))
    assert ("extraEnvs" in cache["metrics"]["exporter"]) is on_ipv6
    args = {"namespace": "storage", "ip_families": families}
    for replicas, part in ((1, "allInOne"), (3, "master"), (3, "volume"), (3, "filer")):
        spec = InClusterObjectStorageSpec.check("Store", {**args, "replicas": replicas})
        section = seaweedfs_values(spec)[part]
        assert (section.get("extraArgs") == ["-ip.bind=::"] or section.get("ipBind") == "::") is on_ipv6


def test_the_sidecar_of_grafana_is_probed_inside_its_container_with_ipv6() -> None:
    for families in FAMILIES:
        spec = GrafanaSpec.check("Grafana", {"namespace": "grafana", "ip_families": families})
        probe = grafana_values(spec)["sidecar"]["datasources"]["startupProbe"]
        assert {"exec", "httpGet"} & set(probe) == {"exec" if families in LISTEN_ON_IPV6 else "httpGet"}
        assert probe.items() >= sidecar_probe(spec, 8082).items()


def test_a_family_named_twice_and_an_address_of_another_family_are_refused() -> None:
    with pytest.raises(InvalidArgsError, match=r'ip_families = \["IPv6", "IPv6"\]: must name each family once'):
        loki_spec(LAPTOP, ip_families=("IPv6", "IPv6"))
    with pytest.raises(InvalidArgsError, match=r'dns_resolver = "10.0.0.10": is an IPv4 address.*IPv6 alone'):
        loki_spec(LAPTOP, ip_families=("IPv6",), dns_resolver="10.0.0.10")
