"""The nginx of distributed Tempo: in front of its query API, and once clients are asked for anything, of its receivers.

The charts' own configuration of nginx takes no request body above 1 MiB, reads its certificate at the start alone and
offers `/flush` and `/shutdown` to every client; that of 1.61.0 knows no TLS. A gateway that protects has one of ours.
"""

from typing import Any

from .._tls import certificate_volume, refusal_lines, tls_lines
from .choices import Receiver
from .receivers import JAEGER_GRPC_PORT, JAEGER_HTTP_PORT, OTLP_GRPC_PORT, OTLP_HTTP_PORT, ZIPKIN_PORT
from .roles import Role
from .spec import QUERY_PORT, TracingSpec
from .workloads import part

TLS_PORT = 443
LISTENS_AT = 8080
LONGEST_REQUEST_SECONDS = 600
LARGEST_REQUEST_MIB = 20


def gateway_values(spec: TracingSpec) -> dict[str, Any]:
    """Give the section of the gateway, which the chart has off by itself."""
    if not spec.through_gateway:
        return {"enabled": spec.gateway, **part(spec, Role.GATEWAY)}
    values: dict[str, Any] = {
        "enabled": True,
        **part(spec, Role.GATEWAY),
        "nginxConfig": {"file": nginx_file(spec)},
    }
    if spec.logins_secret:
        values["basicAuth"] = {"enabled": True, "existingSecret": spec.logins_secret}
    if spec.tls_secret:
        probe = {"httpGet": {"scheme": "HTTPS"}}
        values |= {"service": {"port": TLS_PORT}, "livenessProbe": probe, "readinessProbe": probe}
        values |= certificate_volume(spec.tls_secret)
    return values


def nginx_file(spec: TracingSpec) -> str:
    """Write the configuration of an nginx that asks clients for what `spec` says, and passes on what it must."""
    dns = f"{spec.dns_service}.{spec.dns_namespace}.svc.{spec.cluster_domain}"
    http = [
        *(f"{kind}_temp_path /tmp/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")),
        "default_type application/octet-stream;",
        "log_format main '$remote_addr - $remote_user [$time_local] $status \"$request\" $body_bytes_sent';",
        "map $status $failed { default 1; ~^[23] 0; }",
        "access_log /dev/stderr main if=$failed;",
        f"client_max_body_size {LARGEST_REQUEST_MIB}m;",
        "proxy_http_version 1.1;",
        *(
            f"{way}_{what}_timeout {LONGEST_REQUEST_SECONDS}s;"
            for way in ("proxy", "grpc")
            for what in ("read", "send")
        ),
        f"resolver {dns};",
        *(tls_lines(spec.client_certificates) if spec.tls_secret else []),
        *_server(f"listen {LISTENS_AT}{' ssl' if spec.tls_secret else ''};", spec, _http_locations(spec)),
        *_server(f"listen {OTLP_GRPC_PORT}{' ssl' if spec.tls_secret else ''} http2;", spec, _grpc_locations(spec)),
    ]
    return "\n".join(
        [
            "worker_processes 5;",
            "worker_rlimit_nofile 8192;",
            "error_log /dev/stderr;",
            "pid /tmp/nginx.pid;",
            "events { worker_connections 4096; }",
            "http {",
            *(f"  {line}" for line in http),
            "}",
            "",
        ]
    )


def _server(listen: str, spec: TracingSpec, locations: list[str]) -> list[str]:
    logins = ['auth_basic "Tempo";', "auth_basic_user_file /etc/nginx/secrets/.htpasswd;"] if spec.logins_secret else []
    names = [f'set ${name.replace("-", "_")} "{_host(spec, name)}";' for name in ("distributor", "query-frontend")]
    lines = [listen, *refusal_lines(spec.client_certificates), *logins, *names, *locations]
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
    known = [f"location /{service}/ {{ grpc_pass grpc://$distributor:{port}; }}" for service, port in ports.items()]
    return [*known, "location / { return 404; }"]
