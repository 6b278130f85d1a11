"""The cluster that a provider is configured for, asked at most once whether it answers."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.api import Api
from sandbox.kinds import MutableData
from sandbox.kubeconfig import Connection, NoCluster, connect
from sandbox.validation import KUBE_VERSION

from ..plugin import ProviderError
from ..values import Properties

FIELD_MANAGER: Final = "pulumi-kubernetes"


@dataclass(frozen=True)
class Settings:
    """The provider's own settings, as the Kubernetes provider names them."""

    kubeconfig: Any = None
    context: str | None = None
    mutable: MutableData = field(default_factory=MutableData)
    patch_force: bool = False

    @classmethod
    def of(cls, config: Properties) -> Settings:
        def on(name: str) -> bool:
            return config.get(name) in (True, "true")

        return cls(
            kubeconfig=config.get("kubeconfig"),
            context=config.get("context"),
            mutable=MutableData(on("enableConfigMapMutable"), on("enableSecretMutable")),
            patch_force=on("enablePatchForce"),
        )


class Cluster:
    def __init__(self, settings: Settings):
        self.settings = settings
        self.cancelled = threading.Event()
        self._lock = threading.Lock()
        self._asked = False
        self._api: Api | None = None
        self._why_not = ""
        self._version = KUBE_VERSION

    @property
    def reachable(self) -> bool:
        with self._lock:
            if not self._asked:
                self._ask()
        return self._api is not None

    @property
    def version(self) -> str:
        """The server's version, or the one that the project is made for."""
        return self._version if self.reachable else KUBE_VERSION

    @property
    def why_unreachable(self) -> str:
        return f"the Kubernetes cluster is unreachable: {self._why_not}"

    @property
    def api(self) -> Api:
        if not self.reachable or self._api is None:
            raise ProviderError(self.why_unreachable)
        return self._api

    @property
    def connection(self) -> Connection:
        return self.api.connection

    def _ask(self) -> None:
        self._asked = True
        try:
            api = Api(connect(self.settings.kubeconfig, self.settings.context), FIELD_MANAGER)
            self._version = api.version()
        except (NoCluster, OSError) as error:
            self._why_not = str(error)
        else:
            self._api = api


def same_cluster(old: Properties, new: Properties) -> bool:
    """Whether two provider configurations reach one cluster: by `clusterIdentifier`, else by server address."""
    if old.get("clusterIdentifier") or new.get("clusterIdentifier"):
        return bool(old.get("clusterIdentifier") == new.get("clusterIdentifier"))
    if (old.get("kubeconfig"), old.get("context")) == (new.get("kubeconfig"), new.get("context")):
        return True
    try:
        servers = {connect(each.get("kubeconfig"), each.get("context")).server for each in (old, new)}
    except (NoCluster, OSError):
        return False
    return len(servers) == 1
