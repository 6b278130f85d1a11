"""Sizes that follow from the load are shown with where they are from."""

from pathlib import Path

from tools.settings.table import rows

STACK = """\
config:
  aws:region: eu-west-1
  observability:load: {logs_gb_per_day: 200}
  observability:logging: {results_cache_mib: 300}
"""
PROGRAM = """\
import pulumi
from components import Logging
from config import load, read
from wiring import arguments

settings = load(read())
Logging("logging", {**arguments.logging(settings), "namespace": "logging", "bucket": "logs", "region": "eu-west-1"})
pulumi.export("stack", settings.stack)
"""


def test_a_size_that_only_the_load_gives_is_derived_from_it(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.test.yaml").write_text(STACK)
    (tmp_path / "__main__.py").write_text(PROGRAM)
    table = {row.place: (row.value, row.origin) for row in rows(tmp_path, "test")}
    assert table["logging.chunks_cache_mib"] == ("3200", "derived from load")
    assert table["logging.results_cache_mib"] == ("300", "stack file")
    assert table["logging.workloads.loki"][0] == "3 with 1 CPU and 4864Mi each"
    assert table["logging.cpu"][1] == "default"
