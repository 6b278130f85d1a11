"""The object store of others that a stack is to keep everything in: does it answer?"""

from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from tools.stackfile import StackFile

TIMEOUT_SECONDS = 5.0


def store_line(stack: StackFile, timeout: float = TIMEOUT_SECONDS) -> str | None:
    """Return what the stack's store answers to this machine; `None` where the stack makes its own or it is AWS's.

    Pods may reach what this machine does not, and the other way round: a store that does not answer stops nothing.
    """
    storage = stack.area("storage")
    endpoint = str(storage.get("endpoint", ""))
    if storage.get("kind") != "external" or not endpoint:
        return None
    try:
        with build_opener(ProxyHandler({})).open(endpoint, timeout=timeout) as answer:
            status = answer.status
    except HTTPError as refused:
        status = refused.code
    except (OSError, HTTPException, ValueError) as silent:
        reason = getattr(silent, "reason", silent)
        return (
            f"{endpoint} does not answer from this machine ({reason}): unless the pods reach it, Loki "
            "and Tempo will not start; observability:storage.endpoint names another"
        )
    return f"{endpoint} answers (HTTP {status})"
