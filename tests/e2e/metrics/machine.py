"""Everything in which a Prometheus of these tests differs from its pod: where things are on this machine.

Nothing else of what the operator writes is touched: discovery asks the API server with the token of the pod's service
account, and every target is found and labelled as in a cluster before its address becomes one of this machine.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import yaml

from sandbox.commands import HOST
from sandbox.documents import DUMPER, load

ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
CONFIGURATION = "/etc/prometheus"
VOLUME = "/prometheus"
NOWHERE = f"{HOST}:1"
"""An address that refuses connections: that of targets which are not on this machine."""

Configuration = dict[str, Any]


@dataclass(frozen=True)
class Machine:
    """Where the directories of a pod are here, where the API server is, and the address of each job's targets."""

    directory: Path
    api_server: str
    addresses: Mapping[str, str]
    """By pattern of the job's name in the configuration."""

    @property
    def places(self) -> dict[str, str]:
        """What is in front of the pod's paths, and what is there on this machine."""
        names = {ACCOUNT: "account", CONFIGURATION: "etc", VOLUME: "volume"}
        return {path: str(self.directory / name) for path, name in names.items()}

    def here(self, written: bytes, variables: Mapping[str, str]) -> Configuration:
        """Return the configuration that the operator has written, with the variables of the pod, for this machine."""
        text = gzip.decompress(written).decode()
        for name, value in variables.items():
            text = text.replace(f"$({name})", value)
        for path, place in self.places.items():
            text = text.replace(f" {path}/", f" {place}/")
        configuration: Configuration = load(text)
        for discovery in _found(configuration, "kubernetes_sd_configs"):
            discovery |= {
                "api_server": self.api_server,
                "tls_config": {"ca_file": f"{self.places[ACCOUNT]}/ca.crt"},
                "authorization": {"credentials_file": f"{self.places[ACCOUNT]}/token"},
            }
        for job in configuration["scrape_configs"]:
            job.setdefault("relabel_configs", []).extend(self._addresses_of(job["job_name"]))
        return configuration

    def write(self, configuration: Configuration, path: str) -> None:
        """Write a file of the pod."""
        self.write_text(yaml.dump(configuration, Dumper=DUMPER), path)

    def write_text(self, text: str, path: str) -> None:
        """Write a file of the pod."""
        (pod, place), *_ = ((pod, place) for pod, place in self.places.items() if path.startswith(f"{pod}/"))
        file = Path(place + path.removeprefix(pod))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

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
