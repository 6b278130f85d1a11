"""Where data goes: pushes to Loki, exporters of OTLP, remote write, the gateway; with their logins and TLS.

TLS and logins are files of mounted Secrets: the configuration holds no secret, and a renewed one is read again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..._collector_roles import Role
from ..._http_client import ClientFiles, HttpBasicAuth, HttpClientSettings
from ..._tenants import HEADER
from ...units import parse_quantity
from ..model import DestinationKind, PipelineDestination, Signal
from ..pipelines import GATEWAY, LOKI, PROMETHEUS, Flow, flows_of
from ..spec import TelemetrySpec
from ..workload import (
    CA_FILE,
    LOGIN_DIRECTORY,
    OWN_FILES,
    RELOAD_INTERVAL,
    destination_directory,
    gateway_host,
)
from .syntax import Block, Ref, Value, identifier

_QUEUE = Block("otelcol.storage.file", "queue")
_REMOTE_WRITE = "prometheus.remote_write"


@dataclass(frozen=True)
class Outlet:
    """The components that send data on, and the inputs of the first of them."""

    inputs: Sequence[Ref]
    blocks: Sequence[Block] = field(default_factory=list)


def queue_bytes(spec: TelemetrySpec, role: Role) -> int:
    """Return the size of the queue of each exporter on disk; 0 where it is in memory."""
    wanted = int(parse_quantity(spec.queue_size)) if spec.queue_size else 0
    if role is Role.GATEWAY and spec.gateway and spec.gateway.volume_size:
        # What the files need beside the data that waits, for each exporter.
        exporters = len({name for flow in flows_of(spec, role) for name in flow.destinations}) or 1
        share = int(parse_quantity(spec.gateway.volume_size) * 8 // 10) // exporters
        return min(wanted, share) if wanted else share
    return wanted


def destination_label(name: str) -> str:
    """Return the label of the components of a destination beside the stores of the stack."""
    return f"destination_{identifier(name)}"


def queue_storage(spec: TelemetrySpec, role: Role) -> list[Block]:
    """Return the component that keeps the queues of exporters on disk; none where they are in memory."""
    return [_QUEUE] if queue_bytes(spec, role) else []


def pushes(spec: TelemetrySpec, name: str, destination: PipelineDestination | None) -> Outlet:
    """Return the push of lines to a Loki, which retries without limit: the files keep what has not been sent."""
    if destination is None:
        write = _own_push(spec)
        return Outlet([write.export("receiver")], [write])
    client, files = destination.client, _files(name, destination)
    tenant: dict[str, Value] = {"tenant_id": client.tenant} if client.tenant else {}
    attributes, blocks = http_client(client, files, destination_label(name))
    url = f"{destination.url.rstrip('/')}/loki/api/v1/push"
    endpoint = Block("endpoint", "", {"url": url, **tenant, "max_backoff_retries": 0, **attributes}, blocks)
    write = Block("loki.write", destination_label(name), blocks=[endpoint])
    if name == LOKI or not (client.tenant and spec.namespace_tenants):
        return Outlet([write.export("receiver")], [write])
    # The tenant of a line's namespace is one of the stack's Loki, and would replace that of the destination.
    own_tenant = Block("stage.label_drop", attributes={"values": ["__tenant_id__"]})
    forward: dict[str, Value] = {"forward_to": [write.export("receiver")]}
    process = Block("loki.process", destination_label(name), forward, [own_tenant])
    return Outlet([process.export("receiver")], [process, write])


def _own_push(spec: TelemetrySpec) -> Block:
    tenant: dict[str, Value] = {"tenant_id": spec.logs_tenant} if spec.logs_tenant else {}
    attributes = {"url": spec.logs_push_url, **tenant, "max_backoff_retries": 0}
    return Block("loki.write", "endpoint", blocks=[Block("endpoint", "", attributes, _push_security(spec))])


def line_exporter(spec: TelemetrySpec, role: Role, name: str, destination: PipelineDestination) -> Outlet:
    """Return the exporter of lines by OTLP, which retries without limit, as a push to Loki does.

    Its full queue blocks the readers of files, where that of OTLP data refuses what senders send again.
    """
    return _otlp_exporter(spec, role, f"lines_{identifier(name)}", name, destination, blocks=True)


def exporters(
    spec: TelemetrySpec, role: Role, signal: Signal, name: str, destination: PipelineDestination | None
) -> Outlet:
    """Return the exporters of a signal by OTLP, or by remote write, to a destination."""
    if destination is not None:
        return _further_exporter(spec, role, name, destination)
    if name == GATEWAY:
        return _outlet(_gateway_exporter(spec, role))
    if signal is Signal.LOGS:
        tenant: dict[str, Value] = {"headers": {HEADER: spec.logs_tenant}} if spec.logs_tenant else {}
        attributes = {**tenant, **_login_handler(spec)}
        return _outlet(_http_exporter(spec, role, LOKI, spec.logs_otlp_url, attributes, _exporter_tls(spec)))
    if signal is Signal.TRACES:
        return _outlet(_trace_exporter(spec, role))
    return _metrics_exporters(spec, role)


def _outlet(*blocks: Block) -> Outlet:
    return Outlet([block.export("input") for block in blocks], blocks)


def _metrics_exporters(spec: TelemetrySpec, role: Role) -> Outlet:
    if spec.metrics_remote_write_url:
        attributes, blocks = (
            http_client(spec.metrics_client, ClientFiles(spec.metrics_client), "metrics", remote_write=True)
            if spec.metrics_client
            else ({}, [])
        )
        return _remote_write("metrics", spec.metrics_remote_write_url, attributes, blocks)
    client = _exporter_client(spec.metrics_client, "metrics")
    urls = (spec.metrics_otlp_url, *spec.further_metrics_otlp_urls)
    return _outlet(
        *(
            _http_exporter(
                spec, role, f"{PROMETHEUS}_{index}" if index else PROMETHEUS, url, client, _external_tls(spec)
            )
            for index, url in enumerate(urls)
        )
    )


def _remote_write(label: str, url: str, attributes: Mapping[str, Value], blocks: Sequence[Block]) -> Outlet:
    """Return the remote write of metrics, which keeps them in a write-ahead log until the store has them.

    Remote write has no resources: their attributes are labels of every series, as with OTLP to Prometheus.
    """
    endpoint = Block("endpoint", "", {"url": url, **attributes}, blocks)
    write = Block(_REMOTE_WRITE, label, blocks=[endpoint])
    series: dict[str, Value] = {"forward_to": [write.export("receiver")], "resource_to_telemetry_conversion": True}
    exporter = Block("otelcol.exporter.prometheus", label, series)
    return Outlet([exporter.export("input")], [exporter, write])


def _trace_exporter(spec: TelemetrySpec, role: Role) -> Block:
    """Return the exporter of traces: OTLP/HTTP to a URL, OTLP/gRPC to `host:port`, without `tls_secret` unencrypted."""
    endpoint, login = spec.traces_otlp_endpoint, _login_handler(spec)
    if "://" in endpoint:
        return _http_exporter(spec, role, "tempo", endpoint, login, _exporter_tls(spec))
    return _grpc_exporter(spec, role, "tempo", endpoint, login, _exporter_tls(spec))


def _gateway_exporter(spec: TelemetrySpec, role: Role) -> Block:
    """Return the exporter that sends each trace to one replica of the gateway.

    The addresses are those of the headless Service in DNS, which needs no access to the API server. The exporter of
    each replica has no queue: a replica that is gone is an error at once, and the trace goes to its successor.
    """
    resolver = Block("resolver", blocks=[Block("dns", attributes={"hostname": gateway_host(spec)})])
    # The certificate names the Service of the agents, and the replicas are called by their addresses.
    server = {"server_name": f"{spec.release_name}.{spec.namespace}"}
    presented = OWN_FILES if spec.client_certificates else {}
    secured = {**CA_FILE, **presented, **server, "reload_interval": RELOAD_INTERVAL}
    tls = Block("tls", attributes=secured if spec.receiver_tls else {"insecure": True})
    off = {"enabled": False}
    otlp = Block(
        "otlp", blocks=[Block("client", blocks=[tls]), Block("queue", attributes=off), Block("retry", attributes=off)]
    )
    queue = _stored_queue(spec, role)
    return Block(
        "otelcol.exporter.loadbalancing",
        GATEWAY,
        blocks=[
            resolver,
            Block("protocol", blocks=[otlp]),
            Block("sending_queue", attributes=queue),
            _retries(endless=bool(queue)),
        ],
    )


def _further_exporter(spec: TelemetrySpec, role: Role, name: str, destination: PipelineDestination) -> Outlet:
    label = destination_label(name)
    if destination.kind is DestinationKind.PROMETHEUS:
        attributes, blocks = http_client(destination.client, _files(name, destination), label, remote_write=True)
        return _remote_write(label, destination.url, attributes, blocks)
    return _otlp_exporter(spec, role, label, name, destination)


def _otlp_exporter(
    spec: TelemetrySpec,
    role: Role,
    label: str,
    name: str,
    destination: PipelineDestination,
    *,
    blocks: bool = False,
) -> Outlet:
    attributes = _exporter_client(destination.client, destination_label(name))
    files = _files(name, destination).tls
    tls = [Block("tls", attributes={**files, "reload_interval": RELOAD_INTERVAL})] if files else []
    url = f"{destination.url.rstrip('/')}/otlp" if destination.kind is DestinationKind.LOKI else destination.url
    build = _http_exporter if "://" in url else _grpc_exporter
    return _outlet(build(spec, role, label, url, attributes, tls, blocks=blocks))


def _http_exporter(
    spec: TelemetrySpec,
    role: Role,
    label: str,
    endpoint: str,
    attributes: Mapping[str, Value],
    tls: Sequence[Block],
    *,
    blocks: bool = False,
) -> Block:
    secured = tls if endpoint.startswith("https://") else []
    client = Block("client", "", {"endpoint": endpoint, **attributes}, secured)
    return Block("otelcol.exporter.otlphttp", label, blocks=[client, *_persistence(spec, role, blocks=blocks)])


def _grpc_exporter(
    spec: TelemetrySpec,
    role: Role,
    label: str,
    endpoint: str,
    attributes: Mapping[str, Value],
    tls: Sequence[Block],
    *,
    blocks: bool = False,
) -> Block:
    secured = tls or [Block("tls", attributes={"insecure": True})]
    client = Block("client", "", {"endpoint": endpoint, **attributes}, secured)
    return Block("otelcol.exporter.otlp", label, blocks=[client, *_persistence(spec, role, blocks=blocks)])


def _persistence(spec: TelemetrySpec, role: Role, *, blocks: bool) -> list[Block]:
    """Return the queue and the endless retries of an exporter; none where data that arrives beyond it is refused."""
    attributes = {**_stored_queue(spec, role), **({"block_on_overflow": True} if blocks else {})}
    if not attributes:
        return []
    return [Block("sending_queue", "", attributes, [Block("batch")]), _retries(endless=True)]


def _stored_queue(spec: TelemetrySpec, role: Role) -> dict[str, Value]:
    size = queue_bytes(spec, role)
    return {"storage": _QUEUE.export("handler"), "sizer": "bytes", "queue_size": size} if size else {}


def _retries(*, endless: bool) -> Block:
    return Block("retry_on_failure", attributes={"max_elapsed_time": "0s"} if endless else {})


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


def client_files(spec: TelemetrySpec, role: Role) -> list[Block]:
    """Return the components that read the secrets of clients, and the logins of their exporters."""
    found: list[Block] = []
    if spec.metrics_client is not None:
        files = ClientFiles(spec.metrics_client)
        found += _client_files(spec.metrics_client, files, "metrics", exports=bool(spec.metrics_otlp_url))
    for name, destination in further_destinations(flows_of(spec, role)):
        # A push and a remote write read the files of their logins themselves.
        exports = destination.kind is not DestinationKind.PROMETHEUS
        found += _client_files(destination.client, _files(name, destination), destination_label(name), exports=exports)
    return found


def further_destinations(flows: Sequence[Flow]) -> Iterator[tuple[str, PipelineDestination]]:
    """Yield the name and each destination of flows beside the stores of the stack, once."""
    found = {name: destination for flow in flows for name, destination in flow.destinations.items() if destination}
    yield from found.items()


def _client_files(client: HttpClientSettings, files: ClientFiles, label: str, *, exports: bool) -> list[Block]:
    read = [_secret_file(f"{label}_header_{index}", path) for index, path in enumerate(files.headers.values())]
    if client.basic_auth and client.basic_auth.username_secret:
        read.append(Block("local.file", f"{label}_username", {"filename": files.username}))
    if not exports:
        return read
    if client.basic_auth:
        read.append(_secret_file(f"{label}_password", files.password))
    if client.bearer_token:
        read.append(_secret_file(f"{label}_token", files.token))
    return [*read, *_exporter_auth(client, label)]


def _secret_file(label: str, path: str) -> Block:
    return Block("local.file", label, {"filename": path, "is_secret": True})


def _exporter_auth(client: HttpClientSettings, label: str) -> list[Block]:
    """Return the component that authenticates an exporter, of which it takes one."""
    if client.basic_auth:
        password = Ref(f"local.file.{label}_password.content")
        username = _username(client.basic_auth, label)
        return [Block("otelcol.auth.basic", label, {"username": username, "password": password})]
    if client.bearer_token:
        return [Block("otelcol.auth.bearer", label, {"token": Ref(f"local.file.{label}_token.content")})]
    if client.sigv4:
        role = [Block("assume_role", attributes={"arn": client.sigv4.role_arn})] if client.sigv4.role_arn else []
        return [Block("otelcol.auth.sigv4", label, {"region": client.sigv4.region, "service": "aps"}, role)]
    headers = [Block("header", attributes={"key": name, "value": value}) for name, value in _headers(client, label)]
    return [Block("otelcol.auth.headers", label, blocks=headers)] if headers else []


def _username(login: HttpBasicAuth, label: str) -> Value:
    return Ref(f"local.file.{label}_username.content") if login.username_secret else login.username


def _exporter_client(client: HttpClientSettings | None, label: str) -> dict[str, Value]:
    """Return the attributes of the client of an exporter."""
    if client is None:
        return {}
    tenant: dict[str, Value] = {"headers": client.plain_headers} if client.tenant else {}
    auth = _exporter_auth(client, label)
    return {**tenant, "auth": auth[0].export("handler")} if auth else tenant


def http_client(
    client: HttpClientSettings, files: ClientFiles, label: str, *, remote_write: bool = False
) -> tuple[dict[str, Value], list[Block]]:
    """Return the attributes and the blocks of the client of a push or of a remote write, which names the tenant."""
    attributes: dict[str, Value] = {"headers": client.plain_headers} if client.tenant and remote_write else {}
    if client.headers:
        attributes["http_headers"] = {name: [value] for name, value in _headers(client, label)}
    if client.bearer_token:
        attributes["bearer_token_file"] = files.token
    blocks = []
    if client.basic_auth:
        login = {"username": _username(client.basic_auth, label), "password_file": files.password}
        blocks.append(Block("basic_auth", attributes=login))
    if client.sigv4:
        blocks.append(Block("sigv4", attributes=client.sigv4.model_dump(exclude_defaults=True)))
    if files.tls:
        blocks.append(Block("tls_config", attributes=files.tls))
    return attributes, blocks


def _headers(client: HttpClientSettings, label: str) -> list[tuple[str, Ref]]:
    return [
        (name, Ref(f"local.file.{label}_header_{index}.content")) for index, name in enumerate(sorted(client.headers))
    ]


def _files(name: str, destination: PipelineDestination) -> ClientFiles:
    return ClientFiles(destination.client, destination_directory(name))


def _push_security(spec: TelemetrySpec) -> list[Block]:
    """Return the blocks of a push to Loki: the login, and the CA that is trusted at an https address."""
    blocks = [Block("basic_auth", attributes=_login())] if spec.login_secret else []
    if spec.tls_secret and spec.logs_push_url.startswith("https://"):
        blocks.append(Block("tls_config", attributes={**CA_FILE, **(OWN_FILES if spec.client_certificates else {})}))
    return blocks


def _login_handler(spec: TelemetrySpec) -> dict[str, Value]:
    """Return the attribute of an exporter's client that logs it in."""
    return {"auth": Ref("otelcol.auth.basic.login.handler")} if spec.login_secret else {}


