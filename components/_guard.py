"""A guard against changes that only the applied state can tell to be wrong.

Validation sees the new settings alone. Some mistakes show only beside what was applied before: a schema entry
rewritten under existing data, a volume claim template that no StatefulSet can change. A guard compares the two before
the update, at preview already, and stops it with every rule that is broken. It needs no rights and no cluster, and it
does not run when a resource is created or replaced.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pulumi

Problems = Callable[[Mapping[str, Any], Mapping[str, Any]], list[str]]
"""Tells from the applied and the new chart values what must not change; every problem a sentence with its way out."""


class ForbiddenChangeError(Exception):
    """The applied state forbids the change; the message lists every problem."""


def guard(name: str, problems: Problems, upgrades: Problems | None = None) -> pulumi.ResourceHookBinding:
    """Give the hooks that hold back an update of a Helm release while `problems` finds any.

    `name` must be unique in the program: the resource name of the release is. Values that are not known yet let the
    update pass at preview; they are known, and judged, when it is carried out. Where the values may change so,
    `upgrades` judges all inputs of the release, the version of its chart among them.
    """

    async def refuse(args: pulumi.ResourceHookArgs) -> None:
        old, new = args.old_inputs or {}, args.new_inputs or {}
        applied, wanted = await _plain(old.get("values")), await _plain(new.get("values"))
        if pulumi.contains_unknowns(applied) or pulumi.contains_unknowns(wanted):
            return
        found = problems(applied or {}, wanted or {})
        if not found and upgrades is not None:
            found = upgrades({**old, "values": applied}, {**new, "values": wanted})
        if found:
            raise ForbiddenChangeError(_describe(args.name, found))

    hook = pulumi.ResourceHook(f"{name}-guard", refuse, pulumi.ResourceHookOptions(on_dry_run=True))
    return pulumi.ResourceHookBinding(before_update=[hook])


async def _plain(value: Any) -> Any:
    return await value.future(with_unknowns=True) if isinstance(value, pulumi.Output) else value


def _describe(release: str, found: list[str]) -> str:
    count = "1 change" if len(found) == 1 else f"{len(found)} changes"
    return "\n".join([f"{release}: the applied state forbids {count}", *(f"  {problem}" for problem in found)])
