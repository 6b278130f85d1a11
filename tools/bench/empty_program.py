"""The empty program that `make preview` is measured against: the providers of stack `dev` and nothing else.

It is copied into a project of its own, so it imports nothing of this one; a test compares the providers.
"""

import pulumi_kubernetes as kubernetes
import pulumi_random as random

kubernetes.Provider(
    "cluster",
    cluster_identifier="the cluster of this stack",
    enable_config_map_mutable=True,
    enable_secret_mutable=True,
    enable_patch_force=True,
)
random.Provider("random")
