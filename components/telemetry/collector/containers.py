"""The receiver of the output of containers from the files of a node."""

from collections.abc import Iterator
from typing import Any

from ..._log_labels import IndexLabel
from ..model import PipelineSource, ProcessorKind
from ..ottl import quote
from ..pipelines import Flow
from ..spec import TelemetrySpec

CONTAINER = "opentelemetry-collector"
"""The name of the container of the chart, whose own output is not read."""
MULTILINE_WAIT = "3s"
RETRY = {"enabled": True, "max_elapsed_time": "0s"}
"""Attempts without limit; the defaults give up after 5 minutes."""
STORAGE = "file_storage"
"""The extension that keeps how far each file was read, and the queues."""
LOG_DIRECTORY = "/var/log/pods"

_LONGEST_LINE = "1MiB"
_SOURCES = 10_000
"""Streams of containers whose entries may wait to be joined at a time."""


def file_log(spec: TelemetrySpec, source: PipelineSource, flow: Flow) -> dict[str, Any]:
    """Return the receiver of the output of containers.

    A file is read once under all its names, as it is known by its beginning: `0.log`, `0.log.<time>` after a rotation,
    and `0.log.<time>.gz`, of which the part that was read is left out. The kubelet writes to `*.tmp` in between.
    """
    namespaces = sorted(source.namespaces) or ["*"]
    directories = [f"{LOG_DIRECTORY}/{name}_*/*" if name != "*" else f"{LOG_DIRECTORY}/*/*" for name in namespaces]
    excluded = [f"{LOG_DIRECTORY}/{name}_*/*/*" for name in sorted(source.exclude_namespaces)]
    if spec.namespace not in source.namespaces:
        excluded.append(f"{LOG_DIRECTORY}/{spec.namespace}_{spec.release_name}-*/{CONTAINER}/*")
    return {
        "include": [f"{directory}/*.log{rotated}" for directory in directories for rotated in ("", ".*")],
        "exclude": [f"{LOG_DIRECTORY}/*/*/*.tmp", *excluded],
        "start_at": "beginning",
        "compression": "auto",
        "include_file_path": True,
        "include_file_name": False,
        "preserve_leading_whitespaces": True,
        "preserve_trailing_whitespaces": True,
        "max_log_size": _LONGEST_LINE,
        "poll_interval": "250ms",
        "storage": STORAGE,
        "retry_on_failure": dict(RETRY),
        "operators": list(_operators(spec, flow)),
    }


def _operators(spec: TelemetrySpec, flow: Flow) -> Iterator[dict[str, Any]]:
    """Yield what turns a line of a file into the line of a container, with the attributes of its resource.

    The operator `container` does not name the runtime, does not join what Docker has split, and joins what the runtime
    has split of both streams together.
    """
    labels = spec.index_labels
    path, stream = 'attributes["log.file.path"]', "attributes.stream"
    time = {"parse_from": "attributes.time", "layout_type": "gotime", "layout": "2006-01-02T15:04:05.999999999Z07:00"}
    joined = {
        "combine_with": "",
        "combine_field": "attributes.log",
        "source_identifier": "attributes.source",
        "max_log_size": _LONGEST_LINE,
        "max_batch_size": 0,
        "max_unmatched_batch_size": 0,
        "max_sources": _SOURCES,
    }
    source = f'EXPR({path} + ":" + {stream})'
    yield {
        "type": "router",
        "id": "runtime",
        "routes": [
            {"expr": r'body matches "^\\{"', "output": "docker", "attributes": {"runtime": "docker"}},
            {"expr": 'body matches "^[^ ]+Z std(out|err) "', "output": "cri", "attributes": {"runtime": "containerd"}},
            {"expr": 'body matches "^[^ ]+ std(out|err) "', "output": "cri", "attributes": {"runtime": "cri-o"}},
        ],
        "default": "path",
    }
    yield {"type": "json_parser", "id": "docker", "timestamp": time}
    yield {"type": "add", "id": "docker_source", "field": "attributes.source", "value": source}
    yield {"type": "recombine", "id": "docker_parts", **joined, "is_last_entry": r'attributes.log endsWith "\n"'}
    yield {"type": "regex_replace", "field": "attributes.log", "regex": r"\n$", "replace_with": "", "output": "line"}
    yield {
        "type": "regex_parser",
        "id": "cri",
        "regex": "^(?P<time>[^ ]+) (?P<stream>stdout|stderr) (?P<tag>[^ ]*) ?(?P<log>(?s:.*))$",
        "timestamp": time,
    }
    yield {"type": "add", "id": "cri_source", "field": "attributes.source", "value": source}
    yield {"type": "recombine", "id": "cri_parts", **joined, "is_last_entry": 'not (attributes.tag startsWith "P")'}
    yield {"type": "move", "id": "line", "from": "attributes.log", "to": "body"}
    for name, processor in flow.processors.items():
        if processor.kind is ProcessorKind.MULTILINE:
            yield {
                "type": "recombine",
                "id": f"multiline_{name}",
                "combine_field": "body",
                "is_first_entry": f"body matches {quote(processor.pattern)}",
                "source_identifier": "attributes.source",
                "force_flush_period": MULTILINE_WAIT,
                "max_log_size": _LONGEST_LINE,
                "max_sources": _SOURCES,
            }
    yield {
        "type": "regex_parser",
        "id": "path",
        "parse_from": path,
        "parse_to": "resource",
        "regex": r"^.*/(?P<namespace>[^_/]+)_(?P<pod>[^_/]+)_(?P<uid>[^_/]+)/(?P<container>[^/]+)/[^/]+$",
        "cache": {"size": 1000},
    }
    moved = {
        IndexLabel.STREAM: stream,
        IndexLabel.CONTAINER_RUNTIME: "attributes.runtime",
        IndexLabel.FILENAME: path,
    }
    for label, attribute in moved.items():
        if label in labels:
            known = {"if": f"{attribute} != nil"}
            yield {"type": "move", "from": attribute, "to": f"resource.{label.value}", **known}
    yield {"type": "remove", "field": "attributes"}
