"""The addresses of the metrics store, in the stack or external."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypedDict, cast

import pulumi

from components import Metrics, Thanos
from components._args import HttpClient, HttpTls, SecretReference
from config import Settings
from config.metrics import MetricsKind

from . import authentication


@dataclass(frozen=True)
class MetricsAddresses:
    """The addresses of the metrics store; empty where there is none."""

    remote_write_url: pulumi.Input[str]
    otlp_url: pulumi.Input[str]
    further_remote_write_urls: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Remote write of the other replicas of a pair: senders write to every one."""
    further_otlp_urls: pulumi.Input[Sequence[pulumi.Input[str]]]
    collector_remote_write_url: pulumi.Input[str]
    """The address that the collectors write to where there is no `otlp_url`."""
    query_url: pulumi.Input[str]
    datasource_uid: str


class MetricsClientArgs(TypedDict, total=False):
    """The client of a metrics store."""

    metrics_client: HttpClient


def sender_client(settings: Settings, sender: Literal["collectors", "tempo"]) -> MetricsClientArgs:
    """Return the client of the metrics store by which the collectors or Tempo write; nothing where it asks for none."""
    area = settings.security
    if not settings.metrics.in_stack:
        return metrics_client(settings)
    secret = getattr(area.certificates, sender)
    client: HttpClient = {}
    if area.uses_tls:
        own: HttpTls = {"certificate": _key(secret, "tls.crt"), "key": _key(secret, "tls.key")}
        client["tls"] = {"ca": _key(secret, "ca.crt"), **(own if area.presents_certificates else {})}
    if area.uses_basic_auth:
        login = authentication.login(settings, "generator" if sender == "tempo" else sender)
        client["basic_auth"] = {"username_secret": _key(login, "username"), "password": _key(login, "password")}
    return {"metrics_client": client} if client else {}


def _key(secret: str, key: str) -> SecretReference:
    return {"secret": secret, "key": key}


def metrics_client(settings: Settings) -> MetricsClientArgs:
    """Return the client of an external metrics store; nothing where the store asks for none."""
    area = settings.metrics
    if area.kind is not MetricsKind.EXTERNAL or area.client is None or not (area.remote_write_url or area.otlp_url):
        return {}
    client = area.client.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    return {"metrics_client": cast(HttpClient, client)}


def metrics_addresses(settings: Settings, prometheus: Metrics | None, thanos: Thanos | None = None) -> MetricsAddresses:
    """Return the addresses of the stack's own Prometheus and of Thanos in front of it, or those in the settings."""
    area = settings.metrics
    if area.thanos is not None and thanos is not None:
        return _of_thanos(metrics_addresses(settings, prometheus), thanos, area.thanos.receive)
    if prometheus is not None:
        uid = settings.datasources.metrics_uid
        return MetricsAddresses(
            prometheus.remote_write_url,
            prometheus.otlp_url,
            prometheus.further_remote_write_urls,
            prometheus.further_otlp_urls,
            "",
            prometheus.query_url,
            uid,
        )
    if area.kind is MetricsKind.NONE:
        return MetricsAddresses("", "", [], [], "", "", "")
    return MetricsAddresses(
        area.remote_write_url or "",
        area.otlp_url or "",
        [],
        [],
        "" if area.otlp_url else area.remote_write_url or "",
        area.query_url or "",
        settings.datasources.metrics_uid,
    )


def _of_thanos(prometheus: MetricsAddresses, thanos: Thanos, receives: bool) -> MetricsAddresses:
    """Return the addresses where queries go to Thanos, and with `receives` also what is pushed."""
    queries = replace(prometheus, query_url=thanos.query_url)
    if not receives:
        return queries
    # Its OTLP receiver has a path of its own, which clients of OTLP do not use.
    url = thanos.remote_write_url
    return replace(
        queries,
        remote_write_url=url,
        further_remote_write_urls=[],
        otlp_url="",
        further_otlp_urls=[],
        collector_remote_write_url=url,
    )
