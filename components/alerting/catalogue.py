"""What the programs of a stack expose: the type, the labels and, where their set is closed, the values of each metric.

`catalogue/<program>.json` is written by `python -m tools.catalogue` from the real programs; `catalogue/additions.yaml`
has what cannot run there or shows on its first use only, and `catalogue/closed_values.yaml` the sets of values.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Any

import yaml
from pydantic import Field, ValidationInfo, field_validator

from .._model import StrictModel
from ..units import Interval, LabelText, MetricLabel, parse_duration
from .label_flow import BUCKET, Series, Values, union
from .promql import NAME, Matcher, fits

QUANTILE = "quantile"
INFINITE = "+Inf"
"""The border of the last bucket, which counts everything."""
ADDITIONS, CLOSED_VALUES = "additions.yaml", "closed_values.yaml"


class MetricType(StrEnum):
    """The type of a metric, as the exposition states it."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    NATIVE_HISTOGRAM = "native-histogram"
    """Its series are histograms themselves, and have no `_bucket`, `_count` and `_sum`."""
    SUMMARY = "summary"
    UNTYPED = "untyped"


@dataclass(frozen=True)
class Metric:
    """A metric of a program, without the labels of the target that is scraped."""

    type: MetricType
    labels: Mapping[str, Values] = field(default_factory=dict)

    @classmethod
    def read(cls, stated: Mapping[str, Any]) -> "Metric":
        """Return a metric of the catalogue's files."""
        values, optional = stated.get("values") or {}, stated.get("optional") or []
        return cls(
            MetricType(stated["type"]),
            {
                label: Values(frozenset(map(str, values[label])) if label in values else None, label in optional)
                for label in [*(stated.get("labels") or []), *optional]
            },
        )

    def series(self, name: str) -> Iterator[tuple[str, "Metric"]]:
        """Yield the names of the series that a metric of this name has: those of a histogram have none of their own."""
        if self.type not in (MetricType.HISTOGRAM, MetricType.SUMMARY):
            yield name, self
            return
        own = BUCKET if self.type is MetricType.HISTOGRAM else QUANTILE
        common = {label: values for label, values in self.labels.items() if label != own}
        parted = f"{name}_bucket" if own == BUCKET else name
        if own in self.labels or own == BUCKET:
            kind = MetricType.COUNTER if own == BUCKET else MetricType.GAUGE
            yield parted, Metric(kind, {**common, own: self.labels.get(own, Values())})
        for part in ("count", "sum"):
            yield f"{name}_{part}", Metric(MetricType.COUNTER, common)


