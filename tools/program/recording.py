"""Runs a program under Pulumi's mocks and records what it registers: tree, parents, options, secrets."""

import asyncio
import atexit
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakSet

import pulumi
from pulumi.runtime import config as runtime_config
from pulumi.runtime import rpc
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks
from pulumi.runtime.sync_await import _ensure_event_loop

from components.storage.partitions import partition_of
from sandbox.kinds import HELM_RELEASE

SECRET = rpc._special_sig_key
UNKNOWN = rpc.UNKNOWN
_CLOSED_AT_EXIT: WeakSet[asyncio.AbstractEventLoop] = WeakSet()


@dataclass(frozen=True)
class Registered:
    """One registered resource, as the engine would see it."""

    urn: str
    type: str
    name: str
    parent: str
    inputs: Mapping[str, Any]
    request: Any

    @property
    def secrets(self) -> set[str]:
        """Top-level inputs that are secret, wholly or somewhere within."""
        return {key for key, value in self.inputs.items() if _holds_secret(value)}

    def plain(self) -> Any:
        """Return the inputs with the secret envelopes removed."""
        return _unwrapped(self.inputs)


@dataclass
class Recording:
    """Everything one program registered."""

    resources: list[Registered] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    secret_outputs: set[str] = field(default_factory=set)
    """The names of the outputs that are secret."""
    secrets: set[str] = field(default_factory=set)
    """Every text that is secret from the start: the encrypted settings, and what a provider generates as secret."""

    def of_type(self, suffix: str) -> list[Registered]:
        """Return all resources whose type token ends with `suffix`, such as `:Release`."""
        return [resource for resource in self.resources if resource.type.endswith(suffix)]

    def one(self, suffix: str, name: str | None = None) -> Registered:
        """Return the only resource of this type (and Pulumi name)."""
        found = [resource for resource in self.of_type(suffix) if name is None or resource.name == name]
        assert len(found) == 1, f"expected one {suffix} {name or ''}, got {[r.name for r in found]}"
        return found[0]

    def names(self) -> set[str]:
        """Return the Pulumi names of all resources."""
        return {resource.name for resource in self.resources}


def mocked_outputs(type_token: str, name: str, inputs: Mapping[str, Any], unknown: frozenset[str]) -> dict[str, Any]:
    """Return the inputs with what a provider would add."""
    outputs = dict(inputs)
    if type_token == "random:index/randomPassword:RandomPassword":
        outputs |= {"result": f"generated-{name}", "bcryptHash": f"$2b$10$hash-of-{name}"}
    if type_token == HELM_RELEASE:
        outputs |= {"status": {"name": inputs.get("name"), "namespace": inputs.get("namespace"), "status": "deployed"}}
    if type_token.startswith("aws:"):
        partition = partition_of(str(inputs.get("region", "")))
        outputs |= {"arn": f"arn:{partition.name if partition else 'aws'}:mock:::{name}"}
    return {key: UNKNOWN if f"{type_token}.{key}" in unknown else value for key, value in outputs.items()}


class _Mocks(Mocks):
    def __init__(self, unknown: frozenset[str]) -> None:
        self._unknown = unknown

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        return f"{args.name}-id", mocked_outputs(args.typ, args.name, args.inputs, self._unknown)

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise AssertionError(f"the program made the invoke {args.token}: previews must need no account")


class _RecordingMonitor(MockMonitor):
    def __init__(self, mocks: Mocks, recording: Recording) -> None:
        super().__init__(mocks)
        self._recording = recording

    def RegisterResource(self, request: Any) -> Any:
        register: Any = super().RegisterResource
        response = register(request)
        for key in request.additionalSecretOutputs:
            self._keep_secret(response.object, key)
        self._recording.resources.append(
            Registered(response.urn, request.type, request.name, request.parent, _as_dict(request.object), request)
        )
        return response

    def _keep_secret(self, outputs: Any, key: str) -> None:
        """Mark an output as the engine would, so that whatever is made from it is secret too."""
        value = _as_dict(outputs).get(key)
        if isinstance(value, str) and value != UNKNOWN:
            self._recording.secrets.add(value)
            outputs[key] = {SECRET: rpc._special_secret_sig, "value": value}


def record(
    build: Callable[[], Any], *, preview: bool = False, unknown: frozenset[str] = frozenset(), stack: str = "test"
) -> Recording:
    """Return what `build` registers under mocks.

    `unknown` names provider outputs that are not known yet, as `<type token>.<property>`; use it with `preview=True`.
    Raises whatever `build` raises.
    """
    recording = Recording()
    loop = _event_loop()
    mocks = _Mocks(unknown)
    monitor = _RecordingMonitor(mocks, recording)
    pulumi.runtime.set_mocks(mocks, project="observability", stack=stack, preview=preview, monitor=monitor)

    def program() -> Any:
        outputs = build()
        recording.secrets.update(_secret_settings())
        if isinstance(outputs, Mapping):
            return _resolve(outputs, recording)
        return outputs

    run: Any = pulumi.runtime.test
    try:
        run(program)()
    except Exception:
        # asyncio would print what is raised once more for every output that waits for it.
        loop.set_exception_handler(lambda _, __: None)
        raise
    urns = [resource.urn for resource in recording.resources]
    assert len(urns) == len(set(urns)), "two resources were given one name"
    return recording


def _event_loop() -> asyncio.AbstractEventLoop:
    """Return the event loop of this thread, which is closed at exit like those of its workers.

    The SDK closes none of them, and the interpreter may finalise the sockets of an open loop before the loop itself,
    which then ends in `ValueError: Invalid file descriptor: -1`.
    """
    ensure: Any = _ensure_event_loop
    loop: asyncio.AbstractEventLoop = ensure()
    if loop not in _CLOSED_AT_EXIT:
        _CLOSED_AT_EXIT.add(loop)
        atexit.register(loop.close)
        loop.set_default_executor(ThreadPoolExecutor(initializer=_open_worker_loop))
    return loop


def _open_worker_loop() -> None:
    """Set the event loop that the SDK looks for in every thread."""
    loop = asyncio.new_event_loop()
    atexit.register(loop.close)
    asyncio.set_event_loop(loop)


async def _resolve(outputs: Mapping[str, Any], recording: Recording) -> None:
    for name, value in outputs.items():
        output: pulumi.Output[Any] = pulumi.Output.from_input(value)
        recording.outputs[name] = await output.future()
        if await output.is_secret():
            recording.secret_outputs.add(name)


def _secret_settings() -> set[str]:
    settings = {**runtime_config.get_config_env(), **runtime_config.CONFIG.get()}
    return {str(value) for key, value in settings.items() if runtime_config.is_config_secret(key)}


def _as_dict(struct: Any) -> Any:
    from google.protobuf.json_format import MessageToDict

    return MessageToDict(struct)


def _holds_secret(value: Any) -> bool:
    if isinstance(value, Mapping):
        return SECRET in value or any(_holds_secret(item) for item in value.values())
    return isinstance(value, list) and any(_holds_secret(item) for item in value)


def _unwrapped(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _unwrapped(value["value"]) if SECRET in value else {key: _unwrapped(item) for key, item in value.items()}
    return [_unwrapped(item) for item in value] if isinstance(value, list) else value
