"""Helm releases rendered: from a recorded release to the objects of its chart."""

import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml

from sandbox.providers.kube.charts import MIRROR, ChartReference, Charts
from sandbox.providers.kube.helm import Helm, HelmFailed
from sandbox.providers.kube.releases import API_VERSIONS, KUBE_VERSION
from sandbox.providers.plugin import ProviderError
from tools.program import Recording, Registered

from .chartfiles import ChartFiles
from .documents import load
from .objects import ReleaseSummary, RenderedObject, RenderError
from .resources import RELEASE, whole_numbers

WORKERS = 2
TEMPLATE_SECONDS = 120.0
HOOK = "helm.sh/hook"
POLICY = "helm.sh/resource-policy"
_OTHER_VERSION = re.compile(r"chart requires kubeVersion: (.+) which is incompatible with Kubernetes v?(\S+)")
_DOCUMENT_START = re.compile(r"^---[ \t]*$", re.MULTILINE)
_FROM_CRDS = re.compile(r"^# Source: (?:[^/\n]+/(?:charts/)?)+crds/", re.MULTILINE)

Rendered = tuple[ReleaseSummary, list[RenderedObject]]


def render_releases(
    recording: Recording, cache: Path, warn: Callable[[str], None], kubernetes_version: str = KUBE_VERSION
) -> list[Rendered]:
    """Render every release, two at a time; raise `RenderError` naming the release that does not render."""
    helm = Helm(cache / "helm")
    charts = Charts(helm, warn, cache)
    releases = [resource for resource in recording.resources if resource.type == RELEASE]
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(lambda release: _rendered(release, helm, charts, kubernetes_version), releases))


def _rendered(release: Registered, helm: Helm, charts: Charts, kubernetes_version: str) -> Rendered:
    inputs = whole_numbers(release.plain())
    for field in ("name", "namespace"):
        if not inputs.get(field):
            raise RenderError(f"release {release.name} has no {field}: its objects would get unpredictable names")
    name, namespace = str(inputs["name"]), str(inputs["namespace"])
    values = inputs.get("values") or {}
    repository = (inputs.get("repositoryOpts") or {}).get("repo")
    try:
        path = charts.locate(ChartReference(str(inputs["chart"]), inputs.get("version"), repository))
        skip_crds = bool(inputs.get("skipCrds"))
        text = _template(helm, name, namespace, path, values, kubernetes_version, skip_crds=skip_crds)
    except (HelmFailed, ProviderError) as error:
        if refused := _OTHER_VERSION.search(str(error)):
            raise RenderError(
                f"release {namespace}/{name}: its chart requires Kubernetes {refused[1]}, and the cluster has "
                f"{refused[2]}; upgrade the cluster, or use another version of the chart"
            ) from error
        raise RenderError(f"release {namespace}/{name} does not render: {error}") from error
    objects = list(_objects(text, name, namespace))
    files = ChartFiles(path)
    stand_in = path.is_relative_to(charts.minimal_directory)
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


def _template(
    helm: Helm,
    name: str,
    namespace: str,
    chart: Path,
    values: Mapping[str, Any],
    kubernetes_version: str,
    *,
    skip_crds: bool,
) -> str:
    words = ["template", name, str(chart), "--namespace", namespace, "--skip-tests"]
    words += ["--kube-version", kubernetes_version]
    words += [word for version in API_VERSIONS for word in ("--api-versions", version)]
    words.append("--skip-crds" if skip_crds else "--include-crds")
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump(dict(values), file)
        file.flush()
        return helm.run([*words, "--values", file.name], timeout=TEMPLATE_SECONDS)


def _objects(text: str, release: str, namespace: str) -> Iterator[RenderedObject]:
    for part in _DOCUMENT_START.split(text):
        from_crds = _FROM_CRDS.search(part) is not None
        document = load(part)
        for item in _items(document):
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
    if not document:
        return []
    return document["items"] or [] if document.get("kind") == "List" else [document]


def _outside_namespaces(made: RenderedObject) -> RenderedObject:
    metadata = {key: value for key, value in made.manifest["metadata"].items() if key != "namespace"}
    return RenderedObject({**made.manifest, "metadata": metadata}, made.origin, made.hook, made.retained)


def _source(path: Path, repository: str | None, stand_in: bool) -> str:
    if stand_in:
        return "this project's stand-in chart"
    mirror = os.environ.get(MIRROR)
    if mirror and path.is_relative_to(mirror):
        return f"${MIRROR}"
    return repository or str(path)
