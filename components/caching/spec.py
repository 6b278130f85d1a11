"""Settings and arguments of `Cache` and `CacheAccess`, and their rules."""

from hashlib import sha256
from typing import Annotated

from pydantic import Field

from .._cluster import MonitorSpec
from .._model import Choices, Plain
from .._namespace_spec import NamespaceSettings
from .._release_spec import ReleaseSettings, ReleaseSpec
from .._spec import Spec, rule
from .._workload import PlacementSettings
from ..charts import VALKEY, Chart
from ..units import Name, Quantity

PORT = 6379
PASSWORD_KEY = "password"
_LONGEST_RELEASE_NAME = 50


class CacheSettings(NamespaceSettings, PlacementSettings, ReleaseSettings):
    """Valkey: settings of a stack, and arguments of a program."""

    chart_version: Plain[Annotated[str, Choices(VALKEY.versions)]] = Field(
        default=VALKEY.default_version, description="Version of the Valkey chart.", examples=[VALKEY.default_version]
    )
    size_mib: int = Field(
        default=512,
        ge=32,
        description=(
            "Memory of Valkey for entries, in MiB; when it is full, the least recently used are evicted. The pod takes "
            "a fifth more."
        ),
        examples=[2048],
    )
    cpu: Quantity = Field(default="50m", description="CPU request of the pod.", examples=["200m"])
    credentials_revision: Plain[str] = Field(
        default="1",
        description="Any word; a change generates a new password, and restarts the cache and its readers with it.",
        examples=["2"],
    )


class CacheSpec(CacheSettings, ReleaseSpec, MonitorSpec):
    """The checked arguments of `Cache`."""

    release_name: Plain[Name] = Field(
        default="valkey",
        description=(
            "Name of the Helm release and of the Service, and first part of the name of every other object; "
            f"{_LONGEST_RELEASE_NAME} characters at most."
        ),
    )

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
        """A text that changes when the password does."""
        return sha256(self.credentials_revision.encode()).hexdigest()[:16]

    @rule("release_name")
    def _generated_names_fit(self) -> str | None:
        if len(self.release_name) > _LONGEST_RELEASE_NAME:
            return f"must be at most {_LONGEST_RELEASE_NAME} characters, as names made from it have 63; shorten it"
        return None


class CacheAccessSpec(Spec):
    """The checked arguments of `CacheAccess`."""

    namespace: Name = Field(description="Namespace of the reader, which exists already.", examples=["logging"])
    password: str = Field(min_length=1, description="Password of the cache; kept as a secret.")
    secret_name: Name = Field(
        default="cache", description="Name of the Secret that is created.", examples=["loki-cache"]
    )
    thanos_endpoint: str = Field(
        default="",
        description=(
            "`host:port` of the cache where the reader is the query frontend of Thanos: the Secret then also holds the "
            "file for its flag `--query-range.response-cache-config-file`. Default: none."
        ),
        examples=["valkey.caching:6379"],
    )
