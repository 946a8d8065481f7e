"""The layout holds: who imports whom, one home per framework, SQL in one place, small modules (docs/architecture.md).

The rules are read off the syntax tree, so nothing is imported here; `complaints` takes sources, so that every rule
is also shown to fail.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# A part may import itself and what lies upstream of its data. The command line alone also starts the web.
MAY_IMPORT: dict[str, set[str]] = {
    "scraper": set(),
    "pipelines": {"scraper"},
    "archive": {"pipelines", "scraper"},
    "alerts": {"archive", "pipelines", "scraper"},
    "web": {"alerts", "archive", "pipelines", "scraper"},
    "scheduler": {"archive", "pipelines", "scraper"},
    "commands": {"web", "alerts", "archive", "pipelines", "scraper"},
    "cli": {"commands", "web", "alerts", "archive", "pipelines", "scraper"},
}
# The rooms of the archive, each of which imports only those before it; "" is what all stand on.
ROOMS = ("schema", "", "crawl", "exchange", "intake", "stages", "upkeep", "pages", "search", "alerts")
SCRAPY = (
    *("scraper/spiders/", "scraper/network/", "scraper/rendering.py"),
    *("scraper/settings.py", "scraper/middlewares.py", "scraper/crawl.py"),
)
HOMES: dict[str, tuple[str, ...]] = {
    "scrapy": SCRAPY,
    "twisted": SCRAPY,
    "playwright": ("scraper/rendering.py",),
    "aiohttp": ("scraper/network/",),
    "selectolax": ("scraper/pages/", "scraper/parse.py", "scraper/blocked.py"),
    "parsel": (),
    "trafilatura": ("scraper/pages/generic.py",),
    "bs4": ("pipelines/clean.py",),
    "pypdfium2": ("pipelines/attachments/",),
    "python_calamine": ("pipelines/attachments/",),
    "olefile": ("pipelines/attachments/",),
    "ofdkit": ("pipelines/attachments/",),
    "striprtf": ("pipelines/attachments/",),
    "sqlite3": ("archive/",),
    "sqlite_utils": ("archive/",),
    "zstandard": ("archive/",),
    "warcio": ("archive/",),
    "pyarrow": ("archive/exchange/export_parquet.py",),
    "apscheduler": ("scheduler.py",),
    "datasette": ("web/",),
    "click": ("cli.py", "commands/"),
    "rich": ("commands/",),
    "apprise": ("alerts/channels.py",),
    "rapidfuzz": ("pipelines/dedupe.py", "pipelines/versions.py"),
    "diff_match_patch": ("pipelines/versions.py",),
    "rispy": ("pipelines/citation.py",),
    "bibtexparser": ("pipelines/citation.py",),
}
SHARED = ("pipelines.article", "pipelines.text")
BANNED_NAMES = {"utils", "util", "helpers", "helper", "base", "common", "constants", "misc", "models", "datasette"}
SQL = re.compile(
    r"\b(SELECT\s[\s\S]+?\sFROM\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|PRAGMA\s+\w"
    r"|(CREATE|DROP|ALTER)\s+(VIRTUAL\s+|TEMP\s+|UNIQUE\s+)*(TABLE|VIEW|INDEX|TRIGGER)\s)"
)
CLOCKS = {"now", "utcnow", "today"}
PURE = (
    "pipelines/",
    "scraper/pages/",
    "scraper/recon/",
    "scraper/parse.py",
    "scraper/blocked.py",
    "scraper/blockmarks.py",
    "scraper/urls.py",
    "scraper/items.py",
)
IMPURE_MODULES = {"socket", "requests", "httpx", "aiohttp", "urllib.request", "http.client", "random", "subprocess"}
MAX_LINES = 300


@dataclass(frozen=True)
class Module:
    path: str  # "scraper/pages/trs.py"
    source: str
    tree: ast.Module

    @property
    def name(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def part(self) -> str:
        return self.name.partition(".")[0]


def product() -> dict[str, str]:
    """Path -> source of every module outside tests and benchmarks."""
    files = [*ROOT.glob("*.py")]
    for folder in ROOT.iterdir():
        if folder.is_dir() and folder.name[0] != "." and folder.name not in {"tests", "bench", "build", "demo"}:
            files += folder.rglob("*.py")
    return {file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8") for file in files}


def complaints(sources: Mapping[str, str]) -> list[str]:
    modules = [Module(path, source, ast.parse(source)) for path, source in sorted(sources.items())]
    names = {module.name for module in modules}
    found: list[str] = []
    for module in modules:
        found += [
            *imports(module, names),
            *rooms(module, names),
            *homes(module),
            *stages(module, names),
            *words(module),
            *purity(module),
        ]
    return found + cycles(modules, names)


def imported(module: Module, typing: bool = True) -> Iterator[str]:
    """Dotted names of all imports, also inside functions; without those under TYPE_CHECKING if typing is False."""
    nodes: list[ast.AST] = [module.tree]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test) and not typing:
            nodes += node.orelse
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = "." * node.level + (node.module or "")
            yield from (f"{start}.{alias.name}" for alias in node.names)
        nodes += ast.iter_child_nodes(node)


def own(name: str, names: set[str]) -> str:
    """The project's module that an imported name is or lies in; "" when it is none of ours."""
    while name and name not in names:
        name = name.rpartition(".")[0]
    return name


