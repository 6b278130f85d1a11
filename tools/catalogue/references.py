"""Files of the catalogue for programs that cannot run here, from what their projects publish of them.

`python -m tools.catalogue.references MODULES` reads the modules of Kubernetes and cAdvisor below a directory, such as
`$(go env GOMODCACHE)`: the reference of the metrics of Kubernetes, and the exposition that cAdvisor is tested with. The
version of Kubernetes is that of tools.toml, and cAdvisor's the one that this Kubernetes requires. It prints what the
files no longer have, as rules may read it.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from components.alerting.label_flow import BUCKET
from tools.bootstrap.catalog import load
from tools.catalogue.exposition import describe, missing, written

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "components" / "alerting" / "catalogue"
REFERENCE = "test/instrumentation/documentation/documentation-list.yaml"
EXPOSITIONS = ("prometheus_metrics", "prometheus_machine_metrics")
COMPONENTS = {
    "kubelet": ("kubelet", "/metrics"),
    "kubelet-probes": ("kubelet", "/metrics/probes"),
    "kube-proxy": ("kube-proxy", "/metrics"),
    "kube-apiserver": ("kube-apiserver", "/metrics"),
    "kube-controller-manager": ("kube-controller-manager", "/metrics"),
    "kube-scheduler": ("kube-scheduler", "/metrics"),
}
"""The component and the path of each program of the catalogue; those that run here show some metrics on use only."""
_TYPES = {"Custom": "untyped", "TimingRatioHistogram": "histogram"}
CADVISOR_LABELS = ("container", "id", "image", "name", "namespace", "pod")
"""The labels that a kubelet has cAdvisor state: `containerPrometheusLabelsFunc` of `pkg/kubelet/server/server.go`."""
_CONTAINER = ("container", "image", "name", "namespace", "pod")
"""Those that a cgroup without a container, or without a pod, is without."""
_NOT_COLLECTED = re.compile(
    r"container_(custom_app|cpu_schedstat|cpu_load_d|hugetlb|memory_numa|memory_migrate|memory_bandwidth|llc|perf|"
    r"referenced|network_(advance_)?(tcp|udp)6?_|health_state|fs_io_cost).*"
)
"""Metrics that a kubelet does not have cAdvisor collect: `includedMetrics` of `pkg/kubelet/server/server.go`."""
_OF_THE_TEST = re.compile(r"(container_env_|container_label_|zone_name)\w*")


def kubernetes_metrics(reference: str, component: str, path: str) -> dict[str, dict[str, Any]]:
    """Return the metrics of a component at a path, from `documentation-list.yaml` of Kubernetes."""
    entries = yaml.load(reference, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    endpoint = {"component": component, "endpoint": path}
    found = {_name(each): _described(each) for each in entries if endpoint in each.get("componentEndpoints", ())}
    return dict(sorted(found.items()))


def _name(entry: Mapping[str, Any]) -> str:
    return "_".join(part for part in (entry.get("namespace"), entry.get("subsystem"), entry["name"]) if part)


def _described(entry: Mapping[str, Any]) -> dict[str, Any]:
    kind = _TYPES.get(entry["type"], entry["type"].lower())
    labels = sorted(
        {*entry.get("labels", ()), *entry.get("constLabels", ()), *([BUCKET] if kind == "histogram" else ())}
    )
    borders = [*map(_border, entry.get("buckets", ())), "+Inf"] if entry.get("buckets") else []
    described = {"type": kind, "labels": labels, "values": {BUCKET: borders} if borders else {}}
    return {key: value for key, value in described.items() if value}


def _border(stated: float | str) -> str:
    """Return a border as Go prints it and Prometheus stores it."""
    value = float(stated)
    shortest = repr(value)
    if abs(value) >= 1e6 and "e" not in shortest:
        digits = shortest.partition(".")[0].rstrip("0")
        exponent = len(shortest.partition(".")[0]) - 1
        fraction = digits[1:]
        return f"{digits[0]}{'.' + fraction if fraction else ''}e+{exponent:02}"
    return shortest


def cadvisor_metrics(*expositions: str) -> dict[str, dict[str, Any]]:
    """Return the metrics of cAdvisor as a kubelet exposes them, from the expositions of its tests."""
    return {
        name: _of_kubelet(name, metric)
        for name, metric in describe(expositions).items()
        if not _NOT_COLLECTED.fullmatch(name)
    }


def _of_kubelet(name: str, metric: Mapping[str, Any]) -> dict[str, Any]:
    if not name.startswith("container_") or name == "container_scrape_error":
        return dict(metric)
    stated = {*metric.get("labels", ()), *metric.get("optional", ())}
    own = {label for label in stated if not _OF_THE_TEST.fullmatch(label)} - set(CADVISOR_LABELS)
    kept = {key: value for key, value in metric.items() if key in ("type", "values")}
    return {**kept, "labels": sorted({*own, "id"}), "optional": sorted(_CONTAINER)}


def files(modules: Path) -> Iterator[tuple[str, str]]:
    """Yield the program and the content of each file; raise `FileNotFoundError` where a module is not there."""
    version = load(ROOT / "tools" / "tools.toml").tools["kubernetes"].version
    kubernetes = modules / "k8s.io" / f"kubernetes@{version}"
    reference = (kubernetes / REFERENCE).read_text(encoding="utf-8")
    source = f"https://github.com/kubernetes/kubernetes/blob/{version}/{REFERENCE}"
    for program, (component, endpoint) in COMPONENTS.items():
        metrics = kubernetes_metrics(reference, component, endpoint)
        metrics = {name: metrics[name] for name in metrics.keys() - _metrics(f"{program}.json").keys()}
        yield program, written(program, version, source, metrics)
    version = required_version((kubernetes / "go.mod").read_text(encoding="utf-8"), "github.com/google/cadvisor")
    tests = modules / "github.com" / "google" / f"cadvisor@{version}" / "metrics" / "testdata"
    source = f"https://github.com/google/cadvisor/tree/{version}/metrics/testdata, with the labels of a kubelet"
    metrics = cadvisor_metrics(*((tests / name).read_text(encoding="utf-8") for name in EXPOSITIONS))
    yield "cadvisor", written("cadvisor", version, source, metrics)


def required_version(go_mod: str, module: str) -> str:
    """Return the version of a module that a go.mod requires."""
    (version,) = re.findall(rf"^\s*(?:require\s+)?{re.escape(module)}\s+(v\S+)", go_mod, re.MULTILINE)
    return str(version)


def gone(program: str, content: str) -> list[str]:
    """Return what the reference of a program had and a new one has not; what a run of it has shown is not gone."""
    recorded = _metrics(f"{program}.json")
    before = {name: metric for name, metric in _metrics(_file(program)).items() if name not in recorded}
    return missing(before, json.loads(content)["metrics"])


def _file(program: str) -> str:
    return f"{program}.reference.json"


def _metrics(name: str) -> dict[str, Any]:
    """Return the metrics of a file of the catalogue; none where there is no such file."""
    file = CATALOGUE / name
    return dict(json.loads(file.read_text(encoding="utf-8"))["metrics"]) if file.exists() else {}


def main(arguments: Sequence[str]) -> int:
    """Write the files, and print what they no longer have."""
    parser = argparse.ArgumentParser(prog="python -m tools.catalogue.references")
    parser.add_argument("modules", type=Path, metavar="MODULES", help="directory of modules: $(go env GOMODCACHE)")
    options = parser.parse_args(arguments)
    try:
        found = list(files(options.modules))
    except FileNotFoundError as error:
        parser.error(f"{error.filename} is not there; go mod download fetches a module")
    for program, content in found:
        for problem in gone(program, content):
            print(f"{_file(program)}: {problem}")
        (CATALOGUE / _file(program)).write_text(content, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
