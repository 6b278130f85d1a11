"""The stack `dev` with nobody using it, on the sandbox that it is deployed to: who is paged, and what has no series."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from threading import Event, Thread
from typing import Any

import requests
import yaml

from components.alerting.durations import scaled, scaled_group
from components.alerting.promql import Selector, parse, selectors
from components.alerting.rule_files import group_of
from components.alerting.rules import Alert, Group, Language
from components.alerting.spec import LOG_RULES_FILE, AlertingSpec
from sandbox.commands import HOST, free_ports
from sandbox.handle import Sandbox
from tests.checkout import ROOT
from tests.e2e.alerting.at_rest import ApiServer, serving
from tests.e2e.alerting.stack import Running, alerting_of, running
from tests.e2e.loki.configuration import Renderer, release_of_stack
from tests.e2e.loki.machine import TENANT, Ports, on_this_machine
from tests.e2e.loki.process import Line, Loki
from tests.e2e.metrics.cluster import Cluster as AppliedCluster
from tests.e2e.metrics.exporters import start_node_exporter, start_state_metrics
from tests.e2e.metrics.operated import start_operator
from tests.e2e.metrics.programs import SECONDS, Programs
from tests.e2e.metrics.stack import render_stack
from tests.e2e.metrics.workloads import Objects
from tools.stackfile import read_stack_file

SCALE = Fraction(1, 30)
HEARD: Mapping[str, Any] = {
    "receivers": {
        "team": {"kind": "webhook", "url": "http://team.example.org"},
        "heartbeat": {"kind": "webhook", "url": "http://heartbeat.example.org"},
    },
    "default_receiver": "team",
    "routes": {"team": {"receiver": "team", "matchers": ['severity =~ "critical|warning"']}},
    "dead_mans_switch": {"receiver": "heartbeat"},
}
"""Receivers that hear of every alert, where the committed stack writes lines of logs."""


OF_THIS_MACHINE = (
    "HighCPU",
    "HighMemory",
    "DiskFillingUp",
    "NodeClockNotSynchronising",
    "NodeClockSkewDetected",
)
"""Alerts that may be true of the machine on which the tests run, whose node-exporter is scraped."""
NOT_AT_REST: Mapping[str, str] = {
    "alertmanager_cluster_members": "only several replicas have it",
    "instance:node_disk:predicted_full_hours": "only of disks that fill up",
    "kube_horizontalpodautoscaler_spec_max_replicas": "the stack has no autoscaler",
    "kube_horizontalpodautoscaler_spec_min_replicas": "the stack has no autoscaler",
    "kube_horizontalpodautoscaler_status_current_replicas": "the stack has no autoscaler",
    "kube_job_failed": "the stack has no Job",
    "kube_persistentvolumeclaim_access_mode": "no volume is read alone, and these are left out of an alert",
    "kube_persistentvolumeclaim_labels": "volumes with a label of the chart, which are left out of an alert",
    "node_md_disks": "the nodes have no RAID",
    "node_md_disks_required": "the nodes have no RAID",
}
"""Metrics that alerts select and that the stack does not have while all is well, with the reason."""
LOG_LABELS: Mapping[str, str] = {"cluster": "dev", "namespace": "demo", "service_name": "telemetry-generator"}
PUSH_SECONDS = 0.5
COMMITTED: Mapping[str, Any] = read_stack_file(ROOT, "dev").config
ON_A_DISK: Mapping[str, Any] = {
    "observability:storage": {"kind": "filesystem"},
    "observability:logging": {"chunks_cache_mib": 0, "results_cache_mib": 0},
}
"""Loki's store and caches, which have no program here."""


@dataclass(frozen=True)
class Idle:
    """The stack as it runs with nobody using it."""

    stack: Running
    groups: Sequence[Group]
    """Those of Prometheus."""
    loki_url: str

    @property
    def paged(self) -> set[tuple[str, str, str]]:
        """Receiver, alert and severity of all pages but those of this machine."""
        return {page for page in self.stack.paged if page[1] not in OF_THIS_MACHINE}

    def waiting(self) -> list[str]:
        """Return the alerts of both rulers that fire or will, but the dead man's switch and those of this machine."""
        return sorted(
            f"{alert['state']} {rule['name']} {alert['labels']}"
            for rule in self._rules()
            for alert in rule.get("alerts") or ()
            if rule["name"] not in ("Watchdog", *OF_THIS_MACHINE)
        )

    def failing(self) -> list[str]:
        """Return the rules of both rulers whose last evaluation was an error, or that were never evaluated."""
        return [f"{rule['name']}: {rule.get('lastError')}" for rule in self._rules() if rule["health"] != "ok"]

    def without_series(self) -> set[str]:
        """Return the metrics of which a selector of an alert selects nothing, but those of `NOT_AT_REST`."""
        found = {selector for group in self.groups for rule in group.rules for selector in _selected(rule)}
        found = {selector for selector in found if selector.name not in NOT_AT_REST}
        return {str(selector) for selector in found if not self.stack.query(str(replace(selector, range=None)))}

    def _rules(self) -> Iterator[Mapping[str, Any]]:
        for url in (self.stack.programs.prometheus, f"{self.loki_url}/prometheus"):
            with requests.Session() as session:
                session.trust_env = False
                answer = session.get(f"{url}/api/v1/rules", timeout=SECONDS)
            answer.raise_for_status()
            yield from (rule for group in answer.json()["data"]["groups"] for rule in group["rules"])


