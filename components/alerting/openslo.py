"""Objectives as documents of OpenSLO v1 (https://github.com/OpenSLO/OpenSLO): the subset that is read, strictly.

A file holds documents of three kinds, apiVersion `openslo/v1`:

- `Service`: `metadata.name`, and the annotations below for all its objectives.
- `SLO`: `metadata.name`, and in `spec` the `service`, a `description`, an `indicator` or an `indicatorRef`, one
  `timeWindow` (`duration` 28d, 4w or 30d, `isRolling: true`), `budgetingMethod: Occurrences`, and one item of
  `objectives` with `target` (0.999) or `targetPercent` (99.9).
- `SLI`, and an `indicator`: a `ratioMetric` with `total`, and `good` or `bad`, each a `metricSource` of type
  `Prometheus` with `spec.query` (`indicator_queries`). A latency is such a ratio: `good` is the bucket of its limit,
  `total` the count.

Annotations of a `Service` or an `SLO` (the latter wins) say what OpenSLO has no field for: `observability/owner`,
`impact`, `dashboard-url`, `runbook-url`, `sla` (a ratio below the target) and `minimum-requests`. Those of other
prefixes, labels and display names are not read. Alerts follow from the objective, and where they go from the routes
of the stack, so that the kinds of alerts, and data sources, are refused.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal
from urllib.parse import urldefrag

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from .._messages import closest, message
from .._model import Location
from .._shown import shown
from .._yaml import DataFile, file_place, line_of, node_of, read_documents
from ..units import Name, http_url_with_query
from .indicator_queries import Measure, read_query
from .objectives import Event, Indicator, Objective, ObjectiveDefaults
from .rules import RuleProblem

PREFIX = "observability/"
"""Prefix of the annotations that are read."""
_API_VERSION = "openslo/v1"
_PERIODS = {"28d": "28d", "4w": "28d", "30d": "30d"}
_NOTHING = object()

_OTHER_KINDS = {
    "DataSource": "is outside of the subset, as queries go to the Prometheus of the stack; remove the document",
    **dict.fromkeys(
        ("AlertPolicy", "AlertCondition", "AlertNotificationTarget"),
        "is outside of the subset, as alerts follow from objectives and go where the routes of the stack say; "
        "remove the document",
    ),
}
_OUTSIDE = {
    "alertPolicies": "alerts follow from the objective; remove it",
    "thresholdMetric": "only ratios have an error budget of requests; write a ratioMetric, for a latency with the "
    "bucket of its limit as good and the count as total",
    "raw": "a ratio that is computed elsewhere has no number of requests; write good or bad, and total",
    "rawType": "goes with raw; remove it",
    "metricSourceRef": "queries go to the Prometheus of the stack; write type: Prometheus",
    "calendar": "the budget is of a rolling window; write isRolling: true and a duration of 28d or 30d",
    "op": "goes with thresholdMetric; remove it",
    "value": "goes with thresholdMetric; remove it",
    "timeSliceTarget": "goes with the budgeting method Timeslices; remove it",
    "timeSliceWindow": "goes with the budgeting method Timeslices; remove it",
    "indicator": "belongs to spec; move it there",
    "indicatorRef": "belongs to spec; move it there",
    "compositeWeight": "an objective is of one indicator; write a document for each",
}
"""What OpenSLO has, and the subset not: the rule and the fix, by the name of the field."""


def _duration(text: str) -> str:
    if text not in _PERIODS:
        raise ValueError("must be 28d or 30d, which the windows of the alerts are made for; set one of them")
    return _PERIODS[text]


def _rolling(value: bool) -> bool:
    if not value:
        raise ValueError("must be true, as the budget is of a rolling window; set true")
    return value


def _method(text: str) -> str:
    if text != "Occurrences":
        raise ValueError("must be Occurrences, as the budget is of requests; set that")
    return text


def _source(text: str) -> str:
    if text.lower() != "prometheus":
        raise ValueError("must be Prometheus; set that")
    return text


def _target(value: float) -> float:
    if not 0 < value < 1:
        percent = "; 99.9 is a targetPercent" if 1 < value <= 100 else ""
        raise ValueError(
            f"must be more than 0 and less than 1, as an objective of 1 leaves no error budget; "
            f"set one such as 0.999{percent}"
        )
    return value


def _target_percent(value: float) -> float:
    if not 0 < value < 100:
        raise ValueError(
            "must be more than 0 and less than 100, as an objective of 100 leaves no error budget; set one such as 99.9"
        )
    return value


def _sla(text: str) -> str:
    try:
        value = Decimal(text)
        fits = 0 < value < 1
    except ArithmeticError:
        fits = False
    if not fits:
        raise ValueError("must be a ratio of more than 0 and less than 1; set one such as 0.995")
    return text


def _whole_number(text: str) -> str:
    if not text.isascii() or not text.isdigit() or int(text) > 1_000_000_000:
        raise ValueError("must be a whole number of 0 to 1000000000; set one such as 10")
    return text


def _query(text: str) -> str:
    read_query(text)
    return text


def _link(text: str) -> str:
    http_url_with_query(urldefrag(text).url)
    return text


def _one_of(*names: str) -> Callable[[Any], Any]:
    """Return a validator of a model that has exactly one of the fields."""

    def validate(model: Any) -> Any:
        given = [to_camel(name) for name in names if getattr(model, name) is not None]
        if len(given) != 1:
            listed = " or ".join(map(to_camel, names))
            raise ValueError(f"must have either {listed}; {'remove one' if given else 'set one'}")
        return model

    return validate


class _Part(BaseModel):
    """A part of a document: names as OpenSLO writes them, and values of their own types only."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True, alias_generator=to_camel)


