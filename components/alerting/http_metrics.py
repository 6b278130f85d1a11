"""How applications count their HTTP requests: names of metrics and labels, stated or found among those declared.

Two conventions need no statement: `http_requests_total` with `http_request_duration_seconds`, as most client libraries
of Prometheus name them, and OpenTelemetry's histogram `http.server.request.duration`
(https://opentelemetry.io/docs/specs/semconv/http/http-metrics/), whose count is that of requests.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated

from pydantic import Field

from .._model import StrictModel
from ..units import form
from .catalogue import INFINITE, ApplicationMetric, ApplicationMetricType
from .rules import RuleProblem

OptionalMetricName = Annotated[
    str, form(r"([A-Za-z_:][A-Za-z0-9_:]*)?", "the name of a metric, such as http_requests_total")
]
OptionalLabel = Annotated[str, form(r"((?!__)[A-Za-z_][A-Za-z0-9_]*)?", "the name of a label, such as code")]

REQUESTS, DURATION = "http_requests_total", "http_request_duration_seconds"
OF_OPENTELEMETRY = "http_server_request_duration_seconds"
SERVICE = "service"
STATUS_LABELS = ("status", "code", "status_code", "http_response_status_code", "http_status_code", "response_code")
"""Labels with the status of an answer, in the order in which they are looked for."""
SERVICE_LABELS = (SERVICE, "service_name")
"""Labels with the name of a service: the latter is what a collector makes of the attribute of a resource."""
JOB = "job"
FAILED = "5.."
"""Regular expression of the statuses that are the fault of the service."""
SATISFIED, TOLERATED = "0.3", "1.2"
_MOST_TIMES = 4
"""Apdex tolerates what takes 4 times as long as what satisfies: https://en.wikipedia.org/wiki/Apdex."""
_LEAST, _MOST = Decimal("0.1"), Decimal(1)
"""Seconds between which a default of `satisfied` is looked for."""


class HttpMetrics(StrictModel):
    """Names of the metrics by which some applications count their HTTP requests; all of them are declared."""

    requests: OptionalMetricName = Field(
        default="",
        description=(
            "Counter of requests, or a histogram whose count it is. Default: `http_requests_total` where that is "
            "declared, else the count of `duration`."
        ),
        examples=["shop_requests_total"],
    )
    duration: OptionalMetricName = Field(
        default="",
        description=(
            "Histogram of the durations of requests, in milliseconds where its name ends with `_milliseconds`, else in "
            "seconds. Default: `http_request_duration_seconds` or `http_server_request_duration_seconds`, whichever is "
            "declared."
        ),
        examples=["shop_request_duration_seconds"],
    )
    service_label: OptionalLabel = Field(
        default="",
        description=(
            "Label with the name of the service, which records and alerts call `service`. Default: `service` or "
            "`service_name`, as declared; else `service` of the scrape, and of metrics that are pushed `job`."
        ),
        examples=["app"],
    )
    status_label: OptionalLabel = Field(
        default="",
        description=(
            "Label with the status of the answer; failed are those of `5..`. Default: the first of "
            f"{', '.join(f'`{label}`' for label in STATUS_LABELS)} that is declared."
        ),
        examples=["code"],
    )
    satisfied: float | None = Field(
        default=None,
        gt=0,
        le=3600,
        description=(
            "Seconds within which an answer satisfies, a border of the buckets of `duration`, for Apdex. Default: the "
            f"border between 0.1 and 1 next to {SATISFIED} of which 4 times is a border too."
        ),
        examples=[0.5],
    )
    tolerated: float | None = Field(
        default=None,
        gt=0,
        le=3600,
        description="Seconds within which an answer is tolerated, another border. Default: 4 times `satisfied`.",
        examples=[2],
    )


@dataclass(frozen=True)
class HttpSource:
    """The metrics of some applications as rules read them; empty names are of what there is none of."""

    requests: str
    """Name of the series that counts requests."""
    requests_service: str
    """The label of it with the name of the service."""
    status: str
    """The label of it with the status."""
    duration: str
    """Name of the histogram."""
    duration_service: str
    satisfied: str = ""
    """The value of `le` of the bucket of what satisfies."""
    tolerated: str = ""

    @property
    def per_second(self) -> int:
        """How many units of the histogram are a second."""
        return _per_second(self.duration)


