"""Every rule of a specification declares all arguments that it reads, as it is skipped where one of them is wrong.

Rules are called on specifications that record what is read: on every example below, and on each with one field changed
to another value of its type, so that the branches of a rule are reached.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import pytest

import components
from components._model import container
from components._spec import Spec, Violation
from components.charts import LOKI
from components.tracing.modes import TEMPO_3_VERSIONS
from tests.components.stores import IRSA
from tests.unit.logging.examples import BOLTDB

ROOT = Path(components.__file__).parent
PACKAGES = sorted(path.parent.name for path in ROOT.glob("[!_]*/spec.py"))

Args = Mapping[str, Any]

S3 = {"bucket": "acme", "endpoint": "https://s3.example.org"}
CERTIFICATES = {"tls_secret": "tls", "client_certificates": True}
SECURED = {**CERTIFICATES, "metrics_namespaces": ["monitoring"]}
RULES = {"ruler": True, "alertmanager_url": "http://alertmanager.monitoring:9093"}
LIMITS = {"ingestion_rate_mb": 4, "ingestion_burst_size_mb": 8}

LINES = 'sum by (namespace) (rate({namespace=~".+"}[5m]))'
NOTIFICATIONS = {
    "receivers": {
        "team": {"kind": "email", "to": ["sre@example.org"]},
        "pager": {"kind": "pagerduty", "routing_key": {"secret": "pagerduty", "key": "key"}},
        "heartbeat": {"kind": "webhook", "url": "https://heartbeat.example.org/a"},
    },
    "smtp": {"smarthost": "smtp.example.org:587", "sender": "alerts@example.org"},
    "default_receiver": "team",
    "routes": {
        "pages": {"receiver": "pager", "matchers": ['severity="critical"']},
        "office": {"receiver": "team", "matchers": ['severity="warning"'], "active_time_intervals": ["always"]},
    },
    "time_intervals": {"always": [{"weekdays": ["sunday:saturday"]}]},
    "inhibitions": {
        "node": {
            "source_matchers": ['alertname="NodeDown"'],
            "target_matchers": ['alertname="HighCPU"'],
            "equal": ["instance"],
        }
    },
    "dead_mans_switch": {"receiver": "heartbeat"},
}
SHOP = ROOT.parent / "examples" / "alerting"
ALERTS_OF_USERS = {
    "objectives": {"payment.yaml": (SHOP / "slos" / "payment-api.yaml").read_text(encoding="utf-8")},
    "rules": {"business.yaml": (SHOP / "alerts" / "business.yaml").read_text(encoding="utf-8")},
    "rule_tests": {"business_test.yaml": (SHOP / "alerts" / "business_test.yaml").read_text(encoding="utf-8")},
    "runbooks": {"OrdersFail.md": (SHOP / "runbooks" / "OrdersFail.md").read_text(encoding="utf-8")},
    "log_rules": {
        "logs.yaml": {"groups": [{"name": "logs", "rules": [{"record": "a:b:c", "expr": LINES}]}]},
    },
    "application_metrics": {
        "http_request_duration_seconds": {
            "type": "histogram",
            "labels": {"service": [], "method": []},
            "buckets": [0.1, 0.3, 1],
        },
        "app_orders_total": {"type": "counter", "labels": {"service": [], "status": [], "payment_method": []}},
    },
    "local_retention": "31d",
    "alerts": {"HighCPU": {"threshold": 0.9}},
}

EXAMPLES: dict[str, list[Args]] = {
    "Alerting": [
        {"namespace": "monitoring", **NOTIFICATIONS, **ALERTS_OF_USERS},
        {"namespace": "monitoring", "alertmanager_url": "http://alertmanager.example.org:9093"},
        {"namespace": "monitoring", **NOTIFICATIONS, "rules_as": "config-maps", "existing_prometheus": True}
        | {"series_labels": ["cluster"], "local_retention": ""},
    ],
    "AwsBucketAccess": [
        IRSA,
        {
            "identity": "pod-identity",
            "actions_for": "tempo",
            "account_id": "123456789012",
            "eks_cluster": "prod",
            "region": "eu-west-1",
            "namespace": "tracing",
            "service_account": "tempo",
            "bucket": "acme-tempo",
            "prefix": "tempo",
            "kms_key_arn": "arn:aws:kms:eu-west-1:123456789012:key/1a2b3c4d-0000-0000-0000-000000000000",
        },
    ],
    "AwsObjectStorage": [
        {"buckets": {"logs": "acme-loki", "traces": "acme-tempo"}, "region": "eu-west-1"},
        {"shared_bucket": "acme", "prefixes": {"logs": "loki"}, "region": "eu-west-1", "encryption": "s3"},
    ],
    "BasicAuth": [{"namespace": "traefik"}, {"namespace": "traefik", "existing_secret": "users"}],
    "Cache": [{"namespace": "caching", "service_monitor": True}],
    "CacheAccess": [{"namespace": "logging", "password": "hunter2"}],
    "Certificate": [
        {"namespace": "logging", "secret_name": "tls", "dns_names": ["loki"], "issuer": "ca", "duration": "720h"}
        | {"renew_before": "240h"}
    ],
    "ClientLogin": [{"namespace": "telemetry", "username": "alloy"}],
    "Datasources": [
        {"namespace": "grafana", "logs_url": "http://loki.logging", "traces_url": "http://tempo.tracing:3200"},
        {
            "namespace": "grafana",
            "create_namespace": True,
            "logs_url": "https://loki.logging",
            "traces_url": "https://tempo.tracing:3200",
            "metrics_url": "https://prometheus.metrics",
            "provision_metrics": True,
            "default_uid": "prometheus",
            "changed_uids": ["loki"],
            "tls_directory": "/etc/grafana-tls",
            "client_certificates": True,
            "login_directory": "/etc/grafana-login",
            "log_labels": ["service_name", "trace_id"],
            "trace_labels": ["trace_id"],
            "trace_patterns": {"nginx": 'trace="(\\w+)"'},
            "log_links": {"dashboard": {"label": "service_name", "url": "/d/service?var-service=${__value.raw}"}},
        },
        {
            "namespace": "grafana",
            "logs_uid": "",
            "traces_url": "http://tempo.tracing:3200",
            "metrics_url": "http://prometheus.metrics",
            "metrics_client": {"basic_auth": {"username": "grafana", "password": {"secret": "s", "key": "k"}}},
            "generated_metrics": ["traces_spanmetrics_calls_total"],
            "metric_labels": ["service"],
            "metrics_tags": {"service.name": "service"},
        },
    ],
    "Demo": [{"namespace": "demo", "otlp_http_url": "http://alloy.telemetry:4318"}],
    "ExternalObjectStorage": [
        {"endpoint": "https://s3.example.org", "shared_bucket": "acme"},
        {"endpoint": "https://s3.example.org", "buckets": {"logs": "loki", "traces": "tempo"}},
        {"endpoint": "https://s3.example.org", "buckets": {"logs": "loki"}, "prefixes": {"logs": "chunks"}},
    ],
    "GatewayLogins": [{"namespace": "logging", "htpasswd": ["alloy:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g="]}],
    "Grafana": [
        {"namespace": "grafana"},
        {
            "namespace": "grafana",
            "admin": {"secret": "grafana-admin", "key": "password"},
            "root_url": "https://grafana.example.org",
            "service_monitor": True,
        },
    ],
    "InClusterObjectStorage": [
        {"namespace": "storage"},
        {"namespace": "storage", "replicas": 3, "replication_factor": 2, "buckets": {"logs": "loki"}},
    ],
    "Logging": [
        {"namespace": "logging", "store": "filesystem"},
        {"namespace": "logging", **S3, **SECURED, "logins_secret": "logins", "service_monitor": True},
        {
            "namespace": "logging",
            **S3,
            "bucket_prefix": "loki",
            "mode": "distributed",
            "ingester_zones": ["a", "b", "c"],
            "workloads": {"ingester": {"replicas": 6, "memory": "2Gi", "volume_size": "20Gi"}},
            "replication_factor": 3,
            "cache_endpoint": "valkey.caching:6379",
            "cache_password_secret": "valkey",
        },
        {
            "namespace": "logging",
            **S3,
            **RULES,
            "alertmanager_url": "https://alertmanager.monitoring:9095",
            "alertmanager_server_name": "alertmanager.monitoring.svc",
            "ruler_external_labels": {"cluster": "prod"},
            "tenants": ["a", "b"],
            "tenants_secret": "tenants",
            "tls_secret": "tls",
            "limits": LIMITS,
            "tenant_limits": {"a": LIMITS},
            "tenant_retention": {"b": "48h"},
            "rules": {"a/errors.yaml": "groups: []"},
            "rule_source": "bucket",
            "ruler_bucket": "acme-rules",
            "lokitool_image": "acme/lokitool:3.7.7",
        },
        {
            "namespace": "logging",
            **S3,
            "mode": "simple-scalable",
            "migrate_from": "monolithic",
            "chart_version": LOKI.versions[-1],
            "traces_endpoint": "http://alloy.telemetry:4318",
            "values": {"loki": {"image": {"tag": "3.7.7"}}},
        },
        {
            "namespace": "logging",
            **S3,
            "schema_entries": [BOLTDB, {"from": "2024-04-01", "object_store": "s3"}],
        },
    ],
    "Metrics": [
        {"namespace": "metrics", "retention": "30d", "volume_size": "20Gi", "retention_size": "15Gi"},
        {"namespace": "metrics", "replicas": 2, "objstore_secret": "o", "external_labels": {"env": "prod"}},
        {"namespace": "metrics", "namespace_limits": {"shop": {"samples_per_target": 500}}, "release_name": "p"},
        {"namespace": "metrics", "values": {"prometheus": {}}},
        {"namespace": "metrics", "alertmanager": {"config_secret": "alertmanager", "retention": "10d", "replicas": 2}},
        {"namespace": "metrics", **CERTIFICATES, "values": {"prometheus": {}}},
    ],
    "OperatorCrds": [{"namespace": "metrics"}],
    "MinioObjectStorage": [
        {"namespace": "minio"},
        {
            "namespace": "minio",
            "mode": "distributed",
            "buckets": {"logs": "loki", "traces": "tempo"},
            "further_buckets": {"logs": ["loki-rules"]},
            "users": {"logs": "loki"},
        },
    ],
    "Namespace": [{"name": "logging"}],
    "Probes": [
        {"namespace": "monitoring"},
        {
            "namespace": "monitoring",
            "targets": {
                "shop": {"address": "https://shop.example.org", "interval": "15s", "tls": {"insecure": True}},
                "db": {"kind": "tcp", "address": "db:5432", "timeout": "10s", "labels": {"team": "shop"}},
                "dns": {"kind": "dns", "address": "10.96.0.10", "query_name": "example.org"},
            },
        },
    ],
    "SecretBucketAccess": [
        {"namespace": "logging", "access_key_id": "AKID", "secret_access_key": "key"},
        {"namespace": "logging", "existing_secret": "bucket"},
    ],
    "Telemetry": [
        {
            "namespace": "telemetry",
            "logs_push_url": "http://loki-gateway.logging/loki/api/v1/push",
            "logs_otlp_url": "http://loki-gateway.logging/otlp",
            "traces_otlp_endpoint": "tempo.tracing:4317",
            "extra_labels": {"environment": "production"},
            "namespace_tenants": {"shop": "team-a"},
            "logs_tenant": "rest",
            "node_local_otlp": True,
        },
        {
            "namespace": "telemetry",
            "logs_push_url": "https://loki-gateway.logging/loki/api/v1/push",
            "logs_otlp_url": "https://loki-gateway.logging/otlp",
            "traces_otlp_endpoint": "https://tempo.tracing:4318",
            "tls_secret": "alloy-tls",
            "client_certificates": True,
            "login_secret": "alloy-login",
            "receiver_tls": True,
            "log_source": "api",
        },
        {
            "namespace": "telemetry",
            "logs_push_url": "https://loki.example.org/loki/api/v1/push",
            "logs_otlp_url": "https://loki.example.org/otlp",
            "logs_client": {"tenant": "edge"},
            "traces_otlp_endpoint": "tempo.example.org:4317",
            "traces_client": {"tls": {"ca": {"secret": "central", "key": "ca.crt"}}},
            "login_secret": "alloy-login",
            "namespace_tenants": {"shop": "team-a"},
        },
        {
            "namespace": "telemetry",
            "logs_push_url": "http://loki-gateway.logging/loki/api/v1/push",
            "logs_otlp_url": "http://loki-gateway.logging/otlp",
            "traces_otlp_endpoint": "tempo.tracing:4317",
            "metrics_otlp_url": "http://prometheus.monitoring:9090/api/v1/otlp",
            "engine": "otel-collector",
            "events": True,
            "gateway": {"replicas": 2, "volume_size": "10Gi"},
            "queue_size": "1Gi",
            "host_ports": True,
            "sources": {
                "shop": {"kind": "containers", "namespaces": ["shop"]},
                "old": {"kind": "zipkin", "port": 9410},
            },
            "processors": {"health": {"kind": "drop", "pattern": "GET /health"}},
            "destinations": {"central": {"kind": "otlp", "url": "https://otlp.example.org:4318"}},
            "pipelines": {
                "containers": {"processors": ["health"]},
                "shop": {"signal": "logs", "sources": ["shop"], "destinations": ["central"]},
                "traces": {"sources": ["otlp", "old"], "processors": ["span_metrics", "tail_sampling"]},
            },
        },
        {
            "namespace": "telemetry",
            "logs_push_url": "http://loki-gateway.logging/loki/api/v1/push",
            "logs_otlp_url": "http://loki-gateway.logging/otlp",
            "destinations": {"central": {"kind": "otlp", "url": "otlp.example.org:4317"}},
            "pipelines": {"spans": {"signal": "traces", "sources": ["jaeger"], "destinations": ["central"]}},
        },
        {
            "namespace": "telemetry",
            "logs_push_url": "http://loki-gateway.logging/loki/api/v1/push",
            "logs_otlp_url": "http://loki-gateway.logging/otlp",
            "sources": {
                "containers": {"kind": "containers", "exclude_namespaces": ["vault"]},
                "vault": {"kind": "containers", "log_source": "api", "namespaces": ["vault"]},
            },
            "pipelines": {"containers": {"sources": ["containers", "vault"]}},
        },
    ],
    "Thanos": [
        {"namespace": "monitoring", "objstore_secret": "thanos-objstore", "retention": "30d"},
        {
            "namespace": "monitoring",
            "objstore_secret": "thanos-objstore",
            "replicas": 2,
            "ruler": True,
            "ruler_groups": [{"name": "sli", "rules": [{"record": "job:up:min", "expr": "min by (job) (up)"}]}],
            "alertmanager_url": "http://alertmanager:9093",
            "receive": True,
            "memcached_addresses": ["memcached:11211"],
            "external_labels": {"cluster": "prod"},
            "workloads": {"compact": {"replicas": 1, "extra_args": ["--compact.concurrency=2"]}},
            "storage_ca": {"secret": "ca", "key": "ca.crt"},
        },
        {"namespace": "monitoring", "objstore_secret": "thanos-objstore", "cache_endpoint": "valkey.caching:6379"}
        | {"cache_password_secret": "thanos-cache", "downsampling": False, "retention_raw": "30d"},
        {"namespace": "monitoring", "objstore_secret": "thanos-objstore", "compactor": False},
        {"namespace": "monitoring", "objstore_secret": "thanos-objstore", **CERTIFICATES, "ruler": True}
        | {"alertmanager_url": "https://alertmanager:9095", "alertmanager_server_name": "alertmanager.monitoring.svc"},
    ],
    "ThanosObjectStore": [
        {"namespace": "monitoring", "bucket": "acme-thanos", "region": "eu-west-1"}
        | {"kms_key_arn": "arn:aws:kms:eu-west-1:123456789012:key/1a2b3c4d-0000-0000-0000-000000000000"},
        {"namespace": "monitoring", **S3, "storage_ca": {"secret": "ca", "key": "ca.crt"}}
        | {"access_key_id": "thanos", "secret_access_key": "hunter2"},
    ],
    "Tracing": [
        {"namespace": "tracing", "store": "filesystem"},
        {
            "namespace": "tracing",
            **S3,
            "mode": "distributed",
            "replicas": 3,
            "gateway": True,
            "logins_secret": "logins",
            **SECURED,
            "service_monitor": True,
            "receivers": ["otlp", "jaeger"],
            "remote_write_url": "http://prometheus.metrics/api/v1/write",
            "workloads": {"gateway": {"replicas": 2}},
        },
        {
            "namespace": "tracing",
            **S3,
            "mode": "distributed",
            "chart_version": TEMPO_3_VERSIONS[0],
            "kafka_address": "kafka.messaging:9092",
            "kafka_credentials_secret": "kafka",
            "partitions": 3,
            "cache_endpoint": "valkey.caching:6379",
            "remote_write_url": "http://prometheus.metrics/api/v1/write",
        },
    ],
    "UiRoute": [
        {"namespace": "a", "service": "s", "port": 80, "host": "h.example.org", "authenticated_by_ui": True},
        {
            "namespace": "a",
            "service": "s",
            "port_name": "http",
            "host": "h.example.org",
            "auth_middleware": "traefik/login",
            "tls_secret": "certificate",
        },
    ],
}
"""Arguments of each component that reach the branches of its rules."""


def specs_of(package: str) -> list[type[Spec]]:
    """Return the specifications of the public components of a package."""
    module = import_module(f"components.{package}.spec")
    declared = [one for one in vars(module).values() if isinstance(one, type) and issubclass(one, Spec)]
    return [spec for spec in declared if f"{component_of(spec)}Args" in components.__all__]


def component_of(spec: type[Spec]) -> str:
    return spec.__name__.removesuffix("Spec")


def rules_of(spec: type[Spec]) -> dict[str, Callable[[Spec], Any]]:
    """Return the rules of a specification by their names."""
    methods = {name: getattr(spec, name) for name in dir(spec) if not name.startswith(("__", "model_"))}
    return {name: method for name, method in methods.items() if hasattr(method, "rule_fields")}


def declared(rule: Any) -> tuple[str, ...]:
    """Return the fields that a rule declares."""
    fields: tuple[str, ...] = rule.rule_fields
    return fields


def recording(spec: type[Spec], read: set[str]) -> type[Spec]:
    """Return a subclass that adds the name of each field that is read to `read`."""

    def getattribute(self: Spec, name: str) -> Any:
        if name in spec.model_fields:
            read.add(name)
        return spec.__getattribute__(self, name)

    namespace = {"__getattribute__": getattribute}
    recorder: type[Spec] = type(Spec)(f"Recording{spec.__name__}", (spec,), namespace)  # type: ignore[misc]
    return recorder


def variants(spec: Spec) -> Iterator[Spec]:
    """Yield a specification, and a copy for each other value of a switch or choice and each default."""
    yield spec
    for name, field in type(spec).model_fields.items():
        values = [] if field.is_required() else [field.get_default(call_default_factory=True)]
        kind = container(field.annotation)
        if kind is bool:
            values += [False, True]
        if isinstance(kind, type) and issubclass(kind, Enum):
            values += list(kind)
        if type(None) in get_args(field.annotation):
            values.append(None)
        for value in values:
            yield spec.model_copy(update={name: value})


def undeclared_reads(spec: type[Spec], examples: Iterable[Args]) -> dict[str, set[str]]:
    """Return the fields that each rule reads without declaring them."""
    read: set[str] = set()
    recorder = recording(spec, read)
    undeclared: dict[str, set[str]] = {}
    for args in examples:
        for variant in variants(recorder.check(f'{component_of(spec)} "example"', args)):
            for name, rule in rules_of(spec).items():
                read.clear()
                found = rule(variant)
                if found is not None and not isinstance(found, str | Violation):
                    list(found)
                if extra := read - set(declared(rule)):
                    undeclared.setdefault(name, set()).update(extra)
    return undeclared


@pytest.mark.parametrize("package", PACKAGES)
def test_every_rule_declares_the_arguments_that_it_reads(package: str) -> None:
    specs = specs_of(package)
    assert specs, "no specification of a public component"
    undeclared = {spec.__name__: undeclared_reads(spec, EXAMPLES[component_of(spec)]) for spec in specs}
    assert {name: reads for name, reads in undeclared.items() if reads} == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_a_rule_declares_arguments_that_there_are(package: str) -> None:
    for spec in specs_of(package):
        for name, rule in rules_of(spec).items():
            assert set(declared(rule)) <= set(spec.model_fields), f"{spec.__name__}.{name}"


def test_every_component_has_examples() -> None:
    assert {f"{name}Args" for name in EXAMPLES} == {name for name in components.__all__ if name.endswith("Args")}


class ExampleSpec(Spec):
    one: int = 1
    two: int = 1
    three: bool = False

    @property
    def sum(self) -> int:
        return self.one + self.two

    def _rule(self) -> str | None:
        return "three" if self.sum == 3 and self.three else None

    _rule.__dict__["rule_fields"] = ("one",)


def test_reads_through_properties_and_behind_a_branch_are_found() -> None:
    assert undeclared_reads(ExampleSpec, [{"one": 1}]) == {"_rule": {"two"}}
    assert undeclared_reads(ExampleSpec, [{"one": 2}]) == {"_rule": {"two", "three"}}
