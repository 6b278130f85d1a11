"""The tools' reader of stack files beside the engine's, on the same files."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tools.deploy.__main__
import tools.render.__main__
import tools.settings.__main__
import tools.size.__main__
from tests.checkout import Checkout
from tests.installed_tools import ENGINE, require
from tools.program.stacks import texts
from tools.stackfile import MalformedStackFileError, read_stack_file

pytestmark = pytest.mark.engine

READ: dict[str, Any] = {
    **{
        text: text for text in ("yes", "y", "on", "No", "off", "12:30", "1:2:3.5", "_1", "1e400", "0x1p-2", "5e", "a#b")
    },
    **{text: True for text in ("true", "True", "TRUE")},
    **{text: None for text in ("~", "null", "", "!!null ''")},
    "|": "",
    **{"000123456789": 123456789, "0123": 83, "017": 15, "08": 8, "0o17": 15, "0O17": 15, "0x1F": 31, "-0xF": -15},
    **{"0b11": 3, "-0b11": -3, "1_000": 1000, "1__0": 10, "+5": 5, "-0": 0, "9223372036854775807": 2**63 - 1},
    **{"1e3": 1000, "3.0": 3, ".5": 0.5, "5.": 5, "1_0.5": 10.5, "1e20": 10**20, "1e21": 1e21, "-0.0": 0, "1e-7": 1e-7},
    "123456789012345678901234567890": 1.2345678901234568e29,
    **{"2024-04-01": "2024-04-01 00:00:00 +0000 UTC", "2024-4-1": "2024-04-01 00:00:00 +0000 UTC"},
    **{
        "2024-02-31": "2024-02-31",
        "2024-04-01T10:20": "2024-04-01T10:20",
        "2024-04-01 10:20:30 Z": "2024-04-01 10:20:30 Z",
    },
    "2024-04-01 1:2:3": "2024-04-01 01:02:03 +0000 UTC",
    "2024-04-01T10:20:30.50Z": "2024-04-01 10:20:30.5 +0000 UTC",
    "2024-04-01t10:20:30-05:30": "2024-04-01 10:20:30 -0530 -0530",
    **{"'yes'": "yes", '"5"': "5", "'2024-04-01'": "2024-04-01", '"\\u00e9\\x07"': "é\a", "'it''s'": "it's"},
    **{"!!str 5": "5", "!!int '5'": 5, "!!float 5": 5, "!!bool 'true'": True, "! 5": 5, "!!str": ""},
    "{from: 2024-04-01, enabled: yes, at: 12:30}": {
        "from": "2024-04-01 00:00:00 +0000 UTC",
        "enabled": "yes",
        "at": "12:30",
    },
    "[~, null, 1.0, 1e3, 017, 18446744073709551615]": [None, None, 1, 1000, 15, 18446744073709552000],
    "{a, b: , yes: 1, 8080: x, 0x10: y}": {"a": None, "b": None, "yes": 1, "8080": "x", "16": "y"},
    "{<<: {a: 1, b: 3}, a: 2}": {"a": 2, "b": 3},
    "{<<: [{a: 1}, {a: 2, b: 3}]}": {"a": 1, "b": 3},
    "[&x {a: 1}, *x, {<<: *x, b: *x}]": [{"a": 1}, {"a": 1}, {"a": 1, "b": {"a": 1}}],
    "[a: 1, !!map {b: 2}, !!seq [c],]": [{"a": 1}, {"b": 2}, ["c"]],
    "\ta": "a",
    ">-\n      one\n      two": "one two",
    "one\n      two": "one two",
    '"<&>\\u2028"': "<&>\u2028",
}
"""Values in YAML, and what the program reads."""
FILES = (
    "",
    "# nothing\n",
    "---\n",
    "config:\n",
    "config: {a: 1, b: ~, c: 1.0, d: True, e: 2024-04-01, f: '017'}\n",
    '{"config": {"a": 1}}',
    "\ufeffconfig:\r\n  a: 1\r\n",
    "%YAML 1.1\n---\nconfig:\n  a: yes\n...\n",
    "config:\n  observability:config:cluster: {name: a}\n  aws:region: b\n  12:30: c\n",
    "config:\n  a: &x {b: 1}\n  c: *x\n  observability:d: {<<: *x}\n",
    "config:\n  a: 1\nsecretsprovider: yes\nencryptedkey:\n",
)
"""Files that both read."""
REFUSED = (
    "config:\n  a: 1\n  a: 2\n",
    'config:\n  a: {b: 1, "b": 2}\n',
    "config: {}\nconfig: {}\n",
    "config:\n  a: {{ b }}\n",
    "config:\n  a: &x [*x]\n",
    "config:\n  a: *x\n",
    "config:\n  a: .inf\n",
    "config:\n  a: [.nan]\n",
    "config:\n  a: !!int 1.5\n",
    "config:\n  a: !!bool yes\n",
    "config:\n  a: {<<: 5}\n",
    "config:\n  a: {'<<': 5}\n",
    "config:\n  a: {1: x, 1.0: y}\n",
    "config:\n  a:b:c: 1\n",
    "config:\n  ~: 1\n  true: 2\n",
    "config: a\n",
    "- a\n",
    "config:\n\ta: 1\n",
    "config:\n  a: \u2028b\n",
    "config:\n  a: \a\n",
    "config: {}\nencryptionsalt: {a: 1}\n",
    "%YAML 1.2\n---\nconfig: {}\n",
    f"config:\n  a: {'[' * 10_001}{']' * 10_001}\n",
    "config:\n  a: &a [1,2,3,4,5,6,7,8,9,0]\n"
    + "".join(f"  {b}: &{b} [{', '.join([f'*{a}'] * 10)}]\n" for a, b in ("ab", "bc", "cd", "de")),
)
"""Files that both refuse."""
Engine = Callable[[str], dict[str, Any] | None]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """A function that returns what the engine reads of a stack file, `None` where it refuses the file."""
    require(*ENGINE)
    root = tmp_path_factory.mktemp("engine")
    (root / "Pulumi.yaml").write_text("name: observability\nruntime: python\n")
    (root / "state").mkdir()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")},
        "PULUMI_HOME": str(root / "home"),
        "PULUMI_BACKEND_URL": (root / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        # The engine names a zone of a time as the machine does.
        "TZ": "UTC",
    }

    def pulumi(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["pulumi", *words], cwd=root, env=environment, capture_output=True, text=True)

    assert pulumi("stack", "init", "test").returncode == 0

    def read(text: str) -> dict[str, Any] | None:
        (root / "Pulumi.test.yaml").write_text(text, newline="")
        done = pulumi("config", "--json", "--show-secrets", "--stack", "test")
        return {key: value["value"] for key, value in json.loads(done.stdout).items()} if done.returncode == 0 else None

    return read


def ours(root: Path, text: str) -> dict[str, str] | None:
    (root / "Pulumi.test.yaml").write_text(text, newline="")
    try:
        return texts(read_stack_file(root, "test").config)
    except MalformedStackFileError:
        return None


def as_program_reads(values: dict[str, str] | None) -> str:
    """Return the values of all texts, as JSON: 1 and true are equal in Python."""
    assert values is not None

    def value(text: str) -> Any:
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return text

    return json.dumps({key: value(text) for key, text in values.items()}, sort_keys=True, indent=1)


def test_every_value_is_read_as_the_engine_reads_it(engine: Engine, tmp_path: Path) -> None:
    file = "config:\n" + "".join(f"  a{index}:\n    value: {text}\n" for index, text in enumerate(READ))
    expected = {f"observability:a{index}": json.dumps({"value": value}) for index, value in enumerate(READ.values())}
    of_engine = as_program_reads(engine(file))
    assert of_engine == as_program_reads(expected)
    assert as_program_reads(ours(tmp_path, file)) == of_engine


@pytest.mark.parametrize("file", FILES)
def test_every_file_is_read_as_the_engine_reads_it(engine: Engine, tmp_path: Path, file: str) -> None:
    assert as_program_reads(ours(tmp_path, file)) == as_program_reads(engine(file))


@pytest.mark.parametrize("file", REFUSED)
def test_what_the_engine_refuses_is_refused(engine: Engine, tmp_path: Path, file: str) -> None:
    assert (ours(tmp_path, file), engine(file)) == (None, None)


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (
            "config:\n  cluster: {name: a}\n  observability:cluster: {name: b}\n",
            "line 3: observability:cluster is the same",
        ),
        ("config:\n  logging:\n    values: &x {a: *x}\n", "line 3: *x is within &x itself"),
        (
            "config:\n  cluster: {name: 2024-04-01}\n  logging: {schema_entries: [{from: 2024-04-01}], ruler: yes}\n",
            "stack dev have 2 problems",
        ),
        (f"config:\n  cluster: {{tolerations: [{'{a: ' * 90}1{'}' * 90}]}}\n", "observability:cluster.tolerations"),
    ],
)
def test_every_command_reports_the_same_of_a_file_and_none_ends_in_a_traceback(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], file: str, expected: str
) -> None:
    require(*ENGINE)
    checkout = Checkout(tmp_path)
    assert checkout.run("pulumi", "stack", "init", "dev").exit_code == 0
    (checkout.root / "Pulumi.dev.yaml").write_text(file)
    commands: dict[Callable[[], int], tuple[str, ...]] = {
        tools.deploy.__main__.main: ("preview",),
        tools.settings.__main__.main: (),
        tools.size.__main__.main: (),
        tools.render.__main__.main: ("--out", str(tmp_path / "out")),
    }
    for main, arguments in commands.items():
        assert checkout.call(main, *arguments, "--stack", "dev") != 0
        output = "".join(capfd.readouterr())
        assert expected in output
        assert "Traceback" not in output
