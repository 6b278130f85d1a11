"""`observability:charts`: where charts come from, where not from their repositories."""

import os

from pydantic import Field

from components._model import StrictModel

CHARTS_VARIABLE = "OBSERVABILITY_CHARTS"


class ChartsArea(StrictModel):
    """Settings under `observability:charts`."""

    directory: str = Field(
        default_factory=lambda: os.environ.get(CHARTS_VARIABLE, ""),
        description=(
            "Directory with charts as `<chart>-<version>` or `<chart>-<version>.tgz`, for mirrors and air gaps. "
            "Default: the environment variable OBSERVABILITY_CHARTS; where that is empty, the charts' repositories."
        ),
        examples=["/srv/charts"],
    )
