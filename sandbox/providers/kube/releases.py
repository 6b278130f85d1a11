"""Helm releases: rendered at preview, installed and upgraded at update, read back at refresh."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar

from sandbox.chart_sources import ChartReference, Charts, charts_cache
from sandbox.helm import Helm, HelmFailed, values_file

from ..differences import Difference, compare
from ..plugin import CheckFailed, Found, InitializationFailed, Log, ProviderError, Resource, Severity
from ..values import UNKNOWN, Properties, has_unknown, mark_secrets, plain
from .cluster import Cluster
from .manifests import chart_and_version, resource_names

_T = TypeVar("_T")

_SWITCHES: Final = {"atomic": "--atomic", "cleanupOnFail": "--cleanup-on-fail"}
_INPUTS: Final = frozenset({"chart", "version", "repositoryOpts", "name", "namespace", "values"} | _SWITCHES.keys()) | {
    "compat",
    "maxHistory",
    "skipAwait",
    "timeout",
}
_DEFAULT_SECONDS: Final = 300


class Releases:
    def __init__(self, cluster: Cluster, log: Log):
        self._cluster = cluster
        self._log = log

    @cached_property
    def _charts(self) -> Charts:
        cache = charts_cache()
        return Charts(Helm(cache / "helm"), lambda text: self._log(Severity.WARNING, text), cache)

    def check(self, resource: Resource, olds: Properties, news: Properties) -> Properties:
        inputs = {key: value for key, value in news.items() if value is not None}
        if unknown := sorted(inputs.keys() - _INPUTS):
            reason = "the stand-in Kubernetes provider does not have this property of a release"
            raise CheckFailed([(key, reason) for key in unknown])
        if plain(inputs.get("name")) is None:
            raise CheckFailed([("name", "the stand-in Kubernetes provider generates no names; set it")])
        if plain(inputs.get("namespace")) is None:
            inputs["namespace"] = "default"
        if not has_unknown(inputs.get("chart")) and not plain(inputs.get("chart")):
            raise CheckFailed([("chart", "a release needs a chart: a name, a path or an oci:// address")])
        return inputs

    def diff(self, resource: Resource, old_inputs: Properties, old_outputs: Properties, news: Properties) -> Difference:
        return compare(
            old_inputs,
            news,
            lambda path: path[0] in ("name", "namespace"),
            delete_before_replace=plain(old_inputs.get("name")) == plain(news.get("name")),
        )

    def create(self, resource: Resource, inputs: Properties) -> tuple[str, Properties]:
        if resource.preview:
            return "", {**inputs, **self._rendered(inputs), "status": UNKNOWN}
        release = _Release(self, resource, inputs)
        with self._helm() as helm:
            entry = _checked(lambda: helm.entry(release.namespace, release.name))
            if entry and entry["status"] == "deployed":
                raise ProviderError(f"the Helm release {release.id} already exists; import it, or uninstall it")
            return release.id, self._install(helm, release)

    def update(
        self, resource: Resource, old_inputs: Properties, old_outputs: Properties, news: Properties
    ) -> Properties:
        if resource.preview:
            status = old_outputs.get("status", UNKNOWN)
            if isinstance(status, Mapping):
                status = {**status, "revision": UNKNOWN}
            return {**news, **self._rendered(news), "status": status}
        with self._helm() as helm:
            return self._install(helm, _Release(self, resource, news))

    def read(self, resource: Resource, inputs: Properties, outputs: Properties) -> Found | None:
        namespace, _, name = resource.id.partition("/")
        with self._helm() as helm:
            entry = _checked(lambda: helm.entry(namespace, name))
            if entry is None or entry["status"] == "uninstalled":
                return None
            words = ["get", "values", name, "--namespace", namespace]
            values = _checked(lambda: helm.query(words)) or {}
            read = dict(inputs)
            chart, version = chart_and_version(entry)
            if inputs.get("version") not in (None, version):
                read["version"] = version
            if not _same_values(plain(inputs.get("values") or {}), values):
                read["values"] = mark_secrets(values, inputs.get("values"))
            read |= {"name": name, "namespace": namespace, "chart": inputs.get("chart") or chart}
            return Found(resource.id, self._outputs(helm, namespace, name, read), read)

    def delete(self, resource: Resource, inputs: Properties, outputs: Properties) -> None:
        namespace, _, name = resource.id.partition("/")
        seconds = _seconds(plain(inputs), resource)
        words = ["uninstall", name, "--namespace", namespace, "--ignore-not-found", "--timeout", f"{seconds}s"]
        with self._helm() as helm:
            _checked(lambda: helm.run([*words, "--wait"], timeout=seconds + 30, server=True))

    def chart(self, inputs: Mapping[str, Any]) -> Path:
        repository = (inputs.get("repositoryOpts") or {}).get("repo")
        return self._charts.locate(ChartReference(str(inputs["chart"]), inputs.get("version"), repository))

    def _rendered(self, inputs: Properties) -> Properties:
        """Return the names of what the chart renders with these values; unknown values leave them unknown."""
        known = plain(inputs)
        if has_unknown(known):
            return {"resourceNames": UNKNOWN}
        chart = self.chart(known)
        helm = Helm(charts_cache() / "helm")
        manifest = _checked(
            lambda: helm.template(known["name"], known["namespace"], chart, known.get("values") or {}),
            f"chart {chart.name} of release {known['name']} does not render",
        )
        return {"resourceNames": resource_names(manifest)}

    def _install(self, helm: Helm, release: _Release) -> Properties:
        with values_file(release.known.get("values") or {}) as values:
            try:
                helm.run([*release.words, "--values", values], timeout=release.seconds + 30, server=True)
            except HelmFailed as failed:
                text = f"Helm release {release.id} failed: {failed}"
                if helm.entry(release.namespace, release.name) is None:
                    raise ProviderError(text) from failed
                outputs = self._outputs(helm, release.namespace, release.name, release.inputs)
                raise InitializationFailed(release.id, outputs, [text], release.inputs) from failed
        return self._outputs(helm, release.namespace, release.name, release.inputs)

    def _outputs(self, helm: Helm, namespace: str, name: str, inputs: Properties) -> Properties:
        entry = _checked(lambda: helm.entry(namespace, name))
        if entry is None:
            raise ProviderError(f"the Helm release {namespace}/{name} is gone from the cluster")
        words = ["get", "manifest", name, "--namespace", namespace]
        manifest = _checked(lambda: helm.run(words, timeout=60, server=True))
        chart, version = chart_and_version(entry)
        status = {
            "name": name,
            "namespace": namespace,
            "revision": int(entry["revision"]),
            "status": entry["status"],
            "version": version,
            "chart": chart,
            "appVersion": entry["app_version"],
        }
        return {**inputs, "status": status, "resourceNames": resource_names(manifest)}

    @contextmanager
    def _helm(self) -> Iterator[Helm]:
        """Yield helm against the cluster, with the kubeconfig of the provider in a private file."""
        connection = self._cluster.connection
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as kubeconfig:
            path = Path(connection.source)
            if not path.is_file():
                kubeconfig.write(connection.kubeconfig)
                kubeconfig.flush()
                path = Path(kubeconfig.name)
            yield Helm(charts_cache() / "helm", path, connection.context, self._cluster.cancelled)


class _Release:
    """One installation: the words for helm, from the inputs of the resource."""

    def __init__(self, releases: Releases, resource: Resource, inputs: Properties):
        self.inputs = inputs
        self.known: dict[str, Any] = plain(inputs)
        self.name, self.namespace = str(self.known["name"]), str(self.known["namespace"])
        self.id = f"{self.namespace}/{self.name}"
        self.seconds = _seconds(self.known, resource)
        chart = str(releases.chart(self.known))
        self.words = ["upgrade", "--install", self.name, chart, "--namespace", self.namespace]
        self.words += ["--timeout", f"{self.seconds}s", "--history-max", str(self.known.get("maxHistory") or 10)]
        self.words += [switch for name, switch in _SWITCHES.items() if self.known.get(name)]
        if not self.known.get("skipAwait"):
            self.words.append("--wait")


def _seconds(known: Mapping[str, Any], resource: Resource) -> int:
    return int(resource.timeout or known.get("timeout") or _DEFAULT_SECONDS)


def _checked(call: Callable[[], _T], what: str = "helm failed") -> _T:
    try:
        return call()
    except HelmFailed as failed:
        raise ProviderError(f"{what}: {failed}") from failed


def _same_values(wanted: Any, live: Any) -> bool:
    """Whether values are the same to Helm, which may drop nulls and empty maps when it stores them."""
    if isinstance(wanted, Mapping) and isinstance(live, Mapping):
        return all(_same_values(wanted.get(key), live.get(key)) for key in {*wanted, *live})
    if isinstance(wanted, list) and isinstance(live, list) and len(wanted) == len(live):
        return all(_same_values(one, other) for one, other in zip(wanted, live, strict=True))
    return bool(wanted == live) or (wanted in (None, {}) and live in (None, {}))
