"""Every component's own rules, held against the settings before anything is created.

A component checks its arguments when it is constructed; by then, those before it are on their way to the engine.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from typing import Any

import pulumi

from components._spec import Spec
from config import Settings
from config.fields import Location
from config.problems import Problem
from config.storage import FilesystemStorage

from . import arguments, told
from .refused import Refused
from .rules import rule_file_problems
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
    **told.SPECS,
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
    "ingress.tls_secret": "ingress.tls_secret",
    "grafana.root_url": "ingress.domain",
    "grafana.admin_secret": "grafana.admin.secret",
    "grafana.admin_secret_key": "grafana.admin.key",
    **told.SETTINGS,
}
"""Arguments that are called otherwise, or said elsewhere, in a stack file."""

_SHARED = {
    "tls_secret": "security.tls",
    "tls_directory": "security.tls",
    "login_directory": "security.authentication",
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


def component_problems(settings: Settings) -> Iterator[Problem]:
    """Find everything that the components would refuse of what is right so far."""
    yield from rule_file_problems(settings)
    for area, name, args in _told(settings):
        spec: type[Spec] = getattr(import_module(_SPECS[name]), f"{name}Spec")
        yield from Refused(settings, name, spec, args, partial(_setting, name, area)).problems()


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
        yield "grafana", "Grafana", arguments.grafana(settings, namespace=later, datasource_namespaces=later)
    yield from told.smaller_components(settings, later)


def _setting(component: str, area: str, argument: str) -> Location:
    if (component, argument) == ("AwsObjectStorage", "region"):
        return ("aws:region",)
    setting = _SETTINGS.get(f"{area}.{argument}") or _SHARED.get(argument) or f"{area}.{argument}"
    return tuple(setting.split("."))
