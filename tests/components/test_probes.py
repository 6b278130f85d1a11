"""The probes as a program registers them."""

from typing import Any

import pytest

from components._spec import InvalidArgsError
from components.probes import Probes
from components.probes.modules import modules
from components.probes.spec import ProbesSpec
from tests.recording import record, record_component

ARGS: dict[str, Any] = {
    "namespace": "monitoring",
    "targets": {
        "shop": {"address": "https://shop.example.org/health"},
        "dns": {"kind": "dns", "address": "192.0.2.53", "query_name": "example.org"},
    },
    "service_monitor_labels": {"release": "kps"},
}


def test_every_target_has_a_probe_that_is_made_after_the_exporter() -> None:
    recording = record_component(Probes, ARGS, preview=True)
    probes = [made.plain() for made in recording.of_type(":Probe")]
    assert {probe["metadata"]["name"] for probe in probes} == {"blackbox-exporter-shop", "blackbox-exporter-dns"}
    assert all(probe["metadata"]["labels"]["release"] == "kps" for probe in probes)
    assert {probe["spec"]["module"] for probe in probes} == {"http_2xx", "dns_resolution_dns"}
    (release,) = recording.of_type(":Release")
    assert {release.urn} <= {urn for made in recording.of_type(":Probe") for urn in made.request.dependencies}
    assert recording.outputs == {"namespace": "monitoring", "prober": "blackbox-exporter.monitoring:9115"}


def test_every_module_of_a_probe_is_one_of_the_exporter() -> None:
    recording = record_component(Probes, ARGS)
    config = recording.one(":Release").plain()["values"]["config"]["modules"]
    assert config == modules(ProbesSpec.check("Probes", ARGS))
    assert {made.plain()["spec"]["module"] for made in recording.of_type(":Probe")} <= set(config)


def test_there_are_rules_where_there_is_a_target() -> None:
    assert len(record_component(Probes, ARGS).of_type(":PrometheusRule")) == 1
    without = record_component(Probes, {"namespace": "monitoring"})
    assert not without.of_type(":PrometheusRule") and not without.of_type(":Probe")
    assert len(without.of_type(":Release")) == 1


def test_the_exporter_lives_in_a_restricted_namespace_unless_there_is_one() -> None:
    labels = record_component(Probes, ARGS).one(":Namespace").plain()["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert not record_component(Probes, {**ARGS, "create_namespace": False}).of_type(":Namespace")


def test_the_exporter_is_closed_to_others_where_its_clients_are_known() -> None:
    assert not record_component(Probes, ARGS).of_type(":NetworkPolicy")
    policy = record_component(Probes, {**ARGS, "client_namespaces": ["metrics"]}).one(":NetworkPolicy").plain()
    assert policy["metadata"]["namespace"] == "monitoring"
    assert policy["spec"]["podSelector"] == {"matchLabels": {"app.kubernetes.io/instance": "blackbox-exporter"}}


def test_two_exporters_live_side_by_side() -> None:
    def build() -> None:
        first: Any = ARGS
        second: Any = {**ARGS, "create_namespace": False, "release_name": "inside"}
        Probes("outside", first)
        Probes("inside", second)

    names = [made.plain()["metadata"]["name"] for made in record(build).of_type(":Probe")]
    assert len(set(names)) == 4


def test_a_wrong_target_is_named() -> None:
    with pytest.raises(InvalidArgsError, match=r'targets.shop.address = "shop": must be a URL'):
        record_component(Probes, {"namespace": "monitoring", "targets": {"shop": {"address": "shop"}}})
