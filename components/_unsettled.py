"""What is wrong is left open, so that everything else can still be checked: reading it ends a rule."""

from typing import TYPE_CHECKING, Any

from ._switches import Switched


class UnsettledError(Exception):
    """A value was read that is wrong, so nothing can be said of what follows from it."""


class Unsettled:
    """Stands for a value that is wrong, where a model must have one."""


UNSETTLED = Unsettled()


class Settling(Switched):
    """A model of which single fields may be left open."""

    def leave_open(self, field: str) -> None:
        """Forget `field`: whoever reads it gets an `UnsettledError`."""
        vars(self).pop(field, None)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Say that a field was left open; other names are as pydantic has them."""
            if name in type(self).model_fields:
                raise UnsettledError(name)
            return super().__getattr__(name)