class ApplicationMetricType(StrEnum):
    """The type of a metric that an application exposes."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    NATIVE_HISTOGRAM = "native-histogram"
    SUMMARY = "summary"


class ApplicationMetric(StrictModel):
    """A metric that an application exposes, so that rules may select it."""

    type: ApplicationMetricType = Field(
        description=(
            "Type of the metric; a histogram and a summary are named without `_bucket`, `_count` and `_sum`. "
            "`histogram`: classic, in buckets of the label `le`. `native-histogram`: one series that functions such as "
            "`histogram_quantile` read as it is. `summary`: with quantiles of the label `quantile`."
        ),
        examples=["counter"],
    )
    labels: Mapping[MetricLabel, Sequence[LabelText]] = Field(
        default_factory=dict,
        description=(
            "Labels, each with all of its values, or an empty list for any. Those of its scrape, such as `namespace` "
            "and `pod`, need no mention. Default: none."
        ),
        examples=[{"service": [], "status": ["200", "500"]}],
    )
    pushed: bool = Field(
        default=False,
        description=(
            "Whether the application sends the metric to a collector (OTLP), and it is not scraped: a border that is a "
            "whole number is then `1`, and of a scraped metric `1.0`."
        ),
        examples=[True],
    )
    buckets: Sequence[Annotated[float, Field(ge=0, le=1e12)]] = Field(
        default=(),
        description=(
            "Borders of the buckets of a histogram but `+Inf`, in its unit. A rule that selects one by `le` requires "
            "them, as it finds nothing where the histogram has no such bucket. Default: not known."
        ),
        examples=[[0.1, 0.3, 1.0]],
    )
    interval: Interval | None = Field(
        default=None,
        description=(
            "Time between two samples. Default: that of Prometheus (`scrape_interval` of the metrics), and not known "
            "of a metric that is pushed."
        ),
        examples=["15s"],
    )

    @field_validator("buckets")
    @classmethod
    def _are_stated_once(cls, buckets: Sequence[float], info: ValidationInfo) -> Sequence[float]:
        if buckets and info.data.get("type") is not ApplicationMetricType.HISTOGRAM:
            raise ValueError("requires type histogram; remove it, or set that")
        if buckets and BUCKET in info.data.get("labels", {}):
            raise ValueError(f"are the values of {BUCKET}, which labels states too; remove one of them")
        return buckets

    @property
    def borders(self) -> Sequence[str]:
        """The values of the label `le`, sorted by number; none where they are not known."""
        stated = self.labels.get(BUCKET) or ()
        own = [border_text(border, pushed=self.pushed) for border in self.buckets]
        return sorted({*stated, *own, INFINITE} if stated or own else (), key=_number)

    @property
    def metric(self) -> Metric:
        """The metric."""
        quantiles = {QUANTILE: ()} if self.type is ApplicationMetricType.SUMMARY else {}
        borders = {BUCKET: self.borders} if self.type is ApplicationMetricType.HISTOGRAM else {}
        stated = {**quantiles, **self.labels, **borders}
        return Metric(
            MetricType(self.type),
            {label: Values(frozenset(texts) if texts else None) for label, texts in stated.items()},
        )


def border_text(border: float, *, pushed: bool = False) -> str:
    """Return the value of `le` of a border.

    A scrape stores `1` as `1.0` and a million as `1e+06`
    (https://prometheus.io/docs/prometheus/latest/migration/#le-and-quantile-label-values, `FormatOpenMetricsFloat` of
    https://github.com/prometheus/prometheus/blob/v3.14.0/model/labels/float.go); the exporters of the collectors write
    `1`, and a remote write does not change it.
    """
    number = Decimal(repr(float(border))).normalize()
    if pushed:
        return f"{number:f}"
    if not number or -4 <= number.adjusted() < 6:
        return repr(float(border))
    mantissa, _, exponent = f"{number:e}".partition("e")
    return f"{mantissa}e{int(exponent):+03d}"


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float(INFINITE)


@dataclass(frozen=True)
class Program:
    """What a program exposes."""

    name: str
    version: str
    metrics: Mapping[str, Metric]


@dataclass(frozen=True)
class Drop:
    """Series that Prometheus drops when it scrapes: a regular expression over values of labels, joined by `;`."""

    labels: tuple[str, ...]
    pattern: str

    def covers(self, name: str) -> bool:
        """Whether every series of a metric is dropped, as far as its name decides."""
        return self.labels == (NAME,) and fits(self.pattern, name)

    def kept(self, name: str, labels: Mapping[str, Values]) -> Mapping[str, Values]:
        """Return the labels with the values that are left, where one label beside the name decides."""
        if len(self.labels) != 2 or self.labels[0] != NAME or self.labels[1] not in labels:
            return labels
        label = self.labels[1]
        values = labels[label]
        if values.texts is None:
            return labels
        texts = frozenset(text for text in values.texts if not fits(self.pattern, f"{name};{text}"))
        return {**labels, label: Values(texts, values.absent)}


@dataclass(frozen=True)
class Producer:
    """A part of a stack whose metrics Prometheus has: the programs that it runs, and the labels of its targets."""

    name: str
    programs: tuple[str, ...]
    """Names in the catalogue."""
    target: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The labels that the scrape adds, each with its values: none for any, the empty one where a target lacks it."""
    optional: tuple[str, ...] = ()
    """Labels of `target` that not every target has."""
    honor_labels: bool = False
    """Whether labels of the program win over those of the target."""
    drops: tuple[Drop, ...] = ()
    interval: str = ""
    """The time between two samples; empty for that of most targets."""
    is_scraped: bool = True
    """Whether there is an `up` of it; false for what is pushed."""
    setting: str = ""
    """What has the stack deploy it, for messages."""

    def with_target(self, labels: Mapping[str, Sequence[str]]) -> "Producer":
        """Return the producer with other values of labels of its targets: its namespace, or the jobs within it."""
        return replace(self, target={**self.target, **labels})


@lru_cache(1)
def programs() -> Mapping[str, Program]:
    """Return every program of the catalogue by its name."""
    found: dict[str, tuple[str, dict[str, Metric]]] = {}
    stated = [json.loads(file.read_text(encoding="utf-8")) for file in recorded_files()]
    for program in [*stated, *additions()]:
        version, metrics = found.setdefault(program["program"], (program["version"], {}))
        for name, described in (program.get("metrics") or {}).items():
            metrics[name] = _merged(metrics.get(name), Metric.read(described))
        found[program["program"]] = (version, metrics)
    closed = closed_values()
    return {name: Program(name, version, _closed(name, metrics, closed)) for name, (version, metrics) in found.items()}


def recorded_files() -> list[Traversable]:
    """Return the files that are written from running programs."""
    return sorted((file for file in _directory().iterdir() if file.name.endswith(".json")), key=lambda file: file.name)


def additions() -> list[dict[str, Any]]:
    """Return the additions: parts of programs, each with its sources."""
    return list(_read_yaml(ADDITIONS))


def closed_values() -> list[dict[str, Any]]:
    """Return the sets of values of labels, each with its sources."""
    return list(_read_yaml(CLOSED_VALUES))


def _directory() -> Traversable:
    return files(__package__) / "catalogue"


def _read_yaml(name: str) -> Any:
    return yaml.load((_directory() / name).read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _merged(recorded: Metric | None, added: Metric) -> Metric:
    """Return a metric with what an addition adds to it: labels, which are optional where they are new, and values."""
    if recorded is None:
        return added
    labels = {label: Values(values.texts, True) for label, values in added.labels.items()}
    for label, values in recorded.labels.items():
        labels[label] = values | added.labels[label] if label in added.labels else values
    return Metric(recorded.type, labels)


def _closed(program: str, metrics: Mapping[str, Metric], closed: Sequence[Mapping[str, Any]]) -> dict[str, Metric]:
    """Return metrics with the sets of values that their labels have."""
    own = [each for each in closed if fits(each["programs"], program)]
    return {name: _with_values(name, metric, own) for name, metric in metrics.items()}


def _with_values(name: str, metric: Metric, closed: Sequence[Mapping[str, Any]]) -> Metric:
    labels = dict(metric.labels)
    for each in closed:
        if each["label"] in labels and fits(each["metrics"], name):
            values = labels[each["label"]]
            labels[each["label"]] = Values((values.texts or frozenset()) | frozenset(each["values"]), values.absent)
    return Metric(metric.type, labels)


@dataclass(frozen=True)
class Variant:
    """The series of one name of one producer; their labels include the name and those of the target."""

    producer: str
    series: Series
    type: MetricType
    interval: timedelta | None = None
    """The time between two samples; `None` where it is not known."""


class Family:
    """The series of one name, or of several: each variant, and all as one."""

    def __init__(self, variants: Sequence[Variant]) -> None:
        self.variants = variants
        self._indexes: dict[str, tuple[Mapping[str, Sequence[Variant]], Sequence[Variant]]] = {}

    @cached_property
    def series(self) -> Series:
        """The series of all variants."""
        return union([variant.series for variant in self.variants])

    def selected(self, matchers: Sequence[Matcher]) -> list[Variant]:
        """Return each variant that matchers select, with the series that they leave."""
        found = (replace(each, series=each.series.selected(matchers)) for each in self._candidates(matchers))
        return [variant for variant in found if not variant.series.is_empty]

    def _candidates(self, matchers: Sequence[Matcher]) -> Sequence[Variant]:
        """Return the fewest variants that one of the stated values leaves: rules of objectives share their names."""
        if len(self.variants) <= _FEW:
            return self.variants
        stated = [matcher for matcher in matchers if matcher.operator == "=" and matcher.value]
        return min((self._with(matcher) for matcher in stated), key=len, default=self.variants)

    def _with(self, matcher: Matcher) -> Sequence[Variant]:
        if matcher.label not in self._indexes:
            self._indexes[matcher.label] = self._index(matcher.label)
        by_text, others = self._indexes[matcher.label]
        return [*by_text.get(matcher.value, ()), *others]

    def _index(self, label: str) -> tuple[Mapping[str, Sequence[Variant]], Sequence[Variant]]:
        """Return the variants by each value of a label, and those that may have any."""
        by_text: dict[str, list[Variant]] = {}
        for variant in self.variants:
            for text in variant.series.values(label).texts or ():
                by_text.setdefault(text, []).append(variant)
        return by_text, [variant for variant in self.variants if variant.series.values(label).texts is None]


_FEW = 8


class Catalogue:
    """Every series of a stack, by name."""

    def __init__(self, producers: Iterable[Producer]) -> None:
        self._variants: dict[str, list[Variant]] = {}
        for producer in producers:
            for program in producer.programs:
                for name, metric in programs()[program].metrics.items():
                    self.declare(name, metric, producer)
            if producer.is_scraped:
                for name in SCRAPED:
                    self.declare(name, Metric(MetricType.GAUGE), producer)

    def __contains__(self, name: str) -> bool:
        return name in self._variants

    @property
    def names(self) -> Iterable[str]:
        """The names of all series."""
        return self._variants.keys()

    def variants(self, name: str) -> Sequence[Variant]:
        """Return what has series of a name."""
        return self._variants.get(name, ())

    def add(self, name: str, variant: Variant) -> None:
        """Add series of a name."""
        self._variants.setdefault(name, []).append(variant)

    def declare(self, name: str, metric: Metric, producer: Producer) -> None:
        """Add the series of a metric of a producer, but those that it drops."""
        for series_name, each in metric.series(name):
            if not any(drop.covers(series_name) for drop in producer.drops):
                labels = each.labels
                for drop in producer.drops:
                    labels = drop.kept(series_name, labels)
                series = Series(_targeted(series_name, labels, producer))
                interval = parse_duration(producer.interval) if producer.interval else None
                self.add(series_name, Variant(producer.name, series, each.type, interval))


SCRAPED = (
    "up",
    "scrape_duration_seconds",
    "scrape_samples_scraped",
    "scrape_samples_post_metric_relabeling",
    "scrape_series_added",
)
"""What Prometheus adds to every scrape: https://prometheus.io/docs/concepts/jobs_instances/"""


def _targeted(name: str, labels: Mapping[str, Values], producer: Producer) -> dict[str, Values]:
    """Return the labels of a metric together with those of the target, one of which wins where both have it."""
    target = {
        label: Values(frozenset(texts) - {""} if texts else None, label in producer.optional or "" in texts)
        for label, texts in producer.target.items()
    }
    own = dict(labels)
    for label in [label for label in own if label in target]:
        if not producer.honor_labels:
            own[f"exported_{label}"] = own.pop(label)
        elif own[label].absent:
            own[label] = Values(own[label].texts) | target[label]
    return {NAME: Values(frozenset({name})), **target, **own}
