"""The Pulumi package of the components: its name and its classes."""

from importlib import import_module
from inspect import isclass

import pulumi

NAME = "observability"


def component_classes() -> list[type[pulumi.ComponentResource]]:
    """Return every public component, including those for AWS, sorted by name."""
    package = import_module(__package__)
    public = (getattr(package, name) for name in sorted(package.__all__))
    return [found for found in public if isclass(found) and issubclass(found, pulumi.ComponentResource)]
