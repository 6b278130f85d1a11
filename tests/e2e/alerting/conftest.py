"""What the tests of alerting take over from those of metrics."""

from __future__ import annotations

from tests.e2e.metrics.conftest import cluster, module_programs, programs, rendered, shop, store

__all__ = ["cluster", "module_programs", "programs", "rendered", "shop", "store"]
