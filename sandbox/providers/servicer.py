"""A provider as a gRPC server: protocol messages in and out, errors as statuses that the engine understands."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from concurrent import futures
from importlib import metadata
from typing import Any, NoReturn, TypeVar

import grpc
from google.protobuf import any_pb2, empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from . import differences, values
from .plugin import CheckFailed, InitializationFailed, Log, Provider, ProviderError, Resource, Severity

_T = TypeVar("_T")
_STATUS_DETAILS_KEY = "grpc-status-details-bin"


def _version(name: str) -> str:
    """Return the version of the installed SDK: the engine warns of any plugin older than its SDK."""
    return f"{metadata.version(f'pulumi_{name}')}+standin"


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    def __init__(self, provider: Provider):
        self._provider = provider

    def Handshake(self, request: Any, context: Any) -> provider_pb2.ProviderHandshakeResponse:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def GetSchema(self, request: Any, context: Any) -> provider_pb2.GetSchemaResponse:
        return provider_pb2.GetSchemaResponse(
            schema=json.dumps({"name": self._provider.name, "version": _version(self._provider.name)})
        )

    def GetPluginInfo(self, request: Any, context: Any) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=_version(self._provider.name))

    def Attach(self, request: Any, context: Any) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: Any) -> empty_pb2.Empty:
        self._provider.cancel()
        return empty_pb2.Empty()

    def SignalCancellation(self, request: Any, context: Any) -> empty_pb2.Empty:
        return self.Cancel(request, context)

    def CheckConfig(self, request: Any, context: Any) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> provider_pb2.DiffResponse:
        old = values.from_struct(request.old_inputs) or values.from_struct(request.olds)
        new = values.from_struct(request.news)
        return _diff_response(_run(context, lambda: self._provider.diff_config(old, new)))

    def Configure(self, request: Any, context: Any) -> provider_pb2.ConfigureResponse:
        args = values.plain(values.from_struct(request.args))
        config = {key: _decoded(value) for key, value in args.items()}
        self._provider.log(Severity.WARNING, self._provider.notice)
        _run(context, lambda: self._provider.configure(config))
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Check(self, request: Any, context: Any) -> provider_pb2.CheckResponse:
        resource = _resource(request)
        olds, news = values.from_struct(request.olds), values.from_struct(request.news)
        try:
            checked = _run(context, lambda: self._provider.check(resource, olds, news))
        except CheckFailed as failed:
            return provider_pb2.CheckResponse(
                inputs=request.news,
                failures=[provider_pb2.CheckFailure(property=path, reason=reason) for path, reason in failed.failures],
            )
        return provider_pb2.CheckResponse(inputs=values.to_struct(checked))

    def Diff(self, request: Any, context: Any) -> provider_pb2.DiffResponse:
        resource = _resource(request, id=request.id)
        old_outputs = values.from_struct(request.olds)
        old_inputs = values.from_struct(request.old_inputs)
        news = values.from_struct(request.news)
        return _diff_response(_run(context, lambda: self._provider.diff(resource, old_inputs, old_outputs, news)))

    def Create(self, request: Any, context: Any) -> provider_pb2.CreateResponse:
        resource = _resource(request, preview=request.preview, timeout=request.timeout)
        inputs = values.from_struct(request.properties)
        id, outputs = _run(context, lambda: self._provider.create(resource, inputs))
        return provider_pb2.CreateResponse(id=id, properties=values.to_struct(outputs))

    def Read(self, request: Any, context: Any) -> provider_pb2.ReadResponse:
        resource = _resource(request, id=request.id)
        outputs, inputs = values.from_struct(request.properties), values.from_struct(request.inputs)
        found = _run(context, lambda: self._provider.read(resource, inputs, outputs))
        if found is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=found.id,
            properties=values.to_struct(found.outputs),
            inputs=values.to_struct(found.inputs),
        )

    def Update(self, request: Any, context: Any) -> provider_pb2.UpdateResponse:
        resource = _resource(request, id=request.id, preview=request.preview, timeout=request.timeout)
        olds, old_inputs = values.from_struct(request.olds), values.from_struct(request.old_inputs)
        news = values.from_struct(request.news)
        outputs = _run(context, lambda: self._provider.update(resource, old_inputs, olds, news))
        return provider_pb2.UpdateResponse(properties=values.to_struct(outputs))

    def Delete(self, request: Any, context: Any) -> empty_pb2.Empty:
        resource = _resource(request, id=request.id, timeout=request.timeout)
        inputs, outputs = values.from_struct(request.old_inputs), values.from_struct(request.properties)
        _run(context, lambda: self._provider.delete(resource, inputs, outputs))
        return empty_pb2.Empty()


def _resource(request: Any, **more: Any) -> Resource:
    type, _, name = request.urn.rpartition("::")
    return Resource(
        urn=request.urn,
        type=request.type or type.rpartition("::")[2].rpartition("$")[2],
        name=request.name or name,
        **more,
    )


def _run(context: Any, call: Callable[[], _T]) -> _T:
    try:
        return call()
    except CheckFailed:
        raise
    except InitializationFailed as failed:
        _abort_partial(context, failed)
    except ProviderError as error:
        context.abort(grpc.StatusCode.UNKNOWN, str(error))
    except Exception as error:
        traceback.print_exc()
        context.abort(grpc.StatusCode.UNKNOWN, f"{type(error).__name__}: {error}")
    raise AssertionError("context.abort raises")


def _abort_partial(context: Any, failed: InitializationFailed) -> NoReturn:
    """Fail with the status detail that makes the engine keep the half-made resource."""
    detail = any_pb2.Any()
    detail.Pack(
        provider_pb2.ErrorResourceInitFailed(
            id=failed.id,
            properties=values.to_struct(failed.outputs),
            reasons=failed.reasons,
            inputs=None if failed.inputs is None else values.to_struct(failed.inputs),
        )
    )
    code = grpc.StatusCode.UNKNOWN
    status = status_pb2.Status(code=code.value[0], message=str(failed), details=[detail])
    context.set_trailing_metadata(((_STATUS_DETAILS_KEY, status.SerializeToString()),))
    context.abort(code, str(failed))
    raise AssertionError("context.abort raises")


def _diff_response(difference: differences.Difference) -> provider_pb2.DiffResponse:
    changes = provider_pb2.DiffResponse.DIFF_SOME if difference.changes else provider_pb2.DiffResponse.DIFF_NONE
    response = provider_pb2.DiffResponse(
        changes=changes,
        hasDetailedDiff=True,
        deleteBeforeReplace=difference.delete_before_replace,
        diffs=sorted({str(path[0]) for path in difference.changes}),
        replaces=sorted({str(path[0]) for path in difference.replaces}),
    )
    for path, change in difference.changes.items():
        kind = f"{change}_REPLACE" if path in difference.replaces else str(change)
        entry = response.detailedDiff[differences.render(path)]
        entry.kind = provider_pb2.PropertyDiff.Kind.Value(kind)
        entry.inputDiff = True
    return response


def _decoded(value: Any) -> Any:
    """Return the value of a provider setting, which arrives as JSON in a string unless it is a string."""
    if isinstance(value, str) and value[:1] in ("{", "[", "t", "f", '"'):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def serve(provider: type[Provider]) -> None:
    """Serve the provider on a free port of loopback, print the port, and end with the engine."""
    log = Log(next((argument for argument in sys.argv[1:] if not argument.startswith("-")), None))
    options: list[tuple[str, Any]] = [
        ("grpc.max_receive_message_length", 400 << 20),
        ("grpc.max_send_message_length", 400 << 20),
    ]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=32), options=options)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(provider(log)), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()


def _end_with_parent() -> None:
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)
