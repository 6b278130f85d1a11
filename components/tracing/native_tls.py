"""TLS of monolithic Tempo, which has no gateway: each of its ports for clients speaks it by itself."""

from typing import Any

from .._tls import CERTIFICATES, certificate_volume
from .choices import Receiver
from .spec import TracingSpec

RELOAD_INTERVAL = "1m"
"""How long a receiver goes on with a certificate that has been renewed; the query API reads it at each handshake."""

INTERNAL_GRPC_PORT = 9095
"""Where Tempo's parts talk to each other, and Tempo tells whether it is healthy, without TLS."""


def monolithic_tls(spec: TracingSpec) -> dict[str, Any]:
    """Give the part of the values of the chart `tempo` that speaks TLS and asks for certificates."""
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
        # Neither the kubelet nor a Prometheus that goes by annotations has a certificate to show.
        annotations = {"prometheus.io/scrape": "false"}
        probe = {"httpGet": None, "grpc": {"port": INTERNAL_GRPC_PORT}}
    secret = certificate_volume(spec.tls_secret)
    return {
        "extraVolumes": secret["extraVolumes"],
        "tempo": {
            "extraVolumeMounts": secret["extraVolumeMounts"],
            "server": {"http_tls_config": api},
            "receivers": _receivers(spec, {"tls": receiver}),
            "livenessProbe": probe,
            "readinessProbe": probe,
        },
        "podAnnotations": annotations,
        # The chart's own knows no TLS.
        "serviceMonitor": {"enabled": False},
    }


def _receivers(spec: TracingSpec, tls: dict[str, Any]) -> dict[str, Any]:
    receivers: dict[str, Any] = {"otlp": {"protocols": {"grpc": tls, "http": tls}}}
    if Receiver.JAEGER in spec.receivers:
        receivers["jaeger"] = {"protocols": {"grpc": tls, "thrift_http": tls, **_no_datagrams()}}
    if Receiver.ZIPKIN in spec.receivers:
        receivers["zipkin"] = tls
    return receivers


def _no_datagrams() -> dict[str, Any]:
    return {protocol: {"endpoint": None} for protocol in ("thrift_compact", "thrift_binary")}
