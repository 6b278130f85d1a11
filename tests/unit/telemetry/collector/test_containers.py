"""The reader of the output of containers: which files it reads, and what a real Collector makes of their lines."""

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from components._log_labels import IndexLabel
from tests.unit.telemetry.collector.examples import config_of
from tests.unit.telemetry.collector.running import Record, run

WEB = "shop_web-1_11111111-1111-1111-1111-111111111111/web"
STATIC = "kube-system_etcd-node-1_0123456789abcdef0123456789abcdef/etcd"


def file_log(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = config_of(**changes)["receivers"]["file_log/containers"]
    return found


def cri(second: int, message: str, *, stream: str = "stdout", tag: str = "F", zone: str = "Z") -> str:
    return f"2026-11-27T20:00:{second:02d}.000000001{zone} {stream} {tag} {message}\n"


def docker(second: int, message: str, stream: str = "stdout") -> str:
    return json.dumps({"log": message, "stream": stream, "time": f"2026-11-27T20:00:{second:02d}.000000001Z"}) + "\n"


def write(directory: Path, name: str, lines: Iterable[str]) -> None:
    path = directory / "pods" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    data = "".join(lines).encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)


def bodies(records: Iterable[Record]) -> list[Any]:
    return sorted(record.body for record in records)


def test_all_namespaces_are_read_but_those_that_are_left_out() -> None:
    every = file_log()
    assert every["include"] == ["/var/log/pods/*/*/*.log", "/var/log/pods/*/*/*.log.*"]
    sources = {"containers": {"kind": "containers", "namespaces": ["shop"], "exclude_namespaces": ["cart"]}}
    some = file_log(sources=sources)
    assert some["include"] == ["/var/log/pods/shop_*/*/*.log", "/var/log/pods/shop_*/*/*.log.*"]
    assert "/var/log/pods/cart_*/*/*" in some["exclude"]


def test_the_output_of_the_collectors_is_read_only_where_their_namespace_is_named() -> None:
    own = "/var/log/pods/telemetry_otel-collector-*/opentelemetry-collector/*"
    assert own in file_log()["exclude"], "a line for each line that is not sent would be sent too"
    sources = {"containers": {"kind": "containers", "namespaces": ["telemetry"]}}
    assert own not in file_log(sources=sources)["exclude"]


def test_the_reader_waits_and_goes_on_where_it_was() -> None:
    reader = file_log()
    assert reader["start_at"] == "beginning"
    assert reader["storage"] == "file_storage"
    assert reader["retry_on_failure"] == {"enabled": True, "max_elapsed_time": "0s"}


def test_lines_of_every_runtime_are_read_with_the_labels_of_the_policy(tmp_path: Path) -> None:
    write(tmp_path, f"{WEB}/0.log", [cri(1, "containerd")])
    write(tmp_path, "shop_cri-o-1_2222/web/0.log", [cri(2, "cri-o", zone="+02:00")])
    write(tmp_path, f"{STATIC}/3.log", [docker(3, "docker\n")])
    app = {"k8s.pod.label.app": "shop", "k8s.pod.ip": "10.0.0.7"}
    records = run(config_of(index_labels=list(IndexLabel), cluster="c1"), tmp_path, count=3, pods={"web-1": app})
    found = {record.body: record for record in records}
    assert found["containerd"].resource == {
        "namespace": "shop",
        "pod": "web-1",
        "container": "web",
        "app": "shop",
        "job": "shop/web",
        "container_runtime": "containerd",
        "stream": "stdout",
        "pod_ip": "10.0.0.7",
        "filename": str(tmp_path / "pods" / WEB / "0.log"),
        "cluster": "c1",
        "service.name": "shop",
    }
    assert found["containerd"].attributes == {}
    assert found["containerd"].item["timeUnixNano"] == "1795809601000000001"
    assert "observedTimeUnixNano" not in found["containerd"].item, "Loki would store a line that is read again twice"
    assert found["cri-o"].resource["container_runtime"] == "cri-o"
    assert found["cri-o"].item["timeUnixNano"] == "1795802402000000001"
    assert found["docker"].resource["container_runtime"] == "docker"
    assert found["docker"].resource["service.name"] == "etcd", "the container, where no label names the app"
    assert found["docker"].item["timeUnixNano"] == "1795809603000000001"


