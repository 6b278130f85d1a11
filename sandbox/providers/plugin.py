"""A provider plugin: what a provider implements."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import IntEnum

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from .differences import Difference, compare
from .values import Properties


class Severity(IntEnum):
    DEBUG = engine_pb2.DEBUG
    INFO = engine_pb2.INFO
    WARNING = engine_pb2.WARNING
    ERROR = engine_pb2.ERROR


class ProviderError(Exception):
    """A failure that the user sees as one sentence."""


class CheckFailed(Exception):
    """Inputs that are wrong: pairs of a property path and a reason."""

    def __init__(self, failures: list[tuple[str, str]]):
        super().__init__("; ".join(f"{path}: {reason}" for path, reason in failures))
        self.failures = failures


class InitializationFailed(Exception):
    """The object was made, but did not become what was asked for; it stays in the state."""

    def __init__(self, id: str, outputs: Properties, reasons: list[str], inputs: Properties | None = None):
        super().__init__("; ".join(reasons))
        self.id = id
        self.outputs = outputs
        self.reasons = reasons
        self.inputs = inputs


@dataclass(frozen=True)
class Resource:
    """Which resource a call is about."""

    urn: str
    type: str
    name: str
    id: str = ""
    preview: bool = False
    timeout: float = 0.0


@dataclass(frozen=True)
class Found:
    """A live object: its id, outputs and the inputs that would give it."""

    id: str
    outputs: Properties
    inputs: Properties


class Log:
    """Messages to the user through the engine; without an engine, to standard error."""

    def __init__(self, engine_address: str | None):
        self._engine = engine_pb2_grpc.EngineStub(grpc.insecure_channel(engine_address)) if engine_address else None

    def __call__(self, severity: Severity, message: str, urn: str = "") -> None:
        if self._engine is None:
            print(f"{severity.name.lower()}: {message}", file=sys.stderr)
            return
        request = engine_pb2.LogRequest(message=message, urn=urn)
        request.severity = engine_pb2.LogSeverity.ValueType(severity)
        self._engine.Log(request)


class Provider:
    """The calls of the engine, in the terms of this package; a provider overrides what it has."""

    name: str
    notice: str

    def __init__(self, log: Log):
        self.log = log

    def configure(self, config: Properties) -> None: ...

    def diff_config(self, old: Properties, new: Properties) -> Difference:
        return compare(old, new, lambda _: False)

    def check(self, resource: Resource, olds: Properties, news: Properties) -> Properties:
        return news

    def diff(self, resource: Resource, old_inputs: Properties, old_outputs: Properties, news: Properties) -> Difference:
        raise NotImplementedError

    def create(self, resource: Resource, inputs: Properties) -> tuple[str, Properties]:
        raise NotImplementedError

    def read(self, resource: Resource, inputs: Properties, outputs: Properties) -> Found | None:
        raise NotImplementedError

    def update(
        self, resource: Resource, old_inputs: Properties, old_outputs: Properties, news: Properties
    ) -> Properties:
        raise NotImplementedError

    def delete(self, resource: Resource, inputs: Properties, outputs: Properties) -> None:
        raise NotImplementedError

    def cancel(self) -> None: ...
