"""The reference's first page: every other one, and what it is about."""

from collections.abc import Iterable

from tools.docs.components import Schema, class_name, page_name
from tools.docs.markdown import page, prose, table


def index_page(tokens: Iterable[str], schema: Schema) -> str:
    """List the components and the pages about the program."""
    components = [
        [f"[{class_name(token)}]({page_name(token)})", prose(schema["resources"][token]["description"])]
        for token in tokens
    ]
    return page(
        "Reference",
        [
            "Settings of a stack file: [settings](settings.md). Charts: [charts](charts.md).",
            "Modes, with the stores and charts that support them: [modes](modes.md).",
            "Alerts, each with its runbook: [alerts](alerts.md).",
        ],
        ["## Components"],
        table(["component", "is"], components),
    )
