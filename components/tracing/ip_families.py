"""The chart values of Tempo by which its rings and Services use IPv6.

https://grafana.com/docs/tempo/latest/configuration/network/ipv6/
"""

from typing import Any

from .spec import TracingSpec

_INET6 = {"enable_inet6": True}

MONOLITHIC_CONFIG = """\
stream_over_http_enabled: {{ .Values.tempo.streamOverHttpEnabled }}
memberlist:
  cluster_label: "{{ .Release.Name }}.{{ .Release.Namespace }}"
  bind_addr: ["::"]
multitenancy_enabled: {{ .Values.tempo.multitenancyEnabled }}
usage_report:
  reporting_enabled: {{ .Values.tempo.reportingEnabled }}
compactor:
  compaction:
    block_retention: {{ .Values.tempo.retention }}
  ring:
    enable_inet6: true
distributor:
  ring:
    enable_inet6: true
  receivers:
    {{- toYaml .Values.tempo.receivers | nindent 4 }}
ingester:
  {{- toYaml .Values.tempo.ingester | nindent 2 }}
server:
  {{- toYaml .Values.tempo.server | nindent 2 }}
storage:
  {{- toYaml .Values.tempo.storage | nindent 2 }}
querier:
  {{- toYaml .Values.tempo.querier | nindent 2 }}
query_frontend:
  {{- toYaml .Values.tempo.queryFrontend | nindent 2 }}
overrides:
  {{- toYaml .Values.tempo.overrides | nindent 2 }}
{{- with .Values.tempo.metricsGenerator }}
metrics_generator:
  ring:
    enable_inet6: true
  {{- if .enabled }}
  {{- toYaml (pick . "processor" "registry" "storage" "traces_storage") | nindent 2 }}
  {{- end }}
{{- end }}
"""
"""The configuration of the chart `tempo` with rings on IPv6, for which the chart has no values."""


def monolithic_ipv6(spec: TracingSpec) -> dict[str, Any]:
    """Return the values of the chart `tempo` for rings that advertise IPv6; nothing for IPv4."""
    if not spec.advertises_ipv6:
        return {}
    return {"config": MONOLITHIC_CONFIG, "tempo": {"ingester": {"lifecycler": _INET6}}}


def distributed_config(spec: TracingSpec) -> dict[str, Any]:
    """Return the configuration of the rings of distributed Tempo; nothing for IPv4."""
    if not spec.advertises_ipv6:
        return {}
    rings = ("backend_worker", "distributor", "metrics_generator")
    of_version: dict[str, Any] = {"live_store": {"ring": _INET6}}
    if not spec.uses_kafka:
        of_version = {"compactor": {"ring": _INET6}, "ingester": {"lifecycler": _INET6}}
    return {"memberlist": {"bind_addr": ["::"]}, **{name: {"ring": _INET6} for name in rings}, **of_version}


def service_families(spec: TracingSpec) -> dict[str, Any]:
    """Return the IP families of the Services of distributed Tempo, which the chart makes of IPv4.

    The chart writes a list of two as one name; with `PreferDualStack`, Kubernetes adds the second family.
    """
    if not spec.ip_families:
        return {}
    policy = "SingleStack" if len(spec.ip_families) == 1 else "PreferDualStack"
    return {"service": {"ipFamilies": [str(spec.ip_families[0])], "ipFamilyPolicy": policy}}
