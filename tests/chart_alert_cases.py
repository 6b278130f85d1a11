"""Cases of the alerts of the chart that are kept: series of our own, on which each fires, and on which it does not.

In series and labels, `RELEASE` and `NAMESPACE` are those of the chart's release.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from components.alerting.rules import Alert, Case, Firing


@dataclass(frozen=True)
class Example:
    """Series on which an alert of the chart fires, and series next to them on which it does not."""

    fires: Mapping[str, str]
    labels: Mapping[str, str]
    """Labels of the result."""
    at: str
    silent: Mapping[str, str]
    rules: Mapping[str, str] = field(default_factory=dict)
    """Labels of the rules of this name that fire, where not all do."""
    interval: str = "1m"


def cases_of(name: str, rules: Sequence[Alert], release: str, namespace: str) -> list[Case]:
    """Return the cases of the rules of one name."""
    found = EXAMPLES[name]
    firing = [rule for rule in rules if found.rules.items() <= rule.labels.items()]

    def written(texts: Mapping[str, str]) -> dict[str, str]:
        return {_filled(key, release, namespace): _filled(text, release, namespace) for key, text in texts.items()}

    labels = [{**written(found.labels), **rule.labels} for rule in firing]
    return [
        Case(f"{name} fires", written(found.fires), [Firing(found.at, name, labels)], interval=found.interval),
        Case(f"{name} does not fire", written(found.silent), [Firing(found.at, name)], interval=found.interval),
    ]


def _filled(text: str, release: str, namespace: str) -> str:
    return text.replace("RELEASE", release).replace("NAMESPACE", namespace)


_KSM = 'job="kube-state-metrics"'
_SHOP = f'{_KSM},namespace="shop"'
_VOLUME = {"job": "kubelet", "metrics_path": "/metrics", "namespace": "shop", "persistentvolumeclaim": "data"}
_VOLUME_SERIES = ",".join(f'{name}="{text}"' for name, text in _VOLUME.items())
_DISK = {
    "job": "node-exporter",
    "instance": "10.0.0.1:9100",
    "device": "/dev/sda1",
    "fstype": "ext4",
    "mountpoint": "/",
}
_DISK_SERIES = ",".join(f'{name}="{text}"' for name, text in _DISK.items())
_NODE = {"job": "node-exporter", "instance": "10.0.0.1:9100"}
_NODE_SERIES = 'job="node-exporter",instance="10.0.0.1:9100"'
_PROMETHEUS = {"job": "RELEASE-prometheus", "namespace": "NAMESPACE", "pod": "prometheus-0"}
_PROMETHEUS_SERIES = 'job="RELEASE-prometheus",namespace="NAMESPACE",pod="prometheus-0"'
_OPERATOR_SERIES = 'job="RELEASE-operator",namespace="NAMESPACE",controller="prometheus"'
_OPERATOR = {"job": "RELEASE-operator", "namespace": "NAMESPACE", "controller": "prometheus"}
_ALERTMANAGER = {"job": "RELEASE-alertmanager", "container": "alertmanager", "namespace": "NAMESPACE"}


def _alertmanager(pod: str) -> str:
    labels = {**_ALERTMANAGER, "service": "RELEASE-alertmanager", "pod": pod}
    return ",".join(f'{name}="{text}"' for name, text in labels.items())


def _deployment(available: int) -> dict[str, str]:
    labels = f'{_SHOP},deployment="cart"'
    return {
        f"kube_deployment_spec_replicas{{{labels}}}": "3x40",
        f"kube_deployment_status_replicas_available{{{labels}}}": f"{available}x40",
        f"kube_deployment_status_replicas_updated{{{labels}}}": "3x40",
    }


def _stateful_set(ready: int) -> dict[str, str]:
    labels = f'{_SHOP},statefulset="cart"'
    return {
        f"kube_statefulset_status_replicas_ready{{{labels}}}": f"{ready}x40",
        f"kube_statefulset_replicas{{{labels}}}": "3x40",
        f"kube_statefulset_status_replicas_updated{{{labels}}}": "3x40",
    }


def _daemon_set(available: int) -> dict[str, str]:
    labels = f'{_SHOP},daemonset="agent"'
    return {
        f"kube_daemonset_status_desired_number_scheduled{{{labels}}}": "3x40",
        f"kube_daemonset_status_current_number_scheduled{{{labels}}}": "3x40",
        f"kube_daemonset_status_updated_number_scheduled{{{labels}}}": "3x40",
        f"kube_daemonset_status_number_misscheduled{{{labels}}}": "0x40",
        f"kube_daemonset_status_number_available{{{labels}}}": f"{available}x40",
    }


def _autoscaler(replicas: int) -> dict[str, str]:
    labels = f'{_SHOP},horizontalpodautoscaler="cart"'
    return {
        f"kube_horizontalpodautoscaler_status_current_replicas{{{labels}}}": f"{replicas}x40",
        f"kube_horizontalpodautoscaler_spec_max_replicas{{{labels}}}": "10x40",
        f"kube_horizontalpodautoscaler_spec_min_replicas{{{labels}}}": "2x40",
    }


def _volume(kind: str, unit: str, free: int) -> dict[str, str]:
    free_name, all_name = kind.split()
    return {
        f"kubelet_volume_stats_{free_name}{{{_VOLUME_SERIES}}}": f"{free}x40",
        f"kubelet_volume_stats_{all_name}{{{_VOLUME_SERIES}}}": "100x40",
        f"kubelet_volume_stats_{unit}{{{_VOLUME_SERIES}}}": f"{100 - free}x40",
    }


def _filesystem(free: str, all_: str, share: int) -> dict[str, str]:
    return {
        f"{free}{{{_DISK_SERIES}}}": f"{share}x100",
        f"{all_}{{{_DISK_SERIES}}}": "100x100",
        f"node_filesystem_readonly{{{_DISK_SERIES}}}": "0x100",
    }


def _certificate(bucket: str) -> dict[str, str]:
    labels = 'job="apiserver",instance="10.0.0.1:6443"'
    name = "apiserver_client_certificate_expiration_seconds"
    below = {le: "0+60x40" if int(le) >= int(bucket) else "0x40" for le in ("86400", "604800", "31104000")}
    return {
        **{f'{name}_bucket{{{labels},le="{le}"}}': values for le, values in below.items()},
        f'{name}_bucket{{{labels},le="+Inf"}}': "0+60x40",
        f"{name}_count{{{labels}}}": "0+60x40",
    }


EXAMPLES: Mapping[str, Example] = {
    "TargetDown": Example(
        {
            'up{job="cart",namespace="shop",service="cart",instance="10.0.0.1:80"}': "0x40",
            'up{job="cart",namespace="shop",service="cart",instance="10.0.0.2:80"}': "1x40",
        },
        {"job": "cart", "namespace": "shop", "service": "cart"},
        "15m",
        {'up{job="cart",namespace="shop",service="cart",instance="10.0.0.1:80"}': "1x40"},
    ),
    "KubeAPIErrorBudgetBurn": Example(
        {"apiserver_request:burnrate1h": "0.15x40", "apiserver_request:burnrate5m": "0.15x40"},
        {},
        "10m",
        {"apiserver_request:burnrate1h": "0.15x40", "apiserver_request:burnrate5m": "0.01x40"},
        rules={"severity": "critical", "long": "1h"},
    ),
    "KubeDeploymentReplicasMismatch": Example(
        _deployment(2),
        {"job": "kube-state-metrics", "namespace": "shop", "deployment": "cart"},
        "30m",
        _deployment(3),
    ),
    "KubeStatefulSetReplicasMismatch": Example(
        _stateful_set(2),
        {"job": "kube-state-metrics", "namespace": "shop", "statefulset": "cart"},
        "30m",
        _stateful_set(3),
    ),
    "KubeDaemonSetRolloutStuck": Example(
        _daemon_set(2),
        {"job": "kube-state-metrics", "namespace": "shop", "daemonset": "agent"},
        "30m",
        _daemon_set(3),
    ),
    "KubeJobFailed": Example(
        {f'kube_job_failed{{{_SHOP},job_name="backup",condition="true"}}': "1x40"},
        {"job": "kube-state-metrics", "namespace": "shop", "job_name": "backup", "condition": "true"},
        "20m",
        {f'kube_job_failed{{{_SHOP},job_name="backup",condition="true"}}': "0x40"},
    ),
    "KubeHpaMaxedOut": Example(
        _autoscaler(10),
        {"job": "kube-state-metrics", "namespace": "shop", "horizontalpodautoscaler": "cart"},
        "20m",
        _autoscaler(9),
    ),
    "KubePersistentVolumeFillingUp": Example(
        _volume("available_bytes capacity_bytes", "used_bytes", 2),
        _VOLUME,
        "10m",
        _volume("available_bytes capacity_bytes", "used_bytes", 3),
        rules={"severity": "critical"},
    ),
    "KubePersistentVolumeInodesFillingUp": Example(
        _volume("inodes_free inodes", "inodes_used", 2),
        _VOLUME,
        "10m",
        _volume("inodes_free inodes", "inodes_used", 3),
        rules={"severity": "critical"},
    ),
    "KubePersistentVolumeErrors": Example(
        {f'kube_persistentvolume_status_phase{{{_KSM},persistentvolume="pv-1",phase="Failed"}}': "1x40"},
        {"job": "kube-state-metrics", "persistentvolume": "pv-1", "phase": "Failed"},
        "10m",
        {f'kube_persistentvolume_status_phase{{{_KSM},persistentvolume="pv-1",phase="Bound"}}': "1x40"},
    ),
    "KubeAPIDown": Example({}, {"job": "apiserver"}, "20m", {'up{job="apiserver"}': "1x40"}),
    "KubeAggregatedAPIDown": Example(
        {'aggregator_unavailable_apiservice{job="apiserver",name="v1beta1.metrics.k8s.io"}': "1x40"},
        {"name": "v1beta1.metrics.k8s.io"},
        "20m",
        {'aggregator_unavailable_apiservice{job="apiserver",name="v1beta1.metrics.k8s.io"}': "0x40"},
    ),
    "KubeClientCertificateExpiration": Example(
        _certificate("604800"),
        {"job": "apiserver", "instance": "10.0.0.1:6443"},
        "20m",
        _certificate("31104000"),
        rules={"severity": "warning"},
    ),
    "KubeVersionMismatch": Example(
        {
            'kubernetes_build_info{job="apiserver",instance="a",git_version="v1.36.1"}': "1x40",
            'kubernetes_build_info{job="kubelet",instance="b",git_version="v1.35.4"}': "1x40",
        },
        {},
        "20m",
        {
            'kubernetes_build_info{job="apiserver",instance="a",git_version="v1.36.1"}': "1x40",
            'kubernetes_build_info{job="kubelet",instance="b",git_version="v1.36.2"}': "1x40",
        },
    ),
    "KubeNodeNotReady": Example(
        {
            f'kube_node_status_condition{{{_KSM},node="node-1",condition="Ready",status="true"}}': "0x40",
            f'kube_node_spec_unschedulable{{{_KSM},node="node-1"}}': "0x40",
        },
        {"job": "kube-state-metrics", "node": "node-1", "condition": "Ready", "status": "true"},
        "20m",
        {
            f'kube_node_status_condition{{{_KSM},node="node-1",condition="Ready",status="true"}}': "0x40",
            f'kube_node_spec_unschedulable{{{_KSM},node="node-1"}}': "1x40",
        },
    ),
    "KubeletDown": Example(
        {
            f'kube_node_info{{{_KSM},node="node-1"}}': "1x40",
            'up{job="kubelet",metrics_path="/metrics",node="node-1"}': "0x40",
        },
        {},
        "20m",
        {
            f'kube_node_info{{{_KSM},node="node-1"}}': "1x40",
            'up{job="kubelet",metrics_path="/metrics",node="node-1"}': "1x40",
        },
    ),
    "NodeFilesystemAlmostOutOfSpace": Example(
        _filesystem("node_filesystem_avail_bytes", "node_filesystem_size_bytes", 4),
        _DISK,
        "40m",
        _filesystem("node_filesystem_avail_bytes", "node_filesystem_size_bytes", 5),
        rules={"severity": "warning"},
    ),
    "NodeFilesystemAlmostOutOfFiles": Example(
        _filesystem("node_filesystem_files_free", "node_filesystem_files", 4),
        _DISK,
        "70m",
        _filesystem("node_filesystem_files_free", "node_filesystem_files", 5),
        rules={"severity": "warning"},
    ),
    "NodeClockNotSynchronising": Example(
        {
            f"node_timex_sync_status{{{_NODE_SERIES}}}": "0x40",
            f"node_timex_maxerror_seconds{{{_NODE_SERIES}}}": "16x40",
        },
        _NODE,
        "20m",
        {
            f"node_timex_sync_status{{{_NODE_SERIES}}}": "1x40",
            f"node_timex_maxerror_seconds{{{_NODE_SERIES}}}": "0.1x40",
        },
    ),
    "NodeRAIDDegraded": Example(
        {
            f'node_md_disks_required{{{_NODE_SERIES},device="md0"}}': "2x40",
            f'node_md_disks{{{_NODE_SERIES},device="md0",state="active"}}': "1x40",
        },
        {**_NODE, "device": "md0"},
        "20m",
        {
            f'node_md_disks_required{{{_NODE_SERIES},device="md0"}}': "2x40",
            f'node_md_disks{{{_NODE_SERIES},device="md0",state="active"}}': "2x40",
        },
    ),
    "NodeFileDescriptorLimit": Example(
        {f"node_filefd_allocated{{{_NODE_SERIES}}}": "80x40", f"node_filefd_maximum{{{_NODE_SERIES}}}": "100x40"},
        _NODE,
        "20m",
        {f"node_filefd_allocated{{{_NODE_SERIES}}}": "70x40", f"node_filefd_maximum{{{_NODE_SERIES}}}": "100x40"},
        rules={"severity": "warning"},
    ),
    "PrometheusOperatorSyncFailed": Example(
        {f'prometheus_operator_syncs{{{_OPERATOR_SERIES},status="failed"}}': "1x40"},
        {**_OPERATOR, "status": "failed"},
        "15m",
        {f'prometheus_operator_syncs{{{_OPERATOR_SERIES},status="ok"}}': "1x40"},
    ),
    "PrometheusOperatorRejectedResources": Example(
        {
            f'prometheus_operator_managed_resources{{{_OPERATOR_SERIES},resource="PrometheusRule",state="rejected"}}': (
                "1x40"
            )
        },
        {**_OPERATOR, "resource": "PrometheusRule", "state": "rejected"},
        "15m",
        {
            f'prometheus_operator_managed_resources{{{_OPERATOR_SERIES},resource="PrometheusRule",state="rejected"}}': (
                "0x40"
            )
        },
    ),
    "PrometheusBadConfig": Example(
        {f"prometheus_config_last_reload_successful{{{_PROMETHEUS_SERIES}}}": "0x40"},
        _PROMETHEUS,
        "20m",
        {f"prometheus_config_last_reload_successful{{{_PROMETHEUS_SERIES}}}": "1x40"},
    ),
    "PrometheusMissingRuleEvaluations": Example(
        {f'prometheus_rule_group_iterations_missed_total{{{_PROMETHEUS_SERIES},rule_group="a"}}': "0+1x40"},
        {**_PROMETHEUS, "rule_group": "a"},
        "20m",
        {f'prometheus_rule_group_iterations_missed_total{{{_PROMETHEUS_SERIES},rule_group="a"}}': "1x40"},
    ),
    "AlertmanagerFailedReload": Example(
        {f"alertmanager_config_last_reload_successful{{{_alertmanager('a-0')}}}": "0x40"},
        {**_ALERTMANAGER, "service": "RELEASE-alertmanager", "pod": "a-0"},
        "20m",
        {f"alertmanager_config_last_reload_successful{{{_alertmanager('a-0')}}}": "1x40"},
    ),
    "AlertmanagerMembersInconsistent": Example(
        {
            f"alertmanager_cluster_members{{{_alertmanager('a-0')}}}": "1x40",
            f"alertmanager_cluster_members{{{_alertmanager('a-1')}}}": "2x40",
        },
        {**_ALERTMANAGER, "service": "RELEASE-alertmanager", "pod": "a-0"},
        "20m",
        {
            f"alertmanager_cluster_members{{{_alertmanager('a-0')}}}": "2x40",
            f"alertmanager_cluster_members{{{_alertmanager('a-1')}}}": "2x40",
        },
    ),
    "ConfigReloaderSidecarErrors": Example(
        {'reloader_last_reload_successful{namespace="NAMESPACE",pod="prometheus-0"}': "0x40"},
        {"namespace": "NAMESPACE", "pod": "prometheus-0"},
        "20m",
        {'reloader_last_reload_successful{namespace="NAMESPACE",pod="prometheus-0"}': "1x40"},
    ),
    "etcdInsufficientMembers": Example(
        {
            'up{job="kube-etcd",instance="10.0.0.1:2381"}': "1x40",
            'up{job="kube-etcd",instance="10.0.0.2:2381"}': "0x40",
            'up{job="kube-etcd",instance="10.0.0.3:2381"}': "0x40",
        },
        {"job": "kube-etcd"},
        "10m",
        {
            'up{job="kube-etcd",instance="10.0.0.1:2381"}': "1x40",
            'up{job="kube-etcd",instance="10.0.0.2:2381"}': "1x40",
            'up{job="kube-etcd",instance="10.0.0.3:2381"}': "0x40",
        },
    ),
    "etcdNoLeader": Example(
        {'etcd_server_has_leader{job="kube-etcd",instance="10.0.0.1:2381"}': "0x40"},
        {"job": "kube-etcd", "instance": "10.0.0.1:2381"},
        "5m",
        {'etcd_server_has_leader{job="kube-etcd",instance="10.0.0.1:2381"}': "1x40"},
    ),
    "etcdDatabaseQuotaLowSpace": Example(
        {
            'etcd_mvcc_db_total_size_in_bytes{job="kube-etcd",instance="10.0.0.1:2381"}': "96x40",
            'etcd_server_quota_backend_bytes{job="kube-etcd",instance="10.0.0.1:2381"}': "100x40",
        },
        {"job": "kube-etcd", "instance": "10.0.0.1:2381"},
        "15m",
        {
            'etcd_mvcc_db_total_size_in_bytes{job="kube-etcd",instance="10.0.0.1:2381"}': "95x40",
            'etcd_server_quota_backend_bytes{job="kube-etcd",instance="10.0.0.1:2381"}': "100x40",
        },
    ),
    "KubeControllerManagerDown": Example(
        {}, {"job": "kube-controller-manager"}, "20m", {'up{job="kube-controller-manager"}': "1x40"}
    ),
    "KubeSchedulerDown": Example({}, {"job": "kube-scheduler"}, "20m", {'up{job="kube-scheduler"}': "1x40"}),
}
"""The example of each alert that is kept."""
