"""The comment of a pull request: whole where it fits, cut honestly where it does not."""

import pytest

from tools.diff.changes import Change, Comparison, Kind
from tools.diff.markdown import LIMIT, comment


def change(path: str, lines: int, kind: Kind = Kind.CHANGED, text: str = "x") -> Change:
    return Change(kind, path, ("@@ -1 +1 @@", *(f"+{text} {number}" for number in range(lines))))


def comparison(*changes: Change) -> Comparison:
    images = (("grafana/loki", "3.6.3", "3.7.6"), ("new/image", "", "1"))
    return Comparison("dev", "origin/main", False, changes, images)


def test_a_small_change_is_shown_whole() -> None:
    text = comment(comparison(change("logging/configmap-loki.yaml", 2)))
    assert text.startswith("<!-- observability-diff dev -->\n### Stack dev against origin/main: 0 added, 0 removed, 1")
    assert "| `grafana/loki` | `3.6.3` | `3.7.6` |" in text
    assert "| `new/image` | — | `1` |" in text
    assert "<details><summary><code>logging/configmap-loki.yaml</code> changed (+2 -0)</summary>" in text
    assert "```diff\n@@ -1 +1 @@\n+x 0\n+x 1\n```\n</details>" in text


def test_a_long_change_is_shortened_before_it_is_left_out() -> None:
    text = comment(comparison(change("big.yaml", 20_000)))
    assert len(text) <= LIMIT
    assert "+x 38\n… 19961 more lines\n```" in text


@pytest.mark.parametrize("limit", [LIMIT, 4_000])
def test_what_does_not_fit_is_counted(limit: int) -> None:
    changes = [change(f"apps/configmap-{number}.yaml", 500, Kind.ADDED) for number in range(1_000)]
    text = comment(comparison(*changes), limit)
    assert len(text) <= limit
    assert text.count("<details>") == text.count("</details>")
    named = text.count("<code>apps/")
    assert text.endswith(f"_{1_000 - named} more objects differ than fit in a comment; run `make diff STACK=dev`._\n")


def test_a_fence_inside_the_change_does_not_end_it() -> None:
    text = comment(comparison(change("docs.yaml", 1, text="```sh")))
    assert "``````diff\n@@ -1 +1 @@\n+```sh 0\n``````" in text
