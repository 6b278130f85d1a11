"""The reference's tables: what goes into which column."""

import pytest

from components._plugin import component_classes
from tools.docs.components import page_name, python_name
from tools.docs.markdown import split_default, table
from tools.docs.settings import settings_page


@pytest.mark.parametrize(
    ("text", "default", "rest"),
    [
        ("How long. Default: `744h`.", "`744h`", "How long."),
        ("Version. Default: `18.11.0`.", "`18.11.0`", "Version."),
        ("Days kept. Default 7, at least 1.", "7, at least 1", "Days kept."),
        ("Region.\nDefault: the bucket's. Seldom needed.", "the bucket's", "Region. Seldom needed."),
        ("Uid of Loki.", "", "Uid of Loki."),
        ("The Default of others does not count", "", "The Default of others does not count"),
        (None, "", ""),
    ],
)
def test_the_sentence_about_the_default_is_taken_out_of_the_description(
    text: str | None, default: str, rest: str
) -> None:
    assert split_default(text) == (default, rest)


def test_what_would_end_a_cell_or_look_like_html_is_escaped() -> None:
    assert table(["a"], [["x|y <name> `<kept>`"]])[-1] == r"| x\|y \<name> `<kept>` |"


def test_names_are_turned_back_into_those_that_python_takes() -> None:
    for component in component_classes():
        arguments = component.__init__.__annotations__["args"].__annotations__
        camel = {name.split("_")[0] + "".join(word.capitalize() for word in name.split("_")[1:]) for name in arguments}
        assert {python_name(name) for name in camel} == set(arguments), component.__name__


def test_a_page_is_named_after_its_component() -> None:
    assert page_name("observability:index:AwsObjectStorage") == "aws-object-storage.md"


def test_every_area_and_every_kind_of_storage_has_its_table() -> None:
    page = settings_page()
    for heading in ("observability:retention", "observability:storage, kind aws", "schema entry", "Secrets"):
        assert f"\n## {heading}\n" in page
    assert "| `from` |" in page, "a field is called as the stack file calls it"
