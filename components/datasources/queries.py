"""The metrics and labels of PromQL queries, and the stream labels of LogQL queries."""

import re

_STRING = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`[^`]*`")
_NAME_MATCHER = re.compile(r"__name__\s*=\s*\"(?P<name>[a-zA-Z_:][\w:]*)\"")
_BRACES = re.compile(r"\{[^{}]*\}")
_RANGE = re.compile(r"\[[^\]]*\]")
_VARIABLE = re.compile(r"\$\{[^}]*\}|\$\w+")
_GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\((?P<labels>[^)]*)\)", re.IGNORECASE)
_IDENTIFIER = re.compile(r"(?<![\w.:])[a-zA-Z_:][\w:]*")
_MATCHED_LABEL = re.compile(r"([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)")
_LABEL = re.compile(r"\w+")
_KEYWORDS = frozenset(
    {"by", "without", "on", "ignoring", "group_left", "group_right", "bool", "and", "or", "unless", "atan2"}
    | {"offset", "start", "end", "inf", "nan"}
)


def metric_names(promql: str) -> frozenset[str]:
    """Return the metrics that a PromQL query selects from."""
    bare = _VARIABLE.sub(" ", promql)
    named = {match["name"] for match in _NAME_MATCHER.finditer(bare)}
    bare = _STRING.sub(" ", bare)
    for part in (_BRACES, _RANGE, _GROUPING):
        bare = part.sub(" ", bare)
    found = {
        match[0]
        for match in _IDENTIFIER.finditer(bare)
        if match[0].lower() not in _KEYWORDS and not bare[match.end() :].lstrip().startswith("(")
    }
    return frozenset(found | named)


def label_names(promql: str) -> frozenset[str]:
    """Return the labels that a PromQL query matches or groups by."""
    bare = _STRING.sub(" ", _VARIABLE.sub(" ", promql))
    matched = {label for braces in _BRACES.findall(bare) for label in _MATCHED_LABEL.findall(braces)}
    grouped = {label for match in _GROUPING.finditer(bare) for label in _LABEL.findall(match["labels"])}
    return frozenset((matched | grouped) - {"__name__"})


def stream_labels(logql: str) -> frozenset[str]:
    """Return the labels in the stream selectors of a LogQL query."""
    bare = _VARIABLE.sub(" ", _STRING.sub(" ", logql))
    return frozenset(label for braces in _BRACES.findall(bare) for label in _MATCHED_LABEL.findall(braces))
