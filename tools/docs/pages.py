"""Every generated file of the reference, by its path in the checkout."""

from pathlib import Path

from tools.docs.alerts import alerts_page, runbooks
from tools.docs.charts import charts_page
from tools.docs.components import component_page, page_name
from tools.docs.index import index_page
from tools.docs.modes import modes_page
from tools.docs.schema import SCHEMA_FILE, package_schema, schema_text
from tools.docs.settings import settings_page

REFERENCE = "docs/reference"


def reference(root: Path) -> dict[str, str]:
    """Return every generated file."""
    schema = package_schema(root)
    tokens = sorted(schema["resources"])
    pages = {page_name(token): component_page(token, schema) for token in tokens}
    pages |= {"settings.md": settings_page(), "charts.md": charts_page(), "modes.md": modes_page()}
    pages |= {"alerts.md": alerts_page()}
    pages |= {"README.md": index_page(tokens, schema)}
    return (
        {f"{REFERENCE}/{name}": text for name, text in pages.items()} | runbooks() | {SCHEMA_FILE: schema_text(schema)}
    )
