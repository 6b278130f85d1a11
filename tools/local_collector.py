"""The configuration of a Collector on this machine: everything in which it differs from that of its container.

Nothing else of what is rendered is touched: whatever it says of receivers, operators, processors, queues and pipelines
is what runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from sandbox.commands import HOST, free_ports

OTLP_GRPC, OTLP_HTTP, OWN_METRICS, EXPORTER, HEALTH = 4317, 4318, 8888, 8889, 13133
"""Ports of the container."""

Configuration = dict[str, Any]

_ADDRESSES = ("endpoint", "listen_address")


@dataclass
class LocalCollector:
    """Where directories of the container are on this machine, and a free port for each port of the container."""

    places: Mapping[str, str]
    gateways: Sequence[str] = ()
    """The addresses of the replicas of the gateway."""
    ports: dict[int, int] = field(default_factory=dict)

    def configuration(self, rendered: Mapping[str, Any]) -> Configuration:
        """Return the configuration with addresses and paths of this machine, and a kubeconfig for the API server."""
        configuration: Configuration = self._relocated(deepcopy(dict(rendered)))
        for settings in _listening(configuration):
            for key in _ADDRESSES:
                if isinstance(settings.get(key), str):
                    settings[key] = self.address(int(settings[key].rpartition(":")[2]))
        for reader in configuration["service"]["telemetry"]["metrics"]["readers"]:
            exporter = reader["pull"]["exporter"]["prometheus"]
            exporter |= {"host": HOST, "port": self.port(exporter["port"])}
        for kind in ("receivers", "processors", "extensions"):
            for name, settings in configuration.get(kind, {}).items():
                if name.startswith("k8s_"):
                    settings["auth_type"] = "kubeConfig"
        for exporter in _of_type(configuration["exporters"], "load_balancing"):
            exporter["resolver"] = {"static": {"hostnames": list(self.gateways)}}
        return configuration

    def port(self, number: int) -> int:
        """Return the port of this machine for one of the container, always the same."""
        if number not in self.ports:
            (self.ports[number],) = free_ports(1)
        return self.ports[number]

    def address(self, number: int) -> str:
        """Return the address on this machine for a port of the container."""
        return f"{HOST}:{self.port(number)}"

    def _relocated(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._relocated(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._relocated(item) for item in value]
        if isinstance(value, str):
            for path, place in self.places.items():
                if value == path or value.startswith(f"{path}/"):
                    return place + value.removeprefix(path)
        return value


def directories_of_storage(rendered: Mapping[str, Any]) -> list[str]:
    """Return the directories of the container in which positions and queues are."""
    return [settings["directory"] for settings in _of_type(rendered["extensions"], "file_storage")]


def _listening(configuration: Configuration) -> Iterator[MutableMapping[str, Any]]:
    """Yield every mapping that can have the address of a listener."""
    yield from _mappings(configuration["receivers"])
    yield from _mappings(configuration["extensions"])
    yield from _of_type(configuration["exporters"], "prometheus")


def _mappings(value: Any) -> Iterator[MutableMapping[str, Any]]:
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from _mappings(item)


def _of_type(components: Mapping[str, Any], kind: str) -> list[Any]:
    """Return the settings of the components of a type, which is what their names begin with."""
    return [settings for name, settings in components.items() if name.partition("/")[0] == kind]
