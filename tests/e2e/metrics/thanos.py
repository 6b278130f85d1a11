"""The parts of Thanos, each as its pod runs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sandbox.commands import HOST, free_ports
from tests.e2e.metrics.programs import Program, Programs
from tests.e2e.metrics.prometheus import Prometheus
from tests.e2e.metrics.workloads import Contents, Flags, Objects, Pod

RELEASE = "thanos"


class Thanos:
    """The release of Thanos on this machine; its addresses stay the same however often it is started."""

    def __init__(self, rendered: Objects, contents: Contents, sidecars: Sequence[str], directory: Path) -> None:
        self._rendered = rendered
        self._contents = contents
        self._sidecars = sidecars
        self._directory = directory
        parts = ("compact", "store-gateway", "query", "query-frontend")
        ports = iter(free_ports(2 * len(parts)))
        self._ports = {part: (next(ports), next(ports)) for part in parts}

    def compact(self, programs: Programs) -> Program:
        """Start the compactor, which takes up blocks as soon as they are there."""
        return self._start("compact", "StatefulSet", programs, {"--consistency-delay": "0s"})

    def store_gateway(self, programs: Programs) -> Program:
        """Start the store gateway."""
        return self._start("store-gateway", "StatefulSet", programs, self._grpc("store-gateway"))

    def query(self, programs: Programs) -> Prometheus:
        """Start the querier on the stores whose names it has."""
        stores = {f"{RELEASE}-store-gateway-headless": [self._grpc_address("store-gateway")]}
        stores["thanos-discovery"] = list(self._sidecars)
        names = self._pod("query", "Deployment").flags("--endpoint")
        found = [address for name in names for key in stores if key in name for address in stores[key]]
        flags = {**self._grpc("query"), "--endpoint": found}
        return Prometheus(self._start("query", "Deployment", programs, flags))

    def query_frontend(self, programs: Programs) -> Prometheus:
        """Start the query frontend on the querier."""
        (port, _) = self._ports["query"]
        flags = {"--query-frontend.downstream-url": f"http://{HOST}:{port}"}
        return Prometheus(self._start("query-frontend", "Deployment", programs, flags))

    def _start(self, part: str, kind: str, programs: Programs, flags: Flags | None = None) -> Program:
        port, _ = self._ports[part]
        pod = self._pod(part, kind)
        pod.write_files()
        arguments = pod.arguments({"--http-address": f"{HOST}:{port}", **(flags or {})})
        return programs.start("thanos", arguments, port, label=pod.name, environment=pod.environment())

    def _pod(self, part: str, kind: str) -> Pod:
        name = f"{RELEASE}-{part}"
        return Pod(self._rendered.one(kind, name), self._contents, self._directory / name)

    def _grpc(self, part: str) -> Mapping[str, str]:
        return {"--grpc-address": self._grpc_address(part)}

    def _grpc_address(self, part: str) -> str:
        return f"{HOST}:{self._ports[part][1]}"
