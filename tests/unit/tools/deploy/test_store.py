"""What is told of a store before an `up`."""

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tools.deploy.store import store_line
from tools.local_sink import running
from tools.stackfile import StackFile


def stack(**storage: str) -> StackFile:
    return StackFile("prod", {"observability:storage": storage})


class Forbidding(BaseHTTPRequestHandler):
    """A store that knows nobody, as every S3 server is to who does not sign."""

    def do_GET(self) -> None:
        self.send_response(403)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Forbidding) as listening, running(listening):
        yield f"http://127.0.0.1:{listening.server_port}"


def test_a_store_that_refuses_an_unauthenticated_request_answers(server: str) -> None:
    assert store_line(stack(kind="external", endpoint=server)) == f"{server} answers (HTTP 403)"


def test_an_unreachable_store_is_reported_with_its_address_and_setting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        port = bound.getsockname()[1]
    told = store_line(stack(kind="external", endpoint=f"http://127.0.0.1:{port}"))
    assert told is not None
    assert told.startswith(f"http://127.0.0.1:{port} does not answer from this machine (")
    assert "refused" in told and "observability:storage.endpoint" in told


def test_an_invalid_address_is_reported_and_not_raised() -> None:
    told = store_line(stack(kind="external", endpoint="http://store:port"))
    assert told is not None and "does not answer" in told


@pytest.mark.parametrize("kind", ["in-cluster", "aws", "minio", "filesystem"])
def test_a_store_of_the_stack_itself_is_not_asked(kind: str) -> None:
    assert store_line(stack(kind=kind, endpoint="http://127.0.0.1:1")) is None
