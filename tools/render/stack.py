"""A whole stack rendered: the program is run without the engine, its releases through Helm."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pulumi

from components.alerting.spec import AlertingSpec
from sandbox.chart_sources import charts_cache
from sandbox.validation import KUBE_VERSION
from tools.program import Recording, program_of, record
from tools.stackfile import StackFileError, read_stack_file

from .masking import masked
from .objects import RenderedObject, RenderError, Rendering
from .releases import render_releases
from .resources import aws_resources, kubernetes_objects, secret_values


def masked_objects(rendering: Rendering) -> list[dict[str, Any]]:
    """Return every Kubernetes object of a rendering, secrets masked."""
    return [masked(item.manifest, rendering.secrets) for item in rendering.objects]


def render(root: Path, stack: str, kubernetes_version: str = "") -> Rendering:
    """Render the committed stack of this name; raise `RenderError` where it cannot be.

    `kubernetes_version` is that of the cluster; by default what the stack states.
    """
    try:
        stated = read_stack_file(root, stack).kubernetes_version
    except StackFileError as error:
        raise RenderError(str(error)) from None
    return render_program(program_of(root, stack), stack, kubernetes_version or stated)


def render_program(program: Callable[[], Mapping[str, Any]], stack: str, kubernetes_version: str = "") -> Rendering:
    """Render what `program` would create; raise `RenderError` where two objects would be one."""
    version = kubernetes_version or KUBE_VERSION
    recording = _recorded(program, stack)
    warnings: list[str] = []
    releases = render_releases(recording, charts_cache(), warnings.append, version)
    objects = [*kubernetes_objects(recording), *(item for _, made in releases for item in made)]
    if doubled := collisions(objects):
        raise RenderError("\n  ".join(["objects that would be created twice:", *doubled]))
    return Rendering(
        stack=stack,
        objects=tuple(sorted(objects, key=lambda item: item.key)),
        releases=tuple(sorted((summary for summary, _ in releases), key=str)),
        aws=tuple(sorted(aws_resources(recording), key=lambda item: item.path)),
        secrets=secret_values(recording),
        exports={name: value for name, value in recording.outputs.items() if name not in recording.secret_outputs},
        warnings=tuple(sorted(set(warnings))),
        ip_families=next(
            (tuple(found.plain().get("ip_families") or ()) for found in recording.of_type(":Telemetry")), ()
        ),
        kubernetes_version=version,
        alerting=next((AlertingSpec.model_validate(found.plain()) for found in recording.of_type(":Alerting")), None),
    )


def _recorded(program: Callable[[], Mapping[str, Any]], stack: str) -> Recording:
    try:
        return record(program, preview=True, stack=stack)
    except pulumi.RunError:
        raise
    except ValueError as error:
        # What goes wrong once an output is known reaches us wrapped by the SDK, its reason at the end of the text.
        raise RenderError(f"the program of stack {stack} fails: {error}") from error


def collisions(objects: Iterable[RenderedObject]) -> list[str]:
    """Name every object that more than one origin would create; hooks replace each other in turn, so they may."""
    origins: dict[tuple[str, str, str], list[RenderedObject]] = defaultdict(list)
    for item in objects:
        origins[item.key].append(item)
    return [
        f"{same[0]}: by {' and by '.join(item.origin for item in same)}"
        for same in origins.values()
        if len(same) > 1 and not all(item.hook for item in same)
    ]
