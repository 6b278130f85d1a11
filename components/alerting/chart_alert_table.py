"""The alerts of the chart kube-prometheus-stack: those that are kept, with what a page needs, and why others are not.

Texts, expressions and `for` of those that are kept are the chart's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .rules import Severity
from .runbooks import Query, Runbook


class Reason(StrEnum):
    """Why an alert of the chart is left out."""

    CAUSE = "a cause, of which users may notice nothing; what they notice pages"
    DUPLICATE = "another alert pages for the same"
    NO_PENDING = "it has no `for`, and the chart takes none"
    NOT_PRODUCED = "nothing here produces its metrics"
    INFO = "its severity is info or none: nobody acts on it"


@dataclass(frozen=True)
class LeftOut:
    """An alert that is not deployed."""

    reason: Reason
    instead: str = ""
    """The alert that pages for the same."""

    def __str__(self) -> str:
        return f"{self.reason}: {self.instead}" if self.instead else self.reason.value


@dataclass(frozen=True, kw_only=True)
class Kept:
    """An alert that is deployed; texts, expression and `for` are the chart's."""

    section: str
    """Section of the chart in `defaultRules.rules`."""
    producers: frozenset[str]
    severities: Sequence[Severity]
    """Its severity, the chart's or another; both where the chart has a rule of each."""
    pending: str
    """`for` of the chart's rules."""
    why: str
    """Why it is a symptom."""
    summary: str
    impact: str
    symptom: str
    runbook: Runbook
    dashboard: str = "cluster"
    description: str = ""
    """In place of the chart's, where that one names a label that the result does not have."""
    query: str = ""
    """The signal of its expression, in short: for a graph, and for a reader."""


def _kept(
    section: str,
    producers: str,
    *,
    severities: Sequence[Severity],
    pending: str,
    why: str,
    summary: str,
    impact: str,
    symptom: str,
    meaning: str,
    look: Sequence[Query | str],
    resolve: Sequence[str],
    query: str,
    escalate: str = "The platform team, in working hours.",
    description: str = "",
    dashboard: str = "cluster",
) -> Kept:
    return Kept(
        section=section,
        producers=frozenset(producers.split()),
        why=why,
        summary=summary,
        impact=impact,
        symptom=symptom,
        runbook=Runbook(meaning, look, resolve, escalate),
        severities=severities,
        pending=pending,
        dashboard=dashboard,
        description=description,
        query=query,
    )


BOTH = (Severity.CRITICAL, Severity.WARNING)
_AT_ONCE = "The platform team, at once."

