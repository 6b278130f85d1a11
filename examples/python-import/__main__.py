"""Logs and traces from the wheel, beside a Prometheus and a Grafana that the cluster has already."""

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_observability import (
    Datasources,
    ExternalObjectStorage,
    Logging,
    Namespace,
    SecretBucketAccess,
    Telemetry,
    Tracing,
)

PROMETHEUS = "http://prometheus-operated.monitoring:9090"

config = pulumi.Config()
# Without the two flags a changed ConfigMap or Secret is replaced, not updated.
cluster = kubernetes.Provider(
    "cluster",
    context=config.get("context") or None,
    cluster_identifier="example",
    enable_config_map_mutable=True,
    enable_secret_mutable=True,
)
options = pulumi.ResourceOptions(providers=[cluster])

namespace = Namespace("observability", {"name": "observability"}, options).name
storage = ExternalObjectStorage(
    "storage",
    {"endpoint": "https://s3.example.org", "region": "eu-central-1", "shared_bucket": "team-observability"},
    options,
)
access = SecretBucketAccess(
    "bucket",
    {
        "namespace": namespace,
        "access_key_id": config.require_secret("access_key_id"),
        "secret_access_key": config.require_secret("secret_access_key"),
    },
    options,
)

logging = Logging(
    "logging",
    {
        "namespace": namespace,
        "create_namespace": False,
        "bucket": storage.buckets["logs"],
        "bucket_prefix": storage.prefixes["logs"],
        "endpoint": storage.endpoint,
        "region": storage.region,
        "path_style": storage.path_style,
        "credentials_secret": access.secret_name,
        "credentials_checksum": access.checksum,
        "retention": "30d",
    },
    options,
)
tracing = Tracing(
    "tracing",
    {
        "namespace": namespace,
        "create_namespace": False,
        "bucket": storage.buckets["traces"],
        "bucket_prefix": storage.prefixes["traces"],
        "endpoint": storage.endpoint,
        "region": storage.region,
        "path_style": storage.path_style,
        "credentials_secret": access.secret_name,
        "credentials_checksum": access.checksum,
        "remote_write_url": f"{PROMETHEUS}/api/v1/write",
    },
    options,
)
telemetry = Telemetry(
    "telemetry",
    {
        "namespace": "telemetry",
        "logs_push_url": logging.push_url,
        "logs_otlp_url": logging.otlp_url,
        "traces_otlp_endpoint": tracing.otlp_grpc_endpoint,
        "metrics_otlp_url": f"{PROMETHEUS}/api/v1/otlp",
    },
    options,
)
datasources = Datasources(
    "datasources",
    {
        "namespace": namespace,
        "logs_url": logging.query_url,
        "traces_url": tracing.query_url,
        "log_labels": telemetry.log_labels,
        "log_metadata": telemetry.log_metadata,
        "generated_metrics": tracing.generated_metrics,
    },
    options,
)

pulumi.export("otlp", telemetry.otlp_http_url)
pulumi.export("logs", logging.query_url)
pulumi.export("traces", tracing.query_url)
pulumi.export("datasources", datasources.config_maps)