def imports(module: Module, names: set[str]) -> Iterator[str]:
    if module.part not in MAY_IMPORT:
        yield f"{module.path}: the top level has no such part; its parts are {', '.join(MAY_IMPORT)}"
        return
    for name in imported(module):
        part = name.partition(".")[0]
        if name.startswith("."):
            yield f"{module.path}: relative import {name}; write it in full"
        elif part in {"tests", "bench"}:
            yield f"{module.path}: imports {name}; the product does not know its tests"
        elif own(name, names) and part != module.part and part not in MAY_IMPORT[module.part]:
            yield f"{module.path}: imports {name}; {module.part} may import {MAY_IMPORT[module.part] or 'nothing'}"


def rooms(module: Module, names: set[str]) -> Iterator[str]:
    """Within the archive too, imports run one way."""
    if module.part != "archive":
        return
    here = room(module.name)
    if here not in ROOMS:
        yield f"{module.path}: the archive has no such room; its rooms are {', '.join(filter(None, ROOMS))}"
        return
    for name in imported(module):
        there = room(own(name, names)) if name.startswith("archive.") else here
        if there in ROOMS and ROOMS.index(there) > ROOMS.index(here):
            yield f"{module.path}: imports {name}; its room comes before {there}"


def room(name: str) -> str:
    """archive.crawl.queue -> crawl; "" for what stands in no room."""
    parts = name.split(".")
    return parts[1] if len(parts) > 2 or (len(parts) == 2 and parts[1] in ROOMS) else ""


def homes(module: Module) -> Iterator[str]:
    for name in imported(module, typing=False):
        framework = name.partition(".")[0]
        if framework in HOMES and not module.path.startswith(HOMES[framework] or ("nowhere",)):
            yield f"{module.path}: imports {framework}, whose home is {HOMES[framework] or 'not here'}"


def stages(module: Module, names: set[str]) -> Iterator[str]:
    """Only process.py composes: a stage knows Article, the one folding of text, and modules of its own folder."""
    if module.part != "pipelines" or module.path == "pipelines/process.py":
        return
    folder = module.name.rpartition(".")[0]
    for name in imported(module):
        target = own(name, names)
        if target.startswith("pipelines.") and target not in SHARED:
            if folder != "pipelines" and target.startswith(folder):
                continue
            yield f"{module.path}: imports {target}; stages do not know each other, process.py composes them"


def words(module: Module) -> Iterator[str]:
    if set(module.name.split(".")) & BANNED_NAMES:
        yield f"{module.path}: a name that says nothing; name what it holds"
    lines = len(module.source.splitlines())
    if lines > MAX_LINES:
        yield f"{module.path}: {lines} lines; split it at {MAX_LINES}"
    documents = {id(text) for text in docstrings(module.tree)}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler) and swallows(node):
            yield f"{module.path}:{node.lineno}: catches everything; name the errors"
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in documents:
            continue
        if module.part != "archive" and SQL.search(node.value):
            yield f"{module.path}:{node.lineno}: SQL outside archive/"


def swallows(handler: ast.ExceptHandler) -> bool:
    """Does it catch everything and go on? To tidy up and raise again is fine."""
    broad = handler.type is None or ast.unparse(handler.type) in {"Exception", "BaseException"}
    last = handler.body[-1]
    return broad and not (isinstance(last, ast.Raise) and last.exc is None)


