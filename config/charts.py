"""Where charts come from, where not from their repositories."""

import os

from pydantic import Field

from .area import Area


class Charts(Area):
    """Settings under `observability:charts`."""

    directory: str = Field(
        default_factory=lambda: os.environ.get("OBSERVABILITY_CHARTS", ""),
        description=(
            "Directory with charts as <chart>-<version> or <chart>-<version>.tgz, for mirrors and air gaps. "
            "Default: the environment variable OBSERVABILITY_CHARTS; where that is empty, the charts' repositories."
        ),
        examples=["/srv/charts"],
    )
