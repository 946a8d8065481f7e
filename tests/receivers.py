"""Who gets messages: a webhook and a mail server on loopback, which fail as they are told to."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from aiosmtpd.controller import Controller


@dataclass(slots=True)
class Post:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def uid(self) -> str:
        return self.headers["X-Dibao-Delivery"]

    @property
    def titles(self) -> list[str]:
        return [item["title"] for item in self.body["items"]]


@dataclass(slots=True)
class Hook:
    """answers: the statuses of the next posts, then 200; before: called before each answer (0 status: no answer)."""

    answers: list[int] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    before: Callable[[], None] | None = None
    server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Hook:
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                hook.posts.append(Post(self.path, dict(self.headers), body))
                if hook.before:
                    hook.before()
                status = hook.answers.pop(0) if hook.answers else 200
                if status:
                    self.send_response(status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                else:
                    self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self.server
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        assert self.server
        return f"http://127.0.0.1:{self.server.server_address[1]}/hook?key=a%20b"

    def wait(self, number: int, seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while len(self.posts) < number:
            assert time.monotonic() < end, "nothing was posted"
            time.sleep(0.02)


@dataclass(slots=True)
class Mailbox:
    """answers: what the server says to the next mails' content, then 250."""

    answers: list[str] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)
    controller: Controller | None = None

    def __enter__(self) -> Mailbox:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.controller = Controller(self, hostname="127.0.0.1", port=port)
        self.controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self.controller
        self.controller.stop()

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        answer = self.answers.pop(0) if self.answers else "250 taken"
        found = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        if answer.startswith("250"):
            self.mails.append(found)
        return answer

    @property
    def server(self) -> str:
        """For DIBAO_MAIL."""
        assert self.controller
        return f"mailto://127.0.0.1:{self.controller.port}?from=dibao@example.org&mode=insecure"
