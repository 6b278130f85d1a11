"""The part of `Logging`'s arguments that says which rules its ruler evaluates, and how it gets at them."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from .._spec import rule
from .._tenants import THE_ONLY_TENANT
from .rule_files import file_problems, tenant_and_file
from .spec_features import FeaturesSpec
from .spec_store import Store

FIRST_PART_OF_RULE_OBJECTS = "rules"
"""Where the ruler keeps its objects in a bucket, whatever prefix chunks have."""


class RuleSource(StrEnum):
    """Where the ruler reads rules; never in both places."""

    CONFIG_MAPS = "config-maps"
    BUCKET = "bucket"


class RulesSpec(FeaturesSpec):
    """Rules, and their way to the ruler."""

    rule_source: RuleSource = RuleSource.CONFIG_MAPS
    rules: Mapping[str, str] = Field(default_factory=dict)
    ruler_bucket: str = ""
    lokitool_image: str = ""

    @property
    def rule_config_maps(self) -> bool:
        """Whether a sidecar gathers rules from ConfigMaps."""
        return self.ruler and self.rule_source is RuleSource.CONFIG_MAPS

    @property
    def rule_objects(self) -> bool:
        """Whether the ruler keeps rules in a bucket, and takes them by its API."""
        return self.ruler and self.rule_source is RuleSource.BUCKET

    @property
    def bucket_of_rules(self) -> str:
        """The bucket that the ruler keeps rules in."""
        return self.ruler_bucket or self.bucket

    @property
    def tenants_with_rules(self) -> tuple[str, ...]:
        """Everybody who may have rules."""
        return self.tenants or (THE_ONLY_TENANT,)

    @property
    def rules_by_tenant(self) -> dict[str, dict[str, str]]:
        """The files of each tenant that may have any."""
        found: dict[str, dict[str, str]] = {tenant: {} for tenant in self.tenants_with_rules}
        for path, text in self.rules.items():
            tenant, file = tenant_and_file(path, self.tenants)
            found[tenant][file] = text
        return found

    @rule("rules", "tenants")
    def _rules_can_be_read(self) -> str | None:
        return "; ".join(file_problems(self.rules, self.tenants)) or None

    @rule("rules", "ruler")
    def _somebody_evaluates_rules(self) -> str | None:
        if self.rules and not self.ruler:
            return "nothing would evaluate them: set ruler to true, or remove rules"
        return None

    @rule("rule_source", "ruler", "store")
    def _rules_have_a_bucket(self) -> str | None:
        if self.rule_source is RuleSource.CONFIG_MAPS:
            return None
        if not self.ruler:
            return "nothing would evaluate the rules in it: set ruler to true, or remove rule_source"
        if self.store is Store.FILESYSTEM:
            return "store filesystem has no bucket: use config-maps, or store s3"
        return None

    @rule("ruler_bucket", "rule_source", "bucket", "bucket_prefix", "tenants")
    def _rules_are_kept_apart(self) -> str | None:
        if self.rule_source is RuleSource.CONFIG_MAPS:
            return "rules come from ConfigMaps: remove it, or set rule_source to bucket" if self.ruler_bucket else None
        if self.bucket_prefix and self.bucket_of_rules == self.bucket:
            return (
                f"Loki keeps rules at {FIRST_PART_OF_RULE_OBJECTS}/ whatever bucket_prefix says, here in the part of "
                f"bucket {self.bucket} that belongs to others: name another bucket that Loki may use, or set "
                "rule_source to config-maps"
            )
        if self.bucket_of_rules == self.bucket and FIRST_PART_OF_RULE_OBJECTS in self.tenants:
            return (
                f"the chunks of tenant {FIRST_PART_OF_RULE_OBJECTS!r} would lie where Loki keeps rules: name another "
                "bucket, or the tenant otherwise"
            )
        return None

    @rule("lokitool_image", "rule_source", "ruler")
    def _a_program_brings_rules_to_the_bucket(self) -> str | None:
        if self.rule_objects and not self.lokitool_image:
            return (
                "rules get into the bucket by lokitool, which Loki's releases hold as a program and not as an image: "
                "name an image that has it on its path, of Loki's version"
            )
        if self.lokitool_image and not self.rule_objects:
            return "rules come from ConfigMaps, without lokitool: remove it, or set rule_source to bucket"
        return None
