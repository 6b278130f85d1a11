"""The command line of every process of the control plane, as pure functions of the files and ports."""

from __future__ import annotations

import random
import socket
import sys
from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path

from sandbox.layout import Layout
from sandbox.processes import SandboxError

HOST = "127.0.0.1"
# Below the range from which systems take ports of outgoing connections: such a port could be gone before it is used.
PORT_RANGE = range(20000, 32768)
STAGES = Path(__file__).resolve().parent / "kwok"


@dataclass(frozen=True)
class Ports:
    """A loopback port for each listener of one sandbox."""

    etcd: int
    etcd_peer: int
    api_server: int
    controller_manager: int
    scheduler: int
    kwok: int
    aws: int

    @classmethod
    def free(cls) -> Ports:
        """Return different free ports; raise `SandboxError` where there are not enough."""
        return cls(*free_ports(len(fields(cls))))


def free_ports(count: int) -> list[int]:
    """Return different free ports; raise `SandboxError` where there are not enough."""
    free = list(islice(filter(_is_free, random.sample(PORT_RANGE, len(PORT_RANGE))), count))
    if len(free) < count:
        raise SandboxError(f"no {count} free ports on {HOST} in {PORT_RANGE}; end what holds them")
    return free


def _is_free(port: int) -> bool:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError:
            return False
    return True


def etcd(layout: Layout, ports: Ports) -> list[str]:
    """Return the command of etcd, tuned for a quick start: no fsync, and the only member elects itself at once."""
    client, peer = f"http://{HOST}:{ports.etcd}", f"http://{HOST}:{ports.etcd_peer}"
    return [
        "etcd",
        "--name=sandbox",
        f"--data-dir={layout.etcd_data}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=sandbox={peer}",
        "--unsafe-no-fsync",
        "--heartbeat-interval=10",
        "--election-timeout=100",
        "--log-level=warn",
    ]


def api_server(layout: Layout, ports: Ports) -> list[str]:
    """Return the command of the API server, without the not-ready taint: kwok's nodes are ready at once."""
    return [
        "kube-apiserver",
        f"--etcd-servers=http://{HOST}:{ports.etcd}",
        f"--bind-address={HOST}",
        f"--advertise-address={HOST}",
        f"--external-hostname={HOST}",
        f"--secure-port={ports.api_server}",
        "--endpoint-reconciler-type=none",
        *_serving(layout),
        f"--token-auth-file={layout.tokens}",
        "--authorization-mode=RBAC",
        "--disable-admission-plugins=TaintNodesByCondition",
        "--service-cluster-ip-range=10.96.0.0/16",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={layout.serving_key}",
        f"--service-account-signing-key-file={layout.serving_key}",
        "--allow-privileged=true",
    ]


def controller_manager(layout: Layout, ports: Ports) -> list[str]:
    return [
        "kube-controller-manager",
        *_client(layout, ports.controller_manager),
        f"--service-account-private-key-file={layout.serving_key}",
        f"--root-ca-file={layout.ca_certificate}",
        "--pvclaimbinder-sync-period=1s",
    ]


def scheduler(layout: Layout, ports: Ports) -> list[str]:
    return ["kube-scheduler", *_client(layout, ports.scheduler)]


def kwok(layout: Layout, ports: Ports) -> list[str]:
    return [
        "kwok",
        f"--kubeconfig={layout.kubeconfig}",
        f"--server-address={HOST}:{ports.kwok}",
        "--manage-all-nodes=true",
        "--node-lease-duration-seconds=40",
        "--node-ip=10.0.0.1",
        "--cidr=10.244.0.1/16",
        *(f"--config={stage}" for stage in sorted(STAGES.glob("*.yaml"))),
    ]


def aws(ports: Ports) -> list[str]:
    """Return the command of moto's server, run by this interpreter so that it is found."""
    return [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(ports.aws)]


def _serving(layout: Layout) -> list[str]:
    return [
        f"--tls-cert-file={layout.serving_certificate}",
        f"--tls-private-key-file={layout.serving_key}",
    ]


def _client(layout: Layout, port: int) -> list[str]:
    return [
        f"--kubeconfig={layout.kubeconfig}",
        f"--bind-address={HOST}",
        f"--secure-port={port}",
        "--authorization-always-allow-paths=healthz,readyz,livez,metrics",
        "--leader-elect=false",
        *_serving(layout),
    ]
