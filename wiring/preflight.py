"""Every component's own rules, held against the settings before anything is created.

A component checks its arguments when it is constructed; by then, those before it are on their way to the engine.
"""

from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pulumi

from components._plain_secrets import PROBLEM as PLAIN_SECRET
from components._spec import ArgumentProblem, InvalidArgsError, Spec
from config import Settings
from config.problems import PROJECT, Problem, remove_command, settings_error
from config.storage import FilesystemStorage

from . import arguments
from .storage import store_arguments

_SPECS = {
    "AwsObjectStorage": "components.storage.aws",
    "ExternalObjectStorage": "components.storage.external",
    "InClusterObjectStorage": "components.storage.seaweedfs",
    "MinioObjectStorage": "components.storage.minio",
    "Logging": "components.logging.spec",
    "Tracing": "components.tracing.spec",
    "Metrics": "components.metrics.spec",
    "Telemetry": "components.telemetry.spec",
    "Grafana": "components.grafana.spec",
}
"""Where the specification of each component is."""

_SETTINGS = {
    "logging.retention": "retention.logs",
    "tracing.retention": "retention.traces",
    "metrics.retention": "retention.metrics",
    "telemetry.cluster": "cluster.name",
    "telemetry.extra_labels": "telemetry.log_labels",
    "storage.storage_size": "storage.volume_size",
    "storage.existing": "storage.create_buckets",
    "storage.encryption": "storage.kms",
    "logging.metrics_namespaces": "security.metrics_namespaces",
    "tracing.metrics_namespaces": "security.metrics_namespaces",
    "grafana.root_url": "ingress.domain",
    "grafana.admin_secret": "grafana.admin.secret",
    "grafana.admin_secret_key": "grafana.admin.key",
}
"""Arguments that are called otherwise, or said elsewhere, in a stack file."""

_SHARED = {
    "client_certificates": "security.authentication",
    "logins_secret": "security.authentication",
    "login_secret": "security.authentication",
    "receiver_tls": "security.senders",
    "charts_dir": "charts.directory",
    "service_monitor_labels": "cluster.service_monitor_labels",
    "dns_service": "cluster.dns_service",
    "dns_namespace": "cluster.dns_namespace",
}
"""The same of arguments that several components take."""


def refuse_wrong_arguments(settings: Settings) -> None:
    """Raise `SettingsError` with everything that the components would refuse."""
    problems = [problem for area, name, args in _told(settings) for problem in _problems(area, name, args)]
    if problems:
        raise settings_error(settings.stack, problems)


def _told(settings: Settings) -> Iterator[tuple[str, str, Any]]:
    later: Any = pulumi.Output.from_input("given by another component")
    namespaces: dict[str, pulumi.Output[str]] = defaultdict(lambda: later)
    store = store_arguments(settings, namespaces)
    if store is not None:
        yield "storage", *store
    kept = {"store": "filesystem"} if isinstance(settings.storage, FilesystemStorage) else {"bucket": later}
    joined = {"namespace": later, **kept, "endpoint": later, "region": later}
    yield "logging", "Logging", arguments.logging(settings, **joined)
    yield "tracing", "Tracing", arguments.tracing(settings, **joined, remote_write_url=later)
    if settings.metrics.in_stack:
        yield "metrics", "Metrics", arguments.metrics(settings, namespace=later)
    yield (
        "telemetry",
        "Telemetry",
        arguments.telemetry(settings, namespace=later, logs_push_url=later, logs_otlp_url=later),
    )
    if settings.grafana.enabled:
        yield "grafana", "Grafana", arguments.grafana(settings, namespace=later)


def _problems(area: str, name: str, args: Any) -> list[Problem]:
    spec: type[Spec] = getattr(import_module(_SPECS[name]), f"{name}Spec")
    try:
        spec.check(name, args)
    except InvalidArgsError as error:
        return [
            Problem(place, problem.sentence, _fix(place, problem), problem.shown.removeprefix(" = ").strip())
            for problem in error.problems
            for place in [_place(area, problem.place)]
        ]
    return []


def _fix(place: str, problem: ArgumentProblem) -> str:
    if problem.sentence == PLAIN_SECRET:
        return remove_command(place)
    return f"pulumi config set --path '{place}' VALUE"


def _place(area: str, argument: str) -> str:
    first, dot, rest = argument.partition(".")
    setting = _SHARED.get(first) or _SETTINGS.get(f"{area}.{first}") or f"{area}.{first}"
    return f"{PROJECT}:{setting}{dot}{rest}"