class _Metadata(_Part):
    name: Name
    display_name: str = ""
    labels: dict[str, str | list[str]] = Field({})
    annotations: dict[str, str] = Field({})


class _MetricSpec(_Part):
    query: Annotated[str, AfterValidator(_query)]


class _MetricSource(_Part):
    type: Annotated[str, AfterValidator(_source)]
    spec: _MetricSpec


class _Metric(_Part):
    metric_source: _MetricSource

    @property
    def query(self) -> str:
        return self.metric_source.spec.query


class _RatioMetric(_Part):
    counter: bool
    total: _Metric
    good: _Metric | None = None
    bad: _Metric | None = None

    _either = model_validator(mode="after")(_one_of("good", "bad"))

    @model_validator(mode="after")
    def _queries_count_alike(self) -> "_RatioMetric":
        measures = {read_query(metric.query).measure for metric in self._metrics()}
        if len(measures) > 1:
            raise ValueError(
                f"counts events in one query by {' and in the other by '.join(sorted(measures))}; use one function"
            )
        if self.counter is (Measure.SAMPLES in measures):
            counted = "samples of a gauge" if Measure.SAMPLES in measures else "increases of a counter"
            right = "false" if self.counter else "true"
            raise ValueError(f"has queries that count {counted}; set counter: {right}")
        return self

    def _metrics(self) -> list[_Metric]:
        return [metric for metric in (self.total, self.good, self.bad) if metric]

    def indicator(self) -> Indicator:
        """Return the indicator."""
        total = read_query(self.total.query)
        return Indicator(
            total.query,
            good=read_query(self.good.query).query if self.good else None,
            bad=read_query(self.bad.query).query if self.bad else None,
            per_second=total.measure is Measure.RATE,
        )


class _IndicatorSpec(_Part):
    description: str = Field("", max_length=1050)
    ratio_metric: _RatioMetric


class _InlineIndicator(_Part):
    metadata: _Metadata | None = None
    spec: _IndicatorSpec


class _TimeWindow(_Part):
    duration: Annotated[str, AfterValidator(_duration)]
    is_rolling: Annotated[bool, AfterValidator(_rolling)]


class _Target(_Part):
    display_name: str = ""
    target: Annotated[float, AfterValidator(_target)] | None = None
    target_percent: Annotated[float, AfterValidator(_target_percent)] | None = None

    _either = model_validator(mode="after")(_one_of("target", "target_percent"))

    def ratio(self) -> Decimal:
        """Return the share of good events, without the rounding of binary fractions."""
        return Decimal(str(self.target)) if self.target is not None else Decimal(str(self.target_percent)) / 100