def _per_second(histogram: str) -> int:
    """Return how many units of a histogram are a second, by its name."""
    return 1000 if histogram.endswith("_milliseconds") else 1


USUAL = HttpSource(REQUESTS, SERVICE, "status", DURATION, SERVICE, SATISFIED, TOLERATED)
"""What the reference of alerts and the runbooks show."""


@dataclass(frozen=True)
class HttpSources:
    """What a stack has: sources, what the library leaves out, and statements that do not hold."""

    sources: tuple[HttpSource, ...] = ()
    left_out: tuple[str, ...] = ()
    """A line for each part of the library, with the reason and what has it there."""
    problems: tuple[RuleProblem, ...] = ()


def http_sources(
    place: str,
    stated: Mapping[str, HttpMetrics],
    declared: Mapping[str, ApplicationMetric],
    target_labels: Collection[str],
) -> HttpSources:
    """Return the sources that a stack states at `place`, or where it states none those of the two conventions.

    `target_labels` are the labels that scrapes add to the metrics of applications.
    """
    readers = [
        _Reader(f"{place}.{name}", metrics, declared, target_labels, is_stated=True) for name, metrics in stated.items()
    ] or [_Reader(place, metrics, declared, target_labels, is_stated=False) for metrics in _CONVENTIONS]
    sources = [source for reader in readers if (source := reader.source()) is not None]
    return HttpSources(
        tuple(dict.fromkeys(sources)),
        tuple(dict.fromkeys(line for reader in readers for line in reader.left_out)),
        tuple(problem for reader in readers for problem in reader.problems),
    )


_CONVENTIONS = (
    HttpMetrics.model_construct(requests=REQUESTS, duration=DURATION),
    HttpMetrics.model_construct(duration=OF_OPENTELEMETRY),
)
_ERRORS = "HighErrorRate (service:http_errors:ratio5m)"
_LATENCY = "HighLatencyP99 (service:http_latency:p99_5m)"
_APDEX = "Apdex (service:http_latency:apdex5m)"


