"""Reads from a query what it needs: the metrics and labels of PromQL, the stream labels of LogQL."""

import re

_STRING = r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`[^`]*`"
_NAME_MATCHER = r"__name__\s*=\s*\"(?P<name>[a-zA-Z_:][\w:]*)\""
_BRACES = r"\{[^{}]*\}"
_RANGE = r"\[[^\]]*\]"
_VARIABLE = r"\$\{[^}]*\}|\$\w+"
_GROUPING = r"(?i)\b(?:by|without|on|ignoring|group_left|group_right)\s*\((?P<labels>[^)]*)\)"
_IDENTIFIER = r"(?<![\w.:])[a-zA-Z_:][\w:]*"
_MATCHED_LABEL = r"([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)"
_WORDS = frozenset(
    {"by", "without", "on", "ignoring", "group_left", "group_right", "bool", "and", "or", "unless", "atan2"}
    | {"offset", "start", "end", "inf", "nan"}
)


def metric_names(promql: str) -> frozenset[str]:
    """Give the metrics that a PromQL query selects from."""
    bare = re.sub(_VARIABLE, " ", promql)
    named = {match["name"] for match in re.finditer(_NAME_MATCHER, bare)}
    bare = re.sub(_STRING, " ", bare)
    for part in (_BRACES, _RANGE, _GROUPING):
        bare = re.sub(part, " ", bare)
    found = {
        match[0]
        for match in re.finditer(_IDENTIFIER, bare)
        if match[0].lower() not in _WORDS and not bare[match.end() :].lstrip().startswith("(")
    }
    return frozenset(found | named)


def label_names(promql: str) -> frozenset[str]:
    """Give the labels that a PromQL query matches or groups by."""
    bare = re.sub(_STRING, " ", re.sub(_VARIABLE, " ", promql))
    matched = {label for braces in re.findall(_BRACES, bare) for label in re.findall(_MATCHED_LABEL, braces)}
    grouped = {label for match in re.finditer(_GROUPING, bare) for label in re.findall(r"\w+", match["labels"])}
    return frozenset((matched | grouped) - {"__name__"})


def stream_labels(logql: str) -> frozenset[str]:
    """Give the labels in the stream selectors of a LogQL query."""
    bare = re.sub(_VARIABLE, " ", re.sub(_STRING, " ", logql))
    return frozenset(label for braces in re.findall(_BRACES, bare) for label in re.findall(_MATCHED_LABEL, braces))
