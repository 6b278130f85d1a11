"""The order in which a tool's sources are asked, and what is said when none serves."""

import fcntl
import re
import threading
import zipfile
from pathlib import Path

import pytest

from tests.unit.tools.bootstrap.conftest import Machine, ReleaseServer, lens
from tools.bootstrap.catalog import GoBuild, Release
from tools.bootstrap.errors import SetupError


def test_a_fitting_tool_on_path_is_used_before_the_cache(machine: Machine) -> None:
    machine.put(machine.bin, "lens", "echo lens v1.3.7+gabc")
    machine.put(machine.cached(lens()), "lens")

    assert machine.resolve(lens()) == [], "PATH already has it, so no directory is added"
    assert machine.said == [f"lens 1.3.7: on PATH ({machine.bin})"]


@pytest.mark.parametrize(
    "script", ["echo v1.1.9", "echo v2.0.0", "echo no number", "echo v1.3.0; exit 3"], ids=lambda script: script
)
def test_a_tool_on_path_that_does_not_fit_yields_to_the_cache(machine: Machine, script: str) -> None:
    machine.put(machine.bin, "lens", script)
    machine.put(machine.cached(lens()), "lens")

    assert machine.resolve(lens()) == [machine.cached(lens())]
    assert machine.said == ["lens v1.4.0: from the cache"]


def test_a_tool_whose_program_is_here_is_made_again_when_its_files_change(machine: Machine) -> None:
    machine.put_go('while [ "$1" != -o ]; do shift; done; echo >$2/lens; chmod +x $2/lens')
    own = lens(build=GoBuild(packages=["."]))
    source = machine.modules / "lens" / "main.go"
    source.parent.mkdir(parents=True)
    source.write_text("package main")
    (first,) = machine.resolve(own)
    assert machine.resolve(own) == [first]
    source.write_text("package main // with a component")
    (second,) = machine.resolve(own)
    assert second != first
    assert machine.said[-1].startswith("lens v1.4.0: built")


def test_a_tool_of_several_binaries_is_on_path_only_when_all_of_them_are(machine: Machine) -> None:
    tool = lens(binaries=["lens", "lensd"])
    machine.put(machine.bin, "lens", "echo 1.3.0")
    machine.put(machine.cached(tool), "lens")
    machine.put(machine.cached(tool), "lensd")

    assert machine.resolve(tool) == [machine.cached(tool)]


def test_the_release_is_downloaded_before_anything_is_built(machine: Machine, releases: ReleaseServer) -> None:
    machine.put_go()
    tool = lens(release=releases.publish("lens-linux", b"#!/bin/sh\n"))

    assert machine.resolve(tool) == [machine.cached(tool)]
    assert (machine.cached(tool) / "lens").read_bytes() == b"#!/bin/sh\n"
    assert not machine.go_calls.exists()
    assert "official release, checksum verified" in machine.said[-1]


def test_a_release_with_a_wrong_checksum_is_discarded_and_the_module_built(
    machine: Machine, releases: ReleaseServer
) -> None:
    machine.put_go()
    tool = lens(release=releases.publish("lens-linux", b"tampered", digest="a" * 64))

    machine.resolve(tool)
    assert (machine.cached(tool) / "lens").read_bytes() == b"\n", "the built one, not the tampered one"
    assert "was discarded: its sha256 is" in machine.said[-1], "the line that names the source tells of it"
    assert f"the published one {'a' * 64}" in machine.said[-1]


def test_a_build_is_static_reproducible_and_carries_its_version(machine: Machine) -> None:
    machine.put_go()
    machine.resolve(lens())

    call = machine.go_calls.read_text()
    assert call.startswith(f"{machine.modules / 'lens'} CGO_ENABLED=0 GOWORK=off build -trimpath ")
    assert "-ldflags -s -w -X main.version=v1.4.0 -o " in call
    assert call.endswith("/ example.test/cmd/lens\n")


def test_a_build_takes_the_tags_of_its_tool(machine: Machine) -> None:
    machine.put_go()
    machine.resolve(lens(build=GoBuild(packages=["example.test/cmd/lens"], tags="without_flash,with_zoom")))

    assert " -tags=without_flash,with_zoom " in machine.go_calls.read_text()


