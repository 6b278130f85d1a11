"""What arrives of lines: labels, metadata, level, drops, redaction and tenants, by the configuration as rendered."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from components._collector_roles import Role
from components._log_labels import IndexLabel
from components.telemetry.labels import log_labels, log_metadata
from components.telemetry.model import Secret
from tests.alloy_pipeline import Configuration, Entry
from tests.redaction_corpus import INNOCENT, REDACTED
from tests.unit.telemetry.alloy.test_sources import META
from tests.unit.telemetry.examples import config_of, telemetry_spec

LOKI = "loki.write.endpoint"
FILE = "/var/log/pods/shop_web_uid/web/0.log"


def cri(line: str, stream: str = "stdout", flag: str = "F") -> str:
    return f"2026-11-27T20:00:00.000000001Z {stream} {flag} {line}"


def arrived(lines: Sequence[str], meta: Mapping[str, str] = META, **changes: Any) -> list[Entry]:
    """Return what Loki gets of the lines of a file of a container."""
    configuration = Configuration(config_of(**changes))
    target = configuration.target("discovery.relabel.pod", meta)
    assert target is not None
    labels = {name: value for name, value in target.items() if not name.startswith("__")}
    entries = [Entry(line, {**labels, "filename": FILE}) for line in lines]
    return configuration.send("loki.source.file.pod", entries).get(LOKI, [])


def processed(lines: Sequence[str], *processors: dict[str, Any], **changes: Any) -> list[Entry]:
    """Return what Loki gets where the pipeline of containers has these processors."""
    named = {f"p{index}": processor for index, processor in enumerate(processors)}
    pipelines = {"containers": {"processors": list(named)}}
    return arrived([cri(line) for line in lines], processors=named, pipelines=pipelines, **changes)


@pytest.mark.parametrize("labels", [[*IndexLabel], ["namespace", "pod"], ["namespace", "container", "app", "stream"]])
@pytest.mark.parametrize("source", ["files", "api"])
def test_a_line_has_the_labels_that_are_reported_and_no_other(labels: list[str], source: str) -> None:
    changes: dict[str, Any] = {"index_labels": labels, "log_source": source, "extra_labels": {"team": "shop"}}
    configuration = Configuration(config_of(**changes))
    target = configuration.target("discovery.relabel.pod", META)
    assert target is not None
    own = {name: value for name, value in target.items() if not name.startswith("__")}
    if source == "files":
        entry = Entry(cri("ERROR it failed"), {**own, "filename": FILE})
    else:
        entry = Entry("ERROR it failed", {"job": "loki.source.kubernetes.pod", **own, "instance": "shop/web:web"})
    name = "loki.source.file.pod" if source == "files" else "loki.source.kubernetes.pod"
    (found,) = configuration.send(name, [entry])[LOKI]
    assert found.line == "ERROR it failed"
    reported = set(log_labels(telemetry_spec(**changes)))
    # Loki itself makes the name of the service of app or container.
    made = set() if {"app", "container"} <= set(labels) else {"service_name"}
    assert set(found.index_labels) == (reported - {"service_name"}) | made
    assert found.index_labels.get("level") == ("error" if "level" in labels else None)


def test_parts_of_a_line_are_joined_and_streams_kept_apart() -> None:
    found = arrived(
        [cri("one ", flag="P"), cri("warned", "stderr"), cri("two", flag="F"), cri("three")],
        index_labels=["namespace", "stream"],
    )
    assert [(entry.line, entry.labels["stream"]) for entry in found] == [
        ("warned", "stderr"),
        ("one two", "stdout"),
        ("three", "stdout"),
    ]


def docker(line: str, stream: str = "stdout") -> str:
    return json.dumps({"log": line, "stream": stream, "time": "2026-11-27T20:00:00.000000001Z"}, separators=(",", ":"))


def test_lines_of_docker_arrive_as_those_of_other_runtimes() -> None:
    lines = ["started\n", '{"level":"warn","trace_id":"abc"}\n']
    by_docker = arrived([docker(line) for line in lines])
    by_others = arrived([cri(line.removesuffix("\n")) for line in lines])
    assert [(entry.line, entry.labels, entry.metadata, entry.timestamp) for entry in by_docker] == [
        (entry.line, entry.labels, entry.metadata, entry.timestamp) for entry in by_others
    ]
    assert by_docker[1].metadata == {"trace_id": "abc"}


def test_parts_of_a_line_of_docker_are_joined() -> None:
    whole = "x" * 16_384 + '{"log":"end"}'
    parts = [docker(whole[:16_384]), docker("between\n", "stderr"), docker(whole[16_384:] + "\n")]
    assert [entry.line for entry in arrived(parts)] == ["between", whole]


def test_a_json_line_of_an_application_is_not_taken_for_one_of_docker() -> None:
    line = '{"log":"mine","stream":"x"}'
    assert [entry.line for entry in arrived([cri(line)])] == [line]


def test_an_entry_of_several_lines_is_one() -> None:
    lines = ["2026-11-27 boom", "  at main.py:1", "2026-11-27 next"]
    found = processed(lines, {"kind": "multiline", "pattern": r"^\d{4}-"})
    assert [entry.line for entry in found] == ["2026-11-27 boom\n  at main.py:1", "2026-11-27 next"]


def test_fields_of_json_become_labels_and_metadata() -> None:
    processor = {
        "kind": "json",
        "labels": {"tier": "log.tier"},
        "metadata": {"user": "user", "status": "http-status", "pod": "pod"},
    }
    line = '{"log":{"tier":"web"},"user":"jane","http-status":200,"trace_id":"abc"}'
    (found,) = processed([line], processor)
    assert found.labels["tier"] == "web"
    assert found.metadata == {"user": "jane", "status": "200", "trace_id": "abc"}
    assert found.labels["pod"] == "web-1", "a field of the name of a label takes nothing from it"
    (other,) = processed(["no json"], processor)
    assert "tier" not in other.labels and other.metadata == {}


def test_fields_of_logfmt_become_labels_and_metadata() -> None:
    processor = {"kind": "logfmt", "labels": {"tier": "tier"}, "metadata": {"message": "msg"}}
    (found,) = processed(['tier=web msg="two words" x=1'], processor)
    assert (found.labels["tier"], found.metadata) == ("web", {"message": "two words"})


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ('{"level":"WARN","msg":"x"}', "warn"),
        ('{"severity":"Warning"}', "warn"),
        ('{"lvl":30}', "info"),
        ('{"level":"strange","msg":"[error]"}', None),
        ('{"msg":"an ERROR in the text"}', None),
        ("level=err msg=x", "error"),
        ("ts=1 severity=critical", "fatal"),
        ("2026-11-27 ERROR it failed", "error"),
        ("[debug] looking", "debug"),
        ("panic: runtime error", "fatal"),
        ("an error in a sentence", None),
        ("NOTICE of change", "info"),
    ],
)
def test_the_level_of_a_line_is_found_and_written_as_the_policy_has_it(line: str, level: str | None) -> None:
    (found,) = processed([line], {"kind": "level"})
    assert found.labels.get("level") == level


@pytest.mark.parametrize(("type_", "level"), [("Normal", "info"), ("Warning", "warn")])
def test_the_level_of_an_event_is_its_type(type_: str, level: str) -> None:
    text = config_of(role=Role.SINGLETON, events=True, index_labels=["namespace", "job", "level"])
    labels = {"namespace": "shop", "job": "kubernetes-events", "instance": "loki.source.kubernetes_events.default"}
    entry = Entry(json.dumps({"type": type_, "reason": "BackOff", "msg": "an ERROR"}), labels)
    (found,) = Configuration(text).send("loki.source.kubernetes_events.default", [entry])[LOKI]
    expected = {"namespace": "shop", "job": "kubernetes-events", "level": level, "cluster": "local"}
    assert found.index_labels == expected


def test_events_of_left_out_namespaces_are_dropped() -> None:
    changes: dict[str, Any] = {
        "events": True,
        "sources": {"events": {"kind": "events", "exclude_namespaces": ["kube-system", "cart"]}},
    }
    entries = [Entry("{}", {"namespace": name}) for name in ("kube-system", "shop", "kube-system-2")]
    found = Configuration(config_of(role=Role.SINGLETON, **changes)).send(
        "loki.source.kubernetes_events.default", entries
    )
    assert [entry.labels["namespace"] for entry in found[LOKI]] == ["shop", "kube-system-2"]


def test_noise_is_dropped_wherever_it_is_in_the_line() -> None:
    found = processed(["x GET /health 200", "GET /shop"], {"kind": "drop", "pattern": "GET /health"})
    assert [entry.line for entry in found] == ["GET /shop"]


@pytest.mark.parametrize("secret", Secret)
def test_secrets_are_replaced_by_their_name(secret: Secret) -> None:
    processor = {"kind": "redact", "detect": [secret.value]}
    lines = [line for line, _ in REDACTED[secret]]
    assert [entry.line for entry in processed(lines, processor)] == [left for _, left in REDACTED[secret]]


def test_what_is_no_secret_stays() -> None:
    assert [entry.line for entry in processed(list(INNOCENT), {"kind": "redact"})] == list(INNOCENT)


def test_own_patterns_are_replaced_with_and_without_groups() -> None:
    processor = {"kind": "redact", "detect": [], "patterns": {"customer": r"\bC-(\d{8})\b", "order": r"O-\d+"}}
    assert [entry.line for entry in processed(["C-12345678 O-1 C-1"], processor)] == ["[customer] [order] C-1"]


def test_attributes_are_labels_where_loki_indexes_them_and_set_where_missing() -> None:
    attributes = {"team": 'a "b" {{ c }}', "deployment.environment.name": "test", "namespace": "other"}
    (found,) = processed(["x"], {"kind": "resource", "attributes": attributes})
    assert found.metadata == {"team": 'a "b" {{ c }}'}
    assert (found.labels["deployment_environment_name"], found.labels["namespace"]) == ("test", "shop")


@pytest.mark.parametrize("labels", [["namespace", "pod"], ["pod", "app", "container"]])
def test_the_lines_of_a_namespace_belong_to_its_tenant(labels: list[str]) -> None:
    tenants = {"shop": "team-a", "cart": "team-b"}
    changes: dict[str, Any] = {"logs_tenant": "ops", "namespace_tenants": tenants, "index_labels": labels}
    (found,) = arrived([cri("x")], **changes)
    assert found.tenant == "team-a"
    assert ("namespace" in found.labels) is ("namespace" in labels)
    (other,) = arrived([cri("x")], {**META, "__meta_kubernetes_namespace": "shop-2"}, **changes)
    assert other.tenant == ""


CENTRAL: dict[str, Any] = {
    "logs_tenant": "ops",
    "namespace_tenants": {"shop": "team-a"},
    "processors": {"fields": {"kind": "json", "metadata": {"user": "user"}}},
    "destinations": {
        "central": {"kind": "otlp", "url": "https://otlp.example.org"},
        "archive": {"kind": "loki", "url": "https://loki.example.org", "client": {"tenant": "archive"}},
        "copy": {"kind": "loki", "url": "https://copy.example.org"},
    },
    "pipelines": {
        "containers": {"processors": ["fields"], "destinations": ["loki", "archive", "copy", "central"]},
    },
}


def test_lines_go_to_every_destination_with_their_metadata() -> None:
    configuration = Configuration(config_of(**CENTRAL))
    target = configuration.target("discovery.relabel.pod", META) or {}
    labels = {name: value for name, value in target.items() if not name.startswith("__")}
    line = '{"user":"jane","trace_id":"abc"}'
    found = configuration.send("loki.source.file.pod", [Entry(cri(line), {**labels, "filename": FILE})])
    metadata = {"user": "jane", "trace_id": "abc"}
    tenants = {LOKI: "team-a", "loki.write.destination_archive": "", "loki.write.destination_copy": "team-a"}
    for end, tenant in tenants.items():
        (entry,) = found.pop(end)
        assert (entry.line, entry.metadata, entry.tenant) == (line, metadata, tenant)
        assert set(entry.index_labels) == set(log_labels(telemetry_spec())) - {"service_name"}
    ((end, (entry,)),) = found.items()
    assert end == "otelcol.receiver.loki.pod_otlp"
    assert entry.metadata == {} and metadata.items() <= entry.labels.items(), "OTLP is made of labels alone"


def test_a_source_of_two_pipelines_is_read_once() -> None:
    changes: dict[str, Any] = {
        "destinations": {"copy": {"kind": "loki", "url": "https://copy.example.org"}},
        "processors": {"health": {"kind": "drop", "pattern": "health"}},
        "pipelines": {
            "containers": {"processors": ["health"]},
            "all": {"signal": "logs", "sources": ["containers"], "destinations": ["copy"]},
        },
    }
    text = config_of(**changes)
    assert text.count("\nloki.source.file ") == 1
    found = Configuration(text).send("loki.source.file.pod", [Entry(cri("GET /health"), {"filename": FILE})])
    assert {end: len(entries) for end, entries in found.items()} == {"loki.write.destination_copy": 1}


def test_metadata_is_what_is_reported() -> None:
    spec = telemetry_spec(**CENTRAL)
    assert log_metadata(spec) == sorted(["user", *spec.structured_metadata])
