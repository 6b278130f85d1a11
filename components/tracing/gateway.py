"""The nginx gateway of distributed Tempo: for queries, and with TLS or logins for spans too.

The charts' own configuration of nginx refuses request bodies above 1 MiB, reads its certificate only when it starts and
exposes `/flush` and `/shutdown` to every client; that of 1.61.0 has no TLS. With TLS or logins it is replaced.
"""

from typing import Any

from .._nginx import chart_resolver, merge_gateway, nginx_file, nginx_resolver, pod_resolver
from .._tls import certificate_volume, refusal_lines, tls_lines
from ..urls import OTLP_GRPC_PORT, OTLP_HTTP_PORT
from .endpoints import JAEGER_GRPC_PORT, JAEGER_HTTP_PORT, QUERY_PORT, ZIPKIN_PORT
from .modes import TempoRole
from .spec import Receiver, TracingSpec
from .workloads import workload_values

TLS_PORT = 443
HTTP_PORT = 8080
MAX_BODY_MIB = 20


def gateway_values(spec: TracingSpec) -> dict[str, Any]:
    """Return the section of the gateway, which the chart disables by default."""
    if not spec.gateway_only:
        resolver = chart_resolver(spec.dns_resolver) if spec.gateway else {}
        listens = {"nginxConfig": {"enableIPv6": True}} if spec.gateway and spec.listens_on_ipv6 else {}
        enabled = {"enabled": spec.gateway, **workload_values(spec, TempoRole.GATEWAY)}
        return merge_gateway(enabled, listens, resolver)
    values: dict[str, Any] = {
        "enabled": True,
        **workload_values(spec, TempoRole.GATEWAY),
        "nginxConfig": {"file": gateway_file(spec)},
    }
    if spec.logins_secret:
        values["basicAuth"] = {"enabled": True, "existingSecret": spec.logins_secret}
    if spec.tls_secret:
        probe = {"httpGet": {"scheme": "HTTPS"}}
        values |= {"service": {"port": TLS_PORT}, "livenessProbe": probe, "readinessProbe": probe}
    volumes = certificate_volume(spec.tls_secret) if spec.tls_secret else {}
    return merge_gateway(values, volumes, pod_resolver(spec.dns_resolver))


def gateway_file(spec: TracingSpec) -> str:
    """Return the configuration of nginx: TLS, client certificates and logins of `spec`, and the proxied locations."""
    http = [
        nginx_resolver(spec.dns_resolver, spec.cluster_domain),
        *(tls_lines(spec.client_certificates) if spec.tls_secret else []),
        *_server(_listen(spec, HTTP_PORT), spec, _http_locations(spec)),
        *_server(_listen(spec, OTLP_GRPC_PORT, " http2"), spec, _grpc_locations(spec)),
    ]
    return nginx_file(http, MAX_BODY_MIB)


def _listen(spec: TracingSpec, port: int, protocol: str = "") -> list[str]:
    """Return the lines of the addresses of a port; that of IPv6 stops nginx on a node without IPv6."""
    addresses = [f"{port}", *([f"[::]:{port}"] if spec.listens_on_ipv6 else [])]
    return [f"listen {address}{' ssl' if spec.tls_secret else ''}{protocol};" for address in addresses]


def _server(listen: list[str], spec: TracingSpec, locations: list[str]) -> list[str]:
    logins = ['auth_basic "Tempo";', "auth_basic_user_file /etc/nginx/secrets/.htpasswd;"] if spec.logins_secret else []
    upstreams = [f'set ${name.replace("-", "_")} "{_host(spec, name)}";' for name in ("distributor", "query-frontend")]
    lines = [*listen, *refusal_lines(spec.client_certificates), *logins, *upstreams, *locations]
    return ["server {", *(f"  {line}" for line in lines), "}"]


def _host(spec: TracingSpec, component: str) -> str:
    return f"{spec.release_name}-{component}.{spec.namespace}.svc.{spec.cluster_domain}"


def _http_locations(spec: TracingSpec) -> list[str]:
    lines = [
        "location = / { auth_basic off; return 200 'OK'; }",
        f"location = /v1/traces {{ proxy_pass http://$distributor:{OTLP_HTTP_PORT}/v1/traces; }}",
        f"location ^~ /api {{ proxy_pass http://$query_frontend:{QUERY_PORT}$request_uri; }}",
        "location / { return 404; }",
        # Helm reads the file as a template; Grafana streams results of TraceQL where the chart's values have it on.
        "{{- if .Values.streamOverHTTPEnabled }}",
        "http2 on;",
        f"location /tempopb.StreamingQuerier/ {{ grpc_pass grpc://$query_frontend:{QUERY_PORT}; }}",
        "{{- end }}",
    ]
    if Receiver.JAEGER in spec.receivers:
        target = f"http://$distributor:{JAEGER_HTTP_PORT}/api/traces"
        lines.append(f"location = /jaeger/api/traces {{ proxy_pass {target}$is_args$args; }}")
    if Receiver.ZIPKIN in spec.receivers:
        target = f"http://$distributor:{ZIPKIN_PORT}/api/v2/spans"
        lines.append(f"location = /zipkin/api/v2/spans {{ proxy_pass {target}; }}")
    return lines


def _grpc_locations(spec: TracingSpec) -> list[str]:
    ports = {"opentelemetry.proto.collector.trace.v1.TraceService": OTLP_GRPC_PORT}
    if Receiver.JAEGER in spec.receivers:
        ports["jaeger.api_v2.CollectorService"] = JAEGER_GRPC_PORT
    proxied = [f"location /{service}/ {{ grpc_pass grpc://$distributor:{port}; }}" for service, port in ports.items()]
    return [*proxied, "location / { return 404; }"]