def test_a_tool_is_built_from_the_module_of_another_one(machine: Machine) -> None:
    machine.put_go()
    machine.resolve(lens(build=GoBuild(packages=["example.test/cmd/lens"], module="camera")), lens(name="camera"))

    assert machine.go_calls.read_text().startswith(f"{machine.modules / 'camera'} ")


def test_a_file_that_a_module_embeds_and_was_published_without_is_built_in_empty(
    machine: Machine, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "v1.4.0.zip", "w") as archive:
        archive.writestr("example.test/lens@v1.4.0/go.mod", "module example.test/lens")
    for name in ("go.mod", "go.sum"):
        machine.put(machine.modules / "lens", name)
    build = """
        while [ "$1" != -o ]; do shift; done
        out=$2
        until [ "${1#-modfile=}" != "$1" ]; do shift; done
        module=$(dirname ${1#-modfile=})/example.test/lens@v1.4.0
        test -f $module/go.mod && cp $module/ui/dist/index.html $out/lens && chmod +x $out/lens
    """
    published = f"""echo '{{"Zip": "{tmp_path}/v1.4.0.zip", "Version": "v1.4.0"}}'"""
    machine.put_go(f"case $1-$2 in mod-download) {published};; mod-edit) ;; *) {build} ;; esac")
    placeholders = {"example.test/lens": "ui/dist/index.html"}
    tool = lens(build=GoBuild(packages=["example.test/lens/cmd/lens"], placeholders=placeholders))

    machine.resolve(tool)
    assert (machine.cached(tool) / "lens").read_bytes() == b""
    download, edit, _ = machine.go_calls.read_text().splitlines()
    assert download.endswith(" mod download -json example.test/lens")
    assert re.search(r" mod edit -replace=example\.test/lens=(\S+)/example\.test/lens@v1\.4\.0 \1/go\.mod$", edit)


def test_a_file_of_the_module_that_belongs_beside_the_binary_is_copied_executable(
    machine: Machine, tmp_path: Path
) -> None:
    (tmp_path / "module").mkdir()
    (tmp_path / "module" / "lens-helper").write_text("helper")
    machine.put(
        machine.bin,
        "go",
        f'if [ $1 = list ]; then echo {tmp_path}/module; else echo >"$6/lens"; chmod +x "$6/lens"; fi',
    )
    build = GoBuild(packages=["example.test/cmd/lens"], copies={"example.test": "lens-helper"})
    tool = lens(binaries=["lens", "lens-helper"], build=build)

    machine.resolve(tool)
    helper = machine.cached(tool) / "lens-helper"
    assert helper.read_text() == "helper"
    assert helper.stat().st_mode & 0o111, "files of the module cache are not executable by themselves"


def test_what_was_built_once_is_not_built_again(machine: Machine) -> None:
    machine.put_go()
    machine.resolve(lens())
    machine.resolve(lens())

    assert len(machine.go_calls.read_text().splitlines()) == 1
    assert machine.said[-1] == "lens v1.4.0: from the cache"


def test_a_failed_build_leaves_nothing_that_a_later_run_could_take_for_the_tool(machine: Machine) -> None:
    machine.put_go("echo half >$6/lens; chmod +x $6/lens; echo 'boom.go:1: no' >&2; exit 2")
    with pytest.raises(SetupError, match=r"go build ended with 2: boom\.go:1: no"):
        machine.resolve(lens())

    assert list((machine.cache / "tools").iterdir()) == []


def test_an_incomplete_directory_in_the_cache_is_replaced(machine: Machine) -> None:
    machine.put_go()
    tool = lens(binaries=["lens", "lensd"], build=GoBuild(packages=["x/lens", "x/lensd"]))
    machine.put(machine.cached(tool), "lens")

    machine.resolve(tool)
    assert sorted(file.name for file in machine.cached(tool).iterdir()) == ["lens", "lensd"]


def test_a_second_run_waits_for_the_first_and_takes_what_it_made(machine: Machine) -> None:
    machine.put_go()
    lock = machine.cache / "locks" / "lens-v1.4.0.lock"
    lock.parent.mkdir(parents=True)
    waiting = threading.Event()
    machine.said = _Announcing(waiting)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        second = threading.Thread(target=machine.resolve, args=[lens()])
        second.start()
        assert waiting.wait(30)
        machine.put(machine.cached(lens()), "lens")
    second.join()

    assert machine.said == ["waiting for another run to finish lens-v1.4.0", "lens v1.4.0: made by another run"]
    assert not machine.go_calls.exists()


