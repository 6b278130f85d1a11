"""`amtool` of Alertmanager on generated configurations and templates."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from components.alerting.templates import FILE, template_file


def amtool(*arguments: str) -> str:
    """Run amtool, fail where it refuses, and return what it prints."""
    done = subprocess.run(["amtool", *arguments], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "incompatible" not in done.stderr, done.stderr
    return done.stdout


def write(config: Mapping[str, Any], directory: Path) -> Path:
    """Write a configuration, and its templates beside it."""
    (directory / FILE).write_text(template_file(), encoding="utf-8")
    path = directory / "alertmanager.yaml"
    path.write_text(yaml.safe_dump(config, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path


def routes_test(config: Path, labels: Mapping[str, str]) -> list[str]:
    """Return the receivers of a label set, in the order of the tree."""
    texts = [f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in labels.items()]
    return amtool("config", "routes", "test", f"--config.file={config}", *texts).strip().split(",")


def rendered(directory: Path, text: str, data: Mapping[str, Any], *, html: bool = False) -> str:
    """Return what a text of a receiver renders to."""
    (directory / FILE).write_text(template_file(), encoding="utf-8")
    path = directory / "data.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return amtool(
        *("template", "render", f"--template.glob={directory}/*.tmpl", f"--template.text={text}"),
        *(f"--template.data={path}", f"--template.type={'html' if html else 'text'}"),
    )


def notification(alerts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the data of a notification: each alert is its labels, its annotations, and whether it is resolved."""
    listed: list[dict[str, Any]] = [
        {
            "status": "resolved" if alert.get("resolved") else "firing",
            "labels": dict(alert["labels"]),
            "annotations": dict(alert.get("annotations", {})),
        }
        for alert in alerts
    ]
    common = {part: _common([alert[part] for alert in listed]) for part in ("labels", "annotations")}
    firing = any(alert["status"] == "firing" for alert in listed)
    return {
        "receiver": "slack",
        "status": "firing" if firing else "resolved",
        "alerts": listed,
        "groupLabels": {},
        "commonLabels": common["labels"],
        "commonAnnotations": common["annotations"],
        "externalURL": "http://alertmanager.example.org",
    }


def _common(maps: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {name: value for name, value in maps[0].items() if all(other.get(name) == value for other in maps)}
