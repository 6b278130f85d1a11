"""A lock held across processes, so that two runs do not build the same thing at once."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def exclusive(path: Path, report: Callable[[str], None]) -> Iterator[None]:
    """Keep the lock file ``path`` locked, waiting for another run that has it. The system frees it when a run dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report(f"waiting for another run to finish {path.stem}")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
