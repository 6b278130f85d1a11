"""A stack on the sandbox, and what the tests need to know of it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sandbox.handle import Sandbox
from tests.checkout import Checkout, Done
from tests.e2e.conftest import Eventually
from tools.deploy.providers import choose_providers

PROVIDERS = ("kubernetes", "random", "aws")
LITTLE_ELSE = {
    "observability:demo": {"enabled": False},
    "observability:grafana": {"enabled": False},
    "observability:metrics": {"kind": "none"},
}
"""Settings of a stack whose test is on its logs alone."""
OWN_NAMESPACES = {"default", "kube-node-lease", "kube-public", "kube-system"}
"""The namespaces that a cluster has before anything is deployed."""


class Platform:
    """One committed stack, deployed from a checkout of its own to the sandbox."""

    def __init__(self, directory: Path, sandbox: Sandbox, stack: str) -> None:
        self.sandbox = sandbox
        self.stack = stack
        self.checkout = Checkout(directory, sandbox.env())
        self._deployed: object = None
        self._absent = True

    @property
    def is_up(self) -> bool:
        """Whether the last command has deployed the stack."""
        return self._deployed is not None

    def deployed(self) -> None:
        """See to it that the stack is deployed as committed."""
        self.checkout.restore(self.stack)
        if self._deployed != self.checkout.settings(self.stack):
            self.up()

    def up(self, *arguments: str) -> Done:
        """Deploy the stack as it is set now; fail with all that was said where that fails."""
        self.unsettle()
        done = self.checkout.deploy("up", self.stack, *arguments)
        assert done.exit_code == 0, done.output
        self._deployed = self.checkout.settings(self.stack)
        return done

    def destroy(self) -> Done:
        """Remove the stack."""
        self.unsettle()
        done = self.checkout.deploy("destroy", self.stack)
        assert done.exit_code == 0, done.output
        self._absent = True
        return done

    def end(self) -> None:
        """Remove the stack, however a test has left it."""
        if not self._absent:
            self.checkout.deploy("recover", self.stack)
            self.destroy()

    def unsettle(self) -> None:
        """Note that the cluster may no longer be as committed."""
        self._deployed, self._absent = None, False

    def pulumi(self, *arguments: str) -> Done:
        """Run the engine itself, on the providers that the deploy tools choose."""
        chosen = choose_providers(self.checkout.root, PROVIDERS, self.checkout.environment)
        return self.checkout.run("pulumi", *arguments, "--stack", self.stack, "--non-interactive", **chosen.variables)

    def up_cut_off_when(self, condition: Callable[[], object], eventually: Eventually) -> None:
        """Begin an `up` and kill every process of it, engine and providers, as soon as `condition` holds."""
        self.unsettle()
        process = subprocess.Popen(
            self.checkout.deploy_command("up", self.stack),
            cwd=self.checkout.root,
            env=self.checkout.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            eventually(condition, "the up did not get as far as it should")
        finally:
            _kill_session(process)

    def namespaces(self) -> set[str]:
        """Name the namespaces that something has deployed."""
        return {item["metadata"]["name"] for item in self.sandbox.get("/api/v1/namespaces")["items"]} - OWN_NAMESPACES

    def helm_releases(self) -> set[tuple[str, str]]:
        """Return the name and status of every revision of every Helm release."""
        secrets = self.sandbox.get("/api/v1/secrets?labelSelector=owner%3Dhelm")["items"]
        return {(item["metadata"]["labels"]["name"], item["metadata"]["labels"]["status"]) for item in secrets}

    def leftovers(self) -> list[str]:
        """Name everything that a deployment may leave behind: namespaces, volumes and rights of the whole cluster."""
        kinds = {
            "persistentvolumes": "/api/v1/persistentvolumes",
            "clusterroles": "/apis/rbac.authorization.k8s.io/v1/clusterroles",
            "clusterrolebindings": "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
        }
        found = [
            f"{kind}/{item['metadata']['name']}"
            for kind, path in kinds.items()
            for item in self.sandbox.get(path)["items"]
            if "kubernetes.io/bootstrapping" not in (item["metadata"].get("labels") or {})
        ]
        return sorted([*(f"namespaces/{name}" for name in self.namespaces()), *found])


def _kill_session(leader: subprocess.Popen[bytes]) -> None:
    """Kill every process of a session, also those that the engine gave a process group of their own."""
    while running := _session(leader.pid):
        for pid in running:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    leader.wait()


def _session(leader: int) -> list[int]:
    listing = subprocess.run(["ps", "-eo", "pid=,sess=,stat="], capture_output=True, text=True, check=True).stdout
    processes = map(str.split, listing.splitlines())
    return [int(pid) for pid, session, state in processes if int(session) == leader and not state.startswith("Z")]
