"""The charts and their digests: a chart that is not the published one is found, however it is packed."""

import re
import tarfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from components.charts import CHARTS, MINIO, Chart, content_digest

FILES = {
    "Chart.yaml": "{name: minio, version: 5.4.0}",
    "values.yaml": "networkPolicy: {enabled: false}\n",
    "templates/pod.yaml": "kind: Pod\n",
    "templates/tests/test.yaml": "kind: Pod\n",
}
VERSION = MINIO.default_version


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
