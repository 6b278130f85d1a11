"""Where a sandbox keeps its files: everything is below one directory, so two sandboxes need two directories."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

CONTEXT = "observability-sandbox"
FIELD_MANAGER = "observability-sandbox"
PROJECT = Path(__file__).resolve().parent.parent
DEFAULT_DIRECTORY = PROJECT / ".sandbox"


@dataclass(frozen=True)
class Layout:
    """The files of the sandbox below `root`."""

    root: Path

    @property
    def kubeconfig(self) -> Path:
        return self.root / "kubeconfig"

    @property
    def aws(self) -> Path:
        return self.root / "aws.json"

    @property
    def environment(self) -> Path:
        return self.root / "env"

    @property
    def processes(self) -> Path:
        return self.root / "processes.json"

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def etcd_data(self) -> Path:
        return self.root / "etcd"

    @property
    def credentials(self) -> Path:
        """The directory of the keys, certificates and the API server's token file."""
        return self.root / "credentials"

    @property
    def ca_certificate(self) -> Path:
        return self.credentials / "ca.crt"

    @property
    def serving_certificate(self) -> Path:
        return self.credentials / "serving.crt"

    @property
    def serving_key(self) -> Path:
        return self.credentials / "serving.key"

    @property
    def tokens(self) -> Path:
        return self.credentials / "tokens.csv"

    def of_one_run(self) -> tuple[Path, ...]:
        """Return what `down` removes; the logs stay to explain failures."""
        return (
            self.kubeconfig,
            self.aws,
            self.environment,
            self.processes,
            self.etcd_data,
            self.credentials,
            self.root / "kwok",
        )

    def log(self, process: str) -> Path:
        return self.logs / f"{process}.log"