class _SloSpec(_Part):
    service: str
    description: str = Field(min_length=1, max_length=1050)
    indicator: _InlineIndicator | None = None
    indicator_ref: str | None = None
    time_window: list[_TimeWindow] = Field(min_length=1, max_length=1)
    budgeting_method: Annotated[str, AfterValidator(_method)]
    objectives: list[_Target] = Field(min_length=1, max_length=1)

    _either = model_validator(mode="after")(_one_of("indicator", "indicator_ref"))


class _ServiceSpec(_Part):
    description: str = Field("", max_length=1050)


class _Service(_Part):
    api_version: Literal["openslo/v1"]
    kind: Literal["Service"]
    metadata: _Metadata
    spec: _ServiceSpec = _ServiceSpec()


class _Sli(_Part):
    api_version: Literal["openslo/v1"]
    kind: Literal["SLI"]
    metadata: _Metadata
    spec: _IndicatorSpec


class _Slo(_Part):
    api_version: Literal["openslo/v1"]
    kind: Literal["SLO"]
    metadata: _Metadata
    spec: _SloSpec


_KINDS: dict[str, type[_Part]] = {"Service": _Service, "SLI": _Sli, "SLO": _Slo}


class _Annotations(_Part):
    """The annotations that are read, without their prefix."""

    model_config = ConfigDict(alias_generator=lambda name: name.replace("_", "-"))

    owner: str = Field("", min_length=1)
    impact: str = Field("", min_length=1)
    dashboard_url: Annotated[str, AfterValidator(_link)] = ""
    runbook_url: Annotated[str, AfterValidator(_link)] = ""
    sla: Annotated[str, AfterValidator(_sla)] = ""
    minimum_requests: Annotated[str, AfterValidator(_whole_number)] = ""

    def stated(self) -> dict[str, str]:
        """Return what is set, by the name of the field."""
        return {name: getattr(self, name) for name in self.model_fields_set}


@dataclass(frozen=True)
class _Document:
    """One document of a file."""

    path: str
    number: int
    data: Any
    line: int = 0
    """Where it begins in a file of YAML; 0 of data."""
    text: str = ""
    """The file of YAML."""
    index: int = 0
    """Which document of the text it is, empty ones counted."""

    def place(self, location: Location = ()) -> str:
        """Return file, line and document, and what the document is."""
        known = location and self.line and not isinstance(self.text, DataFile)
        line = line_of(node_of(self.text, self.index), location) if known else self.line
        names = self.data if isinstance(self.data, Mapping) else {}
        metadata = names.get("metadata")
        name = metadata.get("name", "") if isinstance(metadata, Mapping) else ""
        described = " ".join(str(part) for part in (names.get("kind", ""), name) if part)
        return (
            f"{file_place(self.path, self.text, line)}: document {self.number}{f' ({described})' if described else ''}"
        )

    def problem(self, location: Location, rule: str, value: Any = _NOTHING) -> RuleProblem:
        """Return a problem of the field at `location`."""
        text = "" if value is _NOTHING else f" = {shown(value)}"
        return RuleProblem(self.place(location), f"{_path(location)}{text}: {rule}")


File = str | Sequence[Mapping[str, Any]]
"""The text of a file of YAML, or its documents as data."""

_Checked = tuple[_Document, Any]


