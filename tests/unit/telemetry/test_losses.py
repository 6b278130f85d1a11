"""A preview says what the collectors can lose, by what they are and not in general."""

from typing import Any

import pytest

from components.telemetry.losses import losses

from .alloy.examples import BY_NAMESPACE
from .examples import telemetry_spec


@pytest.mark.parametrize(
    ("args", "part"),
    [
        ({}, "loses up to 10 MiB of lines that it had read"),
        ({"storage_host_path": ""}, "a pod that is replaced reads every file again"),
        ({"log_source": "api"}, "streams each container from its beginning"),
        (BY_NAMESPACE, "streams each container from its beginning"),
        (BY_NAMESPACE, "loses up to 10 MiB of lines that it had read"),
        ({"events": True}, "reads again the events that Kubernetes still has"),
        ({"engine": "otel-collector"}, "loses no line and repeats those of its last reads"),
        ({"engine": "otel-collector"}, "data by OTLP waits on disk for its destination"),
        ({}, "data by OTLP waits in memory for its destination, and is lost with its collector"),
        ({"queue_size": "1Gi"}, "data by OTLP waits on disk for its destination"),
        ({"queue_size": "1Gi", "log_source": "api"}, "waits on disk for its destination, and is lost with its pod"),
        (
            {"gateway": {"replicas": 2}, "pipelines": {"traces": {"processors": ["tail_sampling"]}}},
            "loses the traces that wait for their decision",
        ),
    ],
)
def test_the_sentence_is_that_of_the_specification(args: dict[str, Any], part: str) -> None:
    assert part in losses(telemetry_spec(**args))
    assert ("decision" in losses(telemetry_spec(**args))) is ("gateway" in args)


def read(kind: str, **further: Any) -> dict[str, Any]:
    return {"pipelines": {"hosts": {"signal": "logs", "sources": [kind]}}, **further}


NO_CONTAINERS = {"containers": {"enabled": False}}
UDP = {"sources": {"syslog": {"kind": "syslog", "transport": "udp"}}}
TAKEN, HELD = "loses up to 10 MiB of syslog that it had taken", "messages of syslog that its connections held"


@pytest.mark.parametrize(
    ("args", "part"),
    [
        (read("journald"), "entries of the journal that are older than 7 hours when a collector starts are not read"),
        (read("docker"), "that live for less than a minute, or that are removed while their collector is away"),
        (read("docker"), "one that is started again is read again from its beginning"),
        (read("syslog"), TAKEN),
        (read("syslog"), "not of the format of their source are lost"),
        (read("syslog", engine="otel-collector"), HELD),
        (read("syslog", **UDP), "syslog by UDP is lost while its collector restarts"),
        (read("syslog", engine="otel-collector", **UDP), "syslog by UDP is lost while its collector restarts"),
    ],
)
def test_a_source_of_hosts_has_its_own_losses(args: dict[str, Any], part: str) -> None:
    assert part in losses(telemetry_spec(**args))
    assert part not in losses(telemetry_spec(**{key: args[key] for key in args.keys() & {"engine"}}))


@pytest.mark.parametrize("kind", ["journald", "docker"])
def test_a_killed_collector_loses_lines_of_hosts_as_it_does_those_of_containers(kind: str) -> None:
    args = read(kind)
    args["pipelines"] |= NO_CONTAINERS
    assert "loses up to 10 MiB of lines that it had read" in losses(telemetry_spec(**args))


def test_syslog_by_tcp_waits_with_its_senders() -> None:
    assert "UDP" not in losses(telemetry_spec(**read("syslog")))
    assert TAKEN not in losses(telemetry_spec(**read("syslog", engine="otel-collector")))


@pytest.mark.parametrize(
    ("args", "part"),
    [
        ({}, "API server"),
        ({"log_source": "api"}, "that it had read"),
        ({"pipelines": {"containers": {"enabled": False}}}, "that it had read"),
        (BY_NAMESPACE, "events"),
    ],
)
def test_what_is_not_read_is_not_lost(args: dict[str, Any], part: str) -> None:
    assert part not in losses(telemetry_spec(**args))
