"""USE of nodes: utilization, saturation and errors of processors, memory, disks and network, by node_exporter."""

from ..rules import Case, Group, Record, Severity
from ..runbooks import Query, Runbook
from ..shapes import Above, FullWithin, Info, Inhibitor, TargetDown, Unit, gauge
from .model import PLACE, PLATFORM, Topic, example

PRODUCER = "node-exporter"
JOB = "node-exporter"
"""The job that kube-prometheus-stack gives node_exporter."""

CPU_UTILIZATION = "instance:node_cpu:utilization"
MEMORY_UTILIZATION = "instance:node_memory:utilization"
FULL_HOURS = "instance:node_disk:predicted_full_hours"
FREE = "instance:node_disk:free_ratio"
AVAILABLE_IN_A_DAY = "instance:node_disk:predicted_avail_bytes24h"
CPU_SATURATION = "instance:node_cpu:load_per_cpu"
MEMORY_SATURATION = "instance:node_memory:major_faults_rate5m"
DISK_UTILIZATION = "instance:node_disk:utilization"
DISK_SATURATION = "instance:node_disk:queue_length"
NETWORK_SATURATION = "instance:node_network:drops_rate5m"
NETWORK_ERRORS = "instance:node_network:errors_rate5m"
MEMORY_ERRORS = "instance:node_memory:corrected_errors_rate5m"

_NO_FILESYSTEMS = "tmpfs|ramfs|overlay|squashfs|iso9660"
"""Types of filesystems that hold no data of their own, or that are full by design."""
_DATA = f'{{fstype!~"{_NO_FILESYSTEMS}"}}'
_SPACE = f"node_filesystem_avail_bytes{_DATA}"
_RECEIVED, _SENT = "node_network_receive", "node_network_transmit"
_BY_MOUNT = "sum by (instance, device, mountpoint)"
_NODE = {"instance": "10.0.0.1:9100"}
_NAMED_NODE = {**_NODE, "node": "node-1"}
_MOUNT = {**_NODE, "device": "/dev/sda1", "mountpoint": "/var/lib"}
_TARGET = 'job="node-exporter",instance="10.0.0.1:9100"'

