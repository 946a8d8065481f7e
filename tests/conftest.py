"""What tests share. Real local servers and made-up pages; nothing is mocked."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

NOTES = pytest.StashKey[list[str]]()
SHARED = Path(__file__).parents[2] / "shared"


def pytest_configure(config: pytest.Config) -> None:
    # No absolute times: a busy machine is no failure.
    # The same examples on every machine: a failing run can be had again.
    settings.register_profile("dibao", deadline=None, derandomize=True)
    settings.load_profile("dibao")
    config.stash[NOTES] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for note in config.stash[NOTES]:
        terminalreporter.write_line(note, yellow=True)


@pytest.fixture
def notes(request: pytest.FixtureRequest) -> list[str]:
    """Lines that a test wants printed at the end of the run although nothing failed."""
    return request.config.stash[NOTES]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # .ci/run reads this from the report: a test on real pages that was skipped beside ../shared fails the run.
    for item in items:
        if item.get_closest_marker("realpages"):
            item.user_properties.append(("realpages", "yes"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """../shared, with the real pages; they are measured on there and never copied here."""
    if not (SHARED / "realpages" / "manifest.tsv").exists():
        pytest.skip(f"the real pages are not at {SHARED / 'realpages'}")
    return SHARED
