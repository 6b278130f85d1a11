"""Helm releases rendered: from a recorded release to the objects of its chart."""

import os
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from components.charts import CHARTS, CHARTS_VARIABLE
from sandbox.chart_sources import ChartReference, Charts
from sandbox.documents import load_all
from sandbox.helm import Helm, HelmFailed
from sandbox.kinds import HELM_RELEASE
from sandbox.providers.plugin import ProviderError
from sandbox.validation import KUBE_VERSION
from tools.program import Recording, Registered

from .chartfiles import ChartFiles
from .objects import ReleaseSummary, RenderedObject, RenderError
from .resources import whole_numbers

WORKERS = 2
HOOK = "helm.sh/hook"
POLICY = "helm.sh/resource-policy"
_OTHER_VERSION = re.compile(r"chart requires kubeVersion: (.+) which is incompatible with Kubernetes v?(\S+)")

Rendered = tuple[ReleaseSummary, list[RenderedObject]]


def render_releases(
    recording: Recording, cache: Path, warn: Callable[[str], None], kubernetes_version: str = KUBE_VERSION
) -> list[Rendered]:
    """Render every release, two at a time; raise `RenderError` naming the release that does not render."""
    helm = Helm(cache / "helm")
    charts = Charts(helm, warn, cache)
    releases = [resource for resource in recording.resources if resource.type == HELM_RELEASE]
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(lambda release: _rendered(release, helm, charts, warn, kubernetes_version), releases))


def _rendered(
    release: Registered, helm: Helm, charts: Charts, warn: Callable[[str], None], kubernetes_version: str
) -> Rendered:
    inputs = whole_numbers(release.plain())
    for field in ("name", "namespace"):
        if not inputs.get(field):
            raise RenderError(f"release {release.name} has no {field}: its objects would get unpredictable names")
    name, namespace = str(inputs["name"]), str(inputs["namespace"])
    values = inputs.get("values") or {}
    repository = (inputs.get("repositoryOpts") or {}).get("repo")
    try:
        path = charts.locate(ChartReference(str(inputs["chart"]), inputs.get("version"), repository))
        stand_in = path.is_relative_to(charts.minimal_directory)
        if repository and not stand_in and (difference := _difference(path)):
            warn(difference)
        with tempfile.TemporaryDirectory() as directory:
            options = ("--skip-tests", "--output-dir", directory)
            helm.template(name, namespace, path, values, *options, kubernetes_version=kubernetes_version)
            objects = list(_objects(Path(directory), name, namespace))
    except (HelmFailed, ProviderError) as error:
        if refused := _OTHER_VERSION.search(str(error)):
            raise RenderError(
                f"kubernetes_version = {refused[2]}: must be {refused[1]}, as the chart of release {namespace}/{name} "
                "requires; upgrade the cluster, or use another version of the chart"
            ) from error
        raise RenderError(f"release {namespace}/{name} does not render: {error}") from error
    files = ChartFiles(path)
    summary = ReleaseSummary(
        name=name,
        namespace=namespace,
        chart=files.name,
        version=files.version,
        chart_path=path,
        source=_source(path, repository, stand_in),
        stand_in=stand_in,
        values=values,
        objects=len(objects),
    )
    return summary, objects


def _difference(path: Path) -> str | None:
    """Return how a chart that was pulled differs from the published one of its name and version."""
    files = ChartFiles(path)
    known = (chart for chart in CHARTS if chart.name == files.name and files.version in chart.versions)
    return next((chart.difference(files.version, str(path)) for chart in known), None)


def _objects(directory: Path, release: str, namespace: str) -> Iterator[RenderedObject]:
    """Yield the objects that Helm wrote to `directory`, in the files of its chart."""
    for file in sorted(path for path in directory.rglob("*") if path.is_file()):
        from_crds = "crds" in file.relative_to(directory).parts[1:-1]
        for item in (item for document in load_all(file.read_text()) for item in _items(document)):
            metadata = item["metadata"]
            annotations = metadata.get("annotations") or {}
            made = RenderedObject(
                {**item, "metadata": {"namespace": namespace, **metadata}},
                f"release {namespace}/{release}",
                hook=str(annotations.get(HOOK, "")),
                retained=from_crds or annotations.get(POLICY) == "keep",
            )
            yield made if made.namespace != "_cluster" else _outside_namespaces(made)


def _items(document: Any) -> Sequence[dict[str, Any]]:
    return document["items"] or [] if document.get("kind") == "List" else [document]


def _outside_namespaces(made: RenderedObject) -> RenderedObject:
    metadata = {key: value for key, value in made.manifest["metadata"].items() if key != "namespace"}
    return RenderedObject({**made.manifest, "metadata": metadata}, made.origin, made.hook, made.retained)


def _source(path: Path, repository: str | None, stand_in: bool) -> str:
    if stand_in:
        return "this project's stand-in chart"
    mirror = os.environ.get(CHARTS_VARIABLE)
    if mirror and path.is_relative_to(mirror):
        return f"${CHARTS_VARIABLE}"
    return repository or str(path)
