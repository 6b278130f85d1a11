"""Every program of a stack with ServiceMonitors is scraped, once, under a job of its own.

The charts are the published ones, as stand-in charts have no ServiceMonitor.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.charts import LOKI
from components.metrics.gateway import GATEWAY_PORT
from components.tracing.modes import TEMPO_3_VERSIONS
from components.units import parse_duration
from tests.checkout import ROOT
from tests.installed_tools import require
from tests.program.scraping import Container, Target, containers_of, targets_of
from tools.program.stacks import configured_program
from tools.render import RenderedObject, Rendering, render
from tools.render.stack import render_program

PORTS: Mapping[str, frozenset[int]] = {
    program: frozenset(ports)
    for program, ports in {
        "access-log-exporter": (4040,),
        "alertmanager": (9093,),
        "alloy": (12345,),
        "blackbox-exporter": (9115,),
        "grafana": (3000,),
        "kube-state-metrics": (8080,),
        "loki": (3100,),
        "memcached-exporter": (9150,),
        "minio": (9000,),
        "node-exporter": (9100,),
        "opentelemetry-collector-contrib": (8888,),
        "prometheus": (9090,),
        "prometheus-config-reloader": (8080,),
        "prometheus-operator": (8080,),
        "redis_exporter": (9121,),
        "rollout-operator": (8001,),
        "seaweedfs": (9324, 9327),
        "tempo": (3200,),
        "thanos": (10902,),
    }.items()
}
"""The port with the metrics of each program, by the name of its image."""
OTHER_PATHS = {"minio": "/minio/v2/metrics/cluster"}
PASSED_ON = {("gateway", GATEWAY_PORT): "prometheus"}
"""The programs whose metrics nginx passes on, by its container and port in the same pod."""
WITHOUT_METRICS = {
    "k8s-sidecar": "it loads files, and reports its health alone",
    "nginx-unprivileged": "it has no metrics; the charts that have an exporter of its log run that beside it",
    "python": "the generator of telemetry sends its metrics to the collectors",
}
"""The programs that are not scraped, each with the reason."""
MEASURED_BY = {"memcached": "memcached-exporter", "valkey": "redis_exporter"}
"""The programs whose metrics an exporter in the same pod serves."""
OF_THE_CLUSTER = {"cadvisor", "coredns", "kube-apiserver", "kubelet", "kubelet-probes", "probes"}
"""The producers whose targets are no pods of the stack."""
NOT_IN_THE_STACK = {"apiserver", "coredns", "kubelet"}
"""What the ServiceMonitors of kube-prometheus-stack select of the cluster itself, by the ends of their names."""


def _has_monitors(path: Path) -> bool:
    config = yaml.safe_load(path.read_text(encoding="utf-8"))["config"]
    own = config.get("observability:metrics", {}).get("kind", "operator") == "operator"
    return own or bool(config.get("observability:cluster", {}).get("service_monitors"))


COMMITTED = [path.name.split(".")[1] for path in sorted(ROOT.glob("Pulumi.*.yaml")) if _has_monitors(path)]
FURTHER: Mapping[str, Mapping[str, Any]] = {
    "everything": {
        "cluster": {"name": "test"},
        "storage": {"replicas": 3},
        "caching": {"kind": "valkey"},
        "logging": {
            "mode": "distributed",
            "replicas": 3,
            "ingester_zones": ["a", "b", "c"],
            "ruler": True,
            "alertmanager_url": "http://alertmanager.monitoring:9093",
            "pattern_ingester": True,
        },
        "tracing": {"mode": "distributed", "replicas": 3, "gateway": True},
        "telemetry": {"log_source": "api"},
        "probes": {"targets": {"grafana": {"address": "http://grafana.monitoring/api/health"}}},
    },
    "earlier Loki, later Tempo": {
        "cluster": {"name": "test"},
        "storage": {"kind": "minio", "mode": "distributed"},
        "logging": {"mode": "distributed", "chart_version": LOKI.versions[-1], "pattern_ingester": True},
        "tracing": {
            "mode": "distributed",
            "chart_version": TEMPO_3_VERSIONS[0],
            "kafka_address": "kafka.messaging:9092",
        },
        "grafana": {"enabled": False},
    },
}
"""Stacks with what the committed ones have not."""


@pytest.fixture(scope="module")
def rendered() -> Callable[[str], Rendering]:
    """Render each stack once."""
    require("helm")

    def of(stack: str) -> Rendering:
        if stack in FURTHER:
            return render_program(configured_program(ROOT, FURTHER[stack]), stack, "1.34")
        return render(ROOT, stack)

    return cache(of)


@pytest.fixture(params=[*COMMITTED, *FURTHER])
def rendering(request: pytest.FixtureRequest, rendered: Callable[[str], Rendering]) -> Rendering:
    rendering = rendered(request.param)
    if any(release.stand_in for release in rendering.releases):
        pytest.skip("stand-in charts have no ServiceMonitor")
    return rendering


@pytest.fixture
def objects(rendering: Rendering) -> list[RenderedObject]:
    return list(rendering.objects)


def prometheus_of(objects: list[RenderedObject]) -> list[Mapping[str, Any]]:
    """Return the specification of the stack's own Prometheus; none where it is external."""
    return [item.manifest["spec"] for item in objects if item.kind == "Prometheus"]


