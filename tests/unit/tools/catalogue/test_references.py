import json
from pathlib import Path

import pytest

from tests.checkout import ROOT
from tools.bootstrap.catalog import load
from tools.catalogue import references
from tools.catalogue.references import cadvisor_metrics, files, kubernetes_metrics, main, required_version

REFERENCE = """
- name: relist_duration_seconds
  subsystem: pleg
  namespace: kubelet
  type: Histogram
  labels: [kind]
  buckets: [0.005, 1, 60, 2.592e+06]
  componentEndpoints: [{component: kubelet, endpoint: /metrics}]
- name: volume_stats_available_bytes
  subsystem: kubelet
  type: Custom
  labels: [namespace]
  componentEndpoints: [{component: kubelet, endpoint: /metrics}]
- name: probe_total
  type: Counter
  componentEndpoints: [{component: kubelet, endpoint: /metrics/probes}]
"""
CADVISOR = """\
# TYPE container_tasks_state gauge
container_tasks_state{container_env_foo="a",id="1",image="i",name="n",state="running",zone_name="z"} 1
# TYPE container_referenced_bytes gauge
container_referenced_bytes{id="1"} 1
# TYPE machine_cpu_cores gauge
machine_cpu_cores{machine_id="m"} 1
"""


def test_the_reference_of_kubernetes_is_read_by_component_and_path() -> None:
    assert kubernetes_metrics(REFERENCE, "kubelet", "/metrics") == {
        "kubelet_pleg_relist_duration_seconds": {
            "type": "histogram",
            "labels": ["kind", "le"],
            "values": {"le": ["0.005", "1.0", "60.0", "2.592e+06", "+Inf"]},
        },
        "kubelet_volume_stats_available_bytes": {"type": "untyped", "labels": ["namespace"]},
    }
    assert kubernetes_metrics(REFERENCE, "kubelet", "/metrics/probes") == {"probe_total": {"type": "counter"}}


def test_cadvisor_has_the_labels_of_a_kubelet_and_what_that_collects() -> None:
    assert cadvisor_metrics(CADVISOR) == {
        "container_tasks_state": {
            "type": "gauge",
            "labels": ["id", "state"],
            "optional": ["container", "image", "name", "namespace", "pod"],
            "values": {"state": ["running"]},
        },
        "machine_cpu_cores": {"type": "gauge", "labels": ["machine_id"]},
    }


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """Write the modules that the files are made of, in the versions of this project."""
    kubernetes = tmp_path / "k8s.io" / f"kubernetes@{load(ROOT / 'tools' / 'tools.toml').tools['kubernetes'].version}"
    reference = kubernetes / references.REFERENCE
    reference.parent.mkdir(parents=True)
    reference.write_text(REFERENCE)
    (kubernetes / "go.mod").write_text("require (\n\tgithub.com/google/cadvisor v0.1.2\n)\n")
    tests = tmp_path / "github.com" / "google" / "cadvisor@v0.1.2" / "metrics" / "testdata"
    tests.mkdir(parents=True)
    for name in references.EXPOSITIONS:
        (tests / name).write_text(CADVISOR)
    return tmp_path


def test_the_files_are_of_the_kubernetes_of_this_project_and_of_its_cadvisor(modules: Path) -> None:
    found = {program: json.loads(content) for program, content in files(modules)}
    assert set(found) == {*references.COMPONENTS, "cadvisor"}
    assert {program: each["version"] for program, each in found.items()} == {
        **dict.fromkeys(references.COMPONENTS, load(ROOT / "tools" / "tools.toml").tools["kubernetes"].version),
        "cadvisor": "v0.1.2",
    }


def test_the_version_of_one_module_is_not_that_of_another() -> None:
    text = "require github.com/google/cadvisor v1.0.0\n\tgithub.com/google/cadvisor/lib v2.0.0 // indirect\n"
    assert required_version(text, "github.com/google/cadvisor") == "v1.0.0"


def test_what_a_new_reference_no_longer_has_is_printed(
    modules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    catalogue = tmp_path / "catalogue"
    catalogue.mkdir()
    monkeypatch.setattr(references, "CATALOGUE", catalogue)
    assert main([str(modules)]) == 0
    assert capsys.readouterr().out == ""
    metrics = {"probe_total": {"type": "counter"}, "probe_seconds": {"type": "gauge"}, "seen_total": {"type": "gauge"}}
    (catalogue / "kubelet-probes.reference.json").write_text(json.dumps({"metrics": metrics}))
    (catalogue / "kubelet-probes.json").write_text(json.dumps({"metrics": {"seen_total": {"type": "counter"}}}))
    main([str(modules)])
    assert capsys.readouterr().out == "kubelet-probes.reference.json: probe_seconds: not exposed\n"


@pytest.mark.parametrize("arguments", [[], ["/nowhere"]])
def test_without_the_modules_the_usage_is_printed(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    assert "usage: python -m tools.catalogue.references [-h] MODULES" in capsys.readouterr().err
