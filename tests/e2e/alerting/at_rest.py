"""What the stack `dev` scrapes while nobody uses it, each target with the labels that the stack gives it.

Prometheus, Alertmanager, node-exporter, kube-state-metrics, the operator, the API server and Loki are the real
programs. The images of the others do not run here: their series are those that the catalogue states of what rules
select, standing still. This shows that rules find them and can be evaluated, not what the programs
would count.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial

import requests

from components.alerting.catalogue import Metric, Producer, programs
from components.alerting.label_flow import BUCKET, Series, Values
from components.alerting.producers import PRODUCERS
from components.alerting.promql import NAME, Matcher, Selector, alternatives
from components.alerting.spec import AlertingSpec
from sandbox.handle import Sandbox
from tools.alerts.local import SECONDS, Target
from tools.alerts.replay import target

BUCKETS = ("0.005", "1.0", "+Inf")
NOT_SCRAPED = ("loki-ruler",)
"""Its metrics are those of Loki."""
ON_EVERY_NODE = ("node-exporter", "kubelet", "cadvisor", "kubelet-probes", "alloy")
NODES = 2
"""How many of the nodes of the sandbox have targets."""
ONE = ("reloader_last_reload_successful",)
"""Metrics that are 1 where all is well; the others are 0."""
API_SERVER_SECONDS = 3.0
"""How long its metrics, of which there are many, are served again."""


class ApiServer:
    """The API server of a sandbox, and what series of its kubelets are about."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.nodes = sorted(node["metadata"]["name"] for node in sandbox.get("/api/v1/nodes")["items"])[:NODES]
        self._fetched = (0.0, "")

    def known_labels(self) -> dict[str, str]:
        """Return labels of a pod that runs, and of the version of Kubernetes."""
        pods = self.sandbox.get("/api/v1/pods")["items"]
        pod = next(each for each in pods if each["status"]["phase"] == "Running")
        return {
            "namespace": pod["metadata"]["namespace"],
            "pod": pod["metadata"]["name"],
            "container": pod["spec"]["containers"][0]["name"],
            "git_version": self.sandbox.get("/version")["gitVersion"],
        }

    def metrics(self) -> str:
        """Return what it exposes, as of a few seconds ago."""
        at, text = self._fetched
        if time.monotonic() > at + API_SERVER_SECONDS:
            text = self._fetch()
            self._fetched = (time.monotonic(), text)
        return text

    def _fetch(self) -> str:
        connection = self.sandbox.api.connection
        with requests.Session() as session:
            session.trust_env = False
            session.verify = str(self.sandbox.layout.ca_certificate)
            answer = session.get(f"{connection.server}/metrics", headers=connection.headers, timeout=SECONDS)
        answer.raise_for_status()
        return answer.text


def targets_of(
    producer: Producer, address: str, nodes: Sequence[str], endpoint: str = "http-metrics"
) -> Iterator[Target]:
    """Yield the targets of a producer, all of which are at one address here: of each of its jobs, on each node."""
    on_nodes = nodes if producer.name in ON_EVERY_NODE else nodes[:1]
    for job in producer.target.get("job") or [producer.name]:
        for node in on_nodes:
            open_labels = {
                "instance": f"{node}:{endpoint}",
                "node": node,
                "pod": f"{job.rpartition('/')[2]}-{node}",
                "container": producer.name,
                "endpoint": endpoint,
                "service": job.rpartition("/")[2],
            }
            labels = {
                label: texts[0] if texts else open_labels[label]
                for label, texts in producer.target.items()
                if label != "job" and (texts or label in open_labels)
            }
            yield Target(job, address, labels)


def exposition(producer: Producer, selected: Sequence[Selector], known: Mapping[str, str]) -> str:
    """Return a series of each metric of a producer for each selector that selects it; `known` are values of labels."""
    unlabelled = {} if producer.is_scraped else {"job": "", "instance": ""}
    found = {
        _line(name, {**labels, **unlabelled})
        for program in producer.programs
        for metric_name, metric in programs()[program].metrics.items()
        for name, each in metric.series(metric_name)
        if not any(drop.covers(name) for drop in producer.drops)
        for selector in selected
        if all(matcher.accepts(name) for matcher in selector.matchers if matcher.label == NAME)
        for labels in _labels(each, selector.matchers, known)
    }
    return "".join(sorted(found))


def _labels(metric: Metric, matchers: Sequence[Matcher], known: Mapping[str, str]) -> Iterator[dict[str, str]]:
    own = [matcher for matcher in matchers if matcher.label in metric.labels]
    left = Series(metric.labels).selected(own)
    if left.is_empty:
        return
    named = {matcher.label for matcher in own}
    labels = {
        label: _text(values, [matcher for matcher in own if matcher.label == label], known.get(label, "idle"))
        for label, values in left.labels.items()
        if not values.absent or label in named
    }
    for bucket in BUCKETS if BUCKET in labels and labels[BUCKET] == "idle" else ("",):
        yield {**labels, **({BUCKET: bucket} if bucket else {})}


def _text(values: Values, matchers: Sequence[Matcher], otherwise: str) -> str:
    known = sorted(values.texts or ())
    listed = [text for matcher in matchers if matcher.operator == "=~" for text in alternatives(matcher.value)]
    candidates = [*(known or [otherwise]), *listed]
    return next((text for text in candidates if all(matcher.accepts(text) for matcher in matchers)), "idle")


def _line(name: str, labels: Mapping[str, str]) -> str:
    stated = ",".join(f'{label}="{text}"' for label, text in sorted(labels.items()))
    return f"{name}{{{stated}}} {int(name in ONE)}\n"


@contextmanager
def serving(
    spec: AlertingSpec, selected: Sequence[Selector], api_server: ApiServer, real: Mapping[str, str]
) -> Iterator[list[Target]]:
    """Serve what does not run here, and yield the targets of everything; `real` are the addresses of what does."""
    known = api_server.known_labels()
    found: list[Target] = []
    with ExitStack() as stack:
        running = {**real, "kube-apiserver": stack.enter_context(target(api_server.metrics))}
        for name in spec.producers:
            producer = PRODUCERS[name].with_target(spec.target_labels.get(name, {}))
            if name in NOT_SCRAPED:
                continue
            if name in running:
                found += targets_of(producer, running[name], api_server.nodes)
                beside = tuple(program for program in producer.programs if program != name)
                producer = replace(producer, programs=beside)
            if producer.programs or name not in running:
                text = exposition(producer, selected, known)
                address = stack.enter_context(target(partial(str, text)))
                found += targets_of(producer, address, api_server.nodes, "stated")
        yield found
