"""Alerting of a stack: the files beside it, and the way of its alerts."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, TypedDict

import pulumi

from components.logging.spec import LoggingSpec
from components.metrics.alertmanager import sender_urls, server_name
from components.metrics.args import Alertmanager as AlertmanagerOfMetrics
from components.metrics.spec import MetricsSpec
from config import Settings
from config.alerting import STACK, AlertingArea
from config.errors import Problem, setting_path
from config.ingress import IngressKind

from .files_beside import MARKDOWN, directory_problems, files_beside

_TEST_ENDS = ("_test.yaml", "_test.yml")
LOG_LINES = "logs"
"""The receiver of a stack that states none: lines in its own Loki."""


class AlertmanagerArgs(TypedDict, total=False):
    """Alertmanager beside the stack's own Prometheus."""

    alertmanager: AlertmanagerOfMetrics
    alertmanager_urls: Sequence[str]
    rule_values: Mapping[str, Any]


def directory(settings: Settings, setting: str) -> str:
    """Return the directory that a setting of the area names, of this stack; empty for none."""
    stated: str = getattr(settings.alerting, setting)
    return stated.replace(STACK, settings.stack)


def objective_files(settings: Settings) -> dict[str, str]:
    """Return the documents of OpenSLO by the path of their file."""
    return {**files_beside(directory(settings, "objectives_directory")), **settings.alerting.objectives}


def rule_files(settings: Settings) -> dict[str, str]:
    """Return the rule files of Prometheus by path."""
    area = settings.alerting
    beside = files_beside(directory(settings, "rules_directory"))
    return {**{path: text for path, text in beside.items() if not path.endswith(_TEST_ENDS)}, **area.rules}


def rule_tests(settings: Settings) -> dict[str, str]:
    """Return the tests of the rule files by path."""
    area = settings.alerting
    beside = files_beside(directory(settings, "rules_directory"))
    return {**{path: text for path, text in beside.items() if path.endswith(_TEST_ENDS)}, **area.rule_tests}


def runbook_files(settings: Settings) -> dict[str, str]:
    """Return the runbooks of users by path."""
    return {**files_beside(directory(settings, "runbooks_directory"), MARKDOWN), **settings.alerting.runbooks}


def alerting_file_problems(settings: Settings) -> Iterator[Problem]:
    """Yield missing directories, and files that are in the stack file too."""
    area = settings.alerting
    held = {
        "objectives_directory": {"alerting.objectives": area.objectives},
        "rules_directory": {"alerting.rules": area.rules, "alerting.rule_tests": area.rule_tests},
        "runbooks_directory": {"alerting.runbooks": area.runbooks},
    }
    for setting, files in held.items():
        stated = setting in area.model_fields_set
        place = setting_path("alerting", setting)
        yield from directory_problems(place, directory(settings, setting), files, stated=stated)


def unread_files(settings: Settings) -> Iterator[str]:
    """Yield a line for files of objectives or of alerts that the stack seems to read, and does not."""
    area = settings.alerting
    for setting in ("objectives_directory", "rules_directory"):
        own = directory(settings, setting)
        if not settings.has_alerting and (files := files_beside(own)):
            yield (
                f"{own} has {_counted(files)}, which this stack does not compile: metrics.kind is "
                f"{settings.metrics.kind.value}, and nothing in observability:alerting is set"
            )
        default = AlertingArea.model_fields[setting].default
        shared = default.removesuffix(f"/{STACK}")
        if settings.has_alerting and setting not in area.model_fields_set:
            files = {path: text for path, text in files_beside(shared).items() if "/" not in path}
            if files:
                yield (
                    f"{shared} has {_counted(files)} of no stack, which this one does not read: move them to {own}, or "
                    f"set alerting.{setting} to {shared} in the stacks that are to read them"
                )


def announce_unread_files(settings: Settings) -> None:
    """Log the lines of `unread_files` in a preview."""
    if pulumi.runtime.is_dry_run():
        for line in unread_files(settings):
            pulumi.log.info(line)


