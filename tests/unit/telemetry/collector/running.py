"""A real Collector that runs a rendered configuration on files and messages of a test, and says what it would send."""

import json
import os
import re
import shutil
import socket
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

import yaml

from components.telemetry.collector.config import STORAGE_DIRECTORY
from components.telemetry.collector.values import FEATURE_GATES
from components.urls import OTLP_GRPC_PORT, OTLP_HTTP_PORT
from sandbox.commands import HOST, free_ports
from tests.installed_tools import require

COMMAND = "otelcol-contrib"
ENVIRONMENT = {"OTEL_K8S_NODE_NAME": "node-1", "OTEL_K8S_POD_NAME": "collector-1"}
_NEEDS_CLUSTER, _EVENTS = "k8s_attributes", "k8s_objects"
_PATIENCE = 60
"""Seconds until a Collector that does not say what is expected is ended."""


@dataclass(frozen=True)
class Record:
    """A log, span or data point as an exporter got it."""

    item: Mapping[str, Any]
    resource: Mapping[str, Any]

    @property
    def body(self) -> Any:
        """The body of a log."""
        return value_of(self.item["body"])

    @property
    def attributes(self) -> dict[str, Any]:
        """The attributes of the item itself."""
        return attributes_of(self.item)


@dataclass(frozen=True)
class Posted:
    """A message that is sent to the receiver of OTLP over HTTP."""

    signal: str
    message: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sent:
    """Bytes that are sent to a port of the container: as a connection, a datagram, or a POST to `path`."""

    port: int
    body: bytes
    udp: bool = False
    path: str = ""
    content_type: str = "application/json"


def run(
    config: Mapping[str, Any],
    directory: Path,
    *,
    count: int,
    wanted: Callable[[Record], bool] = lambda _: True,
    posted: Sequence[Posted] = (),
    sent: Sequence[Sent] = (),
    pods: Mapping[str, Mapping[str, str]] | None = None,
) -> list[Record]:
    """Return what the Collector hands to its exporters until it is ended, after `count` records that are wanted.

    `pods` are the attributes that the Kubernetes API would add to the resources of each pod by its name.
    """
    require(COMMAND)
    numbers = {OTLP_GRPC_PORT, OTLP_HTTP_PORT, *_listening(config)}
    ports = dict(zip(sorted(numbers), free_ports(len(numbers)), strict=True))
    path = directory / "config.yaml"
    path.write_text(yaml.safe_dump(_on_this_machine(config, directory, ports, pods or {})), encoding="utf-8")
    log = directory / "collector.log"
    found: list[Record] = []
    command = [_command(), f"--feature-gates={','.join(FEATURE_GATES)}", f"--config={path}"]
    environment = {**os.environ, **ENVIRONMENT}
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        guard = threading.Timer(_PATIENCE, process.kill)
        guard.start()
        sender = threading.Thread(target=_send, args=([*posted, *sent], ports, process))
        sender.start()
        try:
            for line in process.stdout or ():
                found += records_of(json.loads(line))
                if sum(map(wanted, found)) >= count:
                    # What it has read beyond that comes before it ends.
                    process.terminate()
        finally:
            process.kill()
            sender.join()
            guard.cancel()
    seen = sum(map(wanted, found))
    assert seen >= count, f"{seen} of {count} records: {found}\n{log.read_text(encoding='utf-8')}"
    return found


def _command() -> str:
    return shutil.which(COMMAND) or COMMAND


def _listening(config: Mapping[str, Any]) -> set[int]:
    """Return the ports at every address that a configuration names."""
    return {int(port) for port in re.findall(r"0\.0\.0\.0:(\d+)", yaml.safe_dump(config))}


def _send(messages: Iterable[Posted | Sent], ports: Mapping[int, int], process: subprocess.Popen[str]) -> None:
    for each in messages:
        if isinstance(each, Posted):
            body = json.dumps(each.message).encode()
            each = Sent(OTLP_HTTP_PORT, body, path=f"/v1/{each.signal}")
        while process.poll() is None:
            try:
                _send_once(each, ports[each.port])
            except (urllib.error.URLError, HTTPException, OSError):
                # It does not listen yet.
                continue
            break


def _send_once(message: Sent, port: int) -> None:
    """Send a message; raise `OSError` where nothing listens."""
    if message.path:
        url, headers = f"http://{HOST}:{port}{message.path}", {"Content-Type": message.content_type}
        urllib.request.urlopen(urllib.request.Request(url, message.body, headers), timeout=_PATIENCE).close()
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM if message.udp else socket.SOCK_STREAM) as connection:
        connection.connect((HOST, port))
        connection.sendall(message.body)
        if message.udp:
            # On loopback the answer to a datagram that nothing takes is there at once, and is raised.
            with suppress(BlockingIOError):
                connection.recv(1, socket.MSG_DONTWAIT)