_RECORDS = Group(
    "node_rules",
    [
        Record(CPU_UTILIZATION, '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))'),
        Record(
            MEMORY_UTILIZATION,
            "1 - sum by (instance) (node_memory_MemAvailable_bytes) / sum by (instance) (node_memory_MemTotal_bytes)",
        ),
        # Negative where space grows, and infinite where it stays as it is; after an hour, as the first minutes of a
        # node are like no others.
        Record(
            FULL_HOURS,
            f"-1 * {_BY_MOUNT} ({_SPACE}) / {_BY_MOUNT} (deriv({_SPACE}[6h])) / 3600"
            f" and {_BY_MOUNT} ({_SPACE} offset 1h)",
        ),
        Record(FREE, f"{_BY_MOUNT} ({_SPACE}) / {_BY_MOUNT} (node_filesystem_size_bytes{_DATA})"),
        Record(AVAILABLE_IN_A_DAY, f"{_BY_MOUNT} (predict_linear({_SPACE}[6h], 24 * 3600))"),
        Record(
            CPU_SATURATION,
            'sum by (instance) (node_load1) / count by (instance) (node_cpu_seconds_total{mode="idle"})',
        ),
        Record(MEMORY_SATURATION, "sum by (instance) (rate(node_vmstat_pgmajfault[5m]))"),
        Record(DISK_UTILIZATION, "max by (instance) (rate(node_disk_io_time_seconds_total[5m]))"),
        Record(DISK_SATURATION, "max by (instance) (rate(node_disk_io_time_weighted_seconds_total[5m]))"),
        Record(
            NETWORK_SATURATION,
            f"sum by (instance) (rate({_RECEIVED}_drop_total[5m]) + rate({_SENT}_drop_total[5m]))",
        ),
        Record(
            NETWORK_ERRORS,
            f"sum by (instance) (rate({_RECEIVED}_errs_total[5m]) + rate({_SENT}_errs_total[5m]))",
        ),
        # On hardware that reports them.
        Record(MEMORY_ERRORS, "sum by (instance) (rate(node_edac_correctable_errors_total[5m]))"),
    ],
    PLACE,
    interval="1m",
    cases=[
        example(
            "processors and memory",
            {
                f'node_cpu_seconds_total{{{_TARGET},cpu="0",mode="idle"}}': "0+6x40",
                f'node_cpu_seconds_total{{{_TARGET},cpu="1",mode="idle"}}': "0+12x40",
                f"node_load1{{{_TARGET}}}": "3x40",
                f"node_memory_MemAvailable_bytes{{{_TARGET}}}": "8000x40",
                f"node_memory_MemTotal_bytes{{{_TARGET}}}": "32000x40",
                f"node_vmstat_pgmajfault{{{_TARGET}}}": "0+600x40",
            },
            {
                f'{CPU_UTILIZATION}{{instance="10.0.0.1:9100"}}': 0.85,
                f'{CPU_SATURATION}{{instance="10.0.0.1:9100"}}': 1.5,
                f'{MEMORY_UTILIZATION}{{instance="10.0.0.1:9100"}}': 0.75,
                f'{MEMORY_SATURATION}{{instance="10.0.0.1:9100"}}': 10,
            },
        ),
        example(
            "a disk that loses space, and a filesystem in memory",
            {
                f'node_filesystem_avail_bytes{{{_TARGET},device="/dev/sda1",fstype="ext4",mountpoint="/"}}': (
                    "40000-1000x12"
                ),
                f'node_filesystem_size_bytes{{{_TARGET},device="/dev/sda1",fstype="ext4",mountpoint="/"}}': (
                    "120000x12"
                ),
                f'node_filesystem_avail_bytes{{{_TARGET},device="tmpfs",fstype="tmpfs",mountpoint="/run"}}': (
                    "40000-1000x12"
                ),
            },
            {
                f'{FULL_HOURS}{{device="/dev/sda1",instance="10.0.0.1:9100",mountpoint="/"}}': 30,
                f'{AVAILABLE_IN_A_DAY}{{device="/dev/sda1",instance="10.0.0.1:9100",mountpoint="/"}}': 6000,
                f'{FREE}{{device="/dev/sda1",instance="10.0.0.1:9100",mountpoint="/"}}': 0.25,
            },
            at="10h",
            interval="1h",
        ),
        Case(
            "a new node pulls images for half an hour",
            {
                f'node_filesystem_avail_bytes{{{_TARGET},device="/dev/sda1",fstype="ext4",mountpoint="/"}}': (
                    "40000-500x29 25500x40"
                )
            },
            samples=[
                {"expr": f"count({FULL_HOURS}) or vector(0)", "eval_time": at, "exp_samples": [{"value": value}]}
                for at, value in (("30m", 0), ("59m", 0), ("61m", 1))
            ],
        ),
        example(
            "the busiest disk, and the errors of all devices",
            {
                f'node_disk_io_time_seconds_total{{{_TARGET},device="sda"}}': "0+30x40",
                f'node_disk_io_time_seconds_total{{{_TARGET},device="sdb"}}': "0+3x40",
                f'node_disk_io_time_weighted_seconds_total{{{_TARGET},device="sda"}}': "0+240x40",
                f'node_network_receive_drop_total{{{_TARGET},device="eth0"}}': "0+60x40",
                f'node_network_transmit_drop_total{{{_TARGET},device="eth0"}}': "0+60x40",
                f'node_network_receive_errs_total{{{_TARGET},device="eth0"}}': "0+120x40",
                f'node_network_transmit_errs_total{{{_TARGET},device="eth0"}}': "0+60x40",
                f'node_edac_correctable_errors_total{{{_TARGET},controller="0"}}': "0+60x40",
            },
            {
                f'{DISK_UTILIZATION}{{instance="10.0.0.1:9100"}}': 0.5,
                f'{DISK_SATURATION}{{instance="10.0.0.1:9100"}}': 4,
                f'{NETWORK_SATURATION}{{instance="10.0.0.1:9100"}}': 2,
                f'{NETWORK_ERRORS}{{instance="10.0.0.1:9100"}}': 3,
                f'{MEMORY_ERRORS}{{instance="10.0.0.1:9100"}}': 1,
            },
        ),
    ],
)

