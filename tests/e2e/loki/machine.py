"""Everything in which a Loki of these tests differs from the pod: where things are on this machine.

Nothing else of the rendered configuration is touched, so whatever it says of the store, the index, the write-ahead
log, limits and caches is what runs here.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from components.logging.ruler import DIRECTORY
from sandbox.commands import HOST, free_ports
from tests.e2e.loki.configuration import Configuration

VOLUME = "/var/loki"
"""Where the pod mounts its volume."""
EMPTY_RULES = "/loki/rules"
"""A directory of Loki's image, in which no rule is."""
TENANT = "fake"
"""Where authentication is off; its rules are in the directory of this name."""


@dataclass(frozen=True)
class Ports:
    """Where one Loki listens."""

    http: int
    grpc: int
    gossip: int

    @classmethod
    def free(cls) -> Ports:
        """Return three ports that nobody listens on."""
        return cls(*free_ports(3))


def on_this_machine(rendered: Configuration, ports: Ports, directory: Path, cache: str) -> Configuration:
    """Return the configuration with this machine's addresses and paths: `directory` is the pod's volume.

    The address of the store is none of the differences: it is a setting of the stack.
    """
    volume, settings, rules = directory / "volume", directory / "runtime.yaml", directory / "rules"
    for folder in (volume, rules):
        folder.mkdir(parents=True, exist_ok=True)
    settings.write_text("{}\n")
    here: Configuration = _moved(
        deepcopy(rendered), {VOLUME: str(volume), EMPTY_RULES: str(rules), DIRECTORY: str(rules)}
    )
    listen = {"http_listen_address": HOST, "grpc_listen_address": HOST}
    here["server"] |= {**listen, "http_listen_port": ports.http, "grpc_listen_port": ports.grpc}
    gossip = {"bind_addr": [HOST], "bind_port": ports.gossip, "advertise_addr": HOST, "advertise_port": ports.gossip}
    here["memberlist"] |= {**gossip, "join_members": [f"{HOST}:{ports.gossip}"]}
    # An address for the rings has Loki forget that `join_members` means memberlist, so that is said too.
    ring = {"instance_addr": HOST, "kvstore": {"store": "memberlist"}}
    here["common"] |= {"ring": ring, "compactor_grpc_address": f"{HOST}:{ports.grpc}"}
    here["frontend"]["address"] = HOST
    here["runtime_config"]["file"] = str(settings)
    for redis in _found(here, "redis"):
        redis["endpoint"] = cache
    return here


def written(configuration: Configuration, file: Path) -> Path:
    """Write the file that Loki reads."""
    file.write_text(yaml.safe_dump(configuration))
    return file


def _moved(value: Any, places: dict[str, str]) -> Any:
    """Put other directories in place of the pod's, wherever a path begins with one."""
    if isinstance(value, dict):
        return {key: _moved(item, places) for key, item in value.items()}
    if isinstance(value, list):
        return [_moved(item, places) for item in value]
    if isinstance(value, str):
        for pod, here in places.items():
            if value == pod or value.startswith(f"{pod}/"):
                return here + value.removeprefix(pod)
    return value


def _found(value: Any, key: str) -> list[dict[str, Any]]:
    """Find every section of this name."""
    if not isinstance(value, dict):
        return []
    below = [section for item in value.values() for section in _found(item, key)]
    return [value[key], *below] if key in value else below
