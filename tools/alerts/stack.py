"""The alerting of a committed stack, compiled."""

from pathlib import Path

from components.alerting.spec import AlertingSpec
from config import Settings
from config.source import Source
from tools.program.stacks import with_settings
from tools.stackfile import read_stack_file
from wiring.planned_components import planned_alerting


def alerting_of(root: Path, stack: str) -> AlertingSpec | None:
    """Return the alerting of a stack, `None` where it has none.

    Raise `SettingsError` where a setting is wrong.
    """

    def planned(settings: Settings, _: Source) -> AlertingSpec | None:
        return planned_alerting(settings)

    return with_settings(read_stack_file(root, stack).config, stack, planned)
