"""The catalogue against the real programs after some traffic: what it states of a program is exposed.

`python -m tools.catalogue` writes the files of the catalogue from these runs.
"""

from __future__ import annotations

import json
import os
import re
import time
import tomllib
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from opentelemetry.proto.trace.v1.trace_pb2 import Span as OtlpSpan

from components._collector_roles import Role
from components.alerting.catalogue import programs as catalogue
from components.logging import Logging, LoggingArgs
from components.metrics.alertmanager import FEATURES
from sandbox import controlplane
from sandbox.commands import HOST, free_ports
from tests.checkout import ROOT
from tests.e2e.alerting import kinds
from tests.e2e.collection.collectors import Collector
from tests.e2e.collection.rendered import Rendered
from tests.e2e.collection.sending import Sender, Span
from tests.e2e.collection.sink import trace_sink
from tests.e2e.collection.stack import start_prometheus
from tests.e2e.collection.test_metrics import CALL, SERVICE, TRACE, telemetry_args
from tests.e2e.loki.configuration import Renderer, release_of
from tests.e2e.loki.machine import Ports, on_this_machine
from tests.e2e.loki.process import Line, Loki
from tests.e2e.metrics.cluster import Cluster
from tests.e2e.metrics.exporters import start_blackbox_exporter, start_node_exporter, start_state_metrics
from tests.e2e.metrics.operated import Operated, Replica, start_operator
from tests.e2e.metrics.programs import SECONDS, Program, Programs, command
from tests.e2e.metrics.prometheus import Prometheus
from tests.e2e.metrics.pushing import push_otlp, push_remotely
from tests.e2e.metrics.servers import Shop
from tests.e2e.metrics.stack import existing, receiving_settings, render_stack
from tests.e2e.metrics.test_receivers import RECEIVE_PATH
from tests.e2e.metrics.thanos import Thanos
from tests.e2e.metrics.workloads import Objects
from tests.shop_alerting import QUEUE
from tools.catalogue import RECORD_VARIABLE
from tools.catalogue.exposition import describe, missing, written
from tools.local_collector import OTLP_GRPC, OTLP_HTTP, OWN_METRICS

pytestmark = pytest.mark.e2e

CATALOGUE = ROOT / "components" / "alerting" / "catalogue"
ALERT = {"labels": {"alertname": "Broken", "severity": "critical", "namespace": "shop"}}
ANNOTATIONS: Any = QUEUE["annotations"]
GROUPS = [
    {
        "name": "orders",
        "interval": "1s",
        "rules": [
            {"record": "service:orders:sum", "expr": "sum(orders)"},
            {
                **QUEUE,
                "expr": "service:orders:sum > 0",
                "for": "1s",
                "annotations": {**ANNOTATIONS, "description": "{{ $value }} orders wait."},
            },
        ],
    }
]
LOG_RULES = {
    "groups": [
        {
            "name": "errors",
            "interval": "1s",
            "rules": [{"alert": "Errors", "expr": 'sum by (app) (count_over_time({app="shop"}[1m])) > 0'}],
        }
    ]
}
MINUTE = 60 * 10**9
PUSHED = {"job": "tempo", "service_name": "checkout"}


KERNEL = (
    "memory",
    "netstat",
    "sockstat",
    "nf",
    "pressure",
    "disk",
    "network",
    "entropy",
    "selinux",
    "timex",
    "time_zone",
)
VARYING = {
    "node-exporter": rf"node_({'|'.join(KERNEL)})_.*",
    "kube-controller-manager": r".*_stale_sync_skips_total|rest_client_request_retries_total",
}
"""Metrics by program that not every run has: they depend on the kernel of the machine, or on a race."""
NOT_ASKED_FOR = "kube_.+_(labels|annotations)|kube_validatingadmissionpolicy.*"
"""Families of kube-state-metrics without series: labels of objects, and what the released chart leaves out."""


def check(program: str, tool: str, *texts: str) -> None:
    """Compare what a program exposes with its file, or write the file."""
    exposed = describe(texts)
    file = CATALOGUE / f"{program}.json"
    if os.environ.get(RECORD_VARIABLE):
        version = tomllib.loads((ROOT / "tools" / "tools.toml").read_text())["tool"][tool]["version"]
        source = f"{tool} {version} after the traffic of tests/e2e/alerting/test_catalogue.py"
        file.write_text(written(program, version, source, exposed))
    committed = json.loads(file.read_text())["metrics"]
    compared = {name for name in committed if not re.fullmatch(VARYING.get(program, ""), name)} | set(exposed)
    assert missing({name: committed[name] for name in committed if name in compared}, exposed) == []


