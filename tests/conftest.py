"""Settings of all tests: generated examples without a time limit, the published definitions beside the checkout."""

import os

from hypothesis import settings

from sandbox.crds import DEFINITIONS_VARIABLE
from tests.real_charts import BESIDE

DEFINITIONS = BESIDE / "crds"

settings.register_profile("tests", deadline=None, derandomize=True)
settings.load_profile("tests")
if DEFINITIONS.is_dir():
    os.environ.setdefault(DEFINITIONS_VARIABLE, str(DEFINITIONS))