def is_served(container: Container, target: Target) -> bool:
    """Whether a target is where the program of a container serves its metrics."""
    program, path = container.program, OTHER_PATHS.get(container.program, "/metrics")
    if is_passed_on(target):
        return target.container.pod == container.pod and PASSED_ON[target.container.name, target.port] == program
    return target.container == container and target.port in PORTS[program] and target.path == path


def is_passed_on(target: Target) -> bool:
    """Whether nginx passes a target on to a program beside it."""
    return (target.container.name, target.port) in PASSED_ON


def test_every_program_is_scraped_where_it_serves_metrics_or_has_a_reason(objects: list[RenderedObject]) -> None:
    targets = targets_of(objects)
    containers = list(containers_of(objects))
    unscraped = [
        str(container)
        for container in containers
        if container.program not in WITHOUT_METRICS | MEASURED_BY
        and not any(is_served(container, target) for target in targets)
    ]
    assert unscraped == []
    beside = defaultdict(set)
    for container in containers:
        beside[str(container.pod.owner)].add(container.program)
    unmeasured = [
        str(container)
        for container in containers
        if MEASURED_BY.get(container.program, container.program) not in beside[str(container.pod.owner)]
    ]
    assert unmeasured == []


def test_nothing_is_scraped_that_serves_no_metrics_and_nothing_twice(objects: list[RenderedObject]) -> None:
    targets = targets_of(objects)
    without = WITHOUT_METRICS | MEASURED_BY
    wrong = [target for target in targets if target.container.program in without and not is_passed_on(target)]
    assert wrong == []
    counted = Counter((str(target.container), target.port, target.path) for target in targets)
    assert [place for place, count in counted.items() if count > 1] == [], "each sample would be stored as two series"


def test_a_job_is_of_one_program(objects: list[RenderedObject]) -> None:
    programs = defaultdict(set)
    for target in targets_of(objects):
        assert target.job
        if target.container.program != "prometheus-config-reloader":
            programs[target.job].add((target.container.pod.owner.namespace, target.container.program))
    assert {job: found for job, found in programs.items() if len(found) > 1} == {}


def test_rules_may_select_the_jobs_and_namespaces_that_are_scraped(rendering: Rendering) -> None:
    if rendering.alerting is None:
        pytest.skip("no Prometheus of the stack evaluates rules")
    places = {(target.container.pod.owner.namespace, target.job) for target in targets_of(list(rendering.objects))}
    unknown = set(places)
    for producer in rendering.alerting.stated.producers:
        namespaces, jobs = (set(producer.target.get(label, ())) for label in ("namespace", "job"))
        found = {(namespace, job) for namespace, job in places if namespace in namespaces and job in jobs}
        unknown -= found
        if producer.is_scraped and producer.name not in OF_THE_CLUSTER:
            assert {namespace for namespace, _ in found} == namespaces, producer.name
            missing = jobs - {job for _, job in found}
            assert not [job for job in missing if not job.endswith(("-gateway", "-singleton"))], producer.name
    assert unknown == set()


def test_rules_may_select_the_services_that_are_scraped(rendering: Rendering) -> None:
    if rendering.alerting is None:
        pytest.skip("no Prometheus of the stack evaluates rules")
    targets = targets_of(list(rendering.objects))
    for producer in rendering.alerting.stated.producers:
        namespaces, jobs, services = (producer.target.get(label, ()) for label in ("namespace", "job", "service"))
        of_producer = [
            each for each in targets if each.job in jobs and each.container.pod.owner.namespace in namespaces
        ]
        if not of_producer:
            continue
        found = {target.service for target in of_producer}
        assert found <= set(services), producer.name
        missing = set(services) - found
        assert not [service for service in missing if not service.endswith(("-gateway", "-singleton"))], producer.name


def test_the_intervals_of_ranges_are_those_of_the_monitors(rendering: Rendering) -> None:
    if rendering.alerting is None:
        pytest.skip("no Prometheus of the stack evaluates rules")
    stated = rendering.alerting.stated
    targets = targets_of(list(rendering.objects))
    for producer in stated.producers:
        namespaces, jobs = (producer.target.get(label, ()) for label in ("namespace", "job"))
        found = [each for each in targets if each.job in jobs and each.container.pod.owner.namespace in namespaces]
        intervals = {target.interval or stated.scrape_interval for target in found} or {producer.interval}
        assert producer.interval == min(intervals, key=parse_duration), producer.name


def test_every_monitor_of_the_stack_selects_something(objects: list[RenderedObject]) -> None:
    used = {target.monitor for target in targets_of(objects)}
    monitors = [item for item in objects if item.kind in ("ServiceMonitor", "PodMonitor")]
    unused = {item.name.rpartition("-")[2] for item in monitors if str(item) not in used}
    assert unused == (NOT_IN_THE_STACK if prometheus_of(objects) else set())


def test_prometheus_sees_every_monitor(objects: list[RenderedObject]) -> None:
    for prometheus in prometheus_of(objects):
        for kind in ("serviceMonitor", "podMonitor", "probe", "scrapeConfig", "rule"):
            selectors = prometheus[f"{kind}Selector"], prometheus[f"{kind}NamespaceSelector"]
            assert selectors == ({}, {}), f"{kind}: an empty selector selects everything"


def test_the_stacks_with_metrics_of_their_own_are_among_them() -> None:
    assert {"dev", "distributed", "minimal"} <= set(COMMITTED)