_FREE_A_NODE = (
    "Move pods away: `kubectl drain <node> --ignore-daemonsets --delete-emptydir-data`, and bring it back by "
    "`kubectl uncordon <node>`."
)

NODES = Topic(
    "nodes",
    "USE of nodes",
    producers=frozenset({PRODUCER}),
    records=[_RECORDS],
    alert_group="infrastructure_alerts",
    alerts=[
        TargetDown(
            name="NodeDown",
            severity=Severity.CRITICAL,
            pending="2m",
            owner=PLATFORM,
            summary="Node {{ $labels.node }} cannot be reached",
            description="node_exporter of {{ $labels.node }} ({{ $labels.instance }}) has not answered for 2 minutes.",
            impact="The pods of the node are unreachable, until Kubernetes starts them elsewhere after 5 minutes.",
            symptom="Services with one replica on the node do not answer; others are slower.",
            dashboard="node",
            job=JOB,
            target=_NAMED_NODE,
            runbook=Runbook(
                meaning="Prometheus cannot scrape node_exporter: the node, its network or the exporter is down.",
                diagnose=[
                    "`kubectl get nodes -o wide`, `kubectl describe node <node>`: the condition Ready.",
                    Query(
                        "Whether the kubelet of the same address answers, so that the exporter alone is down",
                        'up{job="kubelet"}',
                    ),
                    "The console of the machine, or of the cloud.",
                ],
                resolve=[
                    "If the machine is down: start it, or replace it and `kubectl delete node <node>`.",
                    "If the exporter alone is down: `kubectl -n <namespace> delete pod <pod>`.",
                    "If the node is being maintained: cordon it first, which mutes this alert (`NodeCordoned`).",
                ],
                escalate="The owners of the machines, at once when more than one node is down.",
            ),
        ),
        Above(
            name="HighCPU",
            severity=Severity.WARNING,
            pending="15m",
            owner=PLATFORM,
            summary="The processors of {{ $labels.instance }} are busy",
            description="{value} of the processors of {{ $labels.instance }} is used (limit {threshold}).",
            impact="Pods without CPU requests wait, and new pods may not fit.",
            symptom="Services on the node answer slowly.",
            dashboard="node",
            signal=gauge(CPU_UTILIZATION, Unit.RATIO, _NODE),
            threshold=0.85,
            runbook=Runbook(
                meaning="The processors of the node were idle for less than 15 % of the time, for 15 minutes.",
                diagnose=[
                    Query("Whether work waits for the processors, above 1", CPU_SATURATION),
                    "`kubectl top pods -A --sort-by=cpu`, and which of them run on the node.",
                ],
                resolve=[
                    "If one pod takes it all: give it a CPU limit, or scale it out.",
                    f"If all pods are as they should be: add a node. {_FREE_A_NODE}",
                ],
                escalate="The owner of the pods that use most, in working hours.",
            ),
        ),
        FullWithin(
            name="DiskFillingUp",
            severity=Severity.WARNING,
            pending="30m",
            owner=PLATFORM,
            summary="{{ $labels.mountpoint }} of {{ $labels.instance }} is soon full",
            description="At the rate of the last 6 hours, {{ $labels.mountpoint }} ({{ $labels.device }}) of "
            "{{ $labels.instance }} is full in {value} (limit {threshold}).",
            impact="On a full disk nothing can be written: pods are evicted, and databases stop.",
            symptom="None yet; services on the node fail when the disk is full.",
            dashboard="node",
            signal=gauge(FULL_HOURS, Unit.HOURS, _MOUNT),
            threshold=24,
            free=gauge(FREE, Unit.RATIO, _MOUNT),
            runbook=Runbook(
                meaning="The space that is left, divided by its loss per hour in the last 6 hours, is less than a day, "
                "and less than a fifth of the space is left. A node has the alert after its first hour.",
                diagnose=[
                    Query("The space that is predicted for tomorrow, below 0 where it is full", AVAILABLE_IN_A_DAY),
                    Query("The share that is left", FREE),
                    "On the node: `du -xh --max-depth=2 <mountpoint> | sort -h | tail`.",
                ],
                resolve=[
                    "If images or logs of containers fill it: `crictl rmi --prune`, and lower `containerLogMaxSize`.",
                    "If a volume of a database does: enlarge its PersistentVolumeClaim, or shorten its retention.",
                    f"Else enlarge the disk of the node. {_FREE_A_NODE}",
                ],
                escalate="The owners of the machines, before the hours of the alert have passed.",
            ),
        ),
        Above(
            name="HighMemory",
            severity=Severity.CRITICAL,
            pending="10m",
            owner=PLATFORM,
            summary="{{ $labels.instance }} has little memory left",
            description="{value} of the memory of {{ $labels.instance }} is used (limit {threshold}).",
            impact="The kernel or the kubelet soon ends pods of the node.",
            symptom="Services on the node restart, and requests to them fail meanwhile.",
            dashboard="node",
            signal=gauge(MEMORY_UTILIZATION, Unit.RATIO, _NODE),
            threshold=0.9,
            runbook=Runbook(
                meaning="Less than a tenth of the memory of the node is available, caches counted as available.",
                diagnose=[
                    Query("Whether the node reads its programs from disk again and again", MEMORY_SATURATION),
                    "`kubectl top pods -A --sort-by=memory`, and which of them run on the node.",
                    "`kubectl describe node <node>`: limits of the pods above what the node has.",
                ],
                resolve=[
                    "If one pod grows without end: restart it, and give it a memory limit.",
                    f"If limits are above what the node has: raise the requests. {_FREE_A_NODE}",
                ],
                escalate="The owner of the pods that use most, at once.",
            ),
        ),
        Info(
            name="NodeRebooted",
            owner=PLATFORM,
            summary="{{ $labels.instance }} has booted",
            description="{{ $labels.instance }} booted less than 15 minutes ago.",
            stated="max by (instance) (time() - node_boot_time_seconds) < 900",
            result=_NODE,
            fires_on={f"node_boot_time_seconds{{{_TARGET}}}": "0x2"},
            silent_on={f"node_boot_time_seconds{{{_TARGET}}}": "-840x2"},
            runbook=Runbook(
                meaning="The node booted less than 15 minutes ago; it explains other alerts of the node.",
                diagnose=["`last -x reboot` and `journalctl -b -1 -n 100` on the node: why it did."],
                resolve=["Nothing, if it was planned."],
                escalate="Nobody.",
            ),
        ),
    ],
)

MAINTENANCE = Topic(
    "maintenance",
    "Nodes that are cordoned, which mutes NodeDown of them",
    producers=frozenset({PRODUCER, "kube-state-metrics"}),
    alert_group="maintenance_inhibitors",
    alerts=[
        Inhibitor(
            name="NodeCordoned",
            owner=PLATFORM,
            summary="{{ $labels.node }} takes no pods",
            description="The node {{ $labels.node }} is cordoned: it is being maintained.",
            stated="max by (node) (kube_node_spec_unschedulable) == 1",
            result={"node": "node-1"},
            fires_on={'kube_node_spec_unschedulable{node="node-1"}': "1x2"},
            silent_on={'kube_node_spec_unschedulable{node="node-1"}': "0x2"},
            runbook=Runbook(
                meaning="The node was cordoned; `NodeDown` of it reaches nobody until `kubectl uncordon`.",
                diagnose=["`kubectl get nodes`: those with SchedulingDisabled."],
                resolve=["`kubectl uncordon <node>` when the maintenance is over."],
                escalate="Nobody.",
            ),
        )
    ],
)

TOPICS = (NODES, MAINTENANCE)
