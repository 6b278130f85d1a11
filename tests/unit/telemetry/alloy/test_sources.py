"""Which containers, messages and entries are read, with which labels, by the rules as rendered."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components._collector_roles import Role
from tests.alloy_pipeline import Configuration, Entry
from tests.unit.telemetry.alloy.examples import BY_NAMESPACE, FURTHER
from tests.unit.telemetry.examples import component, config_of

META = {
    "__meta_kubernetes_namespace": "shop",
    "__meta_kubernetes_pod_name": "web-1",
    "__meta_kubernetes_pod_container_name": "web",
    "__meta_kubernetes_pod_uid": "0001",
    "__meta_kubernetes_pod_container_id": "containerd://abc",
    "__meta_kubernetes_pod_node_name": "node-1",
    "__meta_kubernetes_pod_ip": "10.0.0.1",
    "__meta_kubernetes_pod_label_app_kubernetes_io_name": "web",
}
LOKI = "loki.write.endpoint"


def target(changes: dict[str, str], source: str = "pod", **settings: Any) -> dict[str, str] | None:
    """Return the labels of a container of a pod that differs by `changes`; `None` where it is not read."""
    found = Configuration(config_of(**settings)).target(f"discovery.relabel.{source}", {**META, **changes})
    return found and {name: value for name, value in found.items() if not name.startswith("__meta_")}


def test_a_container_has_the_labels_of_the_policy_and_the_path_of_its_files() -> None:
    assert target({}) == {
        "namespace": "shop",
        "pod": "web-1",
        "container": "web",
        "app": "web",
        "job": "shop/web",
        "container_runtime": "containerd",
        "__path__": "/var/log/pods/*0001/web/*.log",
    }


@pytest.mark.parametrize(
    ("labels", "app"),
    [
        ({"app_kubernetes_io_name": "", "app": "b", "k8s_app": "c"}, "b"),
        ({"app_kubernetes_io_name": "", "k8s_app": "c"}, "c"),
        ({"app_kubernetes_io_name": "a", "app": "b", "k8s_app": "c"}, "a"),
        ({"app_kubernetes_io_name": ""}, None),
    ],
)
def test_the_app_is_the_first_label_that_is_set(labels: dict[str, str], app: str | None) -> None:
    found = target({f"__meta_kubernetes_pod_label_{name}": value for name, value in labels.items()}) or {}
    assert found.get("app") == app


def test_the_name_of_the_service_is_set_where_loki_would_not_find_it() -> None:
    assert "service_name" not in (target({}) or {})
    found = target({}, index_labels=["namespace", "pod"]) or {}
    assert found["service_name"] == "web"
    unnamed = {
        "__meta_kubernetes_pod_label_app_kubernetes_io_name": "",
        "__meta_kubernetes_pod_container_name": "sidecar",
    }
    assert (target(unnamed, index_labels=["namespace", "pod"]) or {})["service_name"] == "sidecar"


def test_the_path_of_a_static_pod_is_that_of_its_manifest() -> None:
    found = target({"__meta_kubernetes_pod_annotation_kubernetes_io_config_hash": "ffff"}) or {}
    assert found["__path__"] == "/var/log/pods/*ffff/web/*.log"


@pytest.mark.parametrize(("value", "read"), [("false", False), ("true", True), ("", True), ("falsely", True)])
@pytest.mark.parametrize("log_source", ["files", "api"])
def test_a_pod_can_ask_not_to_be_read(value: str, read: bool, log_source: str) -> None:
    annotation = {"__meta_kubernetes_pod_annotation_observability_logs": value}
    assert (target(annotation, log_source=log_source) is not None) is read


@pytest.mark.parametrize(
    ("options", "namespaces"),
    [
        ({"namespaces": ["shop", "cart"]}, ["cart", "shop"]),
        ({"exclude_namespaces": ["shop", "kube-system"]}, ["cart", "shop-2"]),
        ({"namespaces": ["shop", "cart"], "exclude_namespaces": ["cart"]}, ["shop"]),
    ],
)
def test_namespaces_are_chosen_and_left_out(options: dict[str, Any], namespaces: list[str]) -> None:
    settings = {
        "sources": {"some": {"kind": "containers", **options}},
        "pipelines": {"containers": {"sources": ["some"]}},
    }
    every = ["cart", "kube-system", "shop", "shop-2"]
    found = [
        name for name in every if target({"__meta_kubernetes_namespace": name}, "source_some", **settings) is not None
    ]
    assert found == namespaces


def test_two_sources_of_the_same_namespaces_have_a_reader_each() -> None:
    shop = {"kind": "containers", "namespaces": ["shop"]}
    settings: dict[str, Any] = {
        "sources": {"shop": shop, "copied": shop},
        "destinations": {"central": {"kind": "loki", "url": "https://loki.example.org"}},
        "pipelines": {
            "containers": {"sources": ["shop"]},
            "copy": {"signal": "logs", "sources": ["copied"], "destinations": ["central"]},
        },
    }
    configuration = Configuration(config_of(**settings))
    line = [Entry("2026-01-01T00:00:00Z stdout F it works")]
    arrived = [list(configuration.send(f"loki.source.file.source_{name}", line)) for name in ("shop", "copied")]
    assert arrived == [[LOKI], ["loki.write.destination_central"]]


NAMESPACES = ["a", "a-b", "b", "shop", "shop-2"]
FILES, API = "loki.source.file", "loki.source.kubernetes"


def readers_of(configurations: Mapping[Role, Configuration], namespace: str) -> list[tuple[Role, str]]:
    """Return the role and the kind of each reader from which a line of a pod of a namespace arrives at Loki."""
    found = []
    for role, configuration in configurations.items():
        for reference in configuration.components:
            kind, _, label = reference.rpartition(".")
            if kind not in (FILES, API):
                continue
            meta = {**META, "__meta_kubernetes_namespace": namespace}
            labels = configuration.target(f"discovery.relabel.{label}", meta)
            if labels is None:
                continue
            line = "it works" if kind == API else "2026-01-01T00:00:00Z stdout F it works"
            found += [(role, kind) for _ in configuration.send(reference, [Entry(line, labels)])[LOKI]]
    return found


@settings(max_examples=20, deadline=None)
@given(
    chosen=st.fixed_dictionaries({name: st.sampled_from([FILES, API, None]) for name in NAMESPACES}),
    named=st.sampled_from([FILES, API]),
)
def test_a_line_arrives_once_from_where_its_namespace_is_read(chosen: dict[str, str | None], named: str) -> None:
    rest = API if named == FILES else FILES
    namespaces = [name for name, kind in chosen.items() if kind == named]
    others = [name for name, kind in chosen.items() if kind != rest]
    options = {named: {"namespaces": ["one", *namespaces]}, rest: {"exclude_namespaces": ["one", *others]}}
    changes: dict[str, Any] = {
        "sources": {
            "files": {"kind": "containers", **options[FILES]},
            "api": {"kind": "containers", "log_source": "api", **options[API]},
        },
        "pipelines": {"containers": {"sources": ["files", "api"]}},
    }
    configurations = {role: Configuration(config_of(role=role, **changes)) for role in (Role.AGENTS, Role.SINGLETON)}
    reader = {FILES: [(Role.AGENTS, FILES)], API: [(Role.SINGLETON, API)], None: []}
    for namespace, kind in {**chosen, "one": named, "another": rest}.items():
        assert readers_of(configurations, namespace) == reader[kind], namespace


def test_lines_of_both_sources_have_the_same_labels_but_those_of_files() -> None:
    arrived = {}
    for role, kind, label in ((Role.AGENTS, FILES, "pod"), (Role.SINGLETON, API, "source_restricted")):
        configuration = Configuration(config_of(role=role, **BY_NAMESPACE))
        namespace = {"__meta_kubernetes_namespace": "restricted" if kind == API else "shop"}
        found = configuration.target(f"discovery.relabel.{label}", {**META, **namespace})
        assert found is not None
        own = {name: value for name, value in found.items() if not name.startswith("__")}
        added = {"instance": "x"} if kind == API else {"filename": "/var/log/pods/0.log"}
        line = f"{'2026-01-01T00:00:00Z stdout F ' if kind == FILES else ''}level=warn it works"
        (entry,) = configuration.send(f"{kind}.{label}", [Entry(line, {**own, **added})])[LOKI]
        assert entry.line == "level=warn it works"
        arrived[kind] = entry.index_labels
    assert {*arrived[FILES]} - {"stream", "filename"} == {*arrived[API]}
    assert arrived[API]["level"] == "warn" and arrived[API]["job"] == "restricted/web"


def test_positions_of_containers_are_kept_where_a_namespace_is_left_out() -> None:
    text = config_of(sources={"containers": {"kind": "containers", "exclude_namespaces": ["shop"]}})
    assert component(text, 'loki.source.file "pod"') == component(config_of(), 'loki.source.file "pod"')


def lines_of(source: str, meta: dict[str, str], labels: dict[str, str], **settings: Any) -> Entry:
    """Return what Loki gets of a line of a source that relabels each line itself."""
    configuration = Configuration(config_of(**settings))
    reader = configuration.components[f"loki.source.{source}"]
    rules = reader.arguments["relabel_rules"].text.removesuffix(".rules")
    found = configuration.target(rules, {**labels, **meta})
    assert found is not None
    own = {name: value for name, value in found.items() if not name.startswith("__")}
    (entry,) = configuration.send(reader.reference, [Entry("it works", own)])[LOKI]
    return entry


NODES = {"index_labels": ["namespace", "app", "job", "level", "node_name"]}


def test_a_message_of_syslog_has_its_program_its_host_and_its_level() -> None:
    meta = {
        "__syslog_message_app_name": "sshd",
        "__syslog_message_hostname": "router-1",
        "__syslog_message_severity": "critical",
    }
    entry = lines_of("syslog.source_routers", meta, {"job": "syslog"}, **FURTHER)
    assert entry.index_labels == {"job": "syslog", "app": "sshd", "level": "fatal", "cluster": "local"}
    assert entry.metadata == {"hostname": "router-1"}


def test_an_entry_of_the_journal_has_its_unit_its_host_and_its_level() -> None:
    settings: dict[str, Any] = {"pipelines": {"nodes": {"signal": "logs", "sources": ["journald"]}}}
    meta = {
        "__journal__systemd_unit": "kubelet.service",
        "__journal__hostname": "node-1",
        "__journal_priority_keyword": "err",
    }
    entry = lines_of("journal.default", meta, {"job": "journald"}, **NODES, **settings)
    assert entry.index_labels == {
        **{"job": "journald", "app": "kubelet.service", "node_name": "node-1"},
        **{"level": "error", "cluster": "local"},
    }
    without = lines_of("journal.default", meta, {"job": "journald"}, **settings)
    assert "level" not in without.labels and "node_name" not in without.labels
    assert without.metadata == {"hostname": "node-1"}


def test_the_lines_of_a_source_go_to_its_own_pipelines_alone() -> None:
    kinds = ("docker", "journald", "syslog")
    own = {kind: {"signal": "logs", "sources": [kind]} for kind in kinds}
    both = {"signal": "logs", "sources": ["docker", "syslog"], "destinations": ["archive"]}
    archive = {"archive": {"kind": "loki", "url": "http://archive:3100"}}
    found = Configuration(config_of(pipelines={**own, "both": both}, destinations=archive)).components
    readers = {name: found[f"loki.source.{name}.default"].arguments["forward_to"] for name in ("docker", "syslog")}
    readers["journald"] = found["loki.source.journal.default"].arguments["forward_to"]
    assert {name: [ref.text for ref in refs] for name, refs in readers.items()} == {
        "docker": ["loki.process.pipeline_both_docker_default.receiver", "loki.process.pipeline_docker.receiver"],
        "syslog": ["loki.process.pipeline_both_syslog_default.receiver", "loki.process.pipeline_syslog.receiver"],
        "journald": ["loki.process.pipeline_journald.receiver"],
    }


def test_the_journal_is_read_on_disk_and_in_memory_with_the_same_labels() -> None:
    readers = {
        name: reader.arguments
        for name, reader in Configuration(config_of(**FURTHER)).components.items()
        if name.startswith("loki.source.journal.")
    }
    on_disk, volatile = (readers[f"loki.source.journal.{label}source_kubelet"] for label in ("", "volatile_"))
    assert (on_disk["path"], volatile["path"]) == ("/var/log/journal", "/run/log/journal")
    assert {**on_disk, "path": ""} == {**volatile, "path": ""} and len(readers) == 2


@pytest.mark.parametrize(
    ("unit", "read"), [("kubelet.service", True), ("kubelet-service", False), ("cron.service", False)]
)
def test_only_named_units_of_the_journal_are_read(unit: str, read: bool) -> None:
    configuration = Configuration(config_of(**FURTHER))
    found = configuration.target("loki.relabel.journald_source_kubelet", {"__journal__systemd_unit": unit})
    assert (found is not None) is read


def test_containers_of_docker_are_named_and_those_of_pods_left_out() -> None:
    settings: dict[str, Any] = {"pipelines": {"host": {"signal": "logs", "sources": ["docker"]}}}
    configuration = Configuration(config_of(**settings))
    pod = {"__meta_docker_container_label_io_kubernetes_pod_name": "web-1"}
    assert configuration.target("discovery.relabel.docker_default", pod) is None
    meta = {
        "__meta_docker_container_name": "/registry",
        "__meta_docker_container_label_com_docker_compose_service": "images",
        "__meta_docker_container_log_stream": "stderr",
    }
    entry = lines_of(
        "docker.default", meta, {"job": "docker", "container_runtime": "docker", "hostname": "a"}, **settings
    )
    assert entry.index_labels == {
        **{"job": "docker", "container_runtime": "docker", "cluster": "local"},
        **{"container": "registry", "app": "images", "stream": "stderr"},
    }
    assert entry.metadata == {"hostname": "a"}


@pytest.mark.parametrize(("interval", "timeout"), [("5s", True), ("30s", False)])
def test_a_scrape_ends_before_the_next_one_and_is_done_once(interval: str, timeout: bool) -> None:
    settings: dict[str, Any] = {
        "sources": {"orders": {"kind": "prometheus", "targets": ["orders:9464"], "interval": interval}},
        "pipelines": {"orders": {"signal": "metrics", "sources": ["orders"]}},
    }
    scrape = component(config_of(role=Role.SINGLETON, **settings), 'prometheus.scrape "source_orders"')
    assert (f'scrape_timeout  = "{interval}"' in scrape) is timeout
    assert "prometheus.scrape" not in config_of(**settings)


def test_every_receiver_listens_at_every_address_of_the_pod() -> None:
    settings: dict[str, Any] = {
        "ip_families": ["IPv6"],
        "sources": {"old": {"kind": "syslog", "port": 5514}},
        "pipelines": {
            "traces": {"sources": ["otlp", "jaeger", "zipkin"]},
            "old": {"signal": "logs", "sources": ["old"]},
        },
    }
    text = config_of(**settings)
    assert text.count('"[::]:') == 2 + 4 + 1 + 1 and "0.0.0.0" not in text