def test_only_the_labels_that_are_wanted_are_sent(tmp_path: Path) -> None:
    write(tmp_path, f"{WEB}/0.log", [cri(1, "line")])
    [record] = run(config_of(index_labels=["namespace"]), tmp_path, count=1, pods={"web-1": {"k8s.pod.label.app": "a"}})
    assert record.resource == {"namespace": "shop", "cluster": "local", "service.name": "a"}


def test_parts_of_lines_are_joined_for_each_stream(tmp_path: Path) -> None:
    lines = [
        cri(1, "one ", tag="P"),
        cri(2, "error ", stream="stderr", tag="P"),
        cri(3, " line", tag="P"),
        cri(4, "of stderr", stream="stderr"),
        cri(5, ""),
        cri(6, "  indented  "),
    ]
    write(tmp_path, f"{WEB}/0.log", lines)
    write(tmp_path, f"{STATIC}/0.log", [docker(1, "of "), docker(2, "other\n", "stderr"), docker(3, "docker\n")])
    records = run(config_of(), tmp_path, count=5)
    assert bodies(records) == ["  indented  ", "error of stderr", "of docker", "one  line", "other"]
    assert {record.resource["stream"] for record in records if "o" in record.body} == {"stdout", "stderr"}


def test_rotated_files_are_read_once(tmp_path: Path) -> None:
    write(tmp_path, f"{WEB}/0.log.20261127-190000.gz", [cri(1, "oldest"), cri(2, "old")])
    write(tmp_path, f"{WEB}/0.log.20261127-193000", [cri(3, "rotated")])
    write(tmp_path, f"{WEB}/0.log.20261127-193000.tmp", [cri(4, "being compressed")])
    write(tmp_path, f"{WEB}/0.log", [cri(5, "current")])
    assert bodies(run(config_of(), tmp_path, count=4)) == ["current", "old", "oldest", "rotated"]
    (tmp_path / "pods" / WEB / "0.log.20261127-193000").unlink()
    write(tmp_path, f"{WEB}/0.log.20261127-193000.gz", [cri(3, "rotated")])
    (tmp_path / "pods" / WEB / "0.log").rename(tmp_path / "pods" / WEB / "0.log.20261127-200000")
    write(tmp_path, f"{WEB}/0.log", [cri(6, "next")])
    assert bodies(run(config_of(), tmp_path, count=1)) == ["next"], "what was read has another name since"


def test_a_line_that_no_runtime_writes_is_sent_as_it_is(tmp_path: Path) -> None:
    write(tmp_path, f"{WEB}/0.log", ["no runtime\n"])
    [record] = run(config_of(), tmp_path, count=1)
    assert (record.body, record.resource["pod"]) == ("no runtime", "web-1")
    assert record.item["observedTimeUnixNano"], "the only time that it has"


@pytest.mark.parametrize("write_line", [cri, docker], ids=["cri", "docker"])
def test_entries_of_several_lines_begin_with_the_pattern(tmp_path: Path, write_line: Any) -> None:
    end = "\n" if write_line is docker else ""
    texts = ["2026 one", "  at $a", "", "2026 two", "2026 three", "\tat b"]
    write(tmp_path, f"{WEB}/0.log", [write_line(n, text + end) for n, text in enumerate(texts)])
    processors = {"entries": {"kind": "multiline", "pattern": r"^\d{4} "}}
    config = config_of(processors=processors, pipelines={"containers": {"processors": ["entries"]}})
    records = run(config, tmp_path, count=3)
    assert bodies(records) == ["2026 one\n  at $a\n", "2026 three\n\tat b", "2026 two"]


def test_a_pod_that_does_not_want_to_be_read_is_not(tmp_path: Path) -> None:
    write(tmp_path, f"{WEB}/0.log", [cri(1, "unwanted")])
    write(tmp_path, "shop_other-1_2222/web/0.log", [cri(2, "wanted")])
    records = run(config_of(), tmp_path, count=1, pods={"web-1": {"observability.logs": "false"}})
    assert bodies(records) == ["wanted"]


def test_fields_of_json_lines_are_structured_metadata(tmp_path: Path) -> None:
    write(tmp_path, f"{WEB}/0.log", [cri(1, '{"trace_id":"abc","n":1}')])
    [record] = run(config_of(structured_metadata=["trace_id"]), tmp_path, count=1)
    assert record.attributes == {"trace_id": "abc"}
