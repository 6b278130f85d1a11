"""The charts, their digests and the known faults of the versions that they install."""

import re
import tarfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from components.charts import (
    CHARTS,
    LOKI,
    LOKI_IMAGE,
    MINIO,
    Affected,
    Chart,
    Fault,
    content_digest,
    major_version,
)

FILES = {
    "Chart.yaml": "{name: minio, version: 5.4.0}",
    "values.yaml": "networkPolicy: {enabled: false}\n",
    "templates/pod.yaml": "kind: Pod\n",
    "templates/tests/test.yaml": "kind: Pod\n",
}
VERSION = MINIO.default_version
V6 = next(version for version in LOKI.versions if major_version(version) == 6)
V18 = next(version for version in LOKI.versions if major_version(version) == 18)
UPLOADS = Fault("3.7.0", "3.7.6", Affected.S3_COMPATIBLE, "uploads in chunks", "3.7.7", "https://example.org")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        file = tmp_path / "minio" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "minio"


def packed(directory: Path, compression: int = 9) -> Path:
    archive = directory.parent / f"minio-{compression}.tgz"
    with tarfile.open(archive, "w:gz", compresslevel=compression) as file:
        file.add(directory, "minio")
    return archive


def published(directory: Path) -> Chart:
    archive = sha256(packed(directory).read_bytes()).hexdigest()
    release = MINIO.release(VERSION)._replace(digest=archive, content=content_digest(directory))
    return replace(MINIO, published=(release,))


def test_every_version_has_the_digest_of_its_archive_and_of_its_content() -> None:
    digests = [digest for chart in CHARTS for published in chart.published for digest in published[2:]]
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in digests)
    assert len(set(digests)) == len(digests) == 2 * sum(len(chart.versions) for chart in CHARTS)


def test_the_published_archive_and_what_unpacks_or_repacks_it_are_no_other_chart(directory: Path) -> None:
    chart = published(directory)
    (directory / "Chart.yaml").write_text("{version: 5.4.0, name: minio}")
    (directory / "templates/tests/test.yaml").unlink()
    for path in (packed(directory), packed(directory, 1), directory):
        assert chart.difference(VERSION, str(path)) is None


@pytest.mark.parametrize("name", ["values.yaml", "values.schema.json", "templates/pod.yaml", "templates/policy.yaml"])
def test_a_changed_file_is_another_chart_in_a_directory_and_in_an_archive(directory: Path, name: str) -> None:
    chart = published(directory)
    release = chart.release(VERSION)
    changed = directory.rename(directory.with_name("changed"))
    (changed / name).write_text("networkPolicy: {enabled: false, egress: {}}\n")
    for path in (changed, packed(changed)):
        message = chart.difference(VERSION, str(path))
        assert message is not None
        assert message.startswith(
            f"chart minio {VERSION} at {path} is not the one that https://charts.min.io publishes"
        )
        assert all(digest in message for digest in (content_digest(path), release.content, release.digest))
        assert "replace it with the published archive" in message


def test_what_is_no_archive_is_no_published_chart(tmp_path: Path) -> None:
    (tmp_path / "minio.tgz").write_text("<html>")
    assert "is not an archive; replace it" in str(MINIO.difference(VERSION, str(tmp_path / "minio.tgz")))


@pytest.mark.parametrize("tag", ["3.7.0", "3.7.6", "v3.7.3", "3.7.6-amd64"])
def test_a_fault_includes_its_first_and_last_version_in_every_form_of_a_tag(tag: str) -> None:
    assert UPLOADS.includes(tag)


@pytest.mark.parametrize("tag", ["3.6.99", "3.7.7", "3.7.60", "3.10.1", "main-3f2c1d", "latest", "k300", ""])
def test_a_fault_does_not_include_other_versions_or_tags_that_are_none(tag: str) -> None:
    assert not UPLOADS.includes(tag)


def test_every_supported_chart_of_loki_has_the_tag_of_its_image() -> None:
    assert set(LOKI_IMAGE.tags) == set(LOKI.versions)


@pytest.mark.parametrize("fault", LOKI_IMAGE.faults, ids=lambda fault: f"{fault.first}-{fault.affected.name}")
def test_a_fixed_version_does_not_have_the_fault(fault: Fault) -> None:
    assert fault.includes(fault.first) and fault.includes(fault.last)
    assert fault.fault and fault.source.startswith("https://github.com/grafana/loki/")
    assert not fault.fixed or not any(LOKI_IMAGE.faults_of(fault.fixed, {fault.affected}))


@pytest.mark.parametrize(
    ("chart", "uses", "tag"),
    [
        (V18, {Affected.EVERY}, "3.7.6"),
        (V18, {Affected.EVERY, Affected.RULER}, "3.7.6"),
        (V18, {Affected.EVERY, Affected.S3_COMPATIBLE}, "3.7.7"),
        (V6, {Affected.EVERY, Affected.S3_COMPATIBLE}, "3.6.3"),
        (V6, {Affected.EVERY, Affected.OWN_TRACES}, "3.6.7"),
    ],
)
def test_the_image_is_that_of_the_chart_unless_it_has_a_fault_in_use(chart: str, uses: set[Affected], tag: str) -> None:
    assert LOKI_IMAGE.tag(chart, uses) == tag
