"""What the components are called as a Pulumi package, for whoever serves or describes them."""

from importlib import import_module
from inspect import isclass

import pulumi

NAME = "observability"


def component_classes() -> list[type[pulumi.ComponentResource]]:
    """Give every public component, those for AWS included, sorted by name."""
    package = import_module(__package__)
    public = (getattr(package, name) for name in sorted(package.__all__))
    return [found for found in public if isclass(found) and issubclass(found, pulumi.ComponentResource)]
