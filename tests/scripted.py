"""A made-up site whose pages are made by scripts, on loopback; it writes down what it is asked."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from scraper.catalogue import Column, District

HTML = "text/html; charset=utf-8"
SHELL = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>青岬县人民政府</title>'
    '<link rel="stylesheet" href="/a.css"><script src="/app.js"></script></head>'
    '<body><div id="app"></div><img src="/logo.png"></body></html>'
)
# Asks for its rows, and for much that a crawl does not give.
LIST_SCRIPT = """
document.addEventListener("DOMContentLoaded", () => {
  const app = document.getElementById("app");
  if (location.pathname != "/list/") return;
  document.cookie = "seen=1; path=/";
  fetch("/api/rows", {method: "POST", headers: {"Content-Type": "application/x-www-form-urlencoded"}, body: "page=1"})
    .then(answer => answer.json()).then(data => {
      app.innerHTML = "<ul>" + data.rows.map(row =>
        `<li><a href="/show/${row.id}.html">${row.title}</a><span>${row.day}</span></li>`).join("") + "</ul>";
    });
  fetch("/closed/rows").catch(() => 0);
  new Image().src = "/pixel.gif";
  fetch("http://OTHER/track").catch(() => 0);
  navigator.sendBeacon && navigator.sendBeacon("http://OTHER/beacon");
  try { new WebSocket("ws://OTHER/socket"); } catch (error) {}
  const frame = document.createElement("iframe"); frame.src = "http://OTHER/frame"; document.body.append(frame);
  try { new Worker("/worker.js"); } catch (error) {}
  setInterval(() => fetch("/api/poll"), 50);
});
"""
ROWS = [{"id": 20261101 + n, "title": f"青岬县第{n + 1}期防汛值班安排", "day": f"2026-11-0{n + 1}"} for n in range(3)]


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: str
    came: float


@dataclass
class Scripted:
    """pages: path -> (status, Content-Type, text), status 0: the connection breaks; extra: path -> more headers."""

    pages: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    extra: dict[str, dict[str, str]] = field(default_factory=dict)
    log: list[Request] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def paths(self) -> list[str]:
        return [one.path for one in self.log]

    def district(self) -> District:
        return of(self.host)


def of(host: str, *, render: bool = True) -> District:
    """The site's district, without a rest between requests."""
    column = Column("通知公告", f"http://{host}/list/", render)
    return District(slug="qingjia", name="青岬县", code="320499", site=f"http://{host}", columns=(column,))


def scripted(other: str) -> Scripted:
    """A list that a script fills with three rows, articles served as they are, one that a script fills."""
    served = "".join(f"<p>第{n}班由县水利局负责，值班电话全天开通，遇有险情随时上报。</p>" for n in range(1, 5))
    head = '<head><meta name="ArticleTitle" content="TITLE"><meta name="PubDate" content="2026-11-0N"></head>'
    article = f'<html>{head}<body><h1>TITLE</h1><div id="zoom">{served}</div></body></html>'
    pages = {
        "/robots.txt": (200, "text/plain", "User-agent: *\nDisallow: /closed/\n"),
        "/list/": (200, HTML, SHELL),
        "/app.js": (200, "application/javascript", LIST_SCRIPT.replace("OTHER", other)),
        "/api/rows": (200, "application/json", json.dumps({"rows": ROWS})),
        "/api/poll": (200, "application/json", "{}"),
    }
    for n, row in enumerate(ROWS, 1):
        text = article.replace("TITLE", str(row["title"])).replace("0N", f"0{n}")
        pages[f"/show/{row['id']}.html"] = (200, HTML, text)
    late = pages["/show/20261103.html"][2].split("<body>")[1].split("</body>")[0]
    script = f"<script>document.getElementById('app').innerHTML = {json.dumps(late)}</script>"
    pages["/show/20261103.html"] = (200, HTML, SHELL.replace("</body>", script + "</body>"))
    return Scripted(pages)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, site: Scripted, *args: object) -> None:
        self.site = site
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.site.log.append(Request(self.command, self.path, dict(self.headers), body, time.monotonic()))
        status, kind, text = self.site.pages.get(self.path, (404, HTML, "<h1>404</h1>"))
        data = text.encode()
        if not status:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Type", kind)
        more = {"ETag": '"same"', "Set-Cookie": "session=made-up; path=/"} | self.site.extra.get(self.path, {})
        for name, value in more.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: the site keeps its own log."""
