"""Alloy's configuration: the pipeline of container logs, the pipeline of OTLP data, TLS and logins.

Component names are those of https://grafana.com/docs/alloy/latest/reference/components/. TLS and logins are files of
two mounted Secrets: the configuration holds no secret, and a renewed one is read again without a restart.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain

from .._http_client import PASSWORD_FILE, TOKEN_FILE, USERNAME_FILE, HttpBasicAuth, HttpClientSettings
from .._tenants import HEADER
from ..units import parse_quantity
from .alloy_syntax import Block, Call, Ref, Sum, Value, quote, render
from .spec import PLACEMENT_LABELS, POD_LABELS, TelemetrySpec

GRPC_PORT = 4317
HTTP_PORT = 4318

KUBERNETES_ATTRIBUTES = (
    "k8s.namespace.name",
    "k8s.pod.name",
    "k8s.pod.uid",
    "k8s.node.name",
    "k8s.deployment.name",
    "k8s.statefulset.name",
    "k8s.daemonset.name",
)
_MEMORY_SHARE = 0.8

TLS_DIRECTORY = "/etc/alloy-tls"
LOGIN_DIRECTORY = "/etc/alloy-login"
_RELOAD = "10m"
_CA = {"ca_file": f"{TLS_DIRECTORY}/ca.crt"}
_OWN = {"cert_file": f"{TLS_DIRECTORY}/tls.crt", "key_file": f"{TLS_DIRECTORY}/tls.key"}

NODE_NAME = Call("coalesce", (Call("sys.env", ("HOSTNAME",)), Ref("constants.hostname")))
"""The node that a pod of the DaemonSet runs on: the chart sets HOSTNAME to it."""

_META = "__meta_kubernetes_"

Consumers = Mapping[str, Sequence[Ref]]


def alloy_config(spec: TelemetrySpec) -> str:
    """Return the configuration that the ConfigMap holds."""
    logging = Block("logging", attributes={"level": spec.log_level.value, "format": "logfmt"})
    return render([logging, *login_files(spec), *client_files(spec), *log_pipeline(spec), *otlp_pipeline(spec)])


def log_labels(spec: TelemetrySpec) -> list[str]:
    """Return the index labels of container logs, sorted.

    `service_name` is Loki's own, made from `app` or `container`; logs over OTLP have it from `service.name`.
    """
    reader = ("filename", "stream") if spec.reads_files else ("instance",)
    placement = PLACEMENT_LABELS if spec.placement_labels else ()
    return sorted({*POD_LABELS, *reader, *placement, *spec.static_labels, "service_name"})


def log_metadata(spec: TelemetrySpec) -> list[str]:
    """Return the structured metadata that the pipeline adds to container logs, sorted."""
    return sorted(set(spec.structured_metadata))


def log_pipeline(spec: TelemetrySpec) -> list[Block]:
    """Return the components that send every container's log lines to Loki, in the order of the data."""
    pods = discovered_pods(spec)
    targets = labelled_targets(spec, pods)
    write = loki_write(spec)
    process = processing(spec, write)
    read = tailed_files(targets, process) if spec.reads_files else [streamed_logs(targets, process)]
    return [pods, targets, *read, process, write]


def discovered_pods(spec: TelemetrySpec) -> Block:
    """Return the discovery of pods: those of the own node where files are read, else all of them."""
    own_node = Block("selectors", attributes={"role": "pod", "field": Sum(("spec.nodeName=", NODE_NAME))})
    return Block("discovery.kubernetes", "pod", {"role": "pod"}, [own_node] if spec.reads_files else [])


def labelled_targets(spec: TelemetrySpec, pods: Block) -> Block:
    """Return the relabelling of each container: its labels and, where files are read, the path of its log."""
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
    """Return the rule that sets `target` from discovered metadata; several sources are joined by `separator`."""
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
    """Return the components that find and tail the log files of the targets."""
    files = Block("local.file_match", "pod", {"path_targets": targets.export("output")})
    return [files, _source("loki.source.file", files.export("targets"), process)]


def streamed_logs(targets: Block, process: Block) -> Block:
    """Return the reader of logs through the API server: one member of the cluster of collectors reads a container."""
    return _source(
        "loki.source.kubernetes",
        targets.export("output"),
        process,
        Block("clustering", attributes={"enabled": True}),
    )


def _source(name: str, targets: Ref, process: Block, *blocks: Block) -> Block:
    return Block(name, "pod", {"targets": targets, "forward_to": [process.export("receiver")]}, blocks)


