"""Guard of the update of a Helm release, which rejects changes of its values that the state forbids.

Validation sees the new arguments alone. Some errors depend on the old ones too: a schema entry edited under existing
data, a volumeClaimTemplate that no StatefulSet can change. The guard compares old and new values before the update,
also at preview, and fails it with every problem. It needs no permissions and no cluster, and does not run when a
resource is created or replaced. It guards any other resource by another of its inputs in the same way.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pulumi

from ._shown import shown

Problems = Callable[[Mapping[str, Any], Mapping[str, Any]], list[str]]
"""Returns from the old and the new chart values every forbidden change, with its rule and its fix."""


class ForbiddenChangeError(Exception):
    """The state forbids a change; the message lists every problem."""


def forbidden_change(field: str, old: Any, new: Any, reason: str) -> str:
    """Return the message of a change of `field`, whose value is `new`; `reason` ends with the fix."""
    return f"{field} = {shown(new)}: must not change from {shown(old)} in one update, as {reason}"


def forbidden_changes(old: Mapping[str, Any], new: Mapping[str, Any], reason: str) -> list[str]:
    """Return the message of each change of a field that both `old` and `new` have; `reason` ends with the fix."""
    return [
        forbidden_change(field, old[field], new[field], reason)
        for field in old
        if field in new and old[field] != new[field]
    ]


def guard(
    name: str, problems: Problems, upgrades: Problems | None = None, *, compared: str = "values"
) -> pulumi.ResourceHookBinding:
    """Return the hooks that fail an update of a Helm release for which `problems` returns any.

    `name` must be unique in the program, as the resource name of the release is. An update with unknown values passes
    at preview; it is checked when it is applied and the values are known. If `problems` returns none, `upgrades` checks
    all inputs of the release, including the version of its chart. `compared` is the input that `problems` gets.
    """

    async def refuse(args: pulumi.ResourceHookArgs) -> None:
        old_inputs, new_inputs = args.old_inputs or {}, args.new_inputs or {}
        old, new = await _plain(old_inputs.get(compared)), await _plain(new_inputs.get(compared))
        if pulumi.contains_unknowns(old) or pulumi.contains_unknowns(new):
            return
        found = problems(old or {}, new or {})
        if not found and upgrades is not None:
            found = upgrades({**old_inputs, "values": old}, {**new_inputs, "values": new})
        if found:
            raise ForbiddenChangeError(_describe(args.name, found))

    hook = pulumi.ResourceHook(f"{name}-guard", refuse, pulumi.ResourceHookOptions(on_dry_run=True))
    return pulumi.ResourceHookBinding(before_update=[hook])


async def _plain(value: Any) -> Any:
    return await value.future(with_unknowns=True) if isinstance(value, pulumi.Output) else value


def _describe(release: str, found: list[str]) -> str:
    count = "1 change" if len(found) == 1 else f"{len(found)} changes"
    return "\n".join([f"{release}: the applied state forbids {count}", *(f"  {problem}" for problem in found)])
