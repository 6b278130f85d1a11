"""TLS of monolithic Tempo, which has no gateway, and the NetworkPolicy of Tempo's pods."""

from typing import Any

from .._network_policy import ingress_policy
from .._tls import CERTIFICATES, certificate_volume
from ..urls import OTLP_GRPC_PORT, OTLP_HTTP_PORT
from .endpoints import JAEGER_GRPC_PORT, JAEGER_HTTP_PORT, QUERY_PORT, ZIPKIN_PORT
from .modes import TempoMode
from .spec import Receiver, TracingSpec

RELOAD_INTERVAL = "1m"
"""Interval at which a receiver reads its certificate again; the query API reads it at each handshake."""

INTERNAL_GRPC_PORT = 9095
"""The port between Tempo's own modules, which also reports health, without TLS."""

MEMCACHED_EXPORTER_PORT = 9150


def monolithic_tls(spec: TracingSpec) -> dict[str, Any]:
    """Return the values of the chart `tempo` for TLS and client certificates; nothing without `tls_secret`."""
    if not spec.tls_secret:
        return {}
    files = {"cert_file": f"{CERTIFICATES}/tls.crt", "key_file": f"{CERTIFICATES}/tls.key"}
    api: dict[str, Any] = dict(files)
    receiver: dict[str, Any] = {**files, "reload_interval": RELOAD_INTERVAL}
    probe: dict[str, Any] = {"httpGet": {"scheme": "HTTPS"}}
    annotations = {"prometheus.io/scheme": "https"}
    if spec.client_certificates:
        authority = {"client_ca_file": f"{CERTIFICATES}/ca.crt"}
        api |= {**authority, "client_auth_type": "RequireAndVerifyClientCert"}
        receiver |= {**authority, "client_ca_file_reload": True}
        # Neither the kubelet nor a Prometheus that scrapes by annotations presents a certificate.
        annotations = {"prometheus.io/scrape": "false"}
        probe = {"httpGet": None, "grpc": {"port": INTERNAL_GRPC_PORT}}
    volume = certificate_volume(spec.tls_secret)
    return {
        "extraVolumes": volume["extraVolumes"],
        "tempo": {
            "extraVolumeMounts": volume["extraVolumeMounts"],
            "server": {"http_tls_config": api},
            "receivers": _tls_receivers(spec, {"tls": receiver}),
            "livenessProbe": probe,
            "readinessProbe": probe,
        },
        "podAnnotations": annotations,
        # The chart's own has no TLS.
        "serviceMonitor": {"enabled": False},
    }


def _tls_receivers(spec: TracingSpec, tls: dict[str, Any]) -> dict[str, Any]:
    receivers: dict[str, Any] = {"otlp": {"protocols": {"grpc": tls, "http": tls}}}
    if Receiver.JAEGER in spec.receivers:
        no_datagrams = {protocol: {"endpoint": None} for protocol in ("thrift_compact", "thrift_binary")}
        receivers["jaeger"] = {"protocols": {"grpc": tls, "thrift_http": tls, **no_datagrams}}
    if Receiver.ZIPKIN in spec.receivers:
        receivers["zipkin"] = tls
    return receivers


def tls_service_monitor_spec(spec: TracingSpec) -> dict[str, Any]:
    """Return the spec that trusts the authority of `tls_secret`, and presents its certificate if Tempo requires one."""

    def key_reference(key: str) -> dict[str, str]:
        return {"name": spec.tls_secret, "key": key}

    tls: dict[str, Any] = {
        "ca": {"secret": key_reference("ca.crt")},
        "serverName": f"{spec.release_name}.{spec.namespace}.svc",
    }
    if spec.client_certificates:
        tls |= {"cert": {"secret": key_reference("tls.crt")}, "keySecret": key_reference("tls.key")}
    labels = {"app.kubernetes.io/name": spec.release_name, "app.kubernetes.io/instance": spec.release_name}
    return {
        "selector": {"matchLabels": labels},
        "endpoints": [{"port": "tempo-prom-metrics", "scheme": "https", "tlsConfig": tls}],
    }


def network_policy_spec(spec: TracingSpec) -> dict[str, Any]:
    """Return the NetworkPolicy that opens only the ports that authenticate clients, and the metrics of the others."""
    if spec.mode is TempoMode.DISTRIBUTED:
        ports = (QUERY_PORT, MEMCACHED_EXPORTER_PORT)
        return ingress_policy(spec.release_name, spec.metrics_namespaces, metrics_ports=ports)
    ports_of = {Receiver.JAEGER: (JAEGER_GRPC_PORT, JAEGER_HTTP_PORT), Receiver.ZIPKIN: (ZIPKIN_PORT,)}
    optional = [port for receiver in spec.receivers for port in ports_of.get(receiver, ())]
    return ingress_policy(
        spec.release_name, (), metrics_ports=(), open_ports=(QUERY_PORT, OTLP_GRPC_PORT, OTLP_HTTP_PORT, *optional)
    )