def processing(spec: TelemetrySpec, write: Block) -> Block:
    """Return the stages that remove the runtime's prefix, add the static labels and extract trace ids from JSON.

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
    """Return the stage that assigns the lines of a tenant's namespaces to it, overriding the tenant of the push."""
    namespaces = "|".join(sorted(namespace for namespace, named in tenants.items() if named == tenant))
    selector = {"selector": f'{{namespace=~"{namespaces}"}}'}
    return Block("stage.match", "", selector, [Block("stage.tenant", attributes={"value": tenant})])


def loki_write(spec: TelemetrySpec) -> Block:
    """Return the push to Loki, which retries without limit: the files keep what has not been sent."""
    tenant: dict[str, Value] = {"tenant_id": spec.logs_tenant} if spec.logs_tenant else {}
    attributes = {"url": spec.logs_push_url, **tenant, "max_backoff_retries": 0}
    endpoint = Block("endpoint", "", attributes, push_security(spec))
    return Block("loki.write", "endpoint", blocks=[endpoint])


def otlp_pipeline(spec: TelemetrySpec) -> list[Block]:
    """Return the components from the receiver to the exporters, in the order of the data."""
    exporters = signal_exporters(spec)
    consumers: Consumers = {signal: [block.export("input") for block in blocks] for signal, blocks in exporters.items()}
    write = [remote_write(spec)] if spec.metrics_remote_write_url else []
    processors: list[Block] = []
    for build in reversed(_processors(spec)):
        processors.insert(0, build(spec, consumers))
        consumers = {signal: [processors[0].export("input")] for signal in consumers}
    return [receiver(spec, consumers), *processors, *chain.from_iterable(exporters.values()), *write]


def signal_exporters(spec: TelemetrySpec) -> dict[str, list[Block]]:
    """Return the exporters of each signal that has a backend; the receiver rejects the other signals."""
    tenant: dict[str, Value] = {"headers": {HEADER: spec.logs_tenant}} if spec.logs_tenant else {}
    login = exporter_login(spec)
    exporters = {"logs": [_http_exporter("loki", spec.logs_otlp_url, {**tenant, **login}, exporter_tls(spec))]}
    if spec.metrics_otlp_url:
        client = exporter_client(spec.metrics_client)
        urls = (spec.metrics_otlp_url, *spec.further_metrics_otlp_urls)
        exporters["metrics"] = [
            _http_exporter(f"prometheus_{index}" if index else "prometheus", url, client, external_tls(spec))
            for index, url in enumerate(urls)
        ]
    if spec.metrics_remote_write_url:
        # Remote write has no resources: their attributes are labels of every series, as with OTLP to Prometheus.
        series: dict[str, Value] = {
            "forward_to": [remote_write(spec).export("receiver")],
            "resource_to_telemetry_conversion": True,
        }
        exporters["metrics"] = [Block("otelcol.exporter.prometheus", "metrics", series)]
    if spec.traces_otlp_endpoint:
        exporters["traces"] = [trace_exporter(spec)]
    return dict(sorted(exporters.items()))


def remote_write(spec: TelemetrySpec) -> Block:
    """Return the remote write of metrics, which keeps them in a write-ahead log until the store has them."""
    attributes, blocks = write_client(spec.metrics_client)
    endpoint = Block("endpoint", "", {"url": spec.metrics_remote_write_url, **attributes}, blocks)
    return Block("prometheus.remote_write", "metrics", blocks=[endpoint])


def trace_exporter(spec: TelemetrySpec) -> Block:
    """Return the exporter of traces: OTLP/HTTP to a URL, OTLP/gRPC to `host:port`, without `tls_secret` unencrypted."""
    endpoint, login = spec.traces_otlp_endpoint, exporter_login(spec)
    if "://" in endpoint:
        return _http_exporter("tempo", endpoint, login, exporter_tls(spec))
    tls = exporter_tls(spec) or [Block("tls", attributes={"insecure": True})]
    client = Block("client", "", {"endpoint": endpoint, **login}, tls)
    return Block("otelcol.exporter.otlp", "tempo", blocks=[client])


def receiver(spec: TelemetrySpec, consumers: Consumers) -> Block:
    """Return the receiver of OTLP over gRPC and HTTP, on every address of the pod."""
    grpc = Block("grpc", "", {"endpoint": f"{spec.any_address}:{GRPC_PORT}"}, receiver_tls(spec))
    http = Block("http", "", {"endpoint": f"{spec.any_address}:{HTTP_PORT}"}, receiver_tls(spec))
    return Block("otelcol.receiver.otlp", "default", blocks=[grpc, http, _output(consumers)])


