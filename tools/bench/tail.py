"""Run as a process of its own: the least that a collector of logs does, to measure the Collector beside it.

It follows one file and posts what is new to a URL, as it is, about 1 MiB at once. It parses nothing, keeps no
position and never tries again.
"""

import http.client
import sys
import time
from urllib.parse import urlsplit

POLL_SECONDS = 0.25
MOST = 2**20


def follow(path: str, url: str) -> None:
    """Post the lines of a file until the process is ended."""
    target = urlsplit(url)
    connection = http.client.HTTPConnection(target.netloc)
    rest = b""
    with open(path, "rb") as file:
        while True:
            new = file.read(MOST)
            lines, end, rest = (rest + new).rpartition(b"\n")
            if end:
                connection.request("POST", target.path, lines + end)
                connection.getresponse().read()
            if not new:
                time.sleep(POLL_SECONDS)


if __name__ == "__main__":
    follow(sys.argv[1], sys.argv[2])
