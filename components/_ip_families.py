"""The IP families of the cluster, which decide the addresses that pods listen at and advertise."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from pydantic import Field

from ._model import Plain
from ._spec import Spec, Violation, rule


class IpFamily(StrEnum):
    """A version of the Internet Protocol, as Kubernetes names it."""

    IPV4 = "IPv4"
    IPV6 = "IPv6"


class IpFamiliesSpec(Spec):
    """The IP families of the cluster, which decide the addresses that pods listen at and advertise."""

    ip_families: Plain[Sequence[IpFamily]] = Field(
        default=(),
        description=(
            "IP families of the pods, `IPv4`, `IPv6` or both; rings advertise the first, which must be that of the "
            "cluster's Services. `IPv4` alone is for nodes with IPv6 disabled too. Default: IPv4, and the gateway of "
            "Loki listens on both."
        ),
        examples=[["IPv6"]],
    )

    @property
    def listens_on_ipv6(self) -> bool:
        """Whether pods have an IPv6 address."""
        return IpFamily.IPV6 in self.ip_families

    @property
    def advertises_ipv6(self) -> bool:
        """Whether pods find each other by IPv6."""
        return next(iter(self.ip_families), None) is IpFamily.IPV6

    @property
    def any_address(self) -> str:
        """The host of a listener at every address of a pod; that of IPv6 takes connections by IPv4 too."""
        return "[::]" if self.listens_on_ipv6 else "0.0.0.0"

    @rule("ip_families")
    def _ip_families_are_different(self) -> Violation | None:
        families = list(dict.fromkeys(self.ip_families))
        if len(families) == len(self.ip_families):
            return None
        return Violation("must name each family once; remove the repetition", {"ip_families": [*map(str, families)]})


def sidecar_probe(spec: IpFamiliesSpec, port: int) -> dict[str, Any]:
    """Return the handler of a probe of k8s-sidecar.

    It serves its health at 0.0.0.0 alone (https://github.com/kiwigrid/k8s-sidecar/blob/master/src/healthz.py), where
    the kubelet reaches no pod by IPv6.
    """
    if not spec.listens_on_ipv6:
        return {"httpGet": {"path": "/healthz", "port": port}}
    request = f"from urllib.request import urlopen; urlopen('http://127.0.0.1:{port}/healthz')"
    return {"exec": {"command": ["python", "-c", request]}}