def read_objectives(
    files: Mapping[str, File], defaults: ObjectiveDefaults
) -> tuple[tuple[Objective, ...], tuple[RuleProblem, ...]]:
    """Return the objectives of all files, by path, and every problem; an objective with a problem is left out."""
    problems: list[RuleProblem] = []
    checked: dict[str, list[_Checked]] = {kind: [] for kind in _KINDS}
    declared: dict[str, set[str]] = {kind: set() for kind in _KINDS}
    for path, content in files.items():
        documents, wrong = _documents(path, content)
        problems += wrong
        for document in documents:
            model, wrong = _check(document)
            problems += wrong
            kind, name = _identity(document)
            if kind in declared:
                declared[kind].add(name)
                if model is not None:
                    checked[kind].append((document, model))
    for kind in ("Service", "SLI"):
        problems += _repeated(checked[kind], lambda model: (model.metadata.name,), kind)
    problems += _repeated(checked["SLO"], lambda model: (model.metadata.name, model.spec.service), "SLO")
    services = {model.metadata.name: model for _, model in checked["Service"]}
    indicators = {model.metadata.name: (document, model.spec) for document, model in checked["SLI"]}
    objectives: list[Objective] = []
    for document, model in checked["SLO"]:
        wrong = [
            *_reference_problems(document, ("spec", "service"), model.spec.service, "Service", declared),
            *_reference_problems(document, ("spec", "indicatorRef"), model.spec.indicator_ref, "SLI", declared),
        ]
        if not wrong:
            service = services.get(model.spec.service)
            measured = _Measured.of(document, model, indicators)
            if service is None or measured is None:
                continue  # The document has a problem of its own.
            objective, wrong = _objective(document, model, service, measured, defaults)
            objectives += [objective] if objective else []
        problems += wrong
    return tuple(objectives), tuple(problems)


def _documents(path: str, content: File) -> tuple[list[_Document], list[RuleProblem]]:
    if not isinstance(content, str):
        return [_Document(path, number, data) for number, data in enumerate(content, start=1)], []
    found, faults = read_documents(content)
    documents = [
        _Document(path, number, each.data, line_of(each.node), content, each.index)
        for number, each in enumerate(found, start=1)
    ]
    return documents, [RuleProblem(file_place(path, content, fault.line), fault.message) for fault in faults]


def _path(location: Location) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return text.removeprefix(".") or "document"


def _identity(document: _Document) -> tuple[str, str]:
    data = document.data if isinstance(document.data, Mapping) else {}
    metadata = data.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else ""
    return str(data.get("kind")), str(name)


def _check(document: _Document) -> tuple[Any, list[RuleProblem]]:
    """Return the document as a model, and its problems; either of them is empty."""
    if not isinstance(document.data, Mapping):
        return None, [document.problem((), "must be a map; begin it with apiVersion: openslo/v1", document.data)]
    version, kind = document.data.get("apiVersion"), document.data.get("kind")
    if version != _API_VERSION:
        return None, [document.problem(("apiVersion",), f"must be {_API_VERSION}; set that", version)]
    model = _KINDS.get(str(kind))
    if model is None:
        rule = _OTHER_KINDS.get(str(kind), f"must be one of {', '.join(_KINDS)}; correct it")
        return None, [document.problem(("kind",), rule, kind)]
    try:
        checked = model.model_validate(document.data)
    except ValidationError as error:
        return None, list(_problems(document, error))
    _, problems = _annotations(document, checked)
    return checked, problems


def _problems(document: _Document, error: ValidationError, below: Location = ()) -> Iterator[RuleProblem]:
    for details in error.errors(include_url=False):
        location = (*below, *details["loc"])
        name = str(location[-1]) if location else ""
        rule = message(details)
        if details["type"] == "extra_forbidden":
            rule = f"is outside of the subset: {_OUTSIDE[name]}" if name in _OUTSIDE else "is not a field; remove it"
        elif details["type"] == "too_long" and name == "objectives":
            rule = "must have one item; write a document for each"
        value = details["input"]
        whole = details["type"] == "missing" or isinstance(value, Mapping | list | BaseModel)
        yield document.problem(location, rule, _NOTHING if whole else value)


def _annotations(document: _Document, model: Any) -> tuple[_Annotations, list[RuleProblem]]:
    stated = {
        key.removeprefix(PREFIX): text for key, text in model.metadata.annotations.items() if key.startswith(PREFIX)
    }
    try:
        return _Annotations.model_validate(stated), []
    except ValidationError as error:
        return _Annotations(), list(_annotation_problems(document, error))


