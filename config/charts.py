"""Where charts come from, where not from their repositories."""

import os
from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from .area import Area, rule
from .problems import Problem, place_of, remove_command, set_command, shown

_VARIABLE = "OBSERVABILITY_CHARTS"


class Charts(Area):
    """Settings under `observability:charts`."""

    directory: str = Field(
        default_factory=lambda: os.environ.get(_VARIABLE, ""),
        description=(
            "Directory with charts as <chart>-<version> or <chart>-<version>.tgz, for mirrors and air gaps. "
            "Default: the environment variable OBSERVABILITY_CHARTS; where that is empty, the charts' repositories."
        ),
        examples=["/srv/charts"],
    )

    @rule
    def _charts_are_in_a_directory(self) -> Iterator[Problem]:
        if self.directory and not Path(self.directory).is_dir():
            place = place_of("charts", "directory")
            said = "directory" in self.model_fields_set
            origin = "" if said else f" (by the environment variable {_VARIABLE})"
            yield Problem(
                place,
                f"there is no directory {self.directory}{origin}: name the one with the charts, or none to take them "
                "from their repositories",
                set_command(place, "") if os.environ.get(_VARIABLE) else remove_command(place),
                shown(self.directory) if said else "",
            )
