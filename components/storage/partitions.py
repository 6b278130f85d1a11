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


def is_aws_host(host: str) -> bool:
    """Whether a host, with or without a port, is one of AWS."""
    name = host.partition(":")[0].lower()
    suffixes = {suffix for one in PARTITIONS for suffix in (one.dns_suffix, one.dual_stack_dns_suffix)}
    return any(name.endswith(f".{suffix}") for suffix in suffixes)
