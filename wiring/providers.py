"""One explicit provider each: the stack files disable default providers, so nothing reaches another cluster."""

import pulumi
import pulumi_kubernetes as kubernetes
import pulumi_random as random

from config import Settings
from config.providers import AWS_FLAGS, AWS_SECRETS
from config.storage import AwsStorage

IDENTITY = "the cluster of this stack"
"""Pulumi's identifier of the cluster. A change would replace every resource, so no setting is part of it."""


def component_options(settings: Settings) -> pulumi.ResourceOptions:
    """Return the options with which every component of the program is created.

    The stack owns its objects: a field that was edited by hand is reset, instead of a conflict that fails the `up`.
    """
    cluster = kubernetes.Provider(
        "cluster",
        context=settings.cluster.context or None,
        cluster_identifier=IDENTITY,
        enable_config_map_mutable=True,
        enable_secret_mutable=True,
        enable_patch_force=True,
    )
    providers: list[pulumi.ProviderResource] = [cluster, random.Provider("random")]
    if isinstance(settings.storage, AwsStorage):
        import pulumi_aws as aws

        providers.append(aws.Provider("aws", **_aws_arguments(settings)))
    return pulumi.ResourceOptions(providers=providers)


def _aws_arguments(settings: Settings) -> dict[str, object]:
    config = pulumi.Config("aws")
    arguments: dict[str, object] = {"region": settings.aws_region}
    arguments |= {_snake(flag): config.get_bool(flag) for flag in AWS_FLAGS if config.get_bool(flag) is not None}
    keys = {_snake(key): config.get_secret(key) for key in AWS_SECRETS}
    return arguments | {name: value for name, value in keys.items() if value is not None}


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