def _selected(rule: Any) -> Iterator[Selector]:
    return selectors(parse(rule.expr)) if isinstance(rule, Alert) else iter(())


@contextmanager
def idle(sandbox: Sandbox, directory: Path) -> Iterator[Idle]:
    """Run the rulers of `dev` and what they read."""
    spec = alerting_of({**COMMITTED, "observability:alerting": HEARD})
    groups = [*_deployed(sandbox, spec)]
    read = [selector for group in groups for rule in group.rules for selector in selectors(parse(rule.expr))]
    ports = free_ports(2)
    programs = Programs(directory)
    try:
        with (
            ExitStack() as stack,
            _running_loki(spec, f"http://{HOST}:{ports[1]}", directory) as loki_address,
        ):
            applied = AppliedCluster(sandbox, directory)
            rendered = render_stack(COMMITTED)
            stack.enter_context(_rights(rendered, applied))
            real = {
                "prometheus": f"{HOST}:{ports[0]}",
                "alertmanager": f"{HOST}:{ports[1]}",
                "loki": loki_address,
                "prometheus-operator": start_operator(rendered, applied, programs).address,
                "kube-state-metrics": start_state_metrics(rendered, applied, programs).address,
                "node-exporter": start_node_exporter(rendered, programs).address,
            }
            targets = stack.enter_context(serving(spec, read, ApiServer(sandbox), real))
            with running(spec, targets, SCALE, ports, groups) as rulers:
                yield Idle(rulers, groups, f"http://{loki_address}")
    finally:
        programs.end()


def _deployed(sandbox: Sandbox, spec: AlertingSpec) -> Iterator[Group]:
    """Yield the groups that are compiled, and those of the charts in the cluster; the stand-in of a chart has none."""
    compiled = [group for group in spec.compiled.groups if group.language is Language.PROMQL]
    yield from compiled
    names = {group.name for group in compiled}
    for found in sandbox.get("/apis/monitoring.coreos.com/v1/prometheusrules")["items"]:
        for group in found["spec"].get("groups") or ():
            if group["name"] not in names:
                yield group_of(found["metadata"]["name"], group)


@contextmanager
def _rights(rendered: Objects, cluster: AppliedCluster) -> Iterator[None]:
    """Grant the service accounts the rights that the project's stand-in of a chart leaves out."""
    api = cluster.sandbox.api
    missing = [each for each in rendered.of("ClusterRoleBinding") if cluster.find(api.path_of(each)) is None]
    cluster.apply(missing)
    try:
        yield
    finally:
        for each in missing:
            api.delete(api.path_of(each))


@contextmanager
def _running_loki(spec: AlertingSpec, alertmanager: str, directory: Path) -> Iterator[str]:
    """Run Loki with the rules of the library on logs, and yield its address."""
    ports = Ports.free()
    release = release_of_stack({**COMMITTED, **ON_A_DISK, "observability:alerting": HEARD})
    here = on_this_machine(Renderer(directory / "charts")(release), ports, directory / "loki", cache="")
    here["ruler"] |= {"alertmanager_url": alertmanager, "evaluation_interval": scaled("1m", SCALE)}
    folder = directory / "loki" / "rules" / TENANT
    folder.mkdir(parents=True)
    groups = [scaled_group(group, SCALE).rendered() for group in spec.compiled.log_groups]
    (folder / LOG_RULES_FILE).write_text(yaml.safe_dump({"groups": groups}))
    running_loki = Loki(shutil.which("loki") or "loki", here, ports, directory / "loki", {})
    ended = Event()
    pushing = Thread(target=_push, args=(running_loki, ended))
    pushing.start()
    try:
        yield f"{HOST}:{ports.http}"
    finally:
        ended.set()
        pushing.join()
        running_loki.kill()


def _push(loki: Loki, ended: Event) -> None:
    """Write lines of a healthy service, and read them, until it is to end."""
    while not ended.wait(PUSH_SECONDS):
        now = time.time_ns()
        loki.push([Line(now, "stdout", "order placed")], LOG_LABELS)
        loki.texts('{service_name="telemetry-generator"}', now - 10**9, now)