def test_cluster_with_its_exporters_and_prometheus(
    cluster: Cluster,
    rendered: Objects,
    shop: Shop,
    module_programs: Programs,
    tmp_path: Path,
) -> None:
    cluster.apply(each for each in kinds.objects() if each["kind"] != "Pod")
    for pod in (each for each in kinds.objects() if each["kind"] == "Pod"):
        cluster.apply([{key: value for key, value in pod.items() if key != "status"}])
        cluster.sandbox.api.apply(pod, subresource="status")
    operator = start_operator(rendered, cluster, module_programs)
    operated = Operated(rendered, cluster)
    state = start_state_metrics(rendered, cluster, module_programs)
    node = start_node_exporter(rendered, module_programs)
    prober = start_blackbox_exporter(rendered, cluster, module_programs)
    addresses = {
        "serviceMonitor/*kube-state-metrics/0": state.address,
        "serviceMonitor/*node-exporter/0": node.address,
        "probe/*": prober.address,
    }
    replica = Replica(operated, 0, addresses, tmp_path)
    prometheus = replica.start(module_programs)
    sidecar = replica.start_sidecar(module_programs)
    prometheus.one("probe_success == 1")
    prometheus.wait_until(lambda: prometheus.query('up{job="node-exporter"} == 1'), "a node")
    prometheus.wait_until(lambda: prometheus.query('kube_pod_status_reason{pod="killed"}'), "the pods")
    prometheus.wait_until(lambda: prometheus.query('kube_job_failed{job_name="late"}'), "a job that fails")
    condition = "kube_horizontalpodautoscaler_status_condition"
    prometheus.wait_until(lambda: prometheus.query(condition), "a look at the autoscaler, every 15 seconds")
    push_remotely(prometheus.program.address, "orders", 3, PUSHED, tmp_path)
    push_otlp(prometheus, "checkout.orders", 5, time.time_ns(), {"service.name": "checkout"})
    prometheus.wait_until(lambda: "ok" in {rule["health"] for rule in prometheus.rules()}, "an evaluation")
    check("kube-state-metrics", "kube-state-metrics", state.get("/metrics").text)
    assert _unstated_families(state.get("/metrics").text) == []
    check("node-exporter", "node_exporter", node.get("/metrics").text)
    check("blackbox-exporter", "blackbox_exporter", prober.get("/metrics").text)
    probes = [each["spec"] for each in rendered.of("Probe")]
    check("blackbox-probe", "blackbox_exporter", *(_probed(prober, probe) for probe in probes))
    sender = _sending_prometheus(module_programs, prometheus.program.address, tmp_path / "sending")
    both = [prometheus.program.get("/metrics").text, sender.program.get("/metrics").text]
    check("prometheus", "prometheus", *both)
    check("prometheus-operator", "prometheus-operator", operator.get("/metrics").text)
    check("thanos-sidecar", "thanos", sidecar.get("/metrics").text)
    _check_control_plane(cluster)


def _unstated_families(exposed: str) -> list[str]:
    """Return the families that the catalogue lacks; kube-state-metrics names those too that have no series yet."""
    families = {name for name in re.findall(r"# TYPE (kube_\S+)", exposed) if not re.fullmatch(NOT_ASKED_FOR, name)}
    return sorted(families - catalogue()["kube-state-metrics"].metrics.keys())


def _sending_prometheus(programs: Programs, address: str, directory: Path) -> Prometheus:
    """Start a Prometheus that sends its samples to another one, and an alert to an address without an Alertmanager."""
    port, closed = free_ports(2)
    directory.mkdir()
    rules = directory / "rules.yaml"
    rules.write_text(yaml.safe_dump({"groups": GROUPS}))
    configuration = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(rules)],
        "scrape_configs": [{"job_name": "orders", "static_configs": [{"targets": [f"{HOST}:{port}"]}]}],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"{HOST}:{closed}"]}]}]},
        "remote_write": [{"url": f"http://{address}/api/v1/write"}],
    }
    file = directory / "prometheus.yaml"
    file.write_text(yaml.safe_dump(configuration))
    flags = [f"--config.file={file}", f"--storage.tsdb.path={directory / 'samples'}"]
    flags += [f"--web.listen-address={HOST}:{port}", "--web.enable-remote-write-receiver"]
    found = Prometheus(programs.start("prometheus", flags, port, label="sending"))
    push_remotely(found.program.address, "orders", 3, PUSHED, directory)
    sent = "prometheus_remote_storage_samples_total"
    found.wait_until(lambda: found.program.metrics().total(sent) > 0, "a sample that was sent")
    failed = "prometheus_notifications_errors_total"
    found.wait_until(lambda: found.program.metrics().total(failed) > 0, "an alert that was not")
    return found


