"""Objects and releases that the stand-in Kubernetes provider refuses before it reaches a cluster."""

import pytest

from sandbox.kinds import HELM_RELEASE
from sandbox.providers.kube.provider import KubernetesProvider
from sandbox.providers.plugin import CheckFailed, Log, Resource


@pytest.mark.parametrize(("token", "inputs"), [("kubernetes:core/v1:Namespace", {}), (HELM_RELEASE, {"chart": "loki"})])
def test_an_object_or_release_without_a_name_is_an_error(token: str, inputs: dict[str, object]) -> None:
    with pytest.raises(CheckFailed, match="generates no names"):
        KubernetesProvider(Log(None)).check(Resource("", token, "it"), {}, inputs)
