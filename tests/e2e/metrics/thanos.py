"""The parts of Thanos, each as its pod runs it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from sandbox.commands import HOST, free_ports
from tests.e2e.metrics.operated import Operated
from tests.e2e.metrics.programs import Program, Programs
from tests.e2e.metrics.prometheus import Prometheus
from tests.e2e.metrics.workloads import Flags, Object, Objects, Pod

IMAGE = "thanos/thanos"


class Thanos:
    """The release of Thanos on this machine; its addresses stay the same however often it is started."""

    def __init__(
        self, rendered: Objects, operated: Operated, sidecars: Sequence[str], cache: str, directory: Path
    ) -> None:
        self._rendered = rendered
        self._cache = cache
        self._operated = operated
        self._sidecars = sidecars
        self._directory = directory
        parts = ("compact", "store", "query", "query-frontend")
        ports = iter(free_ports(2 * len(parts)))
        self._ports = {part: (next(ports), next(ports)) for part in parts}

    def compact(self, programs: Programs) -> Program:
        """Start the compactor, which takes up blocks as soon as they are there."""
        return self._start("compact", programs, {"--consistency-delay": "0s"})

    def store_gateway(self, programs: Programs) -> Program:
        """Start the store gateway."""
        return self._start("store", programs, self._grpc("store"))

    def query(self, programs: Programs) -> Prometheus:
        """Start the querier on the stores that its endpoints name."""
        found = [address for name in self._pod("query").flags("--endpoint") for address in self._stores(name)]
        return Prometheus(self._start("query", programs, {**self._grpc("query"), "--endpoint": found}))

    def query_frontend(self, programs: Programs) -> Prometheus:
        """Start the query frontend on the querier."""
        (port, _) = self._ports["query"]
        flags = {"--query-frontend.downstream-url": f"http://{HOST}:{port}"}
        return Prometheus(self._start("query-frontend", programs, flags))

    def _start(self, part: str, programs: Programs, flags: Flags | None = None) -> Program:
        port, _ = self._ports[part]
        pod = self._pod(part)
        pod.write_files()
        addresses = pod.arguments({"--http-address": f"{HOST}:{port}", **(flags or {})})
        arguments = [re.sub(r'"addr": "[^"]+"', f'"addr": "{self._cache}"', argument) for argument in addresses]
        return programs.start("thanos", arguments, port, label=pod.name, environment=pod.environment())

    def _pod(self, part: str) -> Pod:
        workload = self._rendered.workload(IMAGE, part)
        return Pod(workload, self._operated.cluster, self._directory / f"thanos-{part}")

    def _stores(self, endpoint: str) -> Sequence[str]:
        """Return the addresses of the pods behind the Service that an endpoint names, with its port `grpc`."""
        service = self._rendered.one("Service", endpoint.removeprefix("dnssrv+_grpc._tcp.").partition(".")[0])
        assert "grpc" in {port["name"] for port in service["spec"]["ports"]}, endpoint
        pools = [
            (self._rendered.workload(IMAGE, "store"), [self._grpc_address("store")]),
            (self._operated.workload, self._sidecars),
        ]
        (found,) = (addresses for workload, addresses in pools if _selects(service, workload))
        return found

    def _grpc(self, part: str) -> Mapping[str, str]:
        return {"--grpc-address": self._grpc_address(part)}

    def _grpc_address(self, part: str) -> str:
        return f"{HOST}:{self._ports[part][1]}"


def _selects(service: Object, workload: Object) -> bool:
    return bool(service["spec"]["selector"].items() <= workload["spec"]["template"]["metadata"]["labels"].items())
