"""Scraping of pods by their annotations, as relabelling of Prometheus does it."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from components.metrics.scraping import scrape_configs
from components.metrics.spec import MetricsSpec

META = "__meta_kubernetes_"
ANNOTATION = f"{META}pod_annotation_prometheus_io"


def configs(**args: Any) -> dict[str, Mapping[str, Any]]:
    return dict(scrape_configs(MetricsSpec.check("Metrics", {"namespace": "monitoring", **args})))


def relabelled(labels: Mapping[str, str], rules: list[Mapping[str, Any]]) -> dict[str, str] | None:
    """Return the labels of a target after `rules`, `None` where it is dropped."""
    found = dict(labels)
    for rule in rules:
        value = ";".join(found.get(name, "") for name in rule["sourceLabels"])
        match = re.fullmatch(rule["regex"], value)
        if (rule["action"] == "keep" and match is None) or (rule["action"] == "drop" and match is not None):
            return None
        if rule["action"] == "replace" and match is not None:
            template = re.sub(r"\$(\d)", r"\\\1", rule.get("replacement", "$1"))
            found[rule["targetLabel"]] = match.expand(template)
    return {name: value for name, value in found.items() if not name.startswith(META)}


def target(**annotations: str) -> dict[str, str]:
    return {
        "__address__": "10.0.0.7:3000",
        f"{META}namespace": "shop",
        f"{META}pod_name": "api-1",
        f"{META}pod_node_name": "node-1",
        f"{META}pod_phase": "Running",
        f"{META}pod_ip": "10.0.0.7",
        f"{META}pod_container_name": "api",
        **{f"{ANNOTATION}_{name}": value for name, value in annotations.items()},
    }


def scraped(labels: Mapping[str, str], name: str = "annotated-pods", **args: Any) -> dict[str, str] | None:
    return relabelled(labels, configs(**args)[name]["relabelings"])


def test_a_pod_with_the_annotation_is_scraped_at_its_own_ports() -> None:
    assert scraped(target(scrape="true")) == {
        "__address__": "10.0.0.7:3000",
        "namespace": "shop",
        "pod": "api-1",
        "node": "node-1",
        "job": "shop/api-1",
    }


@pytest.mark.parametrize(("address", "wanted"), [("10.0.0.7", "10.0.0.7:8080"), ("fd00::7", "[fd00::7]:8080")])
def test_port_path_and_scheme_are_those_of_the_annotations(address: str, wanted: str) -> None:
    labels = target(scrape="true", port="8080", path="/prometheus", scheme="https") | {f"{META}pod_ip": address}
    found = scraped(labels)
    assert found is not None
    assert (found["__address__"], found["__metrics_path__"], found["__scheme__"]) == (wanted, "/prometheus", "https")


def test_two_ports_of_a_pod_with_one_annotated_are_one_target() -> None:
    one = target(scrape="true", port="8080")
    other = one | {"__address__": "10.0.0.7:9000", f"{META}pod_container_name": "proxy"}
    assert scraped(one) == scraped(other)


def test_the_job_is_named_after_the_application() -> None:
    found = scraped(target(scrape="true") | {f"{META}pod_label_app_kubernetes_io_name": "api"})
    assert found is not None and found["job"] == "shop/api"


@pytest.mark.parametrize(
    "labels",
    [
        target(),
        target(scrape="false"),
        target(scrape="true") | {f"{META}pod_phase": "Succeeded"},
        target(scrape="true") | {f"{META}pod_container_init": "true"},
    ],
)
def test_other_pods_and_those_that_have_ended_are_not_scraped(labels: Mapping[str, str]) -> None:
    assert scraped(labels) is None


def test_a_namespace_with_limits_has_a_job_of_its_own_and_is_scraped_once() -> None:
    limits: dict[str, Any] = {"namespace_limits": {"shop": {"samples_per_target": 500, "labels_per_sample": 20}}}
    found = configs(**limits)
    assert set(found) == {"annotated-pods", "annotated-pods-shop"}
    own = found["annotated-pods-shop"]
    assert (own["sampleLimit"], own["labelLimit"]) == (500, 20)
    assert own["kubernetesSDConfigs"] == [{"role": "Pod", "namespaces": {"names": ["shop"]}}]
    assert scraped(target(scrape="true"), **limits) is None
    assert scraped(target(scrape="true"), "annotated-pods-shop", **limits) is not None


def test_a_program_may_do_without() -> None:
    assert configs(annotation_scraping=False) == {}