def _on_this_machine(
    config: Mapping[str, Any],
    directory: Path,
    ports: Mapping[int, int],
    pods: Mapping[str, Mapping[str, str]],
) -> dict[str, Any]:
    """Return a configuration that needs no cluster, reads files of `directory` and writes to standard output."""
    text = yaml.safe_dump(_without_cluster(config))
    text = text.replace(STORAGE_DIRECTORY, str(directory)).replace("/var/log/pods", str(directory / "pods"))
    for port, free in ports.items():
        text = text.replace(f"0.0.0.0:{port}", f"{HOST}:{free}")
    found: dict[str, Any] = yaml.safe_load(text)
    # Without readers of one's own, each Collector would listen on port 8888.
    found["service"]["telemetry"]["metrics"] = {"level": "none"}
    found["extensions"] = {name: body for name, body in found["extensions"].items() if name == "file_storage"}
    found["service"]["extensions"] = list(found["extensions"])
    known = {"error_mode": "propagate", "log_statements": list(_known_pods(pods))}
    processors = {name: body for name, body in found["processors"].items() if not name.startswith(_NEEDS_CLUSTER)}
    found["processors"] = {**processors, "transform/known_pods": known}
    for pipeline in found["service"]["pipelines"].values():
        logs = "transform/known_pods" if pods else ""
        names = [logs if name.startswith(_NEEDS_CLUSTER) else name for name in pipeline["processors"]]
        pipeline["processors"] = [name for name in names if name]
        exporters = ["file" if name in found["exporters"] else name for name in pipeline["exporters"]]
        pipeline["exporters"] = list(dict.fromkeys(exporters))
    found["exporters"] = {"file": {"path": "/dev/stdout", "flush_interval": "100ms"}}
    return found


def _without_cluster(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration that takes by OTLP what it would ask a cluster for."""
    otlp = {"protocols": {"http": {"endpoint": f"0.0.0.0:{OTLP_HTTP_PORT}"}}}
    receivers = {name: body for name, body in config["receivers"].items() if not name.startswith(_EVENTS)}
    pipelines = {
        key: {
            **pipeline,
            "receivers": ["otlp" if name.startswith(_EVENTS) else name for name in pipeline["receivers"]],
        }
        for key, pipeline in config["service"]["pipelines"].items()
    }
    service = {**config["service"], "pipelines": pipelines}
    return {**config, "receivers": {"otlp": otlp, **receivers}, "service": service}


def _known_pods(pods: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for pod, attributes in pods.items():
        for name, value in attributes.items():
            known = f'resource.attributes["k8s.pod.name"] == {json.dumps(pod)}'
            yield f"set(resource.attributes[{json.dumps(name)}], {json.dumps(value)}) where {known}"


def records_of(message: Mapping[str, Any]) -> Iterator[Record]:
    """Yield the logs, spans and data points of a message."""
    for part in message.get("resourceLogs", []):
        for scope in part["scopeLogs"]:
            for item in scope["logRecords"]:
                yield Record(item, attributes_of(part["resource"]))
    for part in message.get("resourceSpans", []):
        for scope in part["scopeSpans"]:
            for item in scope["spans"]:
                yield Record(item, attributes_of(part["resource"]))
    for part in message.get("resourceMetrics", []):
        for scope in part["scopeMetrics"]:
            for metric in scope["metrics"]:
                for point in (metric.get("sum") or metric.get("histogram") or metric.get("gauge"))["dataPoints"]:
                    yield Record({**point, "metric": metric["name"]}, attributes_of(part["resource"]))


def attributes_of(holder: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of an item or a resource."""
    return {each["key"]: value_of(each["value"]) for each in holder.get("attributes", [])}


def value_of(value: Mapping[str, Any]) -> Any:
    """Return a value of the notation of OTLP in JSON."""
    for kind, found in value.items():
        if kind == "kvlistValue":
            return {each["key"]: value_of(each["value"]) for each in found["values"]}
        return int(found) if kind == "intValue" else found
    return ""


def values(attributes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return attributes in the notation of OTLP in JSON."""
    return [{"key": key, "value": _value(value)} for key, value in attributes.items()]


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return {"kvlistValue": {"values": values(value)}}
    if isinstance(value, bool):
        return {"boolValue": value}
    return {"intValue": str(value)} if isinstance(value, int) else {"stringValue": str(value)}


def logs(*bodies: Any, resource: Mapping[str, Any] | None = None, **fields: Any) -> Posted:
    """Return a message with a log of each body."""
    records = [{"body": _value(body), **fields} for body in bodies]
    resources = [{"resource": {"attributes": values(resource or {})}, "scopeLogs": [{"logRecords": records}]}]
    return Posted("logs", {"resourceLogs": resources})
