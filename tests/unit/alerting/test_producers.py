"""The names of what is deployed and scraped."""

import pytest
from pydantic import TypeAdapter, ValidationError

from components.alerting.library import topics
from components.alerting.producers import APPLICATION, PRODUCERS, ForeignProducerName, ProducerName


def test_every_need_of_the_library_has_a_name() -> None:
    assert {name for topic in topics() for name in topic.producers | topic.any_producer} <= PRODUCERS.keys()


@pytest.mark.parametrize("name", ["node-exporter", "thanos-rule", "tempo-span-metrics"])
def test_a_producer_is_named_as_in_the_catalogue(name: str) -> None:
    assert TypeAdapter(ProducerName).validate_python(name) == name
    assert TypeAdapter(ForeignProducerName).validate_python(name) == name


def test_a_name_that_is_near_is_suggested() -> None:
    with pytest.raises(ValidationError, match="did you mean node-exporter"):
        TypeAdapter(ProducerName).validate_python("node_exporter")


@pytest.mark.parametrize("name", ["probes", "loki-ruler", APPLICATION])
def test_what_others_cannot_have_is_no_name_of_theirs(name: str) -> None:
    with pytest.raises(ValidationError, match="must be one of"):
        TypeAdapter(ForeignProducerName).validate_python(name)
