"""No request ever reaches an address that is not public, whatever a name, a redirect or a link says."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scraper.catalogue import Column, District
from scraper.network.addresses import NotPublic, guarded_socket, is_public
from tests.county.server import County
from tests.nights import counts, night, rows, states, yunlan

PUBLIC = "93.184.216.34"


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.5.5", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
        *("100.100.100.200", "0.0.0.0", "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.0.192", "198.18.0.1"),
        *("168.63.129.16", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1"),
    ],
)
def test_what_is_not_public_is_not_asked(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(NotPublic, match="not a public address"):
        guarded_socket(address, socket.AF_INET, socket.SOCK_STREAM, 0, loopback=False)


@pytest.mark.parametrize("address", [PUBLIC, "114.114.114.114", "2400:3200::1", "::ffff:114.114.114.114"])
def test_public_addresses_are_asked(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(("address", "allowed"), [("127.0.0.1", True), ("10.0.0.1", False), ("169.254.169.254", False)])
def test_a_site_on_this_machine_opens_this_machine_only(address: str, allowed: bool) -> None:
    if allowed:
        guarded_socket(address, socket.AF_INET, socket.SOCK_STREAM, 0, loopback=True).close()
        return
    with pytest.raises(NotPublic):
        guarded_socket(address, socket.AF_INET, socket.SOCK_STREAM, 0, loopback=True)


def resolver(monkeypatch: pytest.MonkeyPatch, answers: Callable[[str], list[str]]) -> None:
    """A resolver that answers as it likes, in the place of the system's."""

    def getaddrinfo(host: Any, port: Any, *_: Any, **__: Any) -> list[tuple[Any, ...]]:
        found = answers(str(host))
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def named(county: County, host: str) -> District:
    """The county under another name, on its own port."""
    here = yunlan(county, "统计信息")
    url = county.url.replace("127.0.0.1", host)
    (column,) = here.columns
    return replace(here, site=url, columns=(Column(column.name, column.url.replace(county.url, url)),))


@pytest.mark.parametrize("host", ["www.yunlan.example", "0x7f.1", "2130706433.example"])
def test_a_name_that_leads_home_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    resolver(monkeypatch, lambda _: ["127.0.0.1"])
    with County() as county:
        end = night(tmp_path, named(county, host))
        assert end.reason == "unreachable" and "not a public address" in end.why
        assert county.log == [] and counts(tmp_path) == {}
        assert rows(tmp_path, "SELECT count(*) FROM fetches") == [(0,)], "nothing was asked, nothing is noted"


def test_a_number_is_no_way_around(tmp_path: Path) -> None:
    """http://2130706433/ and http://0177.0.0.1/ are 127.0.0.1 to a resolver."""
    with County() as county:
        for host in ("2130706433", "0177.0.0.1"):
            end = night(tmp_path, named(county, host))
            assert end.reason == "unreachable", end
        assert county.log == []


def test_a_name_that_changes_its_mind_gains_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: public when looked at first, this machine when the connection is made."""
    asked: list[str] = []

    def answers(host: str) -> list[str]:
        asked.append(host)
        return ["240.0.0.1", "127.0.0.1"] if len(asked) == 1 else ["127.0.0.1"]

    resolver(monkeypatch, answers)
    with County() as county:
        assert night(tmp_path, named(county, "www.yunlan.example")).reason == "unreachable"
        assert asked and county.log == []


def test_another_machine_of_the_own_network_stays_out_of_reach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The county is on this machine; a second host of the same district claims to be inside the network."""
    resolver(monkeypatch, lambda host: ["127.0.0.1"] if host == "127.0.0.1" else ["10.1.2.3"])
    with County() as county:
        here = yunlan(county, "统计信息", allowed_hosts=("inside.yunlan.example",))
        (column,) = here.columns
        inside = Column("人事任免", f"http://inside.yunlan.example:{county.port}/class/JEBLQNFD")
        end = night(tmp_path, replace(here, columns=(column, inside)))
        ends = {one.column: one for one in end.columns}
        assert ends["统计信息"].outcome == "ok" and ends["人事任免"].outcome == "blocked"
        assert "10.1.2.3 is not a public address" in ends["人事任免"].note


def test_a_redirect_into_the_own_network_is_not_followed(tmp_path: Path) -> None:
    from tests.county.server import redirect

    with County() as county, County() as other:
        path = county.site.column("统计信息")[0].path
        county.faults[path] = redirect(f"{other.url}/metadata")
        night(tmp_path, yunlan(county, "统计信息"))
        assert other.log == [] and "not followed" in states(tmp_path, "failed")[path]
