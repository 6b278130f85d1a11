"""The observability platform of one stack: settings in, components wired, addresses out.

storage, security ─▶ logging, tracing, metrics ─▶ telemetry (collectors)
                              │
                              └─▶ datasources ─▶ Grafana      ingress ─▶ every UI
"""

import pulumi

from components import Datasources, Demo, Grafana, Logging, Metrics, Telemetry, Tracing
from config import load, read
from wiring import arguments, proofs
from wiring.caching import Caching
from wiring.ingress import create_routes
from wiring.load import announce
from wiring.metrics import metrics_addresses
from wiring.namespaces import create_namespaces
from wiring.preflight import component_problems
from wiring.providers import component_options
from wiring.security import secure
from wiring.storage import Storage

settings = load(read(), component_problems)
announce(settings)
options = component_options(settings)
namespaces = secure(settings, create_namespaces(settings, options), options)
storage = Storage(settings, namespaces, options)
caching = Caching(settings, namespaces, options)

logging = Logging(
    "logging",
    arguments.logging(
        settings,
        namespace=namespaces[settings.logging.namespace],
        **storage.bucket("logs", "loki", settings.logging.namespace),
        **caching.for_loki(),
    ),
    options,
)

prometheus = (
    Metrics("metrics", arguments.metrics(settings, namespace=namespaces[settings.metrics.namespace]), options)
    if settings.metrics.in_stack
    else None
)
metrics = metrics_addresses(settings, prometheus)

tracing = Tracing(
    "tracing",
    arguments.tracing(
        settings,
        namespace=namespaces[settings.tracing.namespace],
        remote_write_url=metrics.remote_write_url,
        **storage.bucket("traces", "tempo", settings.tracing.namespace),
        **caching.for_tempo(),
    ),
    options,
)

telemetry = Telemetry(
    "telemetry",
    arguments.telemetry(
        settings,
        namespace=namespaces[settings.telemetry.namespace],
        logs_push_url=logging.push_url,
        logs_otlp_url=logging.otlp_url,
        traces_otlp_endpoint=proofs.takes_traces_at(settings, tracing),
        metrics_otlp_url=metrics.otlp_url,
    ),
    options,
)

datasources = Datasources(
    "datasources",
    arguments.datasources(
        settings,
        namespace=logging.namespace,
        logs_url=logging.query_url,
        traces_namespace=tracing.namespace,
        traces_url=tracing.query_url,
        metrics_namespace=tracing.namespace if prometheus is None else prometheus.namespace,
        metrics_uid=metrics.datasource_uid,
        metrics_url=metrics.query_url,
        provision_metrics=metrics.provision,
        log_labels=telemetry.log_labels,
        generated_metrics=tracing.generated_metrics,
    ),
    options,
)

grafana = (
    Grafana(
        "grafana",
        arguments.grafana(
            settings,
            namespace=namespaces[settings.grafana.namespace],
            datasource_namespaces=datasources.namespaces,
        ),
        options,
    )
    if settings.grafana.enabled
    else None
)

hosts = create_routes(settings, telemetry, grafana, options)

if settings.demo.enabled:
    Demo(
        "demo",
        arguments.demo(settings, namespace=namespaces[settings.demo.namespace], otlp_http_url=telemetry.otlp_http_url),
        options,
    )

pulumi.export("buckets", storage.buckets)
pulumi.export("logs", {"push": logging.push_url, "query": logging.query_url, "otlp": logging.otlp_url})
pulumi.export(
    "traces",
    {"query": tracing.query_url, "otlp_grpc": tracing.otlp_grpc_endpoint, "otlp_http": tracing.otlp_http_url},
)
pulumi.export(
    "metrics", {"remote_write": metrics.remote_write_url, "query": metrics.query_url, "otlp": metrics.otlp_url}
)
pulumi.export("otlp", {"grpc": telemetry.otlp_grpc_endpoint, "http": telemetry.otlp_http_url})
pulumi.export(
    "datasources",
    {"logs": datasources.logs_uid, "traces": datasources.traces_uid, "metrics": datasources.metrics_uid},
)
pulumi.export("ui", hosts)
