"""Everything in which the configuration of a Prometheus of these tests differs from that of its pod.

Nothing else of what the operator writes is touched: discovery asks the API server with the token of the pod's service
account, and every target is found and labelled as in a cluster before its address becomes one of this machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Any

from sandbox.commands import HOST
from sandbox.documents import load
from tests.e2e.metrics.workloads import ACCOUNT, relocated

NOWHERE = f"{HOST}:1"
"""An address that refuses connections: that of targets which are not on this machine."""

Configuration = dict[str, Any]


@dataclass(frozen=True)
class Machine:
    """Where the API server is, where the directories of the pod are, and the address of each job's targets."""

    api_server: str
    places: Mapping[str, str]
    addresses: Mapping[str, str]
    """By pattern of the job's name in the configuration."""

    def here(self, written: str, variables: Mapping[str, str]) -> Configuration:
        """Return the configuration that the operator has written, with the variables of the pod, for this machine."""
        for name, value in variables.items():
            written = written.replace(f"$({name})", value)
        configuration: Configuration = relocated(load(written), self.places)
        for discovery in _found(configuration, "kubernetes_sd_configs"):
            discovery |= {
                "api_server": self.api_server,
                "tls_config": {"ca_file": f"{self.places[ACCOUNT]}/ca.crt"},
                "authorization": {"credentials_file": f"{self.places[ACCOUNT]}/token"},
            }
        for job in configuration["scrape_configs"]:
            job.setdefault("relabel_configs", []).extend(self._addresses_of(job["job_name"]))
        return configuration

    def _addresses_of(self, job: str) -> list[dict[str, Any]]:
        """Return the steps after which the target has its address of this machine, and still the name of the pod's."""
        address = next((here for pattern, here in self.addresses.items() if fnmatch(job, pattern)), NOWHERE)
        named = {"source_labels": ["instance", "__address__"], "regex": ";(.+)", "target_label": "instance"}
        return [named, {"target_label": "__address__", "replacement": address}]


def _found(value: Any, key: str) -> Iterator[dict[str, Any]]:
    """Yield every entry of the lists of this name."""
    if isinstance(value, list):
        for item in value:
            yield from _found(item, key)
    if isinstance(value, dict):
        for name, item in value.items():
            yield from item if name == key else _found(item, key)
