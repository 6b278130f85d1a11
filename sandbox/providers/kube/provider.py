"""The stand-in for the Kubernetes provider: objects to the API server, releases to the helm command."""

from __future__ import annotations

from sandbox.kinds import HELM_RELEASE, kind_of

from ..differences import Difference, compare, starts_with
from ..plugin import Found, Log, Provider, ProviderError, Resource
from ..values import Properties, plain
from .cluster import Cluster, Settings, same_cluster
from .objects import Objects
from .releases import Releases


class KubernetesProvider(Provider):
    name = "kubernetes"
    notice = (
        "This is the project's stand-in for the Kubernetes provider, for tests, previews and the sandbox: "
        "it applies objects through the API server and releases through the helm command."
    )

    def __init__(self, log: Log):
        super().__init__(log)
        self.configure({})

    def configure(self, config: Properties) -> None:
        self._cluster = Cluster(Settings.of(config))
        self._objects = Objects(self._cluster, self.log)
        self._releases = Releases(self._cluster, self.log)

    def diff_config(self, old: Properties, new: Properties) -> Difference:
        replace = not same_cluster(plain(old), plain(new))
        return compare(
            old, new, lambda path: replace and starts_with(path, "kubeconfig", "context", "clusterIdentifier")
        )

    def check(self, resource: Resource, olds: Properties, news: Properties) -> Properties:
        return self._for(resource).check(resource, olds, news)

    def diff(self, resource: Resource, old_inputs: Properties, old_outputs: Properties, news: Properties) -> Difference:
        return self._for(resource).diff(resource, old_inputs, old_outputs, news)

    def create(self, resource: Resource, inputs: Properties) -> tuple[str, Properties]:
        return self._for(resource).create(resource, inputs)

    def read(self, resource: Resource, inputs: Properties, outputs: Properties) -> Found | None:
        return self._for(resource).read(resource, inputs, outputs)

    def update(
        self, resource: Resource, old_inputs: Properties, old_outputs: Properties, news: Properties
    ) -> Properties:
        return self._for(resource).update(resource, old_inputs, old_outputs, news)

    def delete(self, resource: Resource, inputs: Properties, outputs: Properties) -> None:
        self._for(resource).delete(resource, inputs, outputs)

    def cancel(self) -> None:
        self._cluster.cancelled.set()

    def _for(self, resource: Resource) -> Objects | Releases:
        if resource.type == HELM_RELEASE:
            return self._releases
        try:
            kind_of(resource.type)
        except ValueError as error:
            raise ProviderError(f"the stand-in Kubernetes provider has no {resource.type}: {error}") from error
        return self._objects
