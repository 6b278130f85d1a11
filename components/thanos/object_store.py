"""The bucket of Thanos as a Secret that its pods and the sidecar of Prometheus read."""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_kubernetes.core.v1 import Secret
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._guard import guard
from .._kubernetes import MANAGED_BY, secret_data
from .._outputs import known_after, outputs_of
from ..metrics.spec import OBJSTORE_KEY
from ..storage.secret_access import fingerprint
from .args import ThanosObjectStoreArgs
from .objstore_file import LOCATION, location, objstore_file, revision
from .spec import ThanosObjectStoreSpec
from .update_guard import location_problems

_KEYS = ("access_key_id", "secret_access_key")


class ThanosObjectStore(pulumi.ComponentResource):
    """The bucket of Thanos: a Secret for its pods and for the sidecar of each Prometheus, made before any of them."""

    secret_name: pulumi.Output[str]
    """Name of the Secret, whose key `objstore.yml` is the object store."""
    revision: pulumi.Output[str]
    """Changes with the object store and its credentials: pods must then restart."""

    def __init__(self, name: str, args: ThanosObjectStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'ThanosObjectStore "{name}"'
        spec = ThanosObjectStoreSpec.check(component, args)
        inputs: dict[str, Any] = {**args}
        secrets = {key: pulumi.Output.secret(inputs[key]) for key in _KEYS if key in inputs}
        super().__init__("observability:index:ThanosObjectStore", name, {**inputs, **secrets}, opts)
        sealed = spec.model_copy(update=secrets)
        # Secrets are resolved separately, so that nothing else becomes secret or unknown with them.
        resolved = spec.model_copy(update=dict.fromkeys(secrets, "hidden")).resolve(component)

        def updates(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
            return location_problems(old, new, allowed=spec.allow_changes)

        secret = Secret(
            f"{name}-secret",
            metadata=ObjectMetaArgs(
                name=resolved.apply(lambda s: s.secret_name),
                namespace=resolved.apply(lambda s: s.namespace),
                labels=MANAGED_BY,
                annotations=resolved.apply(lambda s: {LOCATION: location(s)}),
            ),
            data=sealed.resolve(component).apply(_data),
            opts=pulumi.ResourceOptions(parent=self, hooks=guard(f"{name}-secret", lambda old, new: [], updates)),
        )
        credentials: pulumi.Output[str] = pulumi.Output.from_input(spec.credentials_revision)
        if spec.credentials_revision == "" and secrets:
            credentials = pulumi.Output.unsecret(sealed.resolve(component).apply(_fingerprint))
        stated = pulumi.Output.all(resolved, credentials).apply(lambda both: revision(both[0], str(both[1])))
        self.secret_name = known_after(resolved.apply(lambda s: s.secret_name), secret)
        self.revision = known_after(stated, secret)
        self.register_outputs(outputs_of(self))


def _data(spec: ThanosObjectStoreSpec) -> dict[str, str]:
    return secret_data({OBJSTORE_KEY: objstore_file(spec)})


def _fingerprint(spec: ThanosObjectStoreSpec) -> str:
    return fingerprint(spec.access_key_id, spec.secret_access_key, f"{spec.namespace}/{spec.secret_name}")
