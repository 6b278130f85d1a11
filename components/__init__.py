"""Logs, traces, metrics and Grafana on Kubernetes as Pulumi components.

Every component is imported when it is first asked for, so that a program pays only for what it uses: the AWS SDK is
not loaded unless `AwsObjectStorage` or `AwsBucketAccess` is.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._spec import InvalidArgsError
    from .caching import Cache, CacheAccess, CacheAccessArgs, CacheArgs
    from .datasources import Datasources, DatasourcesArgs
    from .demo import Demo, DemoArgs
    from .grafana import Grafana, GrafanaArgs
    from .ingress import BasicAuth, BasicAuthArgs, UiRoute, UiRouteArgs
    from .logging import Logging, LoggingArgs
    from .metrics import Metrics, MetricsArgs
    from .namespaces import Namespace, NamespaceArgs
    from .security import Certificate, CertificateArgs, ClientLogin, ClientLoginArgs, GatewayLogins, GatewayLoginsArgs
    from .storage import (
        AwsBucketAccess,
        AwsBucketAccessArgs,
        AwsObjectStorage,
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
    from .tracing import Tracing, TracingArgs

_COMPONENTS = {
    "caching": ("Cache", "CacheAccess"),
    "datasources": ("Datasources",),
    "demo": ("Demo",),
    "grafana": ("Grafana",),
    "ingress": ("BasicAuth", "UiRoute"),
    "logging": ("Logging",),
    "metrics": ("Metrics",),
    "namespaces": ("Namespace",),
    "security": ("Certificate", "ClientLogin", "GatewayLogins"),
    "storage": (
        "AwsBucketAccess",
        "AwsObjectStorage",
        "ExternalObjectStorage",
        "InClusterObjectStorage",
        "MinioObjectStorage",
        "SecretBucketAccess",
    ),
    "telemetry": ("Telemetry",),
    "tracing": ("Tracing",),
}
_MODULE_OF = {
    "InvalidArgsError": "._spec",
    **{
        public: f".{module}"
        for module, names in _COMPONENTS.items()
        for name in names
        for public in (name, f"{name}Args")
    },
}

__all__ = [
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
    "SecretBucketAccess",
    "SecretBucketAccessArgs",
    "Telemetry",
    "TelemetryArgs",
    "Tracing",
    "TracingArgs",
    "UiRoute",
    "UiRouteArgs",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULE_OF[name], __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
