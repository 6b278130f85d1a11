"""The cluster, asked through `kubectl`: who can deploy with Pulumi has a kubeconfig, and its logins work there."""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Any

REQUEST_SECONDS = 10
LOOPBACK = "127.0.0.1"
_MISSING = "kubectl is not on PATH and is needed to look at the cluster: https://kubernetes.io/docs/tasks/tools/"


class UnreachableClusterError(Exception):
    """The cluster that the stack names does not answer; the message has its address."""


def kubectl(context: str, *arguments: str) -> str:
    """Run kubectl against `context`, the current one where empty, and return what it prints."""
    where = [f"--context={context}"] if context else []
    command = ["kubectl", f"--request-timeout={REQUEST_SECONDS}s", *where, *arguments]
    failed = f"kubectl against context {context or '(the current one)'} failed: `{' '.join(command)}`"
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=6 * REQUEST_SECONDS)
    except FileNotFoundError:
        raise UnreachableClusterError(_MISSING) from None
    except subprocess.TimeoutExpired:
        raise UnreachableClusterError(f"{failed}: no answer in {6 * REQUEST_SECONDS} s") from None
    if done.returncode != 0:
        raise UnreachableClusterError(f"{failed}: {_reason(done.stderr)}")
    return done.stdout


def items(context: str, kind: str, *options: str) -> list[dict[str, Any]]:
    """Return every object of one kind that `options` select."""
    found: list[dict[str, Any]] = json.loads(kubectl(context, "get", kind, *options, "-o", "json"))["items"]
    return found


@contextmanager
def forwarded_port(context: str, namespace: str, target: str, port: int) -> Iterator[str]:
    """Yield the URL on loopback that leads to a port of a pod, through the kubelet of its node.

    `target` is a pod, or what has pods: `pod/a-0`, `statefulset/a`.
    """
    where = [f"--context={context}"] if context else []
    waits = [] if target.startswith("pod/") else ["--pod-running-timeout=1s"]
    command = ["kubectl", *where, "port-forward", "--namespace", namespace, *waits, target, f":{port}"]
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    except FileNotFoundError:
        raise UnreachableClusterError(_MISSING) from None
    silence = Timer(REQUEST_SECONDS, process.kill)
    silence.start()
    with process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            silence.cancel()
            found = re.search(r"127\.0\.0\.1:(\d+) ", line)
            if found is None:
                process.terminate()
                errors = process.stderr.read() if process.stderr else ""
                raise UnreachableClusterError(f"`{' '.join(command)}` failed: {_reason(errors)}")
            yield f"http://{LOOPBACK}:{found[1]}"
        finally:
            silence.cancel()
            process.terminate()


def _reason(errors: str) -> str:
    """Return the last line, which holds kubectl's own sentence; the ones before it are its client's log."""
    lines = errors.strip().splitlines()
    return lines[-1].removeprefix("error: ") if lines else "it gave no reason"
