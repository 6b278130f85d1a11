"""The parts of Thanos, each as its pod runs it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from components.thanos.gateway import REMOTE_WRITE_PORT
from components.thanos.roles import ThanosRole
from sandbox.commands import HOST, free_ports
from tests.e2e.metrics.programs import Program, Programs
from tests.e2e.metrics.prometheus import Prometheus
from tests.e2e.metrics.workloads import Contents, Flags, Object, Objects, Pod, moved

IMAGE = "thanos/thanos"
_ALERTMANAGERS = "--alertmanagers.config-file"
_STORES = (ThanosRole.STORE_GATEWAY, ThanosRole.RULE, ThanosRole.RECEIVE_INGESTOR)
"""The parts that a querier asks."""


class Thanos:
    """The release of Thanos on this machine; its addresses stay the same however often it is started."""

    def __init__(
        self,
        rendered: Objects,
        contents: Contents,
        directory: Path,
        cache: str,
        others: Sequence[tuple[Object, Sequence[str]]] = (),
    ) -> None:
        """Take what is rendered and where the pods' Secrets are.

        The cache is at `cache`; `others` are workloads of other releases that are asked, with the address of each pod.
        """
        self._rendered = rendered
        self._contents = contents
        self._directory = directory
        self._cache = cache
        self._others = others
        self._ports: dict[tuple[ThanosRole, int], list[int]] = {}

    def compact(self, programs: Programs) -> Program:
        """Start the compactor, which takes up blocks as soon as they are there."""
        return self._start(ThanosRole.COMPACT, programs, {"--consistency-delay": "0s"})

    def store_gateway(self, programs: Programs) -> Program:
        """Start the store gateway."""
        return self._start(ThanosRole.STORE_GATEWAY, programs, self._grpc(ThanosRole.STORE_GATEWAY))

    def query(self, programs: Programs) -> Prometheus:
        """Start the querier on the stores that its endpoints name."""
        endpoints = self._pod(ThanosRole.QUERY).flags("--endpoint")
        found = [address for name in endpoints for address in self._stores(name)]
        return Prometheus(
            self._start(ThanosRole.QUERY, programs, {**self._grpc(ThanosRole.QUERY), "--endpoint": found})
        )

    def query_frontend(self, programs: Programs) -> Prometheus:
        """Start the query frontend on the querier."""
        flags = {"--query-frontend.downstream-url": f"http://{self._address(ThanosRole.QUERY)}"}
        return Prometheus(self._start(ThanosRole.QUERY_FRONTEND, programs, flags))

    def rulers(self, programs: Programs, alertmanager: str = "") -> list[Prometheus]:
        """Start every ruler on the querier, and on the Alertmanager at this `host:port`, in place of the stack's."""
        pod = self._pod(ThanosRole.RULE)
        name = pod.flag("--query")
        service = self._service(name, "http")
        assert _selects(service, self.workload(ThanosRole.QUERY)), name
        flags = {"--query": self._address(ThanosRole.QUERY)}
        if alertmanager:
            pod.write_files()
            config: Any = yaml.safe_load(Path(moved(pod.flag(_ALERTMANAGERS), pod.places())).read_text())
            for each in config["alertmanagers"]:
                each["static_configs"] = [alertmanager]
            file = self._directory / "alertmanagers.yaml"
            file.write_text(yaml.safe_dump(config))
            flags[_ALERTMANAGERS] = str(file)
        return [
            Prometheus(self._start(ThanosRole.RULE, programs, {**self._grpc(ThanosRole.RULE, number), **flags}, number))
            for number in self._numbers(ThanosRole.RULE)
        ]

    def ingestors(self, programs: Programs) -> list[Program]:
        """Start every receiver that holds samples."""
        role = ThanosRole.RECEIVE_INGESTOR
        return [
            self._start(role, programs, {**self._grpc(role, number), **self._writes(role, number)}, number)
            for number in self._numbers(role)
        ]

    def router(self, programs: Programs) -> tuple[Program, str]:
        """Start the receiver that senders write to, on the ingestors of its hashring; return where they write to."""
        role, ingestor = ThanosRole.RECEIVE_ROUTER, ThanosRole.RECEIVE_INGESTOR
        pod = self._pod(role)
        assert pod.flag("--remote-write.address").endswith(f":{REMOTE_WRITE_PORT}")
        pod.write_files()
        hashrings = Path(moved(pod.flag("--receive.hashrings-file"), pod.places())).read_text()
        for number in self._numbers(ingestor):
            name = self._pod(ingestor, number).argument("--receive.local-endpoint")
            assert name in hashrings, name
            hashrings = hashrings.replace(name, self._grpc_address(ingestor, number))
        file = self._directory / "hashrings.json"
        file.write_text(hashrings)
        writes = self._writes(role)
        flags = {**self._grpc(role), **writes, "--receive.hashrings-file": str(file)}
        return self._start(role, programs, flags), writes["--remote-write.address"]

    def volume(self, role: ThanosRole, number: int = 0) -> Path:
        """Return the directory of the samples of a pod."""
        pod = self._pod(role, number)
        return Path(moved(pod.flag("--data-dir"), pod.places()))

    def pods(self, role: ThanosRole) -> list[str]:
        """Return the names of the pods of a part."""
        return [self._pod(role, number).name for number in self._numbers(role)]

    def workload(self, role: ThanosRole) -> Object:
        """Return the workload of a part."""
        return self._rendered.workload(IMAGE, role)

    def _start(self, role: ThanosRole, programs: Programs, flags: Flags, number: int = 0) -> Program:
        pod = self._pod(role, number)
        pod.write_files()
        arguments = pod.arguments({"--http-address": self._address(role, number), **flags})
        cached = [_CACHE_ADDRESS.sub(rf"\g<1>{self._cache}", argument) for argument in arguments]
        port = self._ports_of(role, number)[0]
        return programs.start("thanos", cached, port, label=pod.name, environment=pod.environment())

    def _pod(self, role: ThanosRole, number: int = 0) -> Pod:
        workload = self.workload(role)
        name = f"{workload['metadata']['name']}-{number}"
        return Pod(workload, self._contents, self._directory / name, name)

    def _numbers(self, role: ThanosRole) -> range:
        return range(self.workload(role)["spec"]["replicas"])

    def _stores(self, endpoint: str) -> list[str]:
        """Return the addresses of the pods behind the Service that an endpoint names, with its port `grpc`."""
        service = self._service(endpoint, "grpc")
        own = [
            (self.workload(role), [self._grpc_address(role, number) for number in numbers])
            for role, numbers in ((role, self._numbers(role)) for role in _STORES if self._rendered.has(IMAGE, role))
        ]
        return [
            address
            for workload, addresses in [*own, *self._others]
            if _selects(service, workload)
            for address in addresses
        ]

    def _service(self, name: str, port: str) -> Object:
        """Return the Service that a name of DNS is of, which must have this port."""
        prefix = f"dnssrv+_{port}._tcp."
        assert name.startswith(prefix), name
        service = self._rendered.one("Service", name.removeprefix(prefix).partition(".")[0])
        assert port in {each["name"] for each in service["spec"]["ports"]}, name
        return service

    def _address(self, role: ThanosRole, number: int = 0) -> str:
        return f"{HOST}:{self._ports_of(role, number)[0]}"

    def _grpc(self, role: ThanosRole, number: int = 0) -> dict[str, str]:
        return {"--grpc-address": self._grpc_address(role, number)}

    def _grpc_address(self, role: ThanosRole, number: int = 0) -> str:
        return f"{HOST}:{self._ports_of(role, number)[1]}"

    def _writes(self, role: ThanosRole, number: int = 0) -> dict[str, str]:
        """Return the flags of a receiver whose addresses are those of all pods."""
        remote_write, capnproto = self._ports_of(role, number)[2:]
        return {
            "--remote-write.address": f"{HOST}:{remote_write}",
            "--receive.capnproto-address": f"{HOST}:{capnproto}",
        }

    def _ports_of(self, role: ThanosRole, number: int) -> Sequence[int]:
        return self._ports.setdefault((role, number), free_ports(4))


_CACHE_ADDRESS = re.compile(r'("addr": "|"addresses": \[")[^"]+')


def _selects(service: Object, workload: Object) -> bool:
    labels: Mapping[str, str] = workload["spec"]["template"]["metadata"]["labels"]
    return bool(service["spec"]["selector"].items() <= labels.items())
