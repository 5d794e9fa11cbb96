"""Where webhooks may be sent: the public internet, what the operator allows, and nowhere else."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.webhooks.addresses import Allowed, is_public, read_allowed
from grader.webhooks.destination import BadDestination, read_destination

NOTHING = Allowed()

#: One of each kind that a service must not be made to speak to.
PRIVATE = {
    "this network": "0.0.0.0",
    "loopback": "127.0.0.1",
    "loopback, not the usual one": "127.255.255.254",
    "private, 10": "10.0.0.1",
    "private, 172": "172.31.255.255",
    "private, 192": "192.168.0.1",
    "shared by a provider's customers": "100.64.0.1",
    "link-local": "169.254.0.1",
    "metadata of most clouds": "169.254.169.254",
    "metadata of one cloud": "100.100.100.200",
    "metadata of another": "192.0.0.192",
    "metadata under a public address": "168.63.129.16",
    "examples": "192.0.2.1",
    "measurements": "198.18.0.1",
    "relay of 6to4": "192.88.99.1",
    "multicast": "224.0.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "unspecified, of IPv6": "::",
    "loopback of IPv6": "::1",
    "IPv4 mapped": "::ffff:127.0.0.1",
    "IPv4 mapped, a public one": "::ffff:8.8.8.8",
    "IPv4 compatible": "::127.0.0.1",
    "NAT64": "64:ff9b::7f00:1",
    "NAT64, local": "64:ff9b:1::1",
    "6to4": "2002:7f00:1::1",
    "Teredo": "2001:0:7f00:1::1",
    "link-local of IPv6": "fe80::1",
    "site-local": "fec0::1",
    "unique local": "fd00:ec2::254",
    "multicast of IPv6": "ff02::1",
    "examples of IPv6": "2001:db8::1",
    "more examples": "3fff::1",
    "discard": "100::1",
    "segment routing": "5f00::1",
}
PUBLIC = ("8.8.8.8", "1.1.1.1", "172.32.0.1", "192.0.1.1", "2606:4700::1111", "2a00:1450::1")


@pytest.mark.parametrize("address", PRIVATE.values(), ids=PRIVATE)
def test_an_address_that_is_not_public_is_none(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(BadDestination, match="public internet"):
        read_destination(f"https://{host}/", NOTHING)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_public_internet_is_one(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))
    host = f"[{address}]" if ":" in address else address
    assert read_destination(f"https://{host}/", NOTHING).address is not None


@given(st.ip_addresses())
@example(ipaddress.ip_address("2001:4860:4860::8888"))
def test_nothing_is_public_that_the_registry_of_python_calls_private(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    # One way only: Python calls more public, such as multicast and what holds another address.
    if is_public(address):
        assert address.is_global
        assert not any((address.is_multicast, address.is_reserved, address.is_loopback))


@pytest.mark.parametrize(
    "host",
    [
        *("2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "127.1"),
        *("127.0.1", "0", "0x", "127.0.0.1.", "00127.0.0.1", "1.2.3.256", "1.2.3.4.5"),
        *("a.0x1", "example.1"),
    ],
)
def test_an_address_is_written_in_one_way_only(host: str) -> None:
    with pytest.raises(BadDestination):
        read_destination(f"https://{host}/", NOTHING)
    # Nor does it help that the operator allows loopback.
    with pytest.raises(BadDestination):
        read_destination(f"http://{host}/", read_allowed(["127.0.0.0/8", "0.0.0.0/8"]))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "lms.example.org",
        "ftp://lms.example.org/",
        "file:///etc/passwd",
        "gopher://lms.example.org/",
        "javascript:alert(1)",
        "http://lms.example.org/",  # not encrypted
        "https://me@lms.example.org/",
        "https://me:secret@lms.example.org/",
        "https://lms.example.org@127.0.0.1/",
        "https://127.0.0.1#@lms.example.org/",
        "https://lms.example.org/#part",
        "https://127.0.0.1\\@lms.example.org/",
        "https://lms.example.org\\.evil.example/",
        "https:///lms.example.org/",
        "https://lms.example.org/a b",
        "https://lms.example.org/\r\nX-Evil: 1",
        "https://lms.example.org/\x00",
        "https://lms.example.org:22/",
        "https://lms.example.org:25/",
        "https://lms.example.org:0/",
        "https://lms.example.org:65536/",
        "https://lms.example.org:/",
        "https://localhost/",
        "https://redis/",
        "https://metadata.google.internal/",
        "https://printer.local/",
        "https://-lms.example.org/",
        "https://lms..example.org/",
        "https://.example.org/",
        f"https://{'a' * 64}.example.org/",
        "https://lms.example.org./",
        "https://løms.example.org/",
        "https://①②⑦.⓪.⓪.①/",
        "https://[::1%25eth0]/",
        "https://[lms.example.org]/",
        "https://[1.2.3.4]/",
        "https://[::1/",
        "https://lms.example.org/" + "a" * 2000,
    ],
)
def test_nothing_is_sent_to_what_is_no_plain_address_of_a_public_host(url: str) -> None:
    with pytest.raises(BadDestination):
        read_destination(url, NOTHING)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://lms.example.org", "https://lms.example.org/"),
        (" HTTPS://LMS.Example.org:443/Hook ", "https://lms.example.org/Hook"),
        ("https://lms.example.org?x=1", "https://lms.example.org/?x=1"),
        ("https://lms.example.org:8443/a%20b?x=%C3%A9&y=[1]".replace("[1]", "1"), None),
        ("https://xn--lms-0na.example.org/", None),
        ("https://1.example.org/", None),
        ("https://[2606:4700:0:0::1111]:9000/", "https://[2606:4700::1111]:9000/"),
    ],
)
def test_a_public_host_is_one_whatever_its_letters(url: str, kept: str | None) -> None:
    destination = read_destination(url, NOTHING)
    assert destination.url == (kept or url)
    assert read_destination(destination.url, NOTHING) == destination


def test_the_operator_can_allow_a_host_an_address_and_a_network() -> None:
    allowed = read_allowed(["LMS", "10.1.0.0/16", "127.0.0.1", "fd00::/8", "[::1]"])
    for url in (
        *("http://lms/", "http://lms:80/", "https://lms:22/", "http://10.1.2.3:5000/"),
        *("http://127.0.0.1:9/", "http://[fd12::1]/", "http://[::1]:8080/"),
    ):
        assert read_destination(url, allowed)
    for url in ("http://lms.example.org/", "https://lm/", "http://10.2.0.1/", "https://127.0.0.2/"):
        with pytest.raises(BadDestination):
            read_destination(url, allowed)


def test_an_allowed_name_may_lead_anywhere_and_another_one_only_to_allowed_networks() -> None:
    allowed = read_allowed(["lms", "10.1.0.0/16"])
    private, listed = ipaddress.ip_address("10.9.9.9"), ipaddress.ip_address("10.1.0.9")
    assert allowed.may_reach("lms", private)
    assert allowed.may_reach("hooks.example.org", listed)
    assert not allowed.may_reach("hooks.example.org", private)
    assert not NOTHING.may_reach("lms", private)


@pytest.mark.parametrize(
    "entry", ["10.0.0.0/33", "10.0.0.1/8", "a b", "*", "0x7f.1", "http://lms", ""]
)
def test_what_is_allowed_must_be_a_host_an_address_or_a_network(entry: str) -> None:
    with pytest.raises(ValueError, match=r"is no "):
        read_allowed([entry])
