"""Known faults of the versions that charts install."""

import pytest

from components.charts import LOKI, LOKI_IMAGE, Affected, Fault, major_version

V6 = next(version for version in LOKI.versions if major_version(version) == 6)
V18 = next(version for version in LOKI.versions if major_version(version) == 18)
UPLOADS = Fault("3.7.0", "3.7.6", Affected.S3_COMPATIBLE, "uploads in chunks", "3.7.7", "https://example.org")


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