def docstrings(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value


def purity(module: Module) -> Iterator[str]:
    """Reading a page takes no clock and no network."""
    if not module.path.startswith(PURE):
        return
    for name in imported(module):
        if any(f"{name}.".startswith(f"{impure}.") for impure in IMPURE_MODULES):
            yield f"{module.path}: imports {name}; reading a page is pure"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
            yield f"{module.path}:{node.lineno}: looks at the clock; reading a page is pure"


def cycles(modules: list[Module], names: set[str]) -> list[str]:
    edges = {m.name: sorted({own(name, names) for name in imported(m, typing=False)} - {"", m.name}) for m in modules}
    found: list[str] = []
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            found.append("import cycle: " + " -> ".join([*path[path.index(name) :], name]))
        elif name not in done:
            for target in edges[name]:
                visit(target, (*path, name))
            done.add(name)

    for name in sorted(edges):
        visit(name, ())
    return found


def test_the_house_stands() -> None:
    sources = product()
    assert {"cli.py", "scheduler.py", "scraper/items.py", "archive/migrations.py"} <= set(sources)
    assert complaints(sources) == []


@pytest.mark.parametrize(
    ("path", "source", "complaint"),
    [
        ("scraper/parse.py", "from pipelines.article import Article", "scraper may import nothing"),
        ("pipelines/clean.py", "import archive.store", "pipelines may import {'scraper'}"),
        ("archive/store.py", "def f():\n    from web import plugins", "archive may import"),
        ("archive/crawl/queue.py", "from archive.stages import facts", "its room comes before stages"),
        ("archive/store.py", "from archive.crawl import ledger", "its room comes before crawl"),
        ("archive/cellar/queue.py", "", "the archive has no such room"),
        ("web/serve.py", "import cli", "web may import"),
        ("commands/crawl.py", "import cli", "commands may import"),
        ("scheduler.py", "from web import plugins", "scheduler may import"),
        ("scraper/parse.py", "from . import items", "relative import"),
        ("scraper/parse.py", "from tests import county", "does not know its tests"),
        ("extra.py", "", "the top level has no such part"),
        ("pipelines/clean.py", "import scrapy", "imports scrapy"),
        ("scraper/pages/trs.py", "from trafilatura import extract", "imports trafilatura"),
        ("scraper/urls.py", "from selectolax.lexbor import LexborHTMLParser", "imports selectolax"),
        ("scraper/pages/trs.py", "import bs4", "imports bs4"),
        ("cli.py", "import sqlite3", "imports sqlite3"),
        ("web/serve.py", "from apscheduler.triggers import cron", "imports apscheduler"),
        ("archive/store.py", "import click", "imports click"),
        ("cli.py", "from rich.table import Table", "imports rich"),
        ("scraper/parse.py", "import parsel", "imports parsel"),
        ("pipelines/clean.py", "from pipelines import furniture", "stages do not know each other"),
        ("pipelines/clean.py", "from pipelines.furniture import trim", "stages do not know each other"),
        ("scraper/utils.py", "", "a name that says nothing"),
        ("scraper/base/trs.py", "", "a name that says nothing"),
        ("scraper/parse.py", "x = 1\n" * 301, "301 lines"),
        ("scraper/parse.py", "try:\n    x = 1\nexcept Exception:\n    x = 2", "catches everything"),
        ("scraper/parse.py", "try:\n    x = 1\nexcept:\n    x = 2", "catches everything"),
        ("web/serve.py", "rows = f'SELECT title FROM articles WHERE id = {1}'", "SQL outside archive/"),
        ("cli.py", "QUERY = 'UPDATE runs SET note = 1'", "SQL outside archive/"),
        ("cli.py", "QUERY = 'PRAGMA user_version'", "SQL outside archive/"),
        ("pipelines/clean.py", "from datetime import date\nx = date.today()", "looks at the clock"),
        ("scraper/pages/trs.py", "import urllib.request", "reading a page is pure"),
    ],
)
def test_each_rule_can_fail(path: str, source: str, complaint: str) -> None:
    house = {
        "scraper/items.py": "",
        "pipelines/article.py": "",
        "pipelines/text.py": "",
        "pipelines/furniture.py": "",
        "archive/store.py": "",
        "archive/crawl/ledger.py": "",
        "archive/stages/facts.py": "",
        "web/plugins.py": "",
        "cli.py": "",
    }
    assert complaints(house) == []
    assert any(complaint in found for found in complaints({**house, path: source})), complaints({**house, path: source})


def test_a_cycle_is_found_and_typing_is_not_one() -> None:
    ring = {"scraper/items.py": "import scraper.urls", "scraper/urls.py": "def f():\n    from scraper import items"}
    ring["scraper/__init__.py"] = ""
    assert complaints(ring) == ["import cycle: scraper.items -> scraper.urls -> scraper.items"]
    ring["scraper/urls.py"] = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from scraper import items"
    assert complaints(ring) == []


def test_what_is_allowed_stays_allowed() -> None:
    assert complaints({"pipelines/process.py": "import pipelines.clean", "pipelines/clean.py": "import bs4"}) == []
    assert complaints({"archive/store.py": "import sqlite3\nQ = 'SELECT 1 FROM x '"}) == []
    assert complaints({"archive/store.py": "try:\n    x = 1\nexcept BaseException:\n    x = 2\n    raise"}) == []
    assert complaints({"scraper/urls.py": '"""Not a query: SELECT a FROM b in a docstring."""'}) == []
