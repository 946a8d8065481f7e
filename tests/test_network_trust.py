"""TLS is verified; what is wrong is said plainly, with the key that puts up with it until a day."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import trustme

from scraper.catalogue import Column, District
from scraper.manners import Manners
from tests.county.server import County, _Handler, _Server
from tests.nights import night, rows, yunlan

TODAY = datetime.now(UTC).date()


@contextmanager
def served(county: County, context: ssl.SSLContext) -> Iterator[str]:
    """The county once more, over TLS."""
    server = _Server(("127.0.0.1", 0), partial(_Handler, county))
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def context(authority: trustme.CA, *names: str, expires: datetime | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names, not_after=expires).configure_cert(context)
    return context


def secure(county: County, url: str, until: date | None = None) -> District:
    here = yunlan(county, "统计信息", manners=Manners(tls_unverified_until=until))
    (column,) = here.columns
    return replace(here, site=url, columns=(Column(column.name, column.url.replace(county.url, url)),))


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def test_a_good_certificate_is_believed(tmp_path: Path, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> None:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with County() as county, served(county, context(authority, "127.0.0.1")) as url:
        end = night(tmp_path, secure(county, url))
        assert (end.reason, end.pages) == ("finished", 9)
        end = night(tmp_path, secure(county, url.replace("127.0.0.1", "localhost")))
        assert end.reason == "unreachable" and "made out for another name" in end.why


def test_an_unknown_issuer_is_not_believed(tmp_path: Path, authority: trustme.CA) -> None:
    with County() as county, served(county, context(authority, "127.0.0.1")) as url:
        end = night(tmp_path, secure(county, url))
        assert end.reason == "unreachable" and county.log == []
        assert "broken chain" in end.why and "tls_unverified_until" in end.why and "yunlan.toml" in end.why
        (fetch,) = rows(tmp_path, "SELECT outcome, note, role FROM fetches")
        assert fetch[0] == "tls" and "broken chain" in str(fetch[1]) and fetch[2] == "robots"


def test_an_expired_certificate_is_not_believed(
    tmp_path: Path, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    past = datetime.now(UTC) - timedelta(days=1)
    with County() as county, served(county, context(authority, "127.0.0.1", expires=past)) as url:
        end = night(tmp_path, secure(county, url))
        assert end.reason == "unreachable" and "has expired" in end.why


@pytest.mark.parametrize(("until", "pages"), [(TODAY + timedelta(days=2), 9), (TODAY - timedelta(days=2), 0)])
def test_a_dated_key_puts_up_with_it(
    tmp_path: Path, authority: trustme.CA, until: date, pages: int, caplog: pytest.LogCaptureFixture
) -> None:
    with County() as county, served(county, context(authority, "127.0.0.1")) as url:
        end = night(tmp_path, secure(county, url, until))
        assert end.pages == pages
        said = [one.getMessage() for one in caplog.records if "not verified" in one.getMessage()]
        if pages:
            assert said == [f"yunlan: certificates are not verified (tls_unverified_until = {until})"]
        else:
            assert said == [] and f"{until}, is over" in end.why


def test_an_outdated_server_needs_the_key_too(tmp_path: Path, authority: trustme.CA) -> None:
    old = context(authority, "127.0.0.1")
    old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    with County() as county, served(county, old) as url:
        end = night(tmp_path, secure(county, url))
        assert end.reason == "unreachable" and "outdated version of TLS" in end.why
        assert night(tmp_path, secure(county, url, TODAY + timedelta(days=2))).pages == 9