def _exporter_tls(spec: TelemetrySpec) -> list[Block]:
    """Return the block of an exporter's client that trusts servers of the Secret's CA."""
    if not spec.tls_secret:
        return []
    own = OWN_FILES if spec.client_certificates else {}
    return [Block("tls", attributes={**CA_FILE, **own, "reload_interval": RELOAD_INTERVAL})]


def _external_tls(spec: TelemetrySpec) -> list[Block]:
    """Return the block for the metrics store, which public CAs are trusted for too unless its client names its own."""
    trusted: dict[str, Value] = {**CA_FILE, "include_system_ca_certs_pool": True} if spec.tls_secret else {}
    own = ClientFiles(spec.metrics_client).tls if spec.metrics_client else {}
    if "ca_file" in own:
        trusted = {}
    if not trusted and not own:
        return []
    return [Block("tls", attributes={**trusted, **own, "reload_interval": RELOAD_INTERVAL})]


def receiver_tls(spec: TelemetrySpec) -> list[Block]:
    """Return the block of a TLS receiver, which requires client certificates where the collectors present theirs."""
    if not spec.receiver_tls:
        return []
    asked = {"client_ca_file": CA_FILE["ca_file"]} if spec.client_certificates else {}
    return [Block("tls", attributes={**OWN_FILES, **asked, "reload_interval": RELOAD_INTERVAL})]