def _probed(prober: Program, probe: Mapping[str, Any]) -> str:
    (address,) = probe["targets"]["staticConfig"]["static"]
    return str(prober.get("/probe", module=probe["module"], target=address).text)


def _check_control_plane(cluster: Cluster) -> None:
    """Check the parts of the control plane after all that the objects have had them do."""
    ports = dict(_ports(cluster.sandbox.layout.root))
    with requests.Session() as session:
        session.trust_env = False
        session.headers.update(cluster.sandbox.api.connection.headers)
        session.verify = str(cluster.sandbox.layout.ca_certificate)
        urls = {
            "etcd": f"http://{ports['etcd']}/metrics",
            **{name: f"https://{ports[name]}/metrics" for name in ports if name != "etcd"},
        }
        for name, url in urls.items():
            answer = session.get(url, timeout=SECONDS)
            assert answer.ok, f"{url}: {answer.status_code} {answer.text}"
            check(name, "etcd" if name == "etcd" else "kubernetes", answer.text)


def _ports(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the address of each process of the control plane that exposes metrics, from its own command."""
    for process, _ in controlplane.status(root):
        words = Path(f"/proc/{process.pid}/cmdline").read_text().split("\0")
        flags = dict(word.split("=", 1) for word in words if word.startswith("--") and "=" in word)
        if process.name == "etcd":
            yield "etcd", flags["--listen-client-urls"].removeprefix("http://")
        elif "--secure-port" in flags:
            yield process.name, f"{HOST}:{flags['--secure-port']}"


def test_thanos(store: str, shop: Shop, programs: Programs, tmp_path: Path) -> None:
    rendered = render_stack(receiving_settings(store, shop, GROUPS))
    (closed,) = free_ports(1)
    contents = Objects([*rendered.manifests, *existing(shop)])
    thanos = Thanos(rendered, contents, tmp_path / "pods", f"{HOST}:{closed}")
    gateway = thanos.store_gateway(programs)
    ingestors = thanos.ingestors(programs)
    router, address = thanos.router(programs)
    query = thanos.query(programs)
    rulers = thanos.rulers(programs)
    frontend = thanos.query_frontend(programs)
    compactor = thanos.compact(programs)
    query.wait_until(lambda: sum(query.stores().values()) == 6, "the stores of the querier")
    push_remotely(address, "orders", 3, PUSHED, tmp_path, RECEIVE_PATH)
    query.one("service:orders:sum")
    for asked in (ingestors[0], rulers[0].program):
        # A store that has no sample yet, as the querier knows it, is not asked.
        query.wait_until(partial(_is_read, asked, query), "a query of the very store that is looked at")
    frontend.query_range("orders", time.time() - 300, time.time(), 60)
    compactor.wait_until(lambda: compactor.metrics().total("thanos_compact_iterations_total") > 0, "an iteration")
    check("thanos-store", "thanos", gateway.get("/metrics").text)
    check("thanos-receive-ingestor", "thanos", ingestors[0].get("/metrics").text)
    check("thanos-receive-router", "thanos", router.get("/metrics").text)
    check("thanos-query", "thanos", query.program.get("/metrics").text)
    check("thanos-query-frontend", "thanos", frontend.program.get("/metrics").text)
    check("thanos-rule", "thanos", rulers[0].program.get("/metrics").text)
    check("thanos-compact", "thanos", compactor.get("/metrics").text)


def _is_read(store: Program, query: Prometheus) -> bool:
    """Whether a store has answered with series; each look is a query of what every store may have."""
    query.query('{__name__=~"orders|service:orders:sum"}')
    return store.metrics().total("grpc_server_handled_total", grpc_method="Series") > 0


def test_alertmanager(programs: Programs, tmp_path: Path) -> None:
    port, gossip, closed = free_ports(3)
    receiver = {"name": "team", "webhook_configs": [{"url": f"http://{HOST}:{closed}"}]}
    file = tmp_path / "alertmanager.yml"
    file.write_text(yaml.safe_dump({"route": {"receiver": "team", "group_wait": "0s"}, "receivers": [receiver]}))
    arguments = [f"--config.file={file}", f"--storage.path={tmp_path / 'data'}"]
    arguments += [f"--cluster.listen-address={HOST}:{gossip}", f"--web.listen-address={HOST}:{port}"]
    arguments += [f"--enable-feature={','.join(FEATURES)}"]
    program = programs.start("alertmanager", arguments, port)
    program.post("/api/v2/alerts", json.dumps([ALERT]).encode(), "application/json")
    failed = "alertmanager_notification_requests_failed_total"
    program.wait_until(lambda: program.metrics().total(failed) > 0, "a notification that fails")
    check("alertmanager", "alertmanager", program.get("/metrics").text)


def test_loki(programs: Programs, tmp_path: Path) -> None:
    (closed,) = free_ports(1)
    args: LoggingArgs = {
        "namespace": "logging",
        "store": "filesystem",
        "ruler": True,
        "alertmanager_url": f"http://{HOST}:{closed}",
        "chunks_cache_mib": 0,
        "results_cache_mib": 0,
    }
    rendered = Renderer(tmp_path / "charts")(release_of(lambda: {"url": Logging("logs", args).query_url}))
    ports = Ports.free()
    configuration = on_this_machine(rendered, ports, tmp_path, "")
    rules = tmp_path / "log-rules"
    (rules / "fake").mkdir(parents=True)
    (rules / "fake" / "errors.yaml").write_text(yaml.safe_dump(LOG_RULES))
    configuration["ruler"] |= {
        "storage": {"type": "local", "local": {"directory": str(rules)}},
        "rule_path": str(tmp_path / "rules-in-use"),
        "evaluation_interval": "1s",
        "poll_interval": "1s",
    }
    loki = Loki(command("loki"), configuration, ports, tmp_path, {})
    try:
        begin = time.time_ns()
        loki.push([Line(begin + number, "stdout", "error") for number in range(100)], {"app": "shop"})
        assert len(loki.lines('{app="shop"}', begin, begin + 100)) == 100
        loki.count('{app="shop"}', begin - MINUTE, begin + MINUTE)
        loki.wait_until(lambda: loki.metric("loki_prometheus_notifications_errors_total") > 0, "an alert")
        loki.flush()
        loki.wait_until(lambda: loki.metric("loki_ingester_chunks_flushed_total") > 0, "a chunk")
        loki.wait_until(lambda: _reads_chunks(loki, begin), "a query of the store")
        check("loki", "loki", requests.get(f"http://{HOST}:{ports.http}/metrics", timeout=SECONDS).text)
    finally:
        loki.kill()


def _reads_chunks(loki: Loki, begin: int) -> bool:
    """Whether a query has read a chunk of the store."""
    loki.lines('{app="shop"}', begin, begin + 100)
    return loki.metric("loki_chunk_fetcher_fetched_size_bytes_count") > 0


def test_collector(programs: Programs) -> None:
    (port,) = free_ports(1)
    with trace_sink() as sink:
        rendered = Rendered(telemetry_args(f"{HOST}:{port}", sink.url))
        pod = {"OTEL_K8S_POD_NAME": "gateway-a"}
        gateway = Collector("gateway", rendered, Role.GATEWAY, programs, environment=pod)
        gateways = [gateway.address(OTLP_GRPC)]
        collector = Collector("agent", rendered, Role.AGENTS, programs, gateways=gateways)
        prometheus = start_prometheus(programs, port, {})
        sender = Sender(collector.address(OTLP_HTTP), SERVICE)
        sender.count("orders", 17)
        sender.trace([Span(TRACE, "buy", kind=OtlpSpan.SPAN_KIND_CLIENT, identity=CALL)])
        sender.close()
        called = Sender(collector.address(OTLP_HTTP), {"service.name": "orders"})
        called.trace([Span(TRACE, "order", kind=OtlpSpan.SPAN_KIND_SERVER, parent=CALL, failed=True)])
        called.close()
        prometheus.one("traces_service_graph_request_total > 0")
        prometheus.one('traces_spanmetrics_calls_total{service="orders"} > 0')
        prometheus.wait_until(lambda: len(prometheus.query("orders_total")) == 2, "the counter on both ways")
        federated = prometheus.program.get("/federate", **{"match[]": '{__name__=~"traces_.+"}'}).text
        own = [_own(each) for each in (collector, gateway)]
    check("otel-collector", "otelcol-contrib", *own)
    check("otel-spans", "otelcol-contrib", federated)


def _own(collector: Collector) -> str:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(f"http://{collector.address(OWN_METRICS)}/metrics", timeout=SECONDS).text
