"""A pod with a gateway's nginx: a read-only root file system, a network of its own, a DNS server and an upstream."""

import json
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.installed_tools import require

LOOPBACK = {4: "127.0.0.1", 6: "::1"}
FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
RECORDS = {4: 1, 6: 28}
"""The types A and AAAA of DNS."""


def ask_gateway(
    place: Path, config: Mapping[str, Any], path: str, *, family: int, upstream: int, script: str = ""
) -> tuple[int, str]:
    """Return the status and the body of a request through nginx with the ConfigMap's data `config`.

    The upstream listens on port `upstream` of the loopback address of IPv4 or IPv6 alone, and answers with the path
    that it is asked for; a DNS server at the same address resolves any name to it. The address is in the pod's
    `resolv.conf`. nginx is asked by IPv4.
    """
    require("nginx", "unshare", "ip", "mount")
    (place / "etc-nginx").mkdir()
    for name, text in config.items():
        (place / "etc-nginx" / name).write_text(str(text))
    (place / "resolv.conf").write_text(f"search logging.svc.cluster.local\nnameserver {LOOPBACK[family]}\n")
    namespaces = ["unshare", "--map-root-user", "--mount", "--net"]
    arguments = [str(place), script, path, str(family), str(upstream)]
    command = [*namespaces, sys.executable, "-m", "tests.gateway_pod", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if "unshare failed" in done.stderr:
        pytest.skip("this machine lets no user have namespaces of their own")
    assert done.returncode == 0, done.stderr
    status, body = json.loads(done.stdout)
    return status, body


class Echo(BaseHTTPRequestHandler):
    """An upstream that answers with the path of the request."""

    def do_GET(self) -> None:
        """Answer with the path."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.path.encode())

    def log_message(self, *_arguments: object) -> None:
        """Log nothing."""


def run_pod(place: Path, script: str, path: str, family: int, upstream: int) -> tuple[int, str]:
    """Run nginx as the charts' pods do, in namespaces of this process, and ask it for `path`."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    names = socket.socket(FAMILIES[family], socket.SOCK_DGRAM)
    names.bind((LOOPBACK[family], 53))
    threading.Thread(target=answer_names, args=(names, family), daemon=True).start()
    server = type("Server", (HTTPServer,), {"address_family": FAMILIES[family]})((LOOPBACK[family], upstream), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for mount in (
        ["--bind", str(place / "etc-nginx"), "/etc/nginx"],
        ["--bind", str(place / "resolv.conf"), "/etc/resolv.conf"],
        ["-o", "remount,ro,bind", "/etc/nginx"],
        ["-o", "remount,ro,bind", "/"],
        ["-t", "tmpfs", "tmpfs", "/tmp"],
    ):
        subprocess.run(["mount", *mount], check=True, cwd="/")
    if script:
        subprocess.run(["sh", "-c", script], check=True, cwd="/")
    # The user of an image owns no file; root of this namespace alone exists here.
    nginx = ["nginx", "-e", "stderr", "-g", "user root;"]
    subprocess.run(nginx, check=True, cwd="/", stdout=subprocess.DEVNULL)
    connection = HTTPConnection(LOOPBACK[4], 8080, timeout=10)
    connection.request("GET", path)
    response = connection.getresponse()
    answer = (response.status, response.read().decode())
    subprocess.run([*nginx, "-s", "stop"], check=True, cwd="/")
    return answer


def answer_names(names: socket.socket, family: int) -> None:
    """Resolve every name to the loopback address of `family`."""
    address = socket.inet_pton(FAMILIES[family], LOOPBACK[family])
    while True:
        query, client = names.recvfrom(512)
        end = query.index(0, 12) + 5
        found = struct.unpack("!H", query[end - 4 : end - 2])[0] == RECORDS[family]
        record = struct.pack("!HHHIH", 0xC00C, RECORDS[family], 1, 30, len(address)) + address
        header = query[:2] + struct.pack("!HHHHH", 0x8180, 1, found, 0, 0)
        names.sendto(header + query[12:end] + (record if found else b""), client)


if __name__ == "__main__":
    _, pod, entrypoint, asked, ip_family, port = sys.argv
    print(json.dumps(run_pod(Path(pod), entrypoint, asked, int(ip_family), int(port))))
