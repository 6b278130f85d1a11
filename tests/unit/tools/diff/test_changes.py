"""Two renderings compared: what was added, removed and changed, and which images."""

from pathlib import Path

from tools.diff.__main__ import report
from tools.diff.changes import Kind, compare

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec: {{template: {{spec: {{containers: [{{name: web, image: {image}}}]}}}}}}
"""
CONFIG = 'kind: ConfigMap\ndata: {{text: "{text}"}}\n'


def rendering(directory: Path, **files: str) -> Path:
    for name, text in files.items():
        path = directory / "apps" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (directory / ".rendered-by-make-render").write_text("dev")
    return directory


def test_objects_are_added_removed_and_changed(tmp_path: Path) -> None:
    before = rendering(tmp_path / "a", same="kind: A\n", gone="kind: B\n", other=CONFIG.format(text="one"))
    after = rendering(tmp_path / "b", same="kind: A\n", new="kind: C\n", other=CONFIG.format(text="two"))
    comparison = compare("dev", "main", before, after)
    assert [(change.kind, change.path) for change in comparison.changes] == [
        (Kind.REMOVED, "apps/gone.yaml"),
        (Kind.ADDED, "apps/new.yaml"),
        (Kind.CHANGED, "apps/other.yaml"),
    ]
    assert comparison.summary == "stack dev against main: 1 added, 1 removed, 1 changed"


def test_a_change_within_a_long_text_shows_its_line_alone(tmp_path: Path) -> None:
    lines = [f"line {number}" for number in range(50)]
    before = rendering(tmp_path / "a", config=CONFIG.format(text="\\n".join(lines)))
    after = rendering(tmp_path / "b", config=CONFIG.format(text="\\n".join([*lines[:20], "altered", *lines[21:]])))
    (change,) = compare("dev", "main", before, after).changes
    assert change.counts == (1, 1)
    assert "+    altered" in change.lines
    assert len(change.lines) < 12


def test_images_are_compared_by_repository_whatever_registry_port_they_have(tmp_path: Path) -> None:
    one, two = "mirror:5000/grafana/loki:3.6.3", "mirror:5000/grafana/loki:3.7.6"
    before = rendering(tmp_path / "a", web=DEPLOYMENT.format(image=one), old=DEPLOYMENT.format(image="busybox"))
    after = rendering(tmp_path / "b", web=DEPLOYMENT.format(image=two))
    assert compare("dev", "main", before, after).images == (
        ("busybox", "latest", ""),
        ("mirror:5000/grafana/loki", "3.6.3", "3.7.6"),
    )


def test_a_stack_that_the_base_does_not_have_is_called_new(tmp_path: Path) -> None:
    comparison = compare("prod", "main", None, rendering(tmp_path, one="kind: A\n"))
    assert comparison.summary == "stack prod new stack, not in main: 1 added, 0 removed, 0 changed"


def test_the_report_for_a_terminal_ends_with_the_counts(tmp_path: Path) -> None:
    before = rendering(tmp_path / "a", web=DEPLOYMENT.format(image="web:1"))
    after = rendering(tmp_path / "b", web=DEPLOYMENT.format(image="web:2"))
    lines = list(report(compare("dev", "main", before, after), colour=False))
    assert lines[0] == "changed apps/web.yaml (+1 -1)"
    assert lines[-2:] == ["image web: 1 -> 2", "stack dev against main: 0 added, 0 removed, 1 changed"]
    assert any("\033[32m" in line for line in report(compare("dev", "main", before, after), colour=True))


def test_two_equal_renderings_have_no_changes(tmp_path: Path) -> None:
    same = rendering(tmp_path, one="kind: A\n")
    assert compare("dev", "main", same, same).summary == "stack dev against main: no object changes"
