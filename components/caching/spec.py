"""What the arguments of `Cache` must be, and the names that follow from them."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from pydantic import Field

from .._objects import LabelKey, LabelValue, Toleration
from .._pod_security import PodSecurity
from .._release_spec import ReleaseSpec
from .._spec import rule
from ..charts import VALKEY, Chart
from ..units import Name, Quantity

PORT = 6379
PASSWORD_KEY = "password"
_LONGEST_RELEASE_NAME = 50


class CacheSpec(ReleaseSpec):
    """The checked arguments of `Cache`."""

    release_name: Name = "valkey"
    chart_version: str = VALKEY.default_version
    pod_security: PodSecurity = PodSecurity.RESTRICTED
    size_mib: int = Field(default=512, ge=32)
    cpu: Quantity = "50m"
    node_selector: Mapping[LabelKey, LabelValue] = Field(default_factory=dict)
    tolerations: Sequence[Toleration] = ()
    service_monitor: bool = False
    service_monitor_labels: Mapping[LabelKey, LabelValue] = Field(default_factory=dict)
    credentials_revision: str = "1"

    @property
    def chart(self) -> Chart:
        """Valkey."""
        return VALKEY

    @property
    def endpoint(self) -> str:
        """Host and port in the cluster."""
        return f"{self.release_name}.{self.namespace}:{PORT}"

    @property
    def password_secret(self) -> str:
        """Name of the Secret with the password."""
        return f"{self.release_name}-password"

    @property
    def credentials_checksum(self) -> str:
        """Changes when the password does."""
        return sha256(self.credentials_revision.encode()).hexdigest()[:16]

    @rule("release_name")
    def _names_are_not_cut(self) -> str | None:
        if len(self.release_name) > _LONGEST_RELEASE_NAME:
            return f"use at most {_LONGEST_RELEASE_NAME} characters: names of other objects are made of it"
        return None
