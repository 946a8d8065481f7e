"""Where a message goes: a mail address, a webhook, or any other service of Apprise, by its URL (Apprise's home).

What can be written for a channel: ``someone@example.org`` (sent with the server of DIBAO_MAIL), ``https://…`` (JSON is
posted to it; Apprise knows the webhooks of many services by their address), or an Apprise URL (``mailtos://…``,
``feishu://…``, ``wecombot://…``). Mail is handed over here and not by Apprise, whose Message-ID is another each time.
"""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import apprise
from apprise.plugins.custom_json import NotifyJSON
from apprise.plugins.email.base import NotifyEmail

from alerts.mail import Server, hand_over, is_address
from alerts.message import Message

HEADER = "X-Dibao-Delivery"


class ChannelError(ValueError):
    """This is no channel: says why, and how to write one. kind: for a page in another language."""

    def __init__(self, kind: str, said: str) -> None:
        super().__init__(said)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a try: ok, or not; text: what the service said."""

    ok: bool
    text: str


def check(channel: str, environ: Mapping[str, str]) -> None:
    """Raises ChannelError where nothing could be sent to a channel."""
    plugin = _plugin(channel, environ)
    if len(plugin) > 1:
        raise ChannelError("one", "a channel is one receiver, who can end it; make an alert for each")


def masked(channel: str, environ: Mapping[str, str]) -> str:
    """A channel without its passwords, for people to recognise."""
    if is_address(channel):
        return channel
    try:
        plugin = _plugin(channel, environ)
    except ChannelError:
        return channel.partition(":")[0] + "://…"
    if isinstance(plugin, NotifyEmail):
        return str(plugin.targets[0][1])
    if isinstance(plugin, NotifyJSON):  # the path of a webhook is its password
        return f"{'https' if plugin.secure else 'http'}://{plugin.host}/…"
    return str(plugin.url(privacy=True)).partition("?")[0]


def is_chat(channel: str, environ: Mapping[str, str]) -> bool:
    """Does the service read markup or mentions in a text? Mail and webhooks get it as it is."""
    return not isinstance(_plugin(channel, environ), NotifyEmail | NotifyJSON)


def send(channel: str, message: Message, uid: str, environ: Mapping[str, str]) -> Answer:
    """Hands a message over. uid: the same for every try of it; a receiver can drop what it has. Never raises for what a
    service does."""
    try:
        plugin = _plugin(channel, environ)
    except ChannelError as error:
        return Answer(False, str(error))
    if isinstance(plugin, NotifyEmail):
        return Answer(*hand_over(_server(plugin), plugin.targets[0][1], message, uid))
    if isinstance(getattr(plugin, "headers", None), dict):
        plugin.headers |= {HEADER: uid, "Idempotency-Key": uid}
    if isinstance(plugin, NotifyJSON):
        links = {"search": message.links.search, "unsubscribe": message.links.unsubscribe}
        plugin.payload_extras |= {"delivery": uid, "items": list(message.items), "links": links}
    service = apprise.Apprise()
    service.add(plugin)
    with _listening() as heard:
        ok = service.notify(body=message.text, title=message.subject, body_format=apprise.NotifyFormat.TEXT)
    return Answer(bool(ok), "; ".join(dict.fromkeys(heard))[:500] or ("accepted" if ok else "not accepted"))


def _server(plugin: NotifyEmail) -> Server:
    name, sender = plugin.from_addr
    return Server(
        host=str(plugin.smtp_host),
        port=plugin.port or 25,
        security=str(getattr(plugin.secure_mode, "value", plugin.secure_mode)),
        user=plugin.user or "",
        password=plugin.password or "",
        verified=bool(plugin.verify_certificate),
        sender=str(sender),
        name=str(name or ""),
    )


def _plugin(channel: str, environ: Mapping[str, str]) -> Any:
    """The service that a channel names. Raises ChannelError."""
    if any(ord(one) < 32 for one in channel):
        raise ChannelError("line", "a channel is one line")
    if is_address(channel):
        return _mailbox(channel, environ)
    scheme = channel.partition(":")[0].lower()
    if scheme in _known()["local"]:
        raise ChannelError(
            "local", f"{scheme}:// acts on the machine that Dibao runs on; name a mail address or a service"
        )
    for address, service in _known()["robots"].items():
        channel = service + channel.removeprefix(address) if channel.startswith(address) else channel
    asset = apprise.AppriseAsset(storage_mode=apprise.PersistentStoreMode.MEMORY, app_id="Dibao")
    with _listening() as heard:
        plugin = apprise.Apprise.instantiate(channel, asset=asset)
        if plugin is None and scheme in ("http", "https"):
            plugin = apprise.Apprise.instantiate(_webhook(channel), asset=asset)
    if plugin is None:
        why = f" ({'; '.join(heard)})" if heard and "://" in channel else ""
        raise ChannelError(
            "unknown",
            f"cannot send to this{why}; give a mail address, https://… for a webhook, or an Apprise URL"
            " (https://appriseit.com/services/)",
        )
    return plugin


def _mailbox(address: str, environ: Mapping[str, str]) -> NotifyEmail:
    server = environ.get("DIBAO_MAIL", "")
    if not server:
        raise ChannelError(
            "mail",
            "no mail server is set: put its Apprise URL into DIBAO_MAIL (mailtos://USER:PASSWORD@SERVER?from=ADDRESS),"
            " or give the whole URL as channel",
        )
    with _listening():
        plugin = apprise.Apprise.instantiate(server)
    if not isinstance(plugin, NotifyEmail):
        raise ChannelError("mail", "DIBAO_MAIL is no mail server: mailtos://USER:PASSWORD@SERVER?from=ADDRESS")
    plugin.targets = [(False, address)]
    return plugin


def _webhook(address: str) -> dict[str, object]:
    """A web address as the parts of Apprise's JSON service."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise ChannelError("address", f"is no web address: {error}") from error
    return {
        "schema": "jsons" if parts.scheme == "https" else "json",
        "secure": parts.scheme == "https",
        "host": parts.hostname,
        "port": port,
        "user": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "fullpath": parts.path or "/",
        "params": dict(parse_qsl(parts.query, keep_blank_values=True)),
    }


@cache
def _known() -> dict[str, Any]:
    return tomllib.loads(files("alerts").joinpath("data/channels.toml").read_text("utf-8"))


class _Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@contextmanager
def _listening() -> Iterator[list[str]]:
    """What Apprise logs meanwhile: it says why it fails there, and nowhere else."""
    logger, handler = logging.getLogger("apprise"), _Heard()
    before = logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield handler.lines
    finally:
        logger.removeHandler(handler)
        logger.propagate = before
