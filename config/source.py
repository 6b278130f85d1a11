"""The stack's configuration as Pulumi passes it to the program."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.runtime import config as runtime_config

from components._shown import shown

from .errors import PROJECT, Problem, remove_command


@dataclass(frozen=True)
class Source:
    """The configuration of one stack, keys without the project's prefix."""

    stack: str
    texts: Mapping[str, str]
    """Every key of this project and its text; an object is JSON."""
    secret: frozenset[str] = frozenset()
    """The keys whose value, or part of it, is encrypted in the stack file."""
    aws_region: str = ""
    """The AWS provider's region, from `aws:region`."""
    aws: Mapping[str, bool] = field(default_factory=dict)
    """The keys of the AWS provider, and whether the value of each is encrypted."""
    others: frozenset[str] = frozenset()
    """The keys of every other namespace, whole."""

    def area(self, name: str) -> tuple[Any, list[Problem]]:
        """Return the value of one area as plain data, `{}` where it is not set, and the problems of its form."""
        place = f"{PROJECT}:{name}"
        if name in self.secret:
            sentence = (
                "holds an encrypted value, which the program would read in plain text; put the secret under its "
                "own key, or name a Kubernetes Secret with {secret, key}"
            )
            return {}, [Problem(place, sentence, remove_command(place))]
        if name not in self.texts:
            return {}, []
        value = self.value(name)
        if isinstance(value, dict):
            return value, []
        sentence = "must be an object with the keys of docs/reference/settings.md; set each by its path"
        return {}, [Problem(place, sentence, remove_command(place), shown(value))]

    def value(self, key: str) -> Any:
        """Return any value as plain data."""
        try:
            return json.loads(self.texts[key])
        except json.JSONDecodeError:
            return self.texts[key]


def read() -> Source:
    """Read the configuration of the running stack."""
    everything = {**runtime_config.get_config_env(), **runtime_config.CONFIG.get()}
    prefix = f"{PROJECT}:"
    own = {key.removeprefix(prefix): str(value) for key, value in everything.items() if key.startswith(prefix)}
    return Source(
        stack=pulumi.get_stack(),
        texts=own,
        secret=frozenset(name for name in own if runtime_config.is_config_secret(prefix + name)),
        aws_region=str(everything.get("aws:region", "")),
        aws={
            key.removeprefix("aws:"): runtime_config.is_config_secret(key)
            for key in everything
            if key.startswith("aws:")
        },
        others=frozenset(key for key in everything if not key.startswith((prefix, "aws:"))),
    )
