"""`observability:logging`: Loki's settings, and what only a stack states of it."""

from pydantic import Field

from components.logging.spec import LoggingSettings
from components.units import Name


class LoggingArea(LoggingSettings):
    """Settings under `observability:logging`; size and placement hold for all workloads of Loki."""

    namespace: Name = Field(default="logging", description="Namespace of Loki.", examples=["logging"])
    rules_directory: str = Field(
        default="",
        description="Directory with files of rules, relative to the stack files. Default: none.",
        examples=["rules"],
    )
