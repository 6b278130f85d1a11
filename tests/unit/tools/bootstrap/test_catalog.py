"""tools.toml as committed, and how it is read."""

import re
from pathlib import Path

import pytest

from tools.bootstrap.catalog import GoBuild, Tool, fits, load
from tools.bootstrap.errors import SetupError

TOOLS = Path(__file__).parents[4] / "tools"
CATALOG = load(TOOLS / "tools.toml")
BUILT = [(tool, tool.build) for tool in CATALOG.tools.values() if tool.build]


@pytest.mark.parametrize(("tool", "build"), BUILT, ids=lambda value: getattr(value, "name", ""))
def test_the_pinned_version_is_the_one_that_go_mod_builds(tool: Tool, build: GoBuild) -> None:
    go_mod = (TOOLS / (build.module or tool.name) / "go.mod").read_text()
    required = re.findall(r"^(?:require )?\s*(\S+) (v\S+)", go_mod, re.MULTILINE)
    pinned = build.module_version or tool.version
    assert pinned in {version for _, version in required}
    for package in build.packages:
        owners = {version for module, version in required if f"{package}/".startswith(f"{module}/")}
        assert package == "." or pinned in owners, f"{package} is of none of the required modules"
    assert set(build.placeholders) <= {module for module, _ in required}


@pytest.mark.parametrize(("tool", "build"), BUILT, ids=lambda value: getattr(value, "name", ""))
def test_a_build_makes_every_binary_of_its_tool(tool: Tool, build: GoBuild) -> None:
    made = {tool.name if package == "." else _binary_of(package) for package in build.packages}
    made |= {file.rpartition("/")[2] for file in build.copies.values()}
    assert made == set(tool.binaries)


def _binary_of(package: str) -> str:
    """Return the name that Go gives the binary of a package: the last part of its path that is no major version."""
    return re.sub(r"/v\d+$", "", package).rpartition("/")[2]


@pytest.mark.parametrize("tool", CATALOG.tools.values(), ids=lambda tool: tool.name)
def test_every_template_of_a_tool_can_be_filled(tool: Tool) -> None:
    templates = [tool.install]
    templates += [tool.release.url, tool.release.checksums] if tool.release else []
    templates += [tool.build.ldflags] if tool.build else []
    for template in templates:
        assert "{" not in tool.fill(template, binary=tool.binaries[0])
    assert tool.optional or tool.install, "who cannot be served is told how to install it"


@pytest.mark.parametrize("tool", CATALOG.tools.values(), ids=lambda tool: tool.name)
def test_a_tool_accepts_the_version_that_it_pins(tool: Tool) -> None:
    assert not tool.accept or fits(tool.version, tool.accept)


def test_a_bundled_tool_is_resolved_after_its_owner() -> None:
    for names in CATALOG.purposes.values():
        for position, name in enumerate(names):
            owner = CATALOG.tools[name].bundled_with
            assert not owner or owner in names[:position]


@pytest.mark.parametrize(
    ("version", "accept", "expected"),
    [
        ("v3.16.0", ">=3.16,<4", True),
        ("3.15.9", ">=3.16,<4", False),
        ("4.0.0", ">=3.16,<4", False),
        ("3.100.0", ">=3.16,<4", True),
        ("1.30", ">=1.30,<2", True),
    ],
)
def test_a_range_holds_its_lower_bound_and_not_its_upper(version: str, accept: str, expected: bool) -> None:
    assert fits(version, accept) is expected


def test_a_range_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(SetupError, match=r"accept = '~=3\.1' is not a list of >= and < bounds"):
        fits("3.1.0", "~=3.1")


def test_an_unknown_purpose_lists_those_that_there_are() -> None:
    with pytest.raises(SetupError, match=r"'bake' is no purpose of tools\.toml; there are preview, sandbox, e2e"):
        CATALOG.needed("bake")


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ('[purposes]\nbake = ["oven"]\n[tool]', "purposes.bake names oven, which is no tool of it"),
        ('[purposes]\n[tool.oven]\nversion = "1"\nbinaries = []\nheat = 1', "unexpected keyword argument 'heat'"),
    ],
)
def test_a_slip_in_tools_toml_is_named(tmp_path: Path, document: str, message: str) -> None:
    (tmp_path / "tools.toml").write_text(document)
    with pytest.raises(SetupError, match=message):
        load(tmp_path / "tools.toml")
