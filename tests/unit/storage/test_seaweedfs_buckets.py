"""The Job that creates the buckets of SeaweedFS."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from components.charts import SEAWEEDFS_CHART
from components.storage.seaweedfs import bucket_job_name, bucket_job_spec, image, release_labels, seaweedfs_values
from components.storage.spec import InClusterObjectStorageSpec

TAG = SEAWEEDFS_CHART.default_version.rpartition(".")[0]
WEED = """#!/bin/sh
read command name_flag bucket <<< "$(cat)"
case $command in
  s3.bucket.list) sed 's/$/\\tsize:0/' "$BUCKETS" ;;
  s3.bucket.create) [ -n "$BROKEN" ] || echo "$bucket" >> "$BUCKETS" ;;
esac
"""


def spec(**args: Any) -> InClusterObjectStorageSpec:
    return InClusterObjectStorageSpec.check("InClusterObjectStorage", {"namespace": "storage", **args})


def pod(**args: Any) -> dict[str, Any]:
    found: dict[str, Any] = bucket_job_spec(spec(**args))["template"]["spec"]
    return found


def container(**args: Any) -> dict[str, Any]:
    (found,) = pod(**args)["containers"]
    return dict(found)


def run(directory: Path, buckets: list[str], **variables: str) -> tuple[int, list[str]]:
    """Run the command of the Job where `buckets` exist; return its exit code and the buckets after it."""
    bash = shutil.which("bash")
    assert bash
    kept = directory / "buckets"
    kept.write_text("".join(f"{bucket}\n" for bucket in buckets))
    for name, script in (("weed", WEED.replace("/bin/sh", bash)), ("curl", f"#!{bash}\n")):
        (directory / name).write_text(script)
        (directory / name).chmod(0o755)
    environment = {"PATH": f"{directory}:{os.environ['PATH']}", "BUCKETS": str(kept), **variables}
    command = container(buckets={"logs": "loki", "traces": "tempo"})["command"]
    done = subprocess.run([bash, *command[1:]], env=environment, capture_output=True, text=True)
    return done.returncode, kept.read_text().split()


def test_the_buckets_that_do_not_exist_are_created_and_no_other(tmp_path: Path) -> None:
    assert run(tmp_path, []) == (0, ["loki", "tempo"])
    assert run(tmp_path, ["tempo", "loki-old"]) == (0, ["tempo", "loki-old", "loki"])
    assert run(tmp_path, ["loki", "tempo"]) == (0, ["loki", "tempo"])


def test_the_job_fails_where_a_bucket_is_not_created(tmp_path: Path) -> None:
    code, buckets = run(tmp_path, ["loki"], BROKEN="yes")
    assert code != 0 and buckets == ["loki"]


def test_the_pod_has_the_placement_of_the_release() -> None:
    taint = {"key": "dedicated", "operator": "Exists"}
    placed = pod(node_selector={"pool": "storage"}, tolerations=[taint])
    assert (placed["nodeSelector"], placed["tolerations"]) == ({"pool": "storage"}, [taint])
    assert not {"nodeSelector", "tolerations"} & set(pod())


def test_the_network_policy_of_the_release_admits_the_pod() -> None:
    labels = bucket_job_spec(spec())["template"]["metadata"]["labels"]
    assert labels.items() >= release_labels("seaweedfs").items()
    assert labels["app.kubernetes.io/component"] not in ("master", "volume", "filer", "seaweedfs-all-in-one")


@pytest.mark.parametrize(
    ("args", "hosts"),
    [
        ({}, ["seaweedfs-all-in-one.storage:9333", "seaweedfs-all-in-one.storage:8888"]),
        ({"replicas": 3}, ["seaweedfs-master.storage:9333", "seaweedfs-filer-client.storage:8888"]),
    ],
)
def test_the_job_reaches_master_and_filer_at_the_services_of_the_chart(args: dict[str, Any], hosts: list[str]) -> None:
    variables = {variable["name"]: variable["value"] for variable in container(**args)["env"]}
    assert [variables["WEED_CLUSTER_SW_MASTER"], variables["WEED_CLUSTER_SW_FILER"]] == hosts


def test_another_specification_is_another_job() -> None:
    assert bucket_job_name(spec()) == bucket_job_name(spec(volume_size="20Gi"))
    others: list[dict[str, Any]] = [{}, {"buckets": {"logs": "loki"}}, {"replicas": 3}]
    assert len({bucket_job_name(spec(**args)) for args in others}) == 3


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, f"chrislusf/seaweedfs:{TAG}"),
        ({"image": {"tag": "4.45"}}, "chrislusf/seaweedfs:4.45"),
        ({"image": {"registry": "r.acme.io", "repository": "weed"}}, f"r.acme.io/weed:{TAG}"),
        ({"global": {"imageRegistry": "r.acme.io/m"}}, f"r.acme.io/m/chrislusf/seaweedfs:{TAG}"),
        ({"master": {"imageOverride": "weed:1"}}, "weed:1"),
    ],
)
def test_the_image_is_that_of_the_release(values: dict[str, Any], expected: str) -> None:
    assert image(spec(values=values)) == expected


def test_the_hook_of_the_chart_is_off() -> None:
    for replicas in (1, 3):
        values = seaweedfs_values(spec(replicas=replicas))
        assert not any("createBuckets" in values.get(part, {}).get("s3", {}) for part in ("allInOne", "filer"))
