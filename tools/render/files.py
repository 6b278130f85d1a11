"""A rendering as files: one YAML file an object, the same bytes for the same stack."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from sandbox.documents import DUMPER

from .masking import masked
from .objects import RenderedObject, RenderError, Rendering

MARKER = ".rendered-by-make-render"
_FIRST = ("apiVersion", "kind", "metadata")


def write(rendering: Rendering, out: Path) -> int:
    """Write the rendering to `out`, in place of an earlier one, and return the number of files.

    Raises `RenderError` where `out` holds anything else.
    """
    _empty(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / MARKER).write_text(f"{rendering.stack}\n")
    texts: dict[Path, str] = {}
    for item in rendering.objects:
        texts[item.path] = texts.get(item.path, "") + _text(item, rendering)
    for resource in rendering.aws:
        document = masked({"type": resource.type, "name": resource.name, "inputs": resource.inputs}, rendering.secrets)
        texts[resource.path] = as_yaml(document)
    for path, text in texts.items():
        (out / path).parent.mkdir(exist_ok=True)
        (out / path).write_text(text)
    return len(texts)


def as_yaml(document: Mapping[str, Any]) -> str:
    """Write one document; keys sorted, but what identifies an object first."""
    head = {key: document[key] for key in _FIRST if key in document}
    rest = {key: document[key] for key in sorted(document) if key not in head}
    ordered = {key: _sorted(value) for key, value in (head | rest).items()}
    return str(yaml.dump(ordered, Dumper=DUMPER, sort_keys=False, width=110, allow_unicode=True))


def _text(item: RenderedObject, rendering: Rendering) -> str:
    hook = f"# a hook of its release: {item.hook}\n" if item.hook else ""
    separator = "---\n" if item.hook else ""
    return f"{separator}# from {item.origin}\n{hook}{as_yaml(masked(item.manifest, rendering.secrets))}"


def _sorted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _sorted(value[key]) for key in sorted(value, key=str)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def _empty(out: Path) -> None:
    if not out.exists():
        return
    if not out.is_dir():
        raise RenderError(f"{out} is a file; name a directory with OUT=")
    if any(out.iterdir()) and not (out / MARKER).exists():
        raise RenderError(f"{out} holds what is no earlier rendering (no {MARKER}); choose another directory with OUT=")
    for entry in out.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