class _Reader:
    """One source as it is read, with what it lacks."""

    def __init__(
        self,
        place: str,
        metrics: HttpMetrics,
        declared: Mapping[str, ApplicationMetric],
        target_labels: Collection[str],
        *,
        is_stated: bool,
    ) -> None:
        self._place = place
        self._metrics = metrics
        self._declared = declared
        self._target_labels = target_labels
        self._is_stated = is_stated
        self.left_out: list[str] = []
        self.problems: list[RuleProblem] = []

    def source(self) -> HttpSource | None:
        """Return the source; `None` where there is no metric of it."""
        histogram, counter = ApplicationMetricType.HISTOGRAM, ApplicationMetricType.COUNTER
        duration = self._name("duration", (DURATION, OF_OPENTELEMETRY), {histogram})
        requests = self._name("requests", (REQUESTS,), {counter, histogram}) or duration
        if not requests:
            if self._is_stated and not self.problems and not self.left_out:
                self._problem(
                    "requests",
                    f"is missing, and neither {REQUESTS} nor a histogram of durations is declared; set requests or "
                    "duration",
                )
            return None
        of_requests = self._declared[requests]
        counted = f"{requests}_count" if of_requests.type is histogram else requests
        status = self._status(requests, of_requests)
        satisfied, tolerated = self._apdex(duration) if duration else ("", "")
        if not duration:
            self._leave_out(f"{_LATENCY} and {_APDEX}", requests, "no histogram of durations is declared")
        return HttpSource(
            requests=counted,
            requests_service=self._service(requests),
            status=status,
            duration=duration,
            duration_service=self._service(duration) if duration else "",
            satisfied=satisfied,
            tolerated=tolerated,
        )

    def _name(self, field: str, usual: Collection[str], types: Collection[ApplicationMetricType]) -> str:
        """Return the name of a declared metric of one of these types; empty where there is none."""
        stated = getattr(self._metrics, field)
        if not self._is_stated:
            usual = [stated] if stated else []
            stated = ""
        name = stated or next((name for name in usual if name in self._declared), "")
        if not name:
            return ""
        expected = " or ".join(sorted(types))
        if name not in self._declared:
            self._problem(field, f"must be declared; add it to application_metrics, as a {expected}")
            return ""
        if (kind := self._declared[name].type) in types:
            return str(name)
        if stated:
            self._problem(field, f"must be a {expected}, and is declared as a {kind}; name another, or correct it")
        else:
            self.left_out.append(f"the library does not read {name}, which is declared as a {kind} and no {expected}")
        return ""

    def _service(self, name: str) -> str:
        declared, stated = self._declared[name], self._metrics.service_label
        if stated:
            known = {*declared.labels, *self._target_labels}
            if stated not in known:
                self._problem("service_label", f"must be a label of {name}; use one of {', '.join(sorted(known))}")
            return stated
        found = next((label for label in SERVICE_LABELS if label in declared.labels), "")
        return found or (JOB if declared.pushed else SERVICE)

    def _status(self, name: str, declared: ApplicationMetric) -> str:
        """Return the label with the status; empty where there is none, or none of its values is a failure."""
        stated = self._metrics.status_label
        label = stated or next((label for label in STATUS_LABELS if label in declared.labels), "")
        if not label:
            labels = ", ".join(STATUS_LABELS)
            self._leave_out(_ERRORS, name, f"it declares no label with the status of an answer, such as {labels}")
            return ""
        if label not in declared.labels:
            known = ", ".join(sorted(declared.labels)) or "none"
            self._problem("status_label", f"must be a label that {name} declares; use one of {known}")
            return ""
        if (texts := declared.labels[label]) and not any(re.fullmatch(FAILED, text) for text in texts):
            self._leave_out(_ERRORS, name, f"no value that it declares of {label} matches {FAILED}")
            return ""
        return label

    def _apdex(self, name: str) -> tuple[str, str]:
        """Return the borders of what satisfies and what is tolerated; empty ones where there are no such buckets."""
        declared, metrics = self._declared[name], self._metrics
        borders = {
            Decimal(text) / _per_second(name): text
            for text in declared.borders
            if text != INFINITE and _is_number(text)
        }
        if not borders:
            self._leave_out(_APDEX, name, f"its buckets are not declared (application_metrics.{name}.buckets)")
            return "", ""
        if metrics.satisfied is None and metrics.tolerated is None:
            pairs = [border for border in borders if _LEAST <= border <= _MOST and border * _MOST_TIMES in borders]
            if not pairs:
                reason = f"it has no bucket between {_LEAST} and {_MOST} s of which {_MOST_TIMES} times is one too"
                self._leave_out(_APDEX, name, f"{reason}; state alerting.http.<name>.satisfied and tolerated")
                return "", ""
            satisfied = min(pairs, key=lambda border: (border / Decimal(SATISFIED)).ln().copy_abs())
            return borders[satisfied], borders[satisfied * _MOST_TIMES]
        satisfied = Decimal(str(metrics.satisfied if metrics.satisfied is not None else 0))
        tolerated = Decimal(str(metrics.tolerated)) if metrics.tolerated is not None else satisfied * _MOST_TIMES
        listed = ", ".join(f"{border.normalize():f}" for border in sorted(borders))
        if metrics.satisfied is None:
            self._problem("tolerated", "requires satisfied; set that too")
            return "", ""
        if satisfied not in borders:
            self._problem("satisfied", f"must be a border of {name} in seconds; use one of {listed}")
            return "", ""
        if tolerated not in borders:
            if metrics.tolerated is not None:
                self._problem("tolerated", f"must be a border of {name} in seconds; use one of {listed}")
            else:
                text = f"{_MOST_TIMES} times as much, {tolerated.normalize():f}, must be a border of {name}"
                self._problem("satisfied", f"{text}; set tolerated to one of {listed}")
            return "", ""
        if tolerated <= satisfied:
            self._problem("tolerated", "must be more than satisfied; raise it")
            return "", ""
        return borders[satisfied], borders[tolerated]

    def _leave_out(self, what: str, name: str, reason: str) -> None:
        self.left_out.append(f"the library has no {what} of {name}: {reason}")

    def _problem(self, field: str, rule: str) -> None:
        self.problems.append(RuleProblem(f"{self._place}.{field}", rule))


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False
