from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from components.caching.spec import CacheSpec
from components.caching.values import cache_values, configuration, memory_mib


def spec(**args: Any) -> CacheSpec:
    return CacheSpec.check("Cache", {"namespace": "caching", **args})


def test_the_cache_requires_a_password_from_a_secret() -> None:
    auth = cache_values(spec())["auth"]
    assert auth["enabled"] and auth["usersExistingSecret"] == "valkey-password"
    assert set(auth["aclUsers"]) == {"default"}, "without rules for it, the default user needs no password"
    assert auth["aclUsers"]["default"]["passwordKey"] == "password"
    assert "-@dangerous" in auth["aclUsers"]["default"]["permissions"]


def test_entries_stay_in_memory_and_the_least_used_go_first() -> None:
    lines = configuration(256).splitlines()
    assert lines == ["maxmemory 256mb", "maxmemory-policy allkeys-lru", 'save ""', "appendonly no"]


@given(st.integers(32, 100_000))
def test_the_pod_has_room_for_more_than_its_entries(size: int) -> None:
    assert memory_mib(size) >= size * 1.15 + 30
    resources = cache_values(spec(size_mib=size))["resources"]
    assert resources["requests"]["memory"] == resources["limits"]["memory"] == f"{memory_mib(size)}Mi"


def test_every_container_is_restricted_and_asks_for_what_it_needs() -> None:
    chart = cache_values(spec())
    exporter = chart["metrics"]["exporter"]
    assert chart["securityContext"] == exporter["securityContext"]
    assert exporter["securityContext"]["runAsNonRoot"] and exporter["securityContext"]["readOnlyRootFilesystem"]
    assert exporter["resources"]["requests"] and chart["initResources"]["requests"]


def test_the_exporter_is_there_and_reachable_only_when_something_reads_it() -> None:
    def ports(**args: Any) -> list[int]:
        (rule,) = cache_values(spec(**args))["networkPolicy"]["ingress"]
        return [port["port"] for port in rule["ports"]]

    assert ports() == [6379]
    assert ports(service_monitor=True) == [6379, 9121]
    assert cache_values(spec())["metrics"]["enabled"] is False


def test_pods_start_anew_with_a_new_password() -> None:
    first = cache_values(spec())["podAnnotations"]
    assert cache_values(spec(size_mib=64))["podAnnotations"] == first
    assert cache_values(spec(credentials_revision="2"))["podAnnotations"] != first