def _annotation_problems(document: _Document, error: ValidationError) -> Iterator[RuleProblem]:
    known = [f"{PREFIX}{name.replace('_', '-')}" for name in _Annotations.model_fields]
    for details in error.errors(include_url=False):
        key = f"{PREFIX}{details['loc'][0]}"
        rule = message(details)
        if details["type"] == "extra_forbidden":
            near = closest(key, known)
            rule = f"is not known; did you mean {near}?" if near else f"is not known; use one of {', '.join(known)}"
        yield document.problem(("metadata", "annotations", key), rule, details["input"])


def _repeated(documents: Sequence[_Checked], key: Callable[[Any], tuple[str, ...]], kind: str) -> Iterator[RuleProblem]:
    first: dict[tuple[str, ...], _Document] = {}
    for document, model in documents:
        other = first.setdefault(key(model), document)
        if other is not document:
            of = f" of {model.spec.service}" if kind == "SLO" else ""
            rule = f"is the name of the {kind}{of} in {other.place(('metadata', 'name'))} too; rename or remove one"
            yield document.problem(("metadata", "name"), rule, model.metadata.name)


def _reference_problems(
    document: _Document, at: Location, name: str | None, kind: str, declared: Mapping[str, set[str]]
) -> Iterator[RuleProblem]:
    if name is not None and name not in declared[kind]:
        near = closest(name, declared[kind])
        fix = f"did you mean {near}?" if near else "add the document, or correct the name"
        yield document.problem(at, f"must be the name of a document of kind {kind}; {fix}", name)


@dataclass(frozen=True)
class _Measured:
    """An indicator, and where it is: in the document of its objective, or in one of its own."""

    spec: _IndicatorSpec
    document: _Document
    at: Location

    @classmethod
    def of(
        cls, document: _Document, model: _Slo, indicators: Mapping[str, tuple[_Document, _IndicatorSpec]]
    ) -> "_Measured | None":
        """Return that of an objective, `None` where there is none."""
        if model.spec.indicator:
            return cls(model.spec.indicator.spec, document, ("spec", "indicator", "spec"))
        if found := indicators.get(model.spec.indicator_ref or ""):
            return cls(found[1], found[0], ("spec",))
        return None

    def place(self, event: Event) -> str:
        """Return the place of the query of some events."""
        return self.document.place((*self.at, "ratioMetric", event.value, "metricSource", "spec", "query"))


def _objective(
    document: _Document, model: _Slo, service: _Service, measured: _Measured, defaults: ObjectiveDefaults
) -> tuple[Objective | None, list[RuleProblem]]:
    """Return the objective, or its problems."""
    own, _ = _annotations(document, model)
    of_service, _ = _annotations(document, service)
    stated = {**of_service.stated(), **own.stated()}
    name, target = model.metadata.name, model.spec.objectives[0].ratio()
    sla = Decimal(stated["sla"]) if "sla" in stated else None
    problems = []
    if sla is not None and sla >= target:
        at: Location = ("metadata", "annotations", f"{PREFIX}sla")
        problems.append(
            document.problem(
                at,
                f"must be below the target {target:f}, so that the objective is missed before the contract; "
                "lower it, or raise the target",
                stated["sla"],
            )
        )
    links = {
        "owner": defaults.owner,
        "dashboard_url": defaults.dashboard_url.replace("{service}", service.metadata.name).replace("{slo}", name),
        "runbook_url": defaults.runbook_url,
    }
    for key, default in links.items():
        links[key] = stated.get(key, default)
        if not links[key]:
            annotation = f"{PREFIX}{key.replace('_', '-')}"
            rule = f"{annotation} is missing, which every alert has; set it here or on the Service"
            problems.append(document.problem(("metadata", "annotations"), rule))
    if problems:
        return None, problems
    return (
        Objective(
            service=service.metadata.name,
            name=name,
            description=model.spec.description,
            target=target,
            period=model.spec.time_window[0].duration,
            indicator=measured.spec.ratio_metric.indicator(),
            impact=stated.get("impact", f"{service.metadata.name} misses its objective: {model.spec.description}"),
            place=document.place(),
            place_of_period=lambda: document.place(("spec", "timeWindow", 0, "duration")),
            place_of_query=measured.place,
            sla=sla,
            minimum_requests=int(stated.get("minimum_requests", defaults.minimum_requests)),
            **links,
        ),
        [],
    )
