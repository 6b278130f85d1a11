"""The ways by which metrics come in, and what reads them, in whole stacks."""

import re
from decimal import Decimal
from typing import Any

import pytest

from tests.checkout import ROOT
from tests.program.programs import datasource, record_stack, refused
from tests.recording import Recording
from tools.deploy.capacity import Capacity, needs_of
from tools.program import record
from tools.program.stacks import program_of

SERVER = "http://prometheus-prometheus.monitoring:9090"
REPLICA = "http://prometheus-prometheus-{}.prometheus-operated.monitoring.svc.cluster.local:9090"
PAIR: dict[str, Any] = {"replicas": 2, "long_term": {}}


def prometheus(recording: Recording) -> dict[str, Any]:
    values = recording.one(":Release", "metrics-prometheus").plain()["values"]
    spec: dict[str, Any] = values["prometheus"]["prometheusSpec"]
    return spec


def collector(recording: Recording) -> str:
    return str(recording.one(":ConfigMap", "telemetry-config").plain()["data"]["config.alloy"])


def addresses(config: str, component: str) -> list[str]:
    """Return the endpoints of the components of a kind whose label begins with `prometheus` or `metrics`."""
    return re.findall(
        rf'{component} "(?:prometheus|metrics)\w*" \{{.*?(?:endpoint|url)\s*= "([^"]+)"', config, re.DOTALL
    )


def remote_writes(recording: Recording) -> list[str]:
    values = recording.one(":Release", "tracing-tempo").plain()["values"]
    generator = values["tempo"]["metricsGenerator"] if "tempo" in values else values["metricsGenerator"]["config"]
    return [write["url"] for write in generator["storage"]["remote_write"]]


def test_an_application_is_scraped_by_its_annotations_and_by_any_monitor() -> None:
    recording = record_stack({})
    (scrape,) = recording.of_type(":ScrapeConfig")
    sources = [rule["sourceLabels"] for rule in scrape.plain()["spec"]["relabelings"]]
    assert ["__meta_kubernetes_pod_annotation_prometheus_io_scrape"] in sources
    spec = prometheus(recording)
    assert not any(spec[f"{kind}SelectorNilUsesHelmValues"] for kind in ("serviceMonitor", "podMonitor", "probe"))


def test_the_collectors_send_what_they_receive_by_otlp() -> None:
    recording = record_stack({})
    assert prometheus(recording)["enableOTLPReceiver"] is True
    assert addresses(collector(recording), "otelcol.exporter.otlphttp") == [f"{SERVER}/api/v1/otlp"]


def test_tempo_writes_by_remote_write() -> None:
    recording = record_stack({})
    assert prometheus(recording)["enableRemoteWriteReceiver"] is True
    assert remote_writes(recording) == [f"{SERVER}/api/v1/write"]


def test_every_push_reaches_both_servers_of_a_pair() -> None:
    recording = record_stack({"metrics": PAIR})
    both = [REPLICA.format(index) for index in range(2)]
    assert addresses(collector(recording), "otelcol.exporter.otlphttp") == [f"{url}/api/v1/otlp" for url in both]
    assert remote_writes(recording) == [f"{url}/api/v1/write" for url in both]
    output = re.search(r"output \{[^}]*metrics\s*= \[([^\]]+)\]", collector(recording).split("batch", 1)[1])
    assert output is not None and "prometheus.input" in output[1] and "prometheus_1.input" in output[1]


def test_receivers_take_the_pushes_in_place_of_prometheus() -> None:
    recording = record_stack({"metrics": {**PAIR, "long_term": {"receive": True}}})
    (url,) = addresses(collector(recording), "prometheus.remote_write")
    assert url.startswith("http://thanos-receive-router.monitoring") and remote_writes(recording) == [url]
    assert "otelcol.exporter.otlphttp.prometheus" not in collector(recording)


def test_grafana_asks_thanos_where_there_is_one() -> None:
    plain, years = (datasource(record_stack(stack), "metrics") for stack in ({}, {"metrics": PAIR}))
    assert plain["url"] == SERVER and "prometheusType" not in plain["jsonData"]
    assert years["url"].startswith("http://thanos-query-frontend.monitoring")
    assert years["jsonData"]["prometheusType"] == "Thanos"


def test_a_pair_without_thanos_is_refused_with_the_setting_that_adds_it() -> None:
    message = refused(metrics={"replicas": 2})
    assert "observability:metrics.replicas = 2: " in message and "observability:metrics.long_term" in message


def test_everything_waits_for_the_definitions_but_an_operator_of_the_cluster_has_its_own() -> None:
    recording = record_stack({})
    crds = recording.one(":Release", "operator-crds-release")
    for name in ("logging-loki", "metrics-prometheus", "grafana-grafana", "telemetry-agents"):
        assert crds.urn in recording.one(":Release", name).request.dependencies, "its ServiceMonitors need them"
    other = record_stack({"metrics": {"install_operator": False}})
    assert not [release for release in other.of_type(":Release") if release.name == "operator-crds-release"]


def test_prometheus_of_dev_fits_a_laptop() -> None:
    spec = prometheus(record(program_of(ROOT, "dev"), preview=True, stack="dev"))
    pod = {"kind": "StatefulSet", "spec": {"replicas": spec["replicas"], "template": {"spec": {"containers": [spec]}}}}
    assert Capacity(Decimal("0.5"), Decimal(2 * 2**30)).holds(needs_of([pod], []))


@pytest.mark.parametrize(("authentication", "policies"), [("none", 0), ("mtls", 1)])
def test_only_clients_of_the_stack_reach_prometheus_where_it_authenticates_clients(
    authentication: str, policies: int
) -> None:
    security = {
        "authentication": authentication,
        **({"tls": "cert-manager", "issuer": {"name": "ca"}} if policies else {}),
    }
    recording = record_stack({"security": security})
    found = [each.plain() for each in recording.of_type(":NetworkPolicy") if each.name == "metrics-network-policy"]
    assert len(found) == policies
    for policy in found:
        *_, rule = policy["spec"]["ingress"]
        (values,) = [each["values"] for each in rule["from"][0]["namespaceSelector"]["matchExpressions"]]
        assert values == ["monitoring", "telemetry", "tracing"]
