"""What a user of `Logging` should know about valid choices that have a price."""

from .._bucket import Store
from .._tls import login_warnings
from .modes import Mode
from .spec import LoggingSpec


def advice(spec: LoggingSpec) -> list[str]:
    """Give a sentence for each choice that works and yet costs availability or has no future."""
    sentences = login_warnings(spec)
    if spec.mode is Mode.SIMPLE_SCALABLE:
        sentences.append(
            "Loki's mode simple-scalable is deprecated and Loki 4 will not start in it: plan the move to monolithic "
            "or distributed with migrate_from."
        )
    if spec.copies == 2:
        refused = "every write" if spec.ingesters == 2 else "the writes that are its share"
        sentences.append(
            "With replication factor 2 a write needs both copies (half of 2, plus 1): while one of the "
            f"{spec.ingesters} replicas of {spec.mode.ingester} is away, by a drain, a rollout or a failure, Loki "
            f"refuses {refused}. Three replicas with replication factor 3 go on with one away."
        )
    if spec.copies == 1 and spec.ingesters > 1:
        sentences.append(
            f"With replication factor 1 each line is held by one of the {spec.ingesters} replicas of "
            f"{spec.mode.ingester}: while a replica is away, its recent lines cannot be read."
        )
    if spec.store is Store.FILESYSTEM:
        sentences.append("Logs are kept on the volume of one pod: they are lost with it, and it does not scale.")
    if spec.allow_changes:
        sentences.append(
            f"allow_changes lets changes of {' and '.join(spec.allow_changes)} pass unguarded: remove it after "
            "the update that it was prepared for."
        )
    return sentences
