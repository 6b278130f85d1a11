"""The certificates and logins of a stack, each beside who shows it."""

from collections.abc import Mapping
from typing import Any

import pulumi

import components
from components._security.certificates import service_hosts
from components.logging import tls_hosts as loki_hosts
from components.tracing import tls_hosts as tempo_hosts
from config import Settings
from config.security import Issuer, Tls

from .proofs import COLLECTORS, GRAFANA, logins


def secure(
    settings: Settings, namespaces: Mapping[str, pulumi.Output[str]], options: pulumi.ResourceOptions
) -> Mapping[str, pulumi.Output[str]]:
    """Make certificates and logins; give the namespaces again, so that who lives in one waits for its Secrets.

    A Grafana that is there already finds its own in `grafana.namespace`, which must exist.
    """
    secrets = [*_certificates(settings, namespaces, options), *_generated_logins(settings, namespaces, options)]
    waiting = dict(namespaces)
    for namespace, secret in secrets:
        if namespace in waiting:
            waiting[namespace] = pulumi.Output.all(waiting[namespace], secret).apply(lambda both: str(both[0]))
    return waiting


def _certificates(
    settings: Settings, namespaces: Mapping[str, pulumi.Output[str]], options: pulumi.ResourceOptions
) -> list[tuple[str, pulumi.Output[str]]]:
    wanted = certificate_arguments(settings, namespaces)
    return [
        (namespace, components.Certificate(f"{who}-certificate", arguments, options).secret_name)
        for who, (namespace, arguments) in wanted.items()
    ]


def certificate_arguments(
    settings: Settings, namespaces: Mapping[str, pulumi.Output[str]]
) -> dict[str, tuple[str, Any]]:
    """Give the namespace of each who shows a certificate, and the arguments of that; none where none are made."""
    area = settings.security
    issuer = area.issuer
    if area.tls is not Tls.CERT_MANAGER or issuer is None:
        return {}
    names = area.certificates
    wanted = {
        "loki": (settings.logging.namespace, names.loki, _hosts_of_loki(settings)),
        "tempo": (settings.tracing.namespace, names.tempo, _hosts_of_tempo(settings)),
        "collectors": (settings.telemetry.namespace, names.collectors, _hosts(COLLECTORS, settings.telemetry)),
        "grafana": (settings.grafana.namespace, names.grafana, _hosts(GRAFANA, settings.grafana)),
    }
    return {
        who: (namespace, _certificate(who, namespaces.get(namespace, namespace), secret, hosts, issuer))
        for who, (namespace, secret, hosts) in wanted.items()
    }


def _certificate(who: str, namespace: pulumi.Input[str], secret: str, hosts: list[str], issuer: Issuer) -> Any:
    return {
        "namespace": namespace,
        "secret_name": secret,
        "dns_names": hosts,
        "common_name": who,
        "issuer": issuer.name,
        "issuer_kind": issuer.kind.value,
    }


def _hosts_of_loki(settings: Settings) -> list[str]:
    return loki_hosts("loki", settings.logging.namespace)


def _hosts_of_tempo(settings: Settings) -> list[str]:
    return tempo_hosts("tempo", settings.tracing.namespace, settings.tracing.mode.value)


def _hosts(service: str, area: Any) -> list[str]:
    return service_hosts(service, area.namespace, "cluster.local")


def _generated_logins(
    settings: Settings, namespaces: Mapping[str, pulumi.Output[str]], options: pulumi.ResourceOptions
) -> list[tuple[str, pulumi.Output[str]]]:
    if not settings.security.logs_in or settings.security.logins is not None:
        return []
    clients = {COLLECTORS: settings.telemetry.namespace, GRAFANA: settings.grafana.namespace}
    made_for = {
        client: components.ClientLogin(
            f"{client}-login", {"namespace": namespaces.get(namespace, namespace), "username": client}, options
        )
        for client, namespace in clients.items()
    }
    made = [(namespace, made_for[client].secret_name) for client, namespace in clients.items()]
    servers = {"loki": settings.logging.namespace, "tempo": settings.tracing.namespace}
    for server, namespace in servers.items():
        arguments: Any = {
            "namespace": namespaces[namespace],
            "htpasswd": [login.htpasswd for login in made_for.values()],
            "secret_name": logins(settings, server),
        }
        made.append((namespace, components.GatewayLogins(f"{server}-logins", arguments, options).secret_name))
    return made
