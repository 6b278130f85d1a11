"""The recorded configurations of collectors; `python -m tests.collector_texts` records all of them again."""

import shutil
from collections.abc import Mapping

from components.telemetry.engines import Engine
from config import SettingsError
from tests.checkout import ROOT
from tests.program.documents.rows import changed
from tests.program.programs import record_stack
from tests.unit.telemetry.alloy import examples as alloy
from tests.unit.telemetry.collector import examples as collector
from tests.unit.telemetry.examples import GOLDEN

STACKS = sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml"))
_SUFFIXES = {Engine.ALLOY: "alloy", Engine.OTEL_COLLECTOR: "yaml"}


def stack_texts(stack: str, engine: Engine) -> Mapping[str, str]:
    """Return what the workloads of a committed stack read with an engine, by the names of their recorded files.

    An engine that lacks what the stack asks for has one file, `refused.txt`, with the message.
    """
    try:
        recording = record_stack(changed(stack, {"telemetry.engine": engine.value}), name=stack)
    except SettingsError as refusal:
        return {"refused.txt": f"{refusal}\n"}
    configs = {
        each.name.removeprefix("telemetry-"): each.plain()["data"]
        for each in recording.of_type("core/v1:ConfigMap")
        if each.name.startswith("telemetry-")
    }
    return {f"{name}.{_SUFFIXES[engine]}": text for name, data in configs.items() for text in data.values()}


def recorded_texts(stack: str, engine: Engine) -> Mapping[str, str]:
    """Return the recorded files of a committed stack with an engine, by their names."""
    directory = GOLDEN / "stacks" / f"{stack}-{engine}"
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(directory.glob("*"))}


def _record() -> None:
    for name in alloy.CONFIGURATIONS:
        (GOLDEN / f"telemetry-{name}.alloy").write_text(alloy.text_of(name), encoding="utf-8")
    for name in collector.EXAMPLES:
        (GOLDEN / f"telemetry-{name}.yaml").write_text(collector.text_of(name), encoding="utf-8")
    shutil.rmtree(GOLDEN / "stacks", ignore_errors=True)
    for stack in STACKS:
        for engine in Engine:
            directory = GOLDEN / "stacks" / f"{stack}-{engine}"
            directory.mkdir(parents=True)
            for name, text in stack_texts(stack, engine).items():
                (directory / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    _record()
