"""The Collector of the benchmarks: what it runs, by a stand-in that shows it."""

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from components._collector_roles import Role
from tools.bench.collector import COMMAND, collector
from tools.bench.measure import CommandFailedError

STAND_IN = """#!{python}
import http.server, os, sys, threading, yaml
name = next(word for word in sys.argv if word.startswith("--config=")).removeprefix("--config=")
rendered = yaml.safe_load(open(name))
print(os.environ["GOMEMLIMIT"], *sys.argv[2:], flush=True)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        text = b"# TYPE spans counter\\nspans{{a=\\"1\\"}} 2\\nspans{{a=\\"2\\"}} 3\\nspans_more 7\\n"
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


ports = [int(rendered["extensions"]["health_check"]["endpoint"].rpartition(":")[2])]
ports.append(rendered["service"]["telemetry"]["metrics"]["readers"][0]["pull"]["exporter"]["prometheus"]["port"])
servers = [http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler) for port in ports]
threads = [threading.Thread(target=server.serve_forever) for server in servers]
[thread.start() for thread in threads]
"""
ARGS: dict[str, Any] = {
    "logs_push_url": "http://loki:3100/loki/api/v1/push",
    "logs_otlp_url": "http://loki:3100/otlp",
    "memory_limit": "1Gi",
}


def stand_in(directory: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = directory / "bin" / COMMAND
    program.parent.mkdir()
    program.write_text(text.format(python=sys.executable))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))


def test_it_runs_as_rendered_with_the_memory_of_its_container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, STAND_IN, monkeypatch)
    places = {"/var/log": f"{tmp_path}/logs"}
    with collector(ARGS, Role.AGENTS, tmp_path / "run", 60, places) as found:
        assert found.counted("spans") == 5 and found.counted("others") == 0
        assert found.idle_mib > 0 and found.cpu_seconds >= 0
    assert (tmp_path / "run" / "log").read_text().split()[0] == str(2**30 * 4 // 5)
    rendered = yaml.safe_load((tmp_path / "run" / "config.yaml").read_text())
    assert not any(name.startswith("k8s_attributes") for name in rendered["processors"]), "there is no API server"
    for pipeline in rendered["service"]["pipelines"].values():
        assert set(pipeline["processors"]) <= set(rendered["processors"])
    include = next(each["include"] for name, each in rendered["receivers"].items() if name.startswith("file_log"))
    assert all(path.startswith(str(tmp_path)) for path in include)


def test_one_that_does_not_start_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, "#!{python}\nraise SystemExit('no receiver of this name')\n", monkeypatch)
    with (
        pytest.raises(CommandFailedError, match="no receiver of this name"),
        collector(ARGS, Role.AGENTS, tmp_path / "run", 60),
    ):
        pass
