"""What a program or a test needs of a running sandbox."""

from __future__ import annotations

import shlex
from functools import cached_property
from pathlib import Path

from sandbox import aws
from sandbox.api import Api, Object
from sandbox.kubeconfig import connect
from sandbox.layout import CONTEXT, FIELD_MANAGER, Layout


class Sandbox:
    """A running sandbox: its kubeconfig and context, its API, its AWS endpoint."""

    context = CONTEXT

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    @property
    def kubeconfig(self) -> Path:
        """The kubeconfig file; it holds the one context `observability-sandbox`."""
        return self.layout.kubeconfig

    @property
    def aws_endpoint(self) -> str:
        """The URL of the AWS stand-in."""
        return self.env()["AWS_ENDPOINT_URL"]

    @cached_property
    def api(self) -> Api:
        """A client with the administrator's rights."""
        return Api(connect(str(self.kubeconfig)), FIELD_MANAGER)

    def get(self, path: str) -> Object:
        """Return the object or list at a path of the API, for example `/api/v1/nodes`."""
        return self.api.get(path)

    def env(self) -> dict[str, str]:
        """Return the variables that point kubectl, helm, pulumi and the AWS SDKs at this sandbox."""
        return {"KUBECONFIG": str(self.kubeconfig), **aws.environment(self.layout.aws)}

    def exports(self) -> str:
        """Return `env` as lines that a shell can evaluate."""
        return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in self.env().items())
