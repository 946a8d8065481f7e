"""A message to a mail server: plain text, the same Message-ID for every try, one click to unsubscribe (RFC 8058)."""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr, formatdate
from typing import Final
from urllib.parse import urlsplit

from alerts.message import Message

SECONDS: Final = 20.0
_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed over. security: ssl, starttls or insecure; verified: its certificate must be good; sender,
    name: in From."""

    host: str
    port: int
    security: str
    user: str
    password: str
    verified: bool
    sender: str
    name: str


def is_address(text: str) -> bool:
    """Is this a plain mail address?"""
    return _ADDRESS.fullmatch(text) is not None and len(text) <= 254


def letter(server: Server, to: str, message: Message, uid: str) -> EmailMessage:
    """The mail, with its headers."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = formataddr((server.name, server.sender))
    mail["To"] = to
    mail["Subject"] = message.subject
    mail["Message-ID"] = f"<{uid}@{urlsplit(message.links.site).hostname or 'dibao.invalid'}>"
    mail["Date"] = formatdate()
    mail["Auto-Submitted"] = "auto-generated"
    mail["List-Unsubscribe"] = f"<{message.links.unsubscribe}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail["X-Dibao-Delivery"] = uid
    mail.set_content(message.text, charset="utf-8", cte="base64")
    return mail


def hand_over(server: Server, to: str, message: Message, uid: str) -> tuple[bool, str]:
    """Hands a message to the server: (has it taken it, what it said). Never raises for what a server does."""
    try:
        with suppress_quit(_connected(server)) as smtp:
            content = letter(server, to, message, uid).as_bytes()
            _want(smtp.mail(server.sender), 250)
            _want(smtp.rcpt(to), 250, 251)
            return True, _want(smtp.data(content), 250)
    except (OSError, smtplib.SMTPException) as error:
        return False, f"{type(error).__name__}: {error}"[:500]


class suppress_quit:
    """Ends a conversation. What the server does after its answer changes nothing of the answer."""

    def __init__(self, smtp: smtplib.SMTP) -> None:
        self._smtp = smtp

    def __enter__(self) -> smtplib.SMTP:
        return self._smtp

    def __exit__(self, *_: object) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self._smtp.quit()
        self._smtp.close()


def _connected(server: Server) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if not server.verified:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if server.security == "ssl":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    try:
        smtp.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            smtp.starttls(context=context)
            smtp.ehlo_or_helo_if_needed()
        if server.user and server.password:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _want(answer: tuple[int, bytes], *codes: int) -> str:
    code, said = answer
    if code not in codes:
        raise smtplib.SMTPResponseException(code, said)
    return f"{code} {said.decode('utf-8', 'replace')}"[:500]