class _Announcing(list[str]):
    def __init__(self, event: threading.Event) -> None:
        super().__init__()
        self._event = event

    def append(self, line: str) -> None:
        super().append(line)
        self._event.set()


def test_the_error_names_the_tool_every_source_and_the_install_command(machine: Machine) -> None:
    machine.put(machine.bin, "lens", "echo 1.0.0")
    with pytest.raises(SetupError) as error:
        machine.resolve(lens())

    assert str(error.value).splitlines() == [
        "lens v1.4.0 is needed for preview and nothing serves it:",
        f"  PATH: {machine.bin}/lens is 1.0.0, needed is >=1.2,<2",
        f"  cache: {machine.cached(lens())} is without lens",
        "  release: none is published with checksums",
        "  build: go is not on PATH; Go 1.26 or newer would build it",
        "Install it: apt-get install lens=1.4.0",
    ]


def test_a_tool_that_can_be_done_without_is_never_fetched(machine: Machine, releases: ReleaseServer) -> None:
    machine.put_go()
    tool = lens(optional=True, release=releases.publish("lens-linux", b""))

    assert machine.resolve(tool) == []
    assert machine.said == ["lens: not found, works without"]
    assert releases.requests == []


def test_an_extra_tool_is_used_where_it_is_found_and_never_fetched(machine: Machine) -> None:
    machine.put_go()
    machine.put(machine.bin, "lens", "echo 1.3.7")
    cached, absent = lens(name="camera", binaries=["camera"]), lens(name="tripod", binaries=["tripod"])
    machine.put(machine.cached(cached), "camera")

    assert machine.resolve(lens(), extras=[lens(), cached, absent]) == [machine.cached(cached)]
    assert machine.said == [
        f"lens 1.3.7: on PATH ({machine.bin})",
        "camera v1.4.0: from the cache",
        "tripod: not found, works without",
    ]
    assert not machine.go_calls.exists()


def test_a_bundled_tool_is_taken_from_where_its_owner_was_found(machine: Machine) -> None:
    owner, host = lens(), lens(name="lens-host", binaries=["lens-host"], bundled_with="lens")
    machine.put(machine.cached(owner), "lens")
    machine.put(machine.cached(owner), "lens-host")
    machine.put(machine.cached(host), "lens-host")

    assert machine.resolve(owner, host) == [machine.cached(owner)] * 2
    assert machine.said[-1] == "lens-host: with lens"


def test_a_bundled_tool_on_path_does_not_serve_an_owner_from_the_cache(machine: Machine) -> None:
    owner = lens()
    host = lens(
        name="lens-host",
        binaries=["lens-host"],
        bundled_with="lens",
        probe=[],
        build=GoBuild(packages=["example.test/cmd/lens-host"]),
    )
    machine.put(machine.bin, "lens-host")
    machine.put(machine.cached(owner), "lens")
    machine.put_go()

    machine.resolve(owner, host)
    assert (machine.cached(host) / "lens-host").read_text() == "\n", "the built one serves, not the one on PATH"


def test_a_bundled_tool_that_was_built_is_linked_beside_its_owner(machine: Machine) -> None:
    owner, host = lens(), lens(name="lens-host", binaries=["lens-host"], bundled_with="lens")
    machine.put(machine.cached(owner), "lens")
    machine.put(machine.cached(host), "lens-host")
    assert machine.resolve(owner, host) == [machine.cached(owner)] * 2
    assert (machine.cached(owner) / "lens-host").resolve() == machine.cached(host) / "lens-host"

    newer = lens(name="lens-host", binaries=["lens-host"], bundled_with="lens", version="v1.5.0")
    machine.put(machine.cached(newer), "lens-host")
    machine.resolve(owner, newer)
    link = machine.cached(owner) / "lens-host"
    assert link.resolve() == machine.cached(newer) / "lens-host", "a new pin replaces the link"


def test_a_host_out_of_reach_is_asked_once_a_run(machine: Machine) -> None:
    machine.put_go()
    closed = Release(url="http://127.0.0.1:1/a", checksums="http://127.0.0.1:1/b")
    first = lens(release=closed)
    second = lens(name="lens2", release=closed)
    machine.resolve(first, second)

    built = [line for line in machine.said if "built" in line]
    assert "(release: 127.0.0.1:1: " in built[0]
    assert "(release: 127.0.0.1:1 failed before in this run: " in built[1]