def _counted(files: Collection[str]) -> str:
    return "a file" if len(files) == 1 else f"{len(files)} files"


def receivers(settings: Settings) -> Mapping[str, Any]:
    """Return the receivers: those that the stack states, else lines of logs where its own Loki asks for no login.

    An Alertmanager that exists already has only those that the stack states.
    """
    area, security = settings.alerting, settings.security
    if area.receivers:
        return area.model_dump(mode="json", exclude_unset=True, include={"receivers"})["receivers"]  # type: ignore[no-any-return]
    logging = settings.logging
    if not settings.metrics.in_stack:
        return {}
    if not logging.in_stack or security.uses_tls or security.uses_basic_auth or area.alertmanager_url:
        return {}
    release = LoggingSpec.model_fields["release_name"].default
    tenant = next(iter(logging.tenants), "")
    url = f"http://{release}-gateway.{logging.namespace}"
    return {LOG_LINES: {"kind": "loki", "url": url, **({"tenant": tenant} if tenant else {})}}


def has_alertmanager(settings: Settings) -> bool:
    """Whether the stack runs an Alertmanager."""
    return settings.metrics.in_stack and not settings.alerting.alertmanager_url and bool(receivers(settings))


def alertmanager_urls(settings: Settings) -> list[str]:
    """Return the URLs that rulers send every alert to: of the stack's own Alertmanager, or of an existing one."""
    area = settings.alerting
    if not has_alertmanager(settings):
        return area.alertmanager_url.split(",") if area.alertmanager_url else []
    release = MetricsSpec.model_fields["release_name"].default
    place = (release, settings.metrics.namespace, settings.cluster.dns_domain)
    return sender_urls(area.alertmanager, *place, tls=settings.security.uses_tls)


def alertmanager_server_name(settings: Settings) -> str | None:
    """Return the name in the certificate of the stack's own Alertmanager; `None` without one."""
    if not has_alertmanager(settings) or not settings.security.uses_tls:
        return None
    return server_name(MetricsSpec.model_fields["release_name"].default, settings.metrics.namespace)


def alertmanager_ui_url(settings: Settings) -> str:
    """Return the URL that users open the stack's own Alertmanager at; empty where no route leads to it."""
    routed = settings.ingress.kind is not IngressKind.NONE and has_alertmanager(settings)
    return settings.ingress.url("alertmanager") if routed else ""


def has_log_rules(settings: Settings) -> bool:
    """Whether Loki's ruler evaluates rules, those of the library among them: by default, where somebody is notified.

    The receivers of an Alertmanager that exists already do not tell where it is.
    """
    area, alerting = settings.logging, settings.alerting
    if not area.in_stack or "ruler" in area.model_fields_set:
        return area.in_stack and area.ruler
    own = settings.metrics.in_stack and bool(alerting.receivers)
    return own or (settings.has_alerting and bool(alerting.alertmanager_url))


def alertmanager_args(
    settings: Settings, config_secret: str, secrets: Sequence[str], chart_values: Mapping[str, Any]
) -> AlertmanagerArgs:
    """Return the Alertmanager that Prometheus has beside it, or the URLs of an existing one, and the chart's alerts."""
    if not has_alertmanager(settings):
        return {"alertmanager_urls": alertmanager_urls(settings), "rule_values": chart_values}
    clients = {settings.metrics.namespace}
    if has_log_rules(settings):
        clients.add(settings.logging.namespace)
    if settings.grafana.enabled:
        clients.add(settings.grafana.namespace)
    external_url = alertmanager_ui_url(settings)
    alertmanager: Any = {
        "storage_class": settings.cluster.storage_class,
        "external_url": external_url,
        **settings.alerting.alertmanager.model_dump(mode="json", exclude_unset=True),
        "config_secret": config_secret,
        "secrets": list(secrets),
        "client_namespaces": sorted(clients),
        "ui_namespaces": [settings.ingress.namespace] if external_url else [],
        "client_ranges": list(settings.ingress.source_ranges) if external_url else [],
    }
    return {"alertmanager": alertmanager, "rule_values": chart_values}
