"""Logs, traces, metrics and Grafana on Kubernetes as Pulumi components.

The components for AWS are imported on first use: `pulumi_aws` is an optional dependency.
"""

from typing import TYPE_CHECKING, Any

from . import storage
from ._spec import InvalidArgsError
from .alerting import Alerting, AlertingArgs
from .caching import Cache, CacheAccess, CacheAccessArgs, CacheArgs
from .certificates import Certificate, CertificateArgs
from .datasources import Datasources, DatasourcesArgs
from .demo import Demo, DemoArgs
from .grafana import Grafana, GrafanaArgs
from .ingress import BasicAuth, BasicAuthArgs, UiRoute, UiRouteArgs
from .logging import Logging, LoggingArgs
from .logins import ClientLogin, ClientLoginArgs, GatewayLogins, GatewayLoginsArgs
from .metrics import Metrics, MetricsArgs, OperatorCrds, OperatorCrdsArgs
from .namespaces import Namespace, NamespaceArgs
from .probes import Probes, ProbesArgs
from .storage import (
    AwsBucketAccessArgs,
    AwsObjectStorageArgs,
    ExternalObjectStorage,
    ExternalObjectStorageArgs,
    InClusterObjectStorage,
    InClusterObjectStorageArgs,
    MinioObjectStorage,
    MinioObjectStorageArgs,
    SecretBucketAccess,
    SecretBucketAccessArgs,
)
from .telemetry import Telemetry, TelemetryArgs
from .thanos import Thanos, ThanosArgs, ThanosObjectStore, ThanosObjectStoreArgs
from .tracing import Tracing, TracingArgs

if TYPE_CHECKING:
    from .storage import AwsBucketAccess, AwsObjectStorage

__all__ = [
    "Alerting",
    "AlertingArgs",
    "AwsBucketAccess",
    "AwsBucketAccessArgs",
    "AwsObjectStorage",
    "AwsObjectStorageArgs",
    "BasicAuth",
    "BasicAuthArgs",
    "Cache",
    "CacheAccess",
    "CacheAccessArgs",
    "CacheArgs",
    "Certificate",
    "CertificateArgs",
    "ClientLogin",
    "ClientLoginArgs",
    "Datasources",
    "DatasourcesArgs",
    "Demo",
    "DemoArgs",
    "ExternalObjectStorage",
    "ExternalObjectStorageArgs",
    "GatewayLogins",
    "GatewayLoginsArgs",
    "Grafana",
    "GrafanaArgs",
    "InClusterObjectStorage",
    "InClusterObjectStorageArgs",
    "InvalidArgsError",
    "Logging",
    "LoggingArgs",
    "Metrics",
    "MetricsArgs",
    "MinioObjectStorage",
    "MinioObjectStorageArgs",
    "Namespace",
    "NamespaceArgs",
    "OperatorCrds",
    "OperatorCrdsArgs",
    "Probes",
    "ProbesArgs",
    "SecretBucketAccess",
    "SecretBucketAccessArgs",
    "Telemetry",
    "TelemetryArgs",
    "Thanos",
    "ThanosArgs",
    "ThanosObjectStore",
    "ThanosObjectStoreArgs",
    "Tracing",
    "TracingArgs",
    "UiRoute",
    "UiRouteArgs",
]

_ON_AWS = ("AwsBucketAccess", "AwsObjectStorage")


def __getattr__(name: str) -> Any:
    if name not in _ON_AWS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(storage, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
