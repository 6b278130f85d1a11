"""The observability platform of one stack: settings in, components wired, addresses out.

storage, security ─▶ logging, tracing, metrics (and Thanos) ─▶ telemetry (collectors)
                              │
                              └─▶ datasources ─▶ Grafana      ingress ─▶ every UI
"""

import atexit
import gc
import signal

# The program lives for seconds and frees next to nothing: collecting garbage, also at its end, is a tenth of a preview.
gc.disable()
atexit.register(gc.freeze)
# The engine interrupts the program when an update is refused: end at once, without Python's traceback.
signal.signal(signal.SIGINT, signal.SIG_DFL)

import pulumi

from components import Alerting, Datasources, Demo, Grafana, Logging, Metrics, Probes, Telemetry, Thanos, Tracing
from config import load, read
from config.namespaces import area_namespaces
from wiring import build_args
from wiring.alerting import alertmanager_args, announce_unread_files
from wiring.caching import Caching
from wiring.component_errors import component_problems
from wiring.ingress import create_routes
from wiring.load import announce
from wiring.long_term import create_long_term_store, sidecar_args, thanos_store_args
from wiring.metrics import metrics_addresses
from wiring.namespaces import create_namespaces, create_operator_crds
from wiring.production_checklist import announce_checklist
from wiring.providers import component_options
from wiring.security import create_secrets
from wiring.storage import create_store, use_bucket
from wiring.stores import logs_addresses, traces_addresses

settings = load(read(), component_problems)
announce(settings)
announce_unread_files(settings)
announce_checklist(settings)
options = component_options(settings)
namespaces = create_operator_crds(settings, create_namespaces(settings, options), options)
namespaces = create_secrets(settings, namespaces, options)
store = create_store(settings, namespaces, options)
caching = Caching(settings, namespaces, options)

alerting = (
    Alerting(
        "alerting",
        build_args.alerting_args(settings, namespace=namespaces[settings.metrics.namespace]),
        options,
    )
    if settings.has_alerting
    else None
)

loki = (
    Logging(
        "logging",
        build_args.logging_args(
            settings,
            namespace=namespaces[settings.logging.namespace],
            bucket=use_bucket(settings, store, "logs", "loki", namespaces[settings.logging.namespace], options),
            cache=caching.for_loki(),
            log_rules={} if alerting is None else alerting.log_rules,
        ),
        options,
    )
    if settings.logging.in_stack
    else None
)
logs = logs_addresses(settings, loki)

long_term_store = create_long_term_store(settings, store, namespaces, options)

prometheus = (
    Metrics(
        "metrics",
        build_args.metrics_args(
            settings,
            namespace=namespaces[settings.metrics.namespace] if alerting is None else alerting.namespace,
            sidecar=sidecar_args(settings, long_term_store),
            alertmanager={}
            if alerting is None
            else alertmanager_args(settings, alerting.config_secret, alerting.receiver_secrets, alerting.chart_values),
        ),
        options,
    )
    if settings.metrics.in_stack
    else None
)

thanos = (
    Thanos(
        "long-term",
        build_args.thanos_args(
            settings,
            namespace=namespaces[settings.metrics.namespace],
            store=thanos_store_args(settings, long_term_store),
            endpoints=[prometheus.sidecar_endpoint],
            cache=caching.for_thanos(),
            long_term_groups=[] if alerting is None else alerting.long_term_groups,
        ),
        options,
    )
    if prometheus is not None and long_term_store is not None
    else None
)
metrics = metrics_addresses(settings, prometheus, thanos)

tempo = (
    Tracing(
        "tracing",
        build_args.tracing_args(
            settings,
            namespace=namespaces[settings.tracing.namespace],
            metrics=metrics,
            bucket=use_bucket(settings, store, "traces", "tempo", namespaces[settings.tracing.namespace], options),
            cache=caching.for_tempo(),
        ),
        options,
    )
    if settings.tracing.in_stack
    else None
)
traces = traces_addresses(settings, tempo)

telemetry = Telemetry(
    "telemetry",
    build_args.telemetry_args(
        settings,
        namespace=namespaces[settings.telemetry.namespace],
        logs=logs,
        traces=traces,
        metrics=metrics,
    ),
    options,
)

datasources = (
    Datasources(
        "datasources",
        build_args.datasources_args(
            settings,
            logs=logs,
            traces=traces,
            metrics=metrics,
            metrics_namespace=traces.namespace if prometheus is None else prometheus.namespace,
            log_labels=telemetry.log_labels,
            log_metadata=telemetry.log_metadata,
        ),
        options,
    )
    if settings.provisioned_datasources
    else None
)

grafana = (
    Grafana(
        "grafana",
        build_args.grafana_args(
            settings,
            namespace=namespaces[settings.grafana.namespace],
            datasource_namespaces=[] if datasources is None else datasources.namespaces,
        ),
        options,
    )
    if settings.grafana.enabled
    else None
)

hosts = create_routes(settings, telemetry, prometheus, grafana, options)

if settings.probes.enabled:
    probes_namespace = namespaces[area_namespaces(settings)["probes"]]
    Probes("probes", build_args.probes_args(settings, namespace=probes_namespace), options)

if settings.demo.enabled:
    Demo(
        "demo",
        build_args.demo_args(
            settings, namespace=namespaces[settings.demo.namespace], otlp_http_url=telemetry.otlp_http_url
        ),
        options,
    )

pulumi.export("buckets", {} if store is None else {purpose: store.buckets[purpose] for purpose in settings.purposes})
pulumi.export("logs", {"push": logs.push_url, "query": logs.query_url, "otlp": logs.otlp_url})
pulumi.export(
    "traces",
    {"query": traces.query_url, "otlp_grpc": traces.otlp_grpc_endpoint, "otlp_http": traces.otlp_http_url},
)
pulumi.export(
    "metrics", {"remote_write": metrics.remote_write_url, "query": metrics.query_url, "otlp": metrics.otlp_url}
)
pulumi.export("otlp", {"grpc": telemetry.otlp_grpc_endpoint, "http": telemetry.otlp_http_url})
pulumi.export(
    "datasources",
    {}
    if datasources is None
    else {"logs": datasources.logs_uid, "traces": datasources.traces_uid, "metrics": datasources.metrics_uid},
)
pulumi.export("rule_config_maps", [] if alerting is None else alerting.rule_config_maps)
pulumi.export("ui", hosts)
