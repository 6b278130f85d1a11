"""The provider that constructs the components for programs in other languages."""

import re
from importlib import import_module
from inspect import isclass

import pulumi
from pulumi.errors import InputPropertiesError, InputPropertyErrorDetails
from pulumi.provider import ConstructResult
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError

from ._spec import InvalidArgsError

NAME = "observability"
"""Name of the Pulumi package."""

_UNDERSCORE = re.compile(r"_([a-z0-9])")


def component_classes() -> list[type[pulumi.ComponentResource]]:
    """Return every public component, including those for AWS, sorted by name."""
    package = import_module(__package__)
    public = (getattr(package, name) for name in sorted(package.__all__))
    return [found for found in public if isclass(found) and issubclass(found, pulumi.ComponentResource)]


class Plugin(ComponentProvider):
    """Provider of the components, which reports each invalid argument at its property."""

    def __init__(self, version: str) -> None:
        super().__init__(component_classes(), NAME, version=version)

    def construct(
        self, name: str, resource_type: str, inputs: pulumi.Inputs, options: pulumi.ResourceOptions | None = None
    ) -> ConstructResult:
        """Return a constructed component; raise `InputPropertiesError` with every problem of its `inputs`."""
        try:
            return super().construct(name, resource_type, inputs, options)
        except ComponentInitError as error:
            if not isinstance(error.inner, InvalidArgsError):
                raise
            problems = error.inner.problems
            refused = [
                InputPropertyErrorDetails(property_path=_in_other_languages(one.field), reason=one.message)
                for one in problems
            ]
            count = "1 input is" if len(problems) == 1 else f"{len(problems)} inputs are"
            raise InputPropertiesError(f"{count} wrong", refused) from None


def _in_other_languages(place: str) -> str:
    """Return the name of an argument in other languages: `chartVersion` for `chart_version`."""
    return _UNDERSCORE.sub(lambda found: found[1].upper(), place)
