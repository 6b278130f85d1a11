"""The partitions of AWS, each with its own accounts, regions and host names.

From botocore's `partitions.json` (https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json).
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class AwsPartition:
    """A partition of AWS."""

    name: str
    """The second part of its ARNs."""
    regions: str
    """The form of the names of its regions."""
    dns_suffix: str
    """The domain of the endpoints of its services."""
    dual_stack_dns_suffix: str
    """The domain of the endpoints that have IPv6 too."""

    def has(self, region: str) -> bool:
        """Whether `region` is one of the partition."""
        return re.fullmatch(self.regions, region) is not None


PARTITIONS = (
    AwsPartition("aws", r"(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+", "amazonaws.com", "api.aws"),
    AwsPartition("aws-cn", r"cn-\w+-\d+", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    AwsPartition("aws-us-gov", r"us-gov-\w+-\d+", "amazonaws.com", "api.aws"),
    AwsPartition("aws-eusc", r"eusc-(de)-\w+-\d+", "amazonaws.eu", "api.amazonwebservices.eu"),
    AwsPartition("aws-iso", r"us-iso-\w+-\d+", "c2s.ic.gov", "api.aws.ic.gov"),
    AwsPartition("aws-iso-b", r"us-isob-\w+-\d+", "sc2s.sgov.gov", "api.aws.scloud"),
    AwsPartition("aws-iso-e", r"eu-isoe-\w+-\d+", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
    AwsPartition("aws-iso-f", r"us-isof-\w+-\d+", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
)
PARTITION_NAMES = tuple(partition.name for partition in PARTITIONS)


def partition_of(region: str) -> AwsPartition | None:
    """Return the partition of a region, `None` where no partition has regions of that form."""
    return next((partition for partition in PARTITIONS if partition.has(region)), None)


def region_of_host(host: str) -> str:
    """Return the region in the name of a host of AWS; empty where there is none."""
    return next(filter(partition_of, host.partition(":")[0].lower().split(".")), "") if is_aws_host(host) else ""


def is_aws_host(host: str) -> bool:
    """Whether a host, with or without a port, is one of AWS."""
    name = host.partition(":")[0].lower()
    suffixes = {suffix for one in PARTITIONS for suffix in (one.dns_suffix, one.dual_stack_dns_suffix)}
    return any(name.endswith(f".{suffix}") for suffix in suffixes)


def region_problem(region: str) -> str | None:
    """Return why a region cannot be one of AWS, or `None`."""
    if partition_of(region) is None:
        return (
            "must be of a known partition of AWS, as ARNs and endpoints follow from it; use a region such as eu-west-1 "
            "(aws), cn-north-1 (aws-cn) or us-gov-west-1 (aws-us-gov)"
        )
    return None


def arn_problem(arn: str, partition: str, region: str = "") -> str | None:
    """Return why an ARN cannot be of a resource in `partition` and, if set, in `region`, or `None`."""
    _, _, rest = arn.partition(":")
    of_partition, _, rest = rest.partition(":")
    of_region = rest.partition(":")[2].partition(":")[0]
    if of_partition != partition:
        return f"must be of partition {partition}, as region and account are; use an ARN of {partition}"
    if region and of_region != region:
        return f"must be of region {region}, as S3 uses only keys of its own region; use a key of {region}"
    return None


def endpoint_problem(host: str, region: str) -> str | None:
    """Return why a host of AWS cannot serve buckets of `region`, or `None`; hosts of others serve any."""
    name, named = host.partition(":")[0].lower(), region_of_host(host)
    partition = partition_of(named)
    if partition is None:
        return None
    if not name.endswith((f".{partition.dns_suffix}", f".{partition.dual_stack_dns_suffix}")):
        return f"must end in {partition.dns_suffix} with region {named}; use s3.{named}.{partition.dns_suffix}"
    if named != region:
        required = f"must be of region {region}" if region else "requires a region"
        return f"{required}, as AWS accepts requests of its own region only; set region to {named}"
    return None
