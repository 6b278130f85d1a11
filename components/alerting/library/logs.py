"""Queries of logs as constants, and alerts on logs for Loki's ruler.

Loki's ruler here has no remote write, so that it records nothing: what is no alert is a query for panels. Levels are
`detected_level`, which Loki finds in every line.
"""

from ..._log_labels import CLUSTER, SERVICE_NAME, IndexLabel
from ..rules import Language, Severity
from ..runbooks import Query, Runbook
from ..shapes import LogLines
from .model import PLATFORM, Topic

_BY = (CLUSTER, IndexLabel.NAMESPACE.value, SERVICE_NAME)
_BY_SERVICE = f"sum by ({', '.join(_BY)})"
_SERVICE = f"{{{{ $labels.namespace }}}}/{{{{ $labels.{SERVICE_NAME} }}}}"
_ALL = f'{{{IndexLabel.NAMESPACE}=~".+"}}'
_ERRORS = f'{_ALL} | detected_level=~"error|critical|fatal"'
# Loki and Grafana log the queries that they run, this one too. Loki 3.7.7 finds no line by `[Oo]ut` among alternatives.
_OUT_OF_MEMORY = f'{_ALL} != "count_over_time" |~ "OOMKilled|OutOfMemoryError|Out of memory|out of memory|oom-kill"'

ERRORS_BY_SERVICE = f"{_BY_SERVICE} (count_over_time({_ERRORS} [1m]))"
LINES_BY_SERVICE = f"{_BY_SERVICE} (rate({_ALL} [5m]))"
BYTES_BY_SERVICE = f"{_BY_SERVICE} (bytes_over_time({_ALL} [1h]))"
TOP_ERRORS = f'topk(5, sum by ({SERVICE_NAME}, message) (count_over_time({_ERRORS} | json message="message" [1h])))'
P99_OF_DURATIONS = (
    f'quantile_over_time(0.99, {_ALL} | json duration_ms="duration_ms" | unwrap duration_ms | __error__="" [5m])'
    f" by ({SERVICE_NAME})"
)
OUT_OF_MEMORY = f"{_BY_SERVICE} (count_over_time({_OUT_OF_MEMORY} [5m]))"

QUERIES = {
    "errors by service": ERRORS_BY_SERVICE,
    "lines per second by service": LINES_BY_SERVICE,
    "bytes by service": BYTES_BY_SERVICE,
    "the five most frequent errors": TOP_ERRORS,
    "99th percentile of durations in structured lines": P99_OF_DURATIONS,
    "lines about memory that ran out": OUT_OF_MEMORY,
}

LOGS = Topic(
    "logs",
    "Errors that only logs show",
    producers=frozenset({"loki-ruler"}),
    alert_group="log_alerts",
    alerts=[
        LogLines(
            name="OutOfMemoryInLogs",
            severity=Severity.WARNING,
            pending="1m",
            owner=PLATFORM,
            labels={"service": f"{{{{ $labels.{SERVICE_NAME} }}}}"},
            summary=f"{{{{ $labels.{SERVICE_NAME} }}}} has run out of memory",
            description=f"{{value}} lines of {_SERVICE} in 5 minutes are about memory that ran out.",
            impact="What the process was doing is lost, and it starts anew.",
            symptom="Single requests fail while a pod restarts.",
            dashboard="logs",
            query=_OUT_OF_MEMORY,
            by=_BY,
            threshold=0,
            runbook=Runbook(
                meaning="A line of the service, or of the kernel or the kubelet about it, says that memory ran out.",
                diagnose=[
                    Query("The lines", _OUT_OF_MEMORY, Language.LOGQL),
                    Query(
                        "The memory of its containers",
                        "sum by (namespace, pod, container) (container_memory_working_set_bytes)",
                    ),
                    "`kubectl -n <namespace> describe pod <pod>`: Last State, OOMKilled, and the limit.",
                ],
                resolve=[
                    "If the limit is too small for its work: raise it.",
                    "If its memory grows without end: a leak; restart it, and tell its developers.",
                    "If the heap of a JVM is larger than the limit: set `-XX:MaxRAMPercentage`.",
                ],
                escalate="The owner of the service, in working hours; `HighErrorRate` pages if requests fail.",
            ),
        ),
        LogLines(
            name="ManyErrorLogs",
            severity=Severity.WARNING,
            pending="10m",
            owner=PLATFORM,
            labels={"service": f"{{{{ $labels.{SERVICE_NAME} }}}}"},
            summary=f"{{{{ $labels.{SERVICE_NAME} }}}} logs many errors",
            description=f"{{value}} error lines of {_SERVICE} in 5 minutes (limit {{threshold}}).",
            impact="Part of what the service does fails.",
            symptom="Single pages or jobs of the service fail.",
            dashboard="logs",
            query=_ERRORS,
            by=_BY,
            threshold=100,
            runbook=Runbook(
                meaning="The service writes more lines of level error or above than the threshold.",
                diagnose=[
                    Query("The most frequent errors", TOP_ERRORS, Language.LOGQL),
                    Query("Since when", ERRORS_BY_SERVICE, Language.LOGQL),
                    "The trace of one of the lines, by its `trace_id`.",
                ],
                resolve=[
                    "If it began with a deployment: undo that.",
                    "If it is noise: log it at a lower level, rather than raise the threshold.",
                ],
                escalate="The owner of the service, in working hours.",
            ),
        ),
    ],
)
