"""TLS: whom to believe. Certificates are verified; a district's TOML may put up with a bad one until a day."""

from __future__ import annotations

import ssl
from datetime import date
from pathlib import Path

import certifi

from scraper.catalogue import District

# OpenSSL's verification codes (X509_V_ERR_*): what a person can do something with.
_VERIFY = {
    9: "is not valid yet",
    10: "has expired",
    18: "is self-signed",
    19: "comes with a chain that ends in an unknown issuer",
    20: "has a broken chain: the issuer is unknown or its certificate is not sent along",
    21: "has a broken chain: the issuer is unknown or its certificate is not sent along",
    62: "is made out for another name",
    64: "is made out for another address",
}
_LEGACY = {
    "UNSAFE_LEGACY_RENEGOTIATION_DISABLED": "an unsafe renegotiation",
    "DH_KEY_TOO_SMALL": "a key exchange that is too short",
    "BAD_ECPOINT": "a broken elliptic curve",
    "EE_KEY_TOO_SMALL": "a certificate with a short key",
    "CA_MD_TOO_WEAK": "a certificate with a weak signature",
    "UNSUPPORTED_PROTOCOL": "an outdated version of TLS",
    "TLSV1_ALERT_PROTOCOL_VERSION": "an outdated version of TLS",
    "WRONG_SIGNATURE_TYPE": "a weak signature",
}
_LEGACY_SERVER_CONNECT = 0x4  # ssl.OP_LEGACY_SERVER_CONNECT, which Python 3.11 has no name for


def strict() -> ssl.SSLContext:
    """Trusts the system's certificate authorities; certifi's where the system has none. SSL_CERT_FILE adds its own."""
    context = ssl.create_default_context()
    paths = ssl.get_default_verify_paths()
    if not paths.cafile and not (paths.capath and any(Path(paths.capath).iterdir())):
        context.load_verify_locations(certifi.where())
    return context


def lenient() -> ssl.SSLContext:
    """Believes anybody, and speaks what old servers speak: unsafe renegotiation, short keys, TLS 1.0."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.options |= _LEGACY_SERVER_CONNECT
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return context


def reason(error: BaseException, host: str, district: District | None, day: date) -> str:
    """Why TLS with a host failed, for people, and the TOML key that puts up with it."""
    what = f"{host}: {_what(error)}"
    if district is None:
        return what
    until = district.manners.tls_unverified_until
    if until is not None and day <= until:
        return f"{what}, although tls_unverified_until = {until} in {district.slug}.toml puts up with a bad certificate"
    over = f" (the one there, {until}, is over)" if until else ""
    return (
        f"{what}. If that is known and may be put up with for a while: tls_unverified_until = YYYY-MM-DD under"
        f" [manners] in {district.slug}.toml{over}"
    )


def _what(error: BaseException) -> str:
    # aiohttp's errors are kinds of ssl's, without what ssl's own say.
    for cause in _causes(error):
        if code := getattr(cause, "verify_code", 0):
            message = getattr(cause, "verify_message", "")
            return f"its certificate {_VERIFY.get(code) or f'is not good: {message}'}"
        if isinstance(cause, ssl.SSLError) and (word := getattr(cause, "reason", None)):
            legacy = _LEGACY.get(word)
            return f"it only offers {legacy} (TLS)" if legacy else f"TLS failed: {word.lower()}"
    return "TLS failed"


def _causes(error: BaseException | None) -> list[BaseException]:
    """An error and what led to it, nearest first."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