def memory_limiter(spec: TelemetrySpec, consumers: Consumers) -> Block:
    """Return the processor that rejects OTLP data before the container reaches its memory limit; senders retry."""
    limit = int(parse_quantity(spec.memory_limit) * int(_MEMORY_SHARE * 100) // 100 // 2**20)
    attributes: dict[str, Value] = {"check_interval": "1s", "limit": f"{limit}MiB"}
    return Block("otelcol.processor.memory_limiter", "default", attributes, [_output(consumers)])


def kubernetes_attributes(spec: TelemetrySpec, consumers: Consumers) -> Block:
    """Return the processor that names the pod of the data, found by its uid or IP attribute, else by connection."""
    extract = Block("extract", attributes={"metadata": KUBERNETES_ATTRIBUTES})
    own_node = [Block("filter", attributes={"node": NODE_NAME})] if spec.node_local_otlp else []
    sources: list[dict[str, Value]] = [
        {"from": "resource_attribute", "name": "k8s.pod.uid"},
        {"from": "resource_attribute", "name": "k8s.pod.ip"},
        {"from": "connection"},
    ]
    associations = [Block("pod_association", blocks=[Block("source", attributes=source)]) for source in sources]
    blocks = [extract, *own_node, *associations, _output(consumers)]
    return Block("otelcol.processor.k8sattributes", "default", blocks=blocks)


def resource_labels(spec: TelemetrySpec, consumers: Consumers) -> Block:
    """Return the processor that adds the cluster and the extra labels to every resource that does not set them."""
    attributes = {"k8s.cluster.name": spec.cluster, **spec.extra_labels}
    statements = [
        f"set(attributes[{quote(key)}], {quote(value)}) where attributes[{quote(key)}] == nil"
        for key, value in attributes.items()
    ]
    blocks = [
        Block(f"{signal.removesuffix('s')}_statements", attributes={"context": "resource", "statements": statements})
        for signal in consumers
    ]
    return Block("otelcol.processor.transform", "default", {"error_mode": "ignore"}, [*blocks, _output(consumers)])


def batch(_: TelemetrySpec, consumers: Consumers) -> Block:
    """Return the processor that batches data."""
    return Block("otelcol.processor.batch", "default", blocks=[_output(consumers)])


def _processors(spec: TelemetrySpec) -> Sequence[Callable[[TelemetrySpec, Consumers], Block]]:
    enrich = [kubernetes_attributes] if spec.kubernetes_attributes else []
    return [memory_limiter, *enrich, resource_labels, batch]


def _output(consumers: Consumers) -> Block:
    return Block("output", attributes={signal: list(receivers) for signal, receivers in consumers.items()})


def _http_exporter(label: str, endpoint: str, attributes: Mapping[str, Value], tls: Sequence[Block]) -> Block:
    secured = tls if endpoint.startswith("https://") else []
    client = Block("client", "", {"endpoint": endpoint, **attributes}, secured)
    return Block("otelcol.exporter.otlphttp", label, blocks=[client])


def login_files(spec: TelemetrySpec) -> list[Block]:
    """Return the components that read name and password for the exporters; none without a login."""
    if not spec.login_secret:
        return []
    name = Block("local.file", "login_username", {"filename": f"{LOGIN_DIRECTORY}/username"})
    password = Block("local.file", "login_password", {"filename": f"{LOGIN_DIRECTORY}/password", "is_secret": True})
    # Its newer block client_auth does not exist in the older of the supported versions.
    handler = Block("otelcol.auth.basic", "login", _login())
    return [name, password, handler]


def _login() -> dict[str, Value]:
    return {key: Ref(f"local.file.login_{key}.content") for key in ("username", "password")}


def client_files(spec: TelemetrySpec) -> list[Block]:
    """Return the components that read the secrets of the metrics client, and the login of its exporter."""
    client = spec.metrics_client
    if client is None:
        return []
    read = [_secret_file(f"metrics_header_{index}", path) for index, path in enumerate(client.header_files.values())]
    if client.basic_auth and client.basic_auth.username_secret:
        read.append(Block("local.file", "metrics_username", {"filename": USERNAME_FILE}))
    if not spec.metrics_otlp_url:
        # Remote write reads the file of its password or token itself.
        return read
    if client.basic_auth:
        read.append(_secret_file("metrics_password", PASSWORD_FILE))
    if client.bearer_token:
        read.append(_secret_file("metrics_token", TOKEN_FILE))
    return [*read, *exporter_auth(client)]


def _secret_file(label: str, path: str) -> Block:
    return Block("local.file", label, {"filename": path, "is_secret": True})


def exporter_auth(client: HttpClientSettings) -> list[Block]:
    """Return the component that authenticates the exporter of metrics, of which it takes one."""
    if client.basic_auth:
        password = Ref("local.file.metrics_password.content")
        return [
            Block("otelcol.auth.basic", "metrics", {"username": _username(client.basic_auth), "password": password})
        ]
    if client.bearer_token:
        return [Block("otelcol.auth.bearer", "metrics", {"token": Ref("local.file.metrics_token.content")})]
    if client.sigv4:
        role = [Block("assume_role", attributes={"arn": client.sigv4.role_arn})] if client.sigv4.role_arn else []
        return [Block("otelcol.auth.sigv4", "metrics", {"region": client.sigv4.region, "service": "aps"}, role)]
    headers = [Block("header", attributes={"key": name, "value": value}) for name, value in _headers(client).items()]
    return [Block("otelcol.auth.headers", "metrics", blocks=headers)] if headers else []


def _username(login: HttpBasicAuth) -> Value:
    return Ref("local.file.metrics_username.content") if login.username_secret else login.username


def exporter_client(client: HttpClientSettings | None) -> dict[str, Value]:
    """Return the attributes of the client of the exporter of metrics."""
    if client is None:
        return {}
    tenant: dict[str, Value] = {"headers": client.plain_headers} if client.tenant else {}
    auth = exporter_auth(client)
    return {**tenant, "auth": auth[0].export("handler")} if auth else tenant


def write_client(client: HttpClientSettings | None) -> tuple[dict[str, Value], list[Block]]:
    """Return the attributes and the blocks of the client of a remote write."""
    if client is None:
        return {}, []
    attributes: dict[str, Value] = {"headers": client.plain_headers} if client.tenant else {}
    if client.headers:
        attributes["http_headers"] = {name: [value] for name, value in _headers(client).items()}
    if client.bearer_token:
        attributes["bearer_token_file"] = TOKEN_FILE
    blocks = []
    if client.basic_auth:
        login = {"username": _username(client.basic_auth), "password_file": PASSWORD_FILE}
        blocks.append(Block("basic_auth", attributes=login))
    if client.sigv4:
        blocks.append(Block("sigv4", attributes=client.sigv4.model_dump(exclude_defaults=True)))
    if client.tls_files:
        blocks.append(Block("tls_config", attributes=client.tls_files))
    return attributes, blocks


def _headers(client: HttpClientSettings) -> dict[str, Ref]:
    return {name: Ref(f"local.file.metrics_header_{index}.content") for index, name in enumerate(client.header_files)}


def push_security(spec: TelemetrySpec) -> list[Block]:
    """Return the blocks of a push to Loki: the login, and the CA that is trusted at an https address."""
    blocks = [Block("basic_auth", attributes=_login())] if spec.login_secret else []
    if spec.tls_secret and spec.logs_push_url.startswith("https://"):
        blocks.append(Block("tls_config", attributes={**_CA, **(_OWN if spec.client_certificates else {})}))
    return blocks


def exporter_login(spec: TelemetrySpec) -> dict[str, Value]:
    """Return the attribute of an exporter's client that logs it in."""
    return {"auth": Ref("otelcol.auth.basic.login.handler")} if spec.login_secret else {}


def exporter_tls(spec: TelemetrySpec) -> list[Block]:
    """Return the block of an exporter's client that trusts servers of the Secret's CA."""
    if not spec.tls_secret:
        return []
    own = _OWN if spec.client_certificates else {}
    return [Block("tls", attributes={**_CA, **own, "reload_interval": _RELOAD})]


def external_tls(spec: TelemetrySpec) -> list[Block]:
    """Return the block for the metrics store, which public CAs are trusted for too unless its client names its own."""
    trusted: dict[str, Value] = {**_CA, "include_system_ca_certs_pool": True} if spec.tls_secret else {}
    own = spec.metrics_client.tls_files if spec.metrics_client else {}
    if "ca_file" in own:
        trusted = {}
    if not trusted and not own:
        return []
    return [Block("tls", attributes={**trusted, **own, "reload_interval": _RELOAD})]


def receiver_tls(spec: TelemetrySpec) -> list[Block]:
    """Return the block of a TLS receiver, which requires client certificates where the collectors present theirs."""
    if not spec.receiver_tls:
        return []
    asked = {"client_ca_file": _CA["ca_file"]} if spec.client_certificates else {}
    return [Block("tls", attributes={**_OWN, **asked, "reload_interval": _RELOAD})]
