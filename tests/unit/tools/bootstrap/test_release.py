"""Release downloads: digests, archives, hosts that fail."""

import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.unit.tools.bootstrap.conftest import ReleaseServer, lens
from tools.bootstrap.catalog import Release
from tools.bootstrap.errors import NotServed
from tools.bootstrap.release import Downloads, published_digest


def archive(*members: tuple[str, int, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, mode, content in members:
            info = tarfile.TarInfo(name)
            info.mode, info.size = mode, len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def test_an_archive_gives_its_executables_side_by_side_and_nothing_else(
    releases: ReleaseServer, tmp_path: Path
) -> None:
    content = archive(("x/lens", 0o755, b"a"), ("x/deep/lens-host", 0o755, b"b"), ("x/README", 0o644, b"c"))
    Downloads().install(lens(release=releases.publish("lens.tar.gz", content)), tmp_path)

    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"lens": b"a", "lens-host": b"b"}
    assert all(file.stat().st_mode & 0o111 for file in tmp_path.iterdir())


def test_a_zip_gives_its_executables_without_the_platform_in_their_names(
    releases: ReleaseServer, tmp_path: Path
) -> None:
    tool = lens()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, mode in ((tool.fill("x/lens-{os}-{arch}"), 0o100755), ("x/LICENSE", 0o100644)):
            member = zipfile.ZipInfo(name)
            member.external_attr = mode << 16
            packed.writestr(member, b"a")
    Downloads().install(lens(release=releases.publish("lens.zip", buffer.getvalue())), tmp_path)

    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"lens": b"a"}
    assert (tmp_path / "lens").stat().st_mode & 0o111


def test_an_archive_cannot_write_outside_its_directory(releases: ReleaseServer, tmp_path: Path) -> None:
    into = tmp_path / "into"
    into.mkdir()
    content = archive(("../../outside", 0o755, b"a"), (f"{tmp_path}/absolute", 0o755, b"b"))
    Downloads().install(lens(release=releases.publish("lens.tar.gz", content)), into)

    assert [path.name for path in tmp_path.iterdir()] == ["into"]
    assert sorted(path.name for path in into.iterdir()) == ["absolute", "outside"]


def test_a_release_of_bare_binaries_is_fetched_one_by_one(releases: ReleaseServer, tmp_path: Path) -> None:
    for name in ("lens", "lensd"):
        releases.files[f"/v1.4.0/{name}"] = name.encode()
        releases.files[f"/v1.4.0/{name}.sha256"] = hashlib.sha256(name.encode()).hexdigest().encode()
    url = f"{releases.address}/{{version}}/{{binary}}"
    release = Release(url=url, checksums=f"{url}.sha256")
    Downloads().install(lens(binaries=["lens", "lensd"], release=release), tmp_path)

    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"lens": b"lens", "lensd": b"lensd"}


def test_a_download_with_a_wrong_digest_is_deleted(releases: ReleaseServer, tmp_path: Path) -> None:
    release = releases.publish("lens-linux", b"tampered", digest="b" * 128)
    with pytest.raises(NotServed, match="its sha512 is"):
        Downloads().install(lens(release=release), tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_nothing_is_downloaded_that_has_no_published_digest(releases: ReleaseServer, tmp_path: Path) -> None:
    release = releases.publish("lens-linux", b"content")
    releases.files["/SUMS"] = b"<html>moved</html>"
    with pytest.raises(NotServed, match="SUMS holds no digest for lens-linux"):
        Downloads().install(lens(release=release), tmp_path)

    assert releases.requests == ["/SUMS"]


def test_a_missing_file_condemns_the_file_and_not_its_host(releases: ReleaseServer, tmp_path: Path) -> None:
    downloads = Downloads()
    missing = Release(url=f"{releases.address}/gone", checksums=f"{releases.address}/gone.sha256")
    with pytest.raises(NotServed, match=r"gone\.sha256 answered 404"):
        downloads.install(lens(release=missing), tmp_path)

    downloads.install(lens(release=releases.publish("lens-linux", b"content")), tmp_path)
    assert (tmp_path / "lens").read_bytes() == b"content"


def test_a_host_that_does_not_answer_fails_within_the_connect_timeout(tmp_path: Path) -> None:
    release = Release(url="http://127.0.0.1:1/lens", checksums="http://127.0.0.1:1/SUMS")
    downloads = Downloads()
    with pytest.raises(NotServed, match=r"^127\.0\.0\.1:1: "):
        downloads.install(lens(release=release), tmp_path)
    with pytest.raises(NotServed, match="failed before in this run"):
        downloads.install(lens(release=release), tmp_path)


@pytest.mark.parametrize("line", ["{} *lens", "{}  ./lens", "{}  lens", "{}", "{}\n"])
def test_every_published_form_of_a_digest_is_read(line: str) -> None:
    digest = "C" * 64
    assert published_digest(line.format(digest), "lens", "SUMS") == "c" * 64


def test_the_digest_of_another_file_is_not_taken() -> None:
    with pytest.raises(NotServed):
        published_digest(f"{'c' * 64}  lens-arm64\n", "lens", "SUMS")
