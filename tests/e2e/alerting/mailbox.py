"""A local SMTP server that keeps what is sent to it: with a login, and without TLS."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import takewhile
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

from sandbox.commands import HOST
from tools.local_sink import running


@dataclass(frozen=True)
class Mail:
    """A message as it arrived."""

    login: tuple[str, str]
    """User name and password."""
    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


@dataclass
class Mailbox:
    """The messages that a server took."""

    smarthost: str = ""
    """Host and port of the server."""
    mails: list[Mail] = field(default_factory=list)


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """Serve on a free port."""
    found = Mailbox()

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            login, sender, recipients = ("", ""), "", list[str]()
            self.say("220 here")
            while line := self.rfile.readline().decode().strip():
                command, _, rest = line.partition(" ")
                answer = "250 OK"
                match command:
                    case "EHLO":
                        answer = "250-here\r\n250 AUTH PLAIN"
                    case "AUTH":
                        _, name, password = b64decode(rest.removeprefix("PLAIN ")).decode().split("\0")
                        login, answer = (name, password), "235 welcome"
                    case "MAIL":
                        sender = _address(rest)
                    case "RCPT":
                        recipients.append(_address(rest))
                    case "DATA":
                        self.say("354 go on")
                        message: Any = message_from_bytes(self.content(), policy=default)
                        found.mails.append(Mail(login, sender, tuple(recipients), message))
                    case "QUIT":
                        self.say("221 bye")
                        return
                    case _:
                        answer = "502 unknown"
                self.say(answer)

        def say(self, answer: str) -> None:
            self.wfile.write(f"{answer}\r\n".encode())

        def content(self) -> bytes:
            """Return the lines up to a single dot; a dot at the beginning of one of them was doubled."""
            lines = takewhile(lambda line: line not in (b".\r\n", b""), iter(self.rfile.readline, None))
            return b"".join(line[line.startswith(b".") :] for line in lines)

    class Server(ThreadingTCPServer):
        daemon_threads = True

    with Server((HOST, 0), Handler) as server, running(server):
        found.smarthost = f"{HOST}:{server.server_address[1]}"
        yield found


def _address(path: str) -> str:
    """Return the address of `FROM:<…>` or `TO:<…>`, without what follows it."""
    return path.partition("<")[2].partition(">")[0]
