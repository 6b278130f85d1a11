"""The probes of a stack: what requires them, what they are refused without, and the objects that come of them."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
import yaml

from tests.checkout import ROOT
from tests.installed_tools import require
from tests.program.programs import record_stack, refused
from tools.contract import check
from tools.program.stacks import configured_program
from tools.render import Rendering
from tools.render.stack import render_program

METRICS = {
    "kind": "external",
    "remote_write_url": "http://m.prometheus:9090/api/v1/write",
    "query_url": "http://m.prometheus:9090",
}
CLUSTER = {"name": "test", "service_monitors": True, "service_monitor_labels": {"release": "kps"}}
TARGETS: Mapping[str, Any] = {
    "grafana": {"address": "http://grafana.monitoring/api/health", "labels": {"team": "platform"}},
    "shop": {
        "address": "https://shop.example.org",
        "accepted_codes": [200, 301, 302],
        "tls": {"ca": {"config_map": "own-ca", "key": "ca.crt"}},
    },
    "api": {"kind": "post", "address": "https://api.example.org"},
    "db": {"kind": "tcp", "address": "db.example.org:5432"},
    "router": {"kind": "icmp", "address": "192.0.2.1"},
    "resolver": {"kind": "dns", "address": "192.0.2.53", "query_name": "example.org"},
}
STACK: Mapping[str, Any] = {"cluster": CLUSTER, "metrics": METRICS, "probes": {"replicas": 2, "targets": TARGETS}}


@cache
def rendered() -> Rendering:
    require("helm")
    return render_program(configured_program(ROOT, STACK), "test", "1.34")


def objects(kind: str) -> list[Any]:
    found = [item.manifest for item in rendered().objects if item.kind == kind]
    return [manifest for manifest in found if "blackbox-exporter" in manifest["metadata"]["name"]]


def test_a_stack_with_every_kind_of_probe_keeps_the_contract() -> None:
    assert [str(finding) for finding in check(rendered()).findings] == []


def test_every_probe_names_a_service_of_the_stack_and_a_module_of_its_exporter() -> None:
    (service,) = objects("Service")
    (config,) = (yaml.safe_load(item["data"]["blackbox.yaml"]) for item in objects("ConfigMap"))
    probes = objects("Probe")
    assert {probe["spec"]["targets"]["staticConfig"]["labels"]["probe"] for probe in probes} == set(TARGETS)
    assert {probe["spec"]["jobName"] for probe in probes} == {
        f"blackbox-{kind}" for kind in ("http", "post", "tcp", "icmp", "dns")
    }
    place = f"{service['metadata']['name']}.{service['metadata']['namespace']}:{service['spec']['ports'][0]['port']}"
    for probe in probes:
        assert probe["spec"]["prober"]["url"] == place
        assert probe["spec"]["module"] in config["modules"]
        assert probe["metadata"]["namespace"] == "monitoring"
        assert probe["metadata"]["labels"]["release"] == "kps"


def test_nothing_runs_without_targets() -> None:
    recording = record_stack({"cluster": {"name": "test"}})
    assert not recording.of_type(":Probes") and not recording.of_type(":Probe")


def test_probes_are_where_metrics_are_unless_they_have_a_namespace() -> None:
    def namespace(**probes: Any) -> str:
        recording = record_stack({**STACK, "probes": {"targets": TARGETS, **probes}})
        return str(recording.one(":Release", "probes-exporter").plain()["namespace"])

    assert namespace() == "monitoring"
    assert namespace(namespace="outside") == "outside"


def test_probes_without_an_operator_are_refused_with_the_way_out() -> None:
    cluster = {"name": "test", "service_monitors": False}
    message = refused(cluster=cluster, metrics=METRICS, probes={"targets": {"shop": TARGETS["shop"]}})
    assert 'observability:probes.targets = ["shop"]: require a Prometheus operator' in message
    assert "pulumi config set --path observability:cluster.service_monitors true" in message


@pytest.mark.parametrize(
    ("target", "place", "command"),
    [
        (
            {"address": "shop.example.org/health"},
            'probes.targets.shop.address = "shop.example.org/health": must be a URL with kind http, and has no scheme',
            "set --path observability:probes.targets.shop.address https://shop.example.org/health",
        ),
        (
            {"kind": "tcp", "address": "db.example.org"},
            'probes.targets.shop.address = "db.example.org": must be host:port with kind tcp',
            "set --path observability:probes.targets.shop.address db.example.org:443",
        ),
        (
            {"kind": "dns", "address": "192.0.2.53"},
            "probes.targets.shop.query_name: is missing: kind dns requires the name that is asked for",
            "set --path --type string observability:probes.targets.shop.query_name '<query_name>'",
        ),
        (
            {"address": "https://shop.example.org", "timeout": "1m"},
            'probes.targets.shop.timeout = "1m": must be at most the interval, 30s',
            "set --path observability:probes.targets.shop.timeout 30s",
        ),
        (
            {"kind": "ping", "address": "192.0.2.1"},
            'probes.targets.shop.kind = "ping": must be one of http, post, tcp, icmp, dns; did you mean icmp?',
            "set --path observability:probes.targets.shop.kind icmp",
        ),
        (
            {"url": "https://shop.example.org"},
            "probes.targets.shop.address: is missing: What is probed",
            "set --path --type string observability:probes.targets.shop.address '<address>'",
        ),
    ],
)
def test_a_wrong_target_is_refused_with_the_command_that_corrects_it(
    target: dict[str, Any], place: str, command: str
) -> None:
    message = refused(cluster=CLUSTER, metrics=METRICS, probes={"targets": {"shop": target}})
    assert f"observability:{place}" in message
    assert f"pulumi config {command}" in message


def test_the_same_probe_twice_is_refused() -> None:
    target = {"address": "https://shop.example.org"}
    message = refused(cluster=CLUSTER, metrics=METRICS, probes={"targets": {"a": target, "b": target}})
    assert "observability:probes.targets.b.address" in message and "target a is the same" in message
    assert "pulumi config rm --path observability:probes.targets.b" in message


def test_settings_of_no_probe_are_refused() -> None:
    message = refused(probes={"interval": "15s"})
    assert 'observability:probes.interval = "15s": is not used: probes.targets is empty' in message