KEPT: Mapping[str, Kept] = {
    "TargetDown": _kept(
        "general",
        "",
        severities=(Severity.WARNING,),
        pending="10m",
        why="what is not scraped is not watched: its alerts are dead",
        summary="More than a tenth of the targets of a job cannot be scraped",
        impact="Alerts and dashboards of these targets lack data.",
        symptom="Panels have gaps.",
        meaning="Prometheus gets no answer from targets, or one beyond a limit of samples, labels or size.",
        query="up == 0",
        look=["The page Targets of Prometheus, `/targets?health=down`, names the error of each."],
        resolve=[
            "`connection refused`: the pod is down or listens elsewhere.",
            "`context deadline exceeded`: a NetworkPolicy, or an exporter that is too slow.",
            "`sample limit exceeded` and the like: drop metrics, or raise the limit of the namespace.",
        ],
        escalate="The owner of the target, in working hours.",
    ),
    "KubeAPIErrorBudgetBurn": _kept(
        "kubeApiserverSlos",
        "kube-apiserver",
        severities=BOTH,
        pending="2m, 15m, 1h, 3h",
        why="users of the API get errors, or wait",
        summary="The API server answers too many requests with an error or too late",
        description="The API server spends its error budget too fast: errors and slow answers.",
        impact="Deployments, autoscaling and operators fail or are slow.",
        symptom="`kubectl` and pipelines fail at times.",
        meaning="At this rate the month's budget of errors and slow answers, 1 %, is spent early.",
        query="apiserver_request:burnrate1h",
        look=[
            Query(
                "Which requests fail",
                'topk(10, sum by (verb, resource, code) (rate(apiserver_request_total{code=~"5.."}[5m])))',
            ),
            Query(
                "Which are slow",
                "topk(10, histogram_quantile(0.99, sum by (verb, resource, le) "
                "(rate(apiserver_request_duration_seconds_bucket[5m]))))",
            ),
            "The log of kube-apiserver, and the webhooks that it calls: `kubectl get "
            "validatingwebhookconfigurations,mutatingwebhookconfigurations`.",
        ],
        resolve=[
            "If a webhook is down: repair it, or delete its configuration.",
            "If one client lists everything again and again: stop it.",
            "If etcd is slow: its disk.",
        ],
        escalate=_AT_ONCE,
    ),
    "KubeDeploymentReplicasMismatch": _kept(
        "kubernetesApps",
        "kube-state-metrics",
        severities=(Severity.WARNING,),
        pending="15m",
        why="the service runs with less than it was sized for",
        summary="A Deployment has fewer replicas available than it should",
        description="Deployment {{ $labels.namespace }}/{{ $labels.deployment }} has too few replicas.",
        impact="The service has less capacity, or none.",
        symptom="The service is slow or away.",
        meaning="For 15 minutes fewer pods than asked for were available, and no rollout goes on.",
        query="kube_deployment_spec_replicas > kube_deployment_status_replicas_available",
        look=[
            "`kubectl -n <namespace> get pods`, and `describe` of one that is not ready.",
            "`kubectl -n <namespace> logs <pod> --previous`.",
        ],
        resolve=[
            "CrashLoopBackOff: the log names the error; undo the deployment that brought it.",
            "Pending: no node has room; add one, or lower requests.",
            "ImagePullBackOff: the name of the image, or the pull secret.",
        ],
        escalate="The owner of the service, in working hours.",
        dashboard="workload",
    ),
    "KubeStatefulSetReplicasMismatch": _kept(
        "kubernetesApps",
        "kube-state-metrics",
        severities=(Severity.WARNING,),
        pending="15m",
        why="the service runs with less than it was sized for",
        summary="A StatefulSet has another number of ready replicas than it should",
        description="StatefulSet {{ $labels.namespace }}/{{ $labels.statefulset }} has replicas that are not ready.",
        impact="The service has fewer copies of its data, less capacity, or none.",
        symptom="The service is slow or away.",
        meaning="For 15 minutes not all pods were ready, and no rollout goes on.",
        query="kube_statefulset_status_replicas_ready != kube_statefulset_replicas",
        look=[
            "`kubectl -n <namespace> get pods,pvc`, and `describe` of one that is not ready.",
            "`kubectl -n <namespace> logs <pod> --previous`.",
        ],
        resolve=[
            "Pending with an unbound claim: its StorageClass, or a volume in another zone.",
            "CrashLoopBackOff: a full volume, or what the log names.",
            "Never delete the claim of a pod to make it start.",
        ],
        escalate="The owner of the service, in working hours.",
        dashboard="workload",
    ),
    "KubeDaemonSetRolloutStuck": _kept(
        "kubernetesApps",
        "kube-state-metrics",
        severities=(Severity.WARNING,),
        pending="15m",
        why="nodes lack what must run on each: network, storage, collectors",
        summary="A DaemonSet does not run on all nodes that it should",
        description="DaemonSet {{ $labels.namespace }}/{{ $labels.daemonset }} lacks pods on nodes, without progress.",
        impact="Pods of these nodes lack network, volumes, logs or metrics.",
        symptom="Services on single nodes fail, or their logs are missing.",
        meaning="For 15 minutes pods of the DaemonSet were missing, old or not available, without progress.",
        query="kube_daemonset_status_desired_number_scheduled != kube_daemonset_status_number_available",
        look=["`kubectl -n <namespace> get pods -o wide`, and `describe` of one that is not ready."],
        resolve=[
            "Pending: a taint that the DaemonSet does not tolerate, or a full node.",
            "CrashLoopBackOff on single nodes: their disk, kernel or ports.",
        ],
        dashboard="workload",
    ),
    "KubeJobFailed": _kept(
        "kubernetesApps",
        "kube-state-metrics",
        severities=(Severity.WARNING,),
        pending="15m",
        why="work that somebody asked for was not done",
        summary="A Job has failed",
        description="Job {{ $labels.namespace }}/{{ $labels.job_name }} has failed; it clears when the Job is deleted.",
        impact="What the Job does, such as a backup or a migration, was not done.",
        symptom="The result of the Job is missing.",
        meaning="All tries of the Job have failed.",
        query="kube_job_failed > 0",
        look=[
            "`kubectl -n <namespace> describe job <job>`.",
            "`kubectl -n <namespace> logs job/<job>`.",
        ],
        resolve=["Repair what the log names, and run it again: delete the Job, or make one of its CronJob."],
        escalate="The owner of the Job, in working hours.",
        dashboard="workload",
    ),
    "KubeHpaMaxedOut": _kept(
        "kubernetesApps",
        "kube-state-metrics",
        severities=(Severity.WARNING,),
        pending="15m",
        why="more load would meet no more capacity",
        summary="An autoscaler has reached its maximum",
        description="Autoscaler {{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} has run its maximum for "
        "15 minutes.",
        impact="If load grows further, the service gets slow.",
        symptom="None yet, or the service is slow.",
        meaning="The HorizontalPodAutoscaler has run its maximum of replicas for 15 minutes.",
        query="kube_horizontalpodautoscaler_status_current_replicas",
        look=["`kubectl -n <namespace> describe hpa <name>`: the metric and its target."],
        resolve=["Raise the maximum, if nodes have room.", "If load is not real: find who sends it."],
        escalate="The owner of the service, in working hours.",
        dashboard="workload",
    ),
    "KubePersistentVolumeFillingUp": _kept(
        "kubernetesStorage",
        "kubelet",
        severities=BOTH,
        pending="1m, 1h",
        why="what writes to a full volume stops",
        summary="A volume is full, or will be within four days",
        description="Of the space of {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }}, "
        "{{ $value | humanizePercentage }} is left.",
        impact="What writes to the volume stops, and may not start again.",
        symptom="The service that owns the volume fails.",
        meaning="Less than 3 % is left (critical), or less than 15 % and, at the rate of 6 hours, none in 4 days.",
        query="kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes",
        look=["In the pod: `du -xh --max-depth=2 <path> | sort -h | tail`."],
        resolve=[
            "Enlarge the claim, where its StorageClass has `allowVolumeExpansion`.",
            "Shorten the retention of what is on it.",
        ],
        escalate="The owner of the volume; at once below 3 %.",
        dashboard="volumes",
    ),
    "KubePersistentVolumeInodesFillingUp": _kept(
        "kubernetesStorage",
        "kubelet",
        severities=BOTH,
        pending="1m, 1h",
        why="without inodes no file can be made, whatever space is left",
        summary="A volume has no inodes left, or will have none within four days",
        description="Of the inodes of {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }}, "
        "{{ $value | humanizePercentage }} is left.",
        impact="What makes files on the volume stops.",
        symptom="The service that owns the volume fails.",
        meaning="Less than 3 % of the inodes are left (critical), or they run out within 4 days (warning).",
        query="kubelet_volume_stats_inodes_free / kubelet_volume_stats_inodes",
        look=["In the pod: `du --inodes -x --max-depth=2 <path> | sort -n | tail`."],
        resolve=["Delete small files that nobody needs.", "Make the volume anew with more inodes, or with XFS."],
        escalate="The owner of the volume; at once below 3 %.",
        dashboard="volumes",
    ),
    "KubePersistentVolumeErrors": _kept(
        "kubernetesStorage",
        "kube-state-metrics",
        severities=(Severity.CRITICAL,),
        pending="5m",
        why="pods that need the volume do not start",
        summary="A volume could not be provided",
        description="PersistentVolume {{ $labels.persistentvolume }} is in the phase {{ $labels.phase }}.",
        impact="Pods with the claim do not start.",
        symptom="The service that owns the volume is away.",
        meaning="A PersistentVolume has been in the phase Failed or Pending for 5 minutes.",
        query='kube_persistentvolume_status_phase{phase=~"Failed|Pending"} > 0',
        look=["`kubectl describe pv <volume>`, and the log of the CSI driver."],
        resolve=["Repair what the event names: quota, zone, or the rights of the driver."],
        escalate=_AT_ONCE,
        dashboard="volumes",
    ),
    "KubeAPIDown": _kept(
        "kubernetesSystem",
        "kube-apiserver",
        severities=(Severity.CRITICAL,),
        pending="15m",
        why="without it nothing of the API server is watched",
        summary="Prometheus has no target of the API server",
        impact="`ClusterDown` and all alerts on the API server are dead.",
        symptom="None: what should page does not.",
        meaning="There is no series `up` of the job `apiserver`: its ServiceMonitor, or service discovery, is broken.",
        query='absent(up{job="apiserver"})',
        look=["The page Service discovery of Prometheus.", "`kubectl -n default get endpointslices`."],
        resolve=["Restore the ServiceMonitor of the API server, or the rights of Prometheus."],
        escalate=_AT_ONCE,
    ),
    "KubeVersionMismatch": _kept(
        "kubernetesSystem",
        "kube-apiserver kubelet",
        severities=(Severity.WARNING,),
        pending="15m",
        why="an upgrade that stopped halfway is found by nobody else, and the next one breaks on it",
        summary="Parts of Kubernetes have different versions",
        description="API server and kubelets run {{ $value | humanize }} different minor versions of Kubernetes.",
        impact="The next upgrade may leave nodes that cannot join, as a kubelet may be three versions behind at most.",
        symptom="None yet.",
        meaning="An upgrade is under way, or stopped: kubernetes_build_info has several minor versions.",
        query="count by (git_version, job) (kubernetes_build_info)",
        look=["`kubectl get nodes -o wide`: the version of each."],
        resolve=["Finish the upgrade of the nodes that are behind.", "Silence it for the time of a planned upgrade."],
    ),
    "KubeAggregatedAPIDown": _kept(
        "kubernetesSystem",
        "kube-apiserver",
        severities=(Severity.WARNING,),
        pending="5m",
        why="autoscaling and `kubectl top` stop, and namespaces cannot be deleted",
        summary="An aggregated API is not available",
        description="The aggregated API {{ $labels.name }} was available for {{ $value | humanize }} % of 10 minutes.",
        impact="Autoscalers that read it stand still; namespaces cannot be deleted.",
        symptom="Services do not scale.",
        meaning="An APIService, such as that of metrics-server, was away for more than 15 % of 10 minutes.",
        query="aggregator_unavailable_apiservice",
        look=["`kubectl get apiservices | grep False`, and `describe` of it."],
        resolve=["Repair the pods behind its Service.", "If nothing serves it any more: delete the APIService."],
    ),
    "KubeClientCertificateExpiration": _kept(
        "kubernetesSystem",
        "kube-apiserver",
        severities=BOTH,
        pending="5m",
        why="a kubelet or controller is about to lose its login",
        summary="A client certificate of the API server is about to expire",
        description="A client certificate in use at {{ $labels.instance }} expires in {{ $value | humanizeDuration }}.",
        impact="What uses it loses its login: a kubelet, a controller, a person.",
        symptom="None yet; then nodes are NotReady.",
        meaning="A certificate that clients log in with expires within 7 days (warning) or a day (critical).",
        query="apiserver_client_certificate_expiration_seconds_count",
        look=["`kubeadm certs check-expiration` on the control plane.", "`kubectl get csr`."],
        resolve=[
            "`kubeadm certs renew all`, and restart the control plane.",
            "Approve the pending CSR of the kubelet.",
        ],
        escalate="The owners of the cluster; at once for critical.",
    ),
    "KubeNodeNotReady": _kept(
        "kubernetesSystem",
        "kube-state-metrics",
        severities=(Severity.WARNING,),
        pending="15m",
        why="the node takes no pods, and its own were moved away",
        summary="A node is not ready",
        description="Node {{ $labels.node }} has not been ready for 15 minutes.",
        impact="Its pods run elsewhere, and there is less room.",
        symptom="Services with one replica there were away for minutes.",
        meaning="The node has not reported itself ready for 15 minutes, and is not cordoned.",
        query='kube_node_status_condition{condition="Ready",status="true"} == 0',
        look=["`kubectl describe node <node>`.", "On the node: `journalctl -u kubelet -n 200`."],
        resolve=["Restart the kubelet or the container runtime.", "Replace the machine."],
        dashboard="node",
    ),
    "KubeletDown": _kept(
        "kubernetesSystem",
        "kubelet kube-state-metrics",
        severities=(Severity.CRITICAL,),
        pending="15m",
        why="without kubelets nothing of pods and volumes is watched",
        summary="No kubelet is scraped",
        description="No kubelet of {{ $value }} nodes answers Prometheus.",
        impact="Alerts on volumes and containers are dead.",
        symptom="Panels of pods are empty.",
        meaning="Nodes exist, and none of their kubelets answers Prometheus.",
        query='up{job="kubelet"}',
        look=[
            "The page Targets of Prometheus, job kubelet.",
            "`kubectl -n kube-system get endpointslices | grep kubelet`.",
        ],
        resolve=[
            "If there are no endpoints: the operator, which writes them, does not run.",
            "If they answer 401 or 403: the ClusterRole of Prometheus.",
        ],
        escalate=_AT_ONCE,
        dashboard="node",
    ),
    "NodeFilesystemAlmostOutOfSpace": _kept(
        "nodeExporterAlerting",
        "node-exporter",
        severities=BOTH,
        pending="30m",
        why="a disk that is full already: `DiskFillingUp` looks at its growth alone",
        summary="A filesystem of a node is almost full",
        impact="Pods are evicted, and nothing can be written.",
        symptom="Services on the node fail.",
        meaning="Less than 5 % (warning) or 3 % (critical) is left.",
        query="node_filesystem_avail_bytes / node_filesystem_size_bytes",
        look=["On the node: `du -xh --max-depth=2 <mountpoint> | sort -h | tail`."],
        resolve=["`crictl rmi --prune`; enlarge the disk; move pods away: `kubectl drain <node> --ignore-daemonsets`."],
        escalate="The owners of the machines; at once for critical.",
        dashboard="node",
    ),
    "NodeFilesystemAlmostOutOfFiles": _kept(
        "nodeExporterAlerting",
        "node-exporter",
        severities=BOTH,
        pending="1h",
        why="without inodes no file can be made, whatever space is left",
        summary="A filesystem of a node has almost no inodes left",
        impact="No pod can start on the node, and logs end.",
        symptom="Services on the node fail.",
        meaning="Less than 5 % (warning) or 3 % (critical) of the inodes are left.",
        query="node_filesystem_files_free / node_filesystem_files",
        look=["On the node: `du --inodes -x --max-depth=2 <mountpoint> | sort -n | tail`."],
        resolve=["`crictl rmi --prune`; delete small files that nobody needs."],
        escalate="The owners of the machines; at once for critical.",
        dashboard="node",
    ),
    "NodeClockNotSynchronising": _kept(
        "nodeExporterAlerting",
        "node-exporter",
        severities=(Severity.WARNING,),
        pending="10m",
        why="a wrong clock breaks certificates, logins and the order of logs",
        summary="The clock of a node is not synchronized",
        impact="Certificates and tokens are refused; logs and traces are refused or in the wrong order.",
        symptom="Logins fail, and logs of the node are missing.",
        meaning="The kernel has had no time source for 10 minutes, and the error may be above 16 s.",
        query="node_timex_sync_status == 0",
        look=["On the node: `chronyc sources`, `timedatectl`."],
        resolve=["Start chronyd or systemd-timesyncd.", "Open UDP port 123 to the time servers."],
        dashboard="node",
    ),
    "NodeRAIDDegraded": _kept(
        "nodeExporterAlerting",
        "node-exporter",
        severities=(Severity.CRITICAL,),
        pending="15m",
        why="the next disk that fails takes the data with it",
        summary="A RAID array of a node has lost a disk",
        impact="Another failed disk loses the data.",
        symptom="None yet.",
        meaning="An array has fewer active disks than it needs, and no spare.",
        query='node_md_disks_required - ignoring (state) node_md_disks{state="active"}',
        look=["On the node: `cat /proc/mdstat`, `smartctl -a <disk>`."],
        resolve=["Replace the disk: `mdadm --manage <array> --add <disk>`."],
        escalate="The owners of the machines, at once.",
        dashboard="node",
    ),
    "NodeFileDescriptorLimit": _kept(
        "nodeExporterAlerting",
        "node-exporter",
        severities=BOTH,
        pending="15m",
        why="at the limit no process of the node can open a file or a connection",
        summary="A node is about to run out of file descriptors",
        impact="At the limit all processes of the node fail.",
        symptom="Connections to services on the node are refused.",
        meaning="More than 70 % (warning) or 90 % (critical) of the kernel's file descriptors are in use.",
        query="node_filefd_allocated / node_filefd_maximum",
        look=["On the node: `lsof -n | awk '{print $2}' | sort | uniq -c | sort -n | tail`."],
        resolve=["Restart the process that leaks them.", "`sysctl fs.file-max`."],
        escalate="The owners of the machines; at once for critical.",
        dashboard="node",
    ),
    "PrometheusOperatorSyncFailed": _kept(
        "prometheusOperator",
        "prometheus-operator",
        severities=(Severity.WARNING,),
        pending="10m",
        why="changed rules, targets and routes do not take effect",
        summary="The Prometheus operator cannot apply an object",
        impact="Prometheus or Alertmanager runs with an old configuration.",
        symptom="None: new alerts and targets are missing.",
        meaning="The operator fails to turn a Prometheus or Alertmanager object into what runs.",
        query='prometheus_operator_syncs{status="failed"}',
        look=["The log of the operator names the object and the error."],
        resolve=["Undo the change of that object, or what it refers to: a Secret or key that is missing."],
        dashboard="prometheus",
    ),
    "PrometheusOperatorRejectedResources": _kept(
        "prometheusOperator",
        "prometheus-operator",
        severities=(Severity.WARNING,),
        pending="5m",
        why="a rule or monitor that is refused is silently dead",
        summary="The Prometheus operator refuses objects",
        impact="Their alerts and targets do not exist.",
        symptom="None: what should page does not.",
        meaning="A PrometheusRule, ServiceMonitor or the like is not valid, and is skipped.",
        query='prometheus_operator_managed_resources{state="rejected"}',
        look=["`kubectl get events -A --field-selector reason=InvalidConfiguration`.", "The log of the operator."],
        resolve=["Correct the object that the event names; `promtool check rules` shows its error."],
        escalate="The owner of the object, in working hours.",
        dashboard="prometheus",
    ),
    "PrometheusBadConfig": _kept(
        "prometheus",
        "prometheus",
        severities=(Severity.CRITICAL,),
        pending="10m",
        why="changed rules and targets do not take effect",
        summary="Prometheus refuses its configuration",
        impact="It runs with the old one, and does not start again with the new one.",
        symptom="None: new alerts and targets are missing.",
        meaning="The last reload has failed for 10 minutes.",
        query="prometheus_config_last_reload_successful",
        look=["`kubectl -n <namespace> logs <pod> -c prometheus | grep -i reload`."],
        resolve=["Undo the last change of ScrapeConfigs, rules or `additionalScrapeConfigs`."],
        escalate=_AT_ONCE,
        dashboard="prometheus",
    ),
    "PrometheusMissingRuleEvaluations": _kept(
        "prometheus",
        "prometheus",
        severities=(Severity.WARNING,),
        pending="15m",
        why="alerts come late, and records have gaps",
        summary="Prometheus skips evaluations of a slow rule group",
        impact="Alerts of the group come late; its records have gaps.",
        symptom="Panels have gaps.",
        meaning="A rule group takes longer than its interval.",
        query="prometheus_rule_group_last_duration_seconds / prometheus_rule_group_interval_seconds",
        look=["The page Rules of Prometheus shows the duration of each rule."],
        resolve=[
            "Split the group, lengthen its interval, or record parts of its expressions.",
            "Give Prometheus more CPU.",
        ],
        escalate="The owner of the rule group, in working hours.",
        dashboard="prometheus",
    ),
    "AlertmanagerFailedReload": _kept(
        "alertmanager",
        "alertmanager",
        severities=(Severity.CRITICAL,),
        pending="10m",
        why="changed routes and receivers do not take effect",
        summary="Alertmanager refuses its configuration",
        impact="It runs with the old one, and does not start again with the new one.",
        symptom="None: pages go to the old receivers.",
        meaning="The last reload has failed for 10 minutes.",
        query="alertmanager_config_last_reload_successful",
        look=["`kubectl -n <namespace> logs <pod> -c alertmanager`.", "`amtool check-config alertmanager.yaml`."],
        resolve=["Undo the last change of routes, receivers or templates."],
        escalate=_AT_ONCE,
        dashboard="alertmanager",
    ),
    "AlertmanagerMembersInconsistent": _kept(
        "alertmanager",
        "alertmanager",
        severities=(Severity.WARNING,),
        pending="15m",
        why="each member that is alone sends every page once more",
        summary="Members of the Alertmanager cluster do not find each other",
        impact="Pages are sent several times, and silences hold on one member alone.",
        symptom="The same page arrives again and again.",
        meaning="A member knows fewer members than there are.",
        query="alertmanager_cluster_members",
        look=["The page Status of Alertmanager lists the peers that it sees."],
        resolve=["Admit port 9094, TCP and UDP, between the pods: NetworkPolicy.", "Restart the member that is alone."],
        dashboard="alertmanager",
    ),
    "ConfigReloaderSidecarErrors": _kept(
        "configReloaders",
        "prometheus",
        severities=(Severity.WARNING,),
        pending="10m",
        why="changed rules and routes do not take effect",
        summary="A configuration reloader fails",
        impact="Prometheus or Alertmanager runs with an old configuration.",
        symptom="None: new alerts and receivers are missing.",
        meaning="The sidecar of Prometheus or Alertmanager could not apply a changed file for 10 minutes.",
        query="reloader_last_reload_successful",
        look=["`kubectl -n <namespace> logs <pod> -c config-reloader`."],
        resolve=["If the program refuses the file: `PrometheusBadConfig`, `AlertmanagerFailedReload`."],
        dashboard="prometheus",
    ),
    "etcdInsufficientMembers": _kept(
        "etcd",
        "etcd",
        severities=(Severity.CRITICAL,),
        pending="3m",
        why="without a majority the API server cannot write",
        summary="etcd has lost its majority",
        impact="Nothing can be deployed, scaled or moved.",
        symptom="`kubectl apply` fails; running services go on.",
        meaning="Fewer members are up than a majority.",
        query='up{job=~".*etcd.*"}',
        look=["`etcdctl endpoint status --cluster -w table`."],
        resolve=["Start the members that are down.", "If a majority is lost for good: restore a snapshot."],
        escalate=_AT_ONCE,
    ),
    "etcdNoLeader": _kept(
        "etcd",
        "etcd",
        severities=(Severity.CRITICAL,),
        pending="1m",
        why="without a leader the API server cannot write",
        summary="A member of etcd has no leader",
        impact="API servers that use this member cannot write.",
        symptom="`kubectl apply` fails.",
        meaning="The member has had no leader for a minute: it is cut off, or there is no majority.",
        query="etcd_server_has_leader",
        look=["`etcdctl endpoint status --cluster -w table`.", "The network between the members, port 2380."],
        resolve=["Repair the network, or replace the member."],
        escalate=_AT_ONCE,
    ),
    "etcdDatabaseQuotaLowSpace": _kept(
        "etcd",
        "etcd",
        severities=(Severity.CRITICAL,),
        pending="10m",
        why="at its quota etcd refuses all writes",
        summary="The database of etcd is almost at its quota",
        impact="At the quota nothing can be written in the cluster.",
        symptom="None yet; then `kubectl apply` fails.",
        meaning="The database takes more than 95 % of its quota.",
        query="etcd_mvcc_db_total_size_in_bytes / etcd_server_quota_backend_bytes",
        look=["`kubectl get --raw /metrics | grep apiserver_storage_objects | sort -k2 -g | tail`."],
        resolve=["Delete objects that something makes without end.", "`etcdctl compact`, then `etcdctl defrag`."],
        escalate=_AT_ONCE,
    ),
    "KubeControllerManagerDown": _kept(
        "kubeControllerManager",
        "kube-controller-manager",
        severities=(Severity.CRITICAL,),
        pending="15m",
        why="nothing in the cluster is brought to its wanted state",
        summary="There is no kube-controller-manager",
        impact="Pods are not replaced, and Deployments do not roll out.",
        symptom="Deployments stand still.",
        meaning="Prometheus has no target of it.",
        query='absent(up{job="kube-controller-manager"})',
        look=["`kubectl -n kube-system get pods | grep controller-manager`."],
        resolve=["The log of it on the control plane: `crictl logs`."],
        escalate=_AT_ONCE,
    ),
    "KubeSchedulerDown": _kept(
        "kubeSchedulerAlerting",
        "kube-scheduler",
        severities=(Severity.CRITICAL,),
        pending="15m",
        why="no new pod starts",
        summary="There is no kube-scheduler",
        impact="New pods stay Pending.",
        symptom="Deployments stand still.",
        meaning="Prometheus has no target of it.",
        query='absent(up{job="kube-scheduler"})',
        look=["`kubectl -n kube-system get pods | grep scheduler`."],
        resolve=["The log of it on the control plane: `crictl logs`."],
        escalate=_AT_ONCE,
    ),
}
"""What is kept, by name."""

