"""The certificates and logins of a stack, each in the namespace of its reader."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pulumi

import components
from components._tls import service_hosts
from components.logging import tls_hosts as loki_hosts
from components.metrics import tls_hosts as prometheus_hosts
from components.thanos import tls_hosts as thanos_hosts
from components.tracing import tls_hosts as tempo_hosts
from config import Settings
from config.security import Tls

from . import build_args
from .authentication import COLLECTORS, GENERATOR, GRAFANA, logins

Namespaces = Mapping[str, pulumi.Output[str]]


@dataclass(frozen=True)
class PlannedCertificate:
    """A certificate that cert-manager is to issue."""

    name: str
    """Its subject: `loki`, `tempo`, `collectors`, `grafana`, `prometheus` or `thanos`."""
    namespace: str
    arguments: components.CertificateArgs


def create_secrets(settings: Settings, namespaces: Namespaces, options: pulumi.ResourceOptions) -> Namespaces:
    """Create certificates and logins; return the namespaces as outputs that wait for the Secrets in them.

    A Grafana that exists already finds its own in `grafana.namespace`, which must exist.
    """
    secrets = [*_certificates(settings, namespaces, options), *_generated_logins(settings, namespaces, options)]
    waiting = dict(namespaces)
    for namespace, secret in secrets:
        if namespace in waiting:
            waiting[namespace] = pulumi.Output.all(waiting[namespace], secret).apply(lambda both: str(both[0]))
    return waiting


def _certificates(
    settings: Settings, namespaces: Namespaces, options: pulumi.ResourceOptions
) -> list[tuple[str, pulumi.Output[str]]]:
    return [
        (
            planned.namespace,
            components.Certificate(f"{planned.name}-certificate", planned.arguments, options).secret_name,
        )
        for planned in planned_certificates(settings, namespaces)
    ]


def planned_certificates(settings: Settings, namespaces: Namespaces) -> Iterator[PlannedCertificate]:
    """Yield every certificate that cert-manager issues for the stack."""
    issuer, names = settings.security.issuer, settings.security.certificates
    if settings.security.tls is not Tls.CERT_MANAGER or issuer is None:
        return
    domain = settings.cluster.dns_domain
    logs, traces = settings.logging.namespace, settings.tracing.namespace
    collectors, grafana = settings.telemetry.namespace, settings.grafana.namespace
    engine = settings.telemetry.engine.value
    metrics = settings.metrics.namespace
    of_metrics = (
        ("prometheus", metrics, names.prometheus, prometheus_hosts("prometheus", metrics, domain)),
        ("thanos", metrics, names.thanos, thanos_hosts("thanos", metrics, domain)),
    )
    loki, tempo = settings.logging.in_stack, settings.tracing.in_stack
    tempo_names = tempo_hosts("tempo", traces, settings.tracing.mode.value, domain)
    for is_used, name, namespace, secret, hosts in (
        (loki, "loki", logs, names.loki, loki_hosts("loki", logs, domain)),
        (tempo, "tempo", traces, names.tempo, tempo_names),
        (True, "collectors", collectors, names.collectors, service_hosts(engine, collectors, domain)),
        (settings.has_own_store, "grafana", grafana, names.grafana, service_hosts(GRAFANA, grafana, domain)),
        *(
            (True, *certificate)
            for certificate in of_metrics[: 2 if settings.metrics.thanos else 1]
            if settings.metrics.in_stack
        ),
    ):
        if not is_used:
            continue
        within: pulumi.Input[str] = namespaces.get(namespace, namespace)
        arguments = build_args.certificate_args(
            settings, issuer, name=name, namespace=within, secret=secret, hosts=hosts
        )
        yield PlannedCertificate(name, namespace, arguments)


def _generated_logins(
    settings: Settings, namespaces: Namespaces, options: pulumi.ResourceOptions
) -> Iterator[tuple[str, pulumi.Output[str]]]:
    area = settings.security
    if not area.uses_basic_auth or area.logins is not None or not settings.has_own_store:
        return
    made: dict[str, pulumi.Output[str]] = {}
    in_stack = settings.metrics.in_stack
    for client, namespace in (
        (COLLECTORS, settings.telemetry.namespace),
        (GRAFANA, settings.grafana.namespace),
        *(((GENERATOR, settings.tracing.namespace),) if in_stack and settings.tracing.in_stack else ()),
    ):
        within: pulumi.Input[str] = namespaces.get(namespace, namespace)
        login = components.ClientLogin(f"{client}-login", {"namespace": within, "username": client}, options)
        made[client] = login.htpasswd
        yield namespace, login.secret_name
    readers = [made[COLLECTORS], made[GRAFANA]]
    for own, server, namespace, users in (
        (settings.logging.in_stack, "loki", settings.logging.namespace, readers),
        (settings.tracing.in_stack, "tempo", settings.tracing.namespace, readers),
        (in_stack, "prometheus", settings.metrics.namespace, [*made.values()]),
    ):
        if not own:
            continue
        arguments: components.GatewayLoginsArgs = {
            "namespace": namespaces[namespace],
            "htpasswd": users,
            "secret_name": logins(settings, server),
        }
        yield namespace, components.GatewayLogins(f"{server}-logins", arguments, options).secret_name
