"""Where tests find the published charts and definitions: those beside the checkout, where there are any."""

import os

from sandbox.crds import DEFINITIONS_VARIABLE
from tests.real_charts import BESIDE

DEFINITIONS = BESIDE / "crds"

if DEFINITIONS.is_dir():
    os.environ.setdefault(DEFINITIONS_VARIABLE, str(DEFINITIONS))
