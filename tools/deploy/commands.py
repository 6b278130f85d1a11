"""The commands that leave everything to the engine, and what all commands share."""

import os

from .engine import Engine


class Refused(Exception):
    """The command will not do this; the message says why and what to do."""


def preview(engine: Engine, _yes: bool) -> None:
    """Show what an `up` would do; reads the cluster where there is one, changes nothing."""
    engine.preview()


def shell(engine: Engine, _yes: bool) -> None:
    """Open a shell in which `pulumi` and the other tools work on the stack as `make` would."""
    engine.select()
    engine.become(os.environ.get("SHELL") or "bash", *engine.extra)


def confirm(question: str, yes: bool) -> None:
    """Ask, unless it is confirmed beforehand; raise `Refused` for anything but a yes."""
    if yes:
        return
    try:
        answer = input(f"{question} [y/N] ")
    except EOFError:
        answer = ""
    if answer.strip().lower() not in ("y", "yes"):
        raise Refused("not confirmed, nothing was changed (YES=1 confirms without a question)")