_CAUSES = """
AlertmanagerClusterCrashlooping AlertmanagerClusterFailedPeers AlertmanagerConfigInconsistent
etcdMembersDown etcdHighNumberOfLeaderChanges etcdHighNumberOfFailedGRPCRequests etcdGRPCRequestsSlow
etcdMemberCommunicationSlow etcdHighNumberOfFailedProposals etcdHighFsyncDurations etcdHighCommitDurations
etcdExcessiveDatabaseGrowth etcdDatabaseHighFragmentationRatio
KubeDeploymentGenerationMismatch KubeStatefulSetGenerationMismatch KubePodCrashLooping KubeContainerWaiting
KubeDaemonSetMisScheduled KubeHpaReplicasMismatch
KubeCPUOvercommit KubeMemoryOvercommit KubeCPUQuotaOvercommit KubeMemoryQuotaOvercommit KubeQuotaExceeded
KubeAggregatedAPIErrors KubeAPITerminatedRequests KubeNodeReadinessFlapping KubeletPlegDurationHigh
KubeletPodStartUpLatencyHigh KubeletClientCertificateRenewalErrors KubeletServerCertificateRenewalErrors
KubeClientErrors
NodeFilesystemFilesFillingUp NodeNetworkReceiveErrs NodeNetworkTransmitErrs NodeClockSkewDetected
NodeSystemSaturation NodeMemoryMajorPagesFaults NodeDiskIOSaturation NodeBondingDegraded NodeNetworkInterfaceFlapping
PrometheusOperatorListErrors PrometheusOperatorWatchErrors PrometheusOperatorReconcileErrors
PrometheusOperatorStatusUpdateErrors PrometheusOperatorNodeLookupErrors PrometheusOperatorNotReady
PrometheusSDRefreshFailure PrometheusKubernetesListWatchFailures PrometheusNotificationQueueRunningFull
PrometheusTSDBReloadsFailing PrometheusTSDBCompactionsFailing PrometheusDuplicateTimestamps
PrometheusOutOfOrderTimestamps PrometheusTargetSyncFailure PrometheusHighQueryLoad
"""
_DUPLICATES = {
    "AlertmanagerFailedToSendAlerts": "AlertmanagerFailingToSend",
    "AlertmanagerClusterFailedToSendAlerts": "AlertmanagerFailingToSend",
    "AlertmanagerClusterDown": "TargetDown, and the dead man's switch for all",
    "KubePodNotReady": "KubeDeploymentReplicasMismatch, KubeStatefulSetReplicasMismatch",
    "KubeDeploymentRolloutStuck": "KubeDeploymentReplicasMismatch",
    "KubeStatefulSetUpdateNotRolledOut": "KubeStatefulSetReplicasMismatch",
    "KubeDaemonSetNotScheduled": "KubeDaemonSetRolloutStuck",
    "KubePdbNotEnoughHealthyPods": "KubeDeploymentReplicasMismatch, KubeStatefulSetReplicasMismatch",
    "KubeAPIInstanceUnreachable": "TargetDown, and ClusterDown for all",
    "KubeControllerManagerInstanceUnreachable": "TargetDown",
    "KubeSchedulerInstanceUnreachable": "TargetDown",
    "KubeProxyInstanceUnreachable": "TargetDown",
    "KubeletInstanceUnreachable": "TargetDown, KubeNodeNotReady",
    "KubeNodeUnreachable": "KubeNodeNotReady",
    "NodeFilesystemSpaceFillingUp": "DiskFillingUp",
    "NodeMemoryHighUtilization": "HighMemory",
    "PrometheusRuleFailures": "PrometheusRuleEvaluationFailing",
    "PrometheusErrorSendingAlertsToSomeAlertmanagers": "PrometheusCannotReachAlertmanager",
    "PrometheusErrorSendingAlertsToAnyAlertmanager": "PrometheusCannotReachAlertmanager",
    "PrometheusNotConnectedToAlertmanagers": "Watchdog: without an Alertmanager no alert arrives but its absence",
    # A Prometheus that stores nothing has no series of its own to read.
    "PrometheusNotIngestingSamples": "PrometheusNotScraping",
    "PrometheusTargetLimitHit": "TargetDown: a target beyond a limit is down",
    "PrometheusLabelLimitHit": "TargetDown: a target beyond a limit is down",
    "PrometheusScrapeBodySizeLimitHit": "TargetDown: a target beyond a limit is down",
    "PrometheusScrapeSampleLimitHit": "TargetDown: a target beyond a limit is down",
    "Watchdog": "Watchdog of the library, which has a type and a runbook",
}
_WITHOUT_PENDING = """
KubeJobNotCompleted KubeletClientCertificateExpiration KubeletServerCertificateExpiration
NodeHighNumberConntrackEntriesUsed NodeTextFileCollectorScrapeError NodeRAIDDiskFailure
"""
_NOT_PRODUCED = """
KubeStateMetricsListErrors KubeStateMetricsWatchErrors
KubeStateMetricsShardingMismatch KubeStateMetricsShardsMissing KubeProxyDown
NodeSystemdServiceFailed NodeSystemdServiceCrashlooping
PrometheusRemoteStorageFailures PrometheusRemoteWriteBehind PrometheusRemoteWriteDesiredShards
"""
_INFO = """
InfoInhibitor KubeQuotaAlmostFull KubeQuotaFullyUsed CPUThrottlingHigh KubeNodePressure KubeletTooManyPods
KubeNodeEviction NodeCPUHighUsage
"""

LEFT_OUT: Mapping[str, LeftOut] = {
    **{name: LeftOut(Reason.CAUSE) for name in _CAUSES.split()},
    **{name: LeftOut(Reason.DUPLICATE, instead) for name, instead in _DUPLICATES.items()},
    **{name: LeftOut(Reason.NO_PENDING) for name in _WITHOUT_PENDING.split()},
    **{name: LeftOut(Reason.NOT_PRODUCED) for name in _NOT_PRODUCED.split()},
    **{name: LeftOut(Reason.INFO) for name in _INFO.split()},
}
"""What is left out, by name, and why."""
