"""Container logs: discovery, labels, reading, processing, and the push to Loki.

Every name is that of https://grafana.com/docs/alloy/latest/reference/components/.
"""

from collections.abc import Mapping

from ..alloy import Block, Call, Ref, Sum, Value
from .security import push_security
from .spec import TelemetrySpec

NODE_NAME = Call("coalesce", (Call("sys.env", ("HOSTNAME",)), Ref("constants.hostname")))
"""The node that a pod of the DaemonSet runs on: the chart sets HOSTNAME to it."""

_META = "__meta_kubernetes_"


def log_pipeline(spec: TelemetrySpec) -> list[Block]:
    """Give the components that bring every container's log lines to Loki, in the order of the data."""
    pods = discovered_pods(spec)
    targets = labelled_targets(spec, pods)
    write = loki_write(spec)
    process = processing(spec, write)
    read = tailed_files(targets, process) if spec.reads_files else [streamed_logs(targets, process)]
    return [pods, targets, *read, process, write]


def discovered_pods(spec: TelemetrySpec) -> Block:
    """Discover pods: on its own node for a reader of files, else all of them."""
    own_node = Block("selectors", attributes={"role": "pod", "field": Sum(("spec.nodeName=", NODE_NAME))})
    return Block("discovery.kubernetes", "pod", {"role": "pod"}, [own_node] if spec.reads_files else [])


def labelled_targets(spec: TelemetrySpec, pods: Block) -> Block:
    """Give each container its labels, and for a reader of files the path of its log."""
    rules = [
        relabel("namespace", "namespace"),
        relabel("pod", "pod_name"),
        relabel("container", "pod_container_name"),
        relabel("app", "pod_label_app_kubernetes_io_name"),
        relabel("job", "namespace", "pod_container_name", separator="/"),
        relabel("container_runtime", "pod_container_id", regex=r"(\S+)://.+"),
    ]
    if spec.reads_files:
        rules += _log_paths()
    if spec.placement_labels:
        rules += [relabel("node_name", "pod_node_name"), relabel("pod_ip", "pod_ip")]
    return Block("discovery.relabel", "pod", {"targets": pods.export("targets")}, rules)


def relabel(target: str, *sources: str, **attributes: Value) -> Block:
    """Set the label `target` from discovered metadata, joined by `separator` where there is more than one source."""
    labels = [f"{_META}{source}" for source in sources]
    return Block("rule", attributes={"source_labels": labels, **attributes, "target_label": target})


def _log_paths() -> list[Block]:
    container = "pod_container_name"
    return [
        relabel("__path__", "pod_uid", container, separator="/", replacement="/var/log/pods/*$1/*.log"),
        # The kubelet names a static pod's directory after the hash of its manifest, not after the pod's uid.
        relabel(
            "__path__",
            "pod_annotation_kubernetes_io_config_hash",
            container,
            separator="/",
            regex="([^/]+/.+)",
            replacement="/var/log/pods/*$1/*.log",
        ),
    ]


def tailed_files(targets: Block, process: Block) -> list[Block]:
    """Find and tail the log files of the targets."""
    files = Block("local.file_match", "pod", {"path_targets": targets.export("output")})
    return [files, _source("loki.source.file", files.export("targets"), process)]


def streamed_logs(targets: Block, process: Block) -> Block:
    """Read logs through the API server, each container by one member of the cluster of collectors."""
    return _source(
        "loki.source.kubernetes",
        targets.export("output"),
        process,
        Block("clustering", attributes={"enabled": True}),
    )


def _source(name: str, targets: Ref, process: Block, *blocks: Block) -> Block:
    return Block(name, "pod", {"targets": targets, "forward_to": [process.export("receiver")]}, blocks)


def processing(spec: TelemetrySpec, write: Block) -> Block:
    """Take the runtime's prefix off, add the static labels, and lift trace ids out of JSON lines.

    The trace ids become structured metadata: queryable like labels, without a stream for each trace.
    """
    stages = [Block("stage.static_labels", attributes={"values": spec.static_labels})]
    if spec.reads_files:
        stages.insert(0, Block("stage.cri"))
    stages += [_tenant_stage(tenant, spec.namespace_tenants) for tenant in sorted({*spec.namespace_tenants.values()})]
    if fields := {name: name for name in spec.structured_metadata}:
        stages += [
            Block("stage.json", attributes={"expressions": fields}),
            Block("stage.structured_metadata", attributes={"values": fields}),
        ]
    return Block("loki.process", "pod", {"forward_to": [write.export("receiver")]}, stages)


def _tenant_stage(tenant: str, tenants: Mapping[str, str]) -> Block:
    """Give the lines of a tenant's namespaces to it, whatever tenant the push to Loki names."""
    namespaces = "|".join(sorted(namespace for namespace, named in tenants.items() if named == tenant))
    selector = {"selector": f'{{namespace=~"{namespaces}"}}'}
    return Block("stage.match", "", selector, [Block("stage.tenant", attributes={"value": tenant})])


def loki_write(spec: TelemetrySpec) -> Block:
    """Push to Loki, trying again for as long as Loki is away: the files keep what has not been sent."""
    tenant: dict[str, Value] = {"tenant_id": spec.logs_tenant} if spec.logs_tenant else {}
    attributes = {"url": spec.logs_push_url, **tenant, "max_backoff_retries": 0}
    endpoint = Block("endpoint", "", attributes, push_security(spec))
    return Block("loki.write", "endpoint", blocks=[endpoint])
