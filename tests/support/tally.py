"""A pytest plugin: says at the very end how many tests ran on each database, and which ran on one only.

A run in which no test ran is a failure; with REQUIRE_PG=1 so is a run whose databases were not tested alike.
"""

from __future__ import annotations

import os
import re
from collections.abc import Generator
from typing import cast

import pytest

from tests.support.databases import DATABASES

PROPERTY = "database"


def pytest_configure(config: pytest.Config) -> None:
    """Counting is the business of the process that hears of every test, not of its workers."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Tally(config), "tally")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with what it needs; its reports carry the database to where they are counted."""
    for item in items:
        names = getattr(item, "fixturenames", ())
        if {"postgres_server", "postgresql_database"} & set(names):
            item.add_marker(pytest.mark.postgresql)
        if "browser" in names:
            item.add_marker(pytest.mark.browser)
        callspec = getattr(item, "callspec", None)
        if callspec and callspec.params.get("database") in DATABASES:
            item.user_properties.append((PROPERTY, callspec.params["database"]))


class Tally:
    """What ran, by database; a test is known by its node id without the name of the database."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.ran: dict[str, set[str]] = {database: set() for database in DATABASES}
        self.any_ran = False
        self.missing: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count what got as far as running its own body; remember why the rest did not."""
        database = cast("dict[str, str]", dict(report.user_properties)).get(PROPERTY)
        if report.when == "call" and not report.skipped:
            self.any_ran = True
            if database:
                self.ran[database].add(without_database(report.nodeid, database))
        elif report.when == "setup" and report.skipped and isinstance(report.longrepr, tuple):
            self.missing[database or ""] = report.longrepr[2]
        elif report.when == "setup" and report.failed:
            self.missing[database or ""] = "its tests failed before they began"

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """Outermost, so that these are the last lines, after pytest's own closing line."""
        yield
        if session.exitstatus == pytest.ExitCode.OK:
            if self.missing and not self.any_ran:
                session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED
            elif os.environ.get("REQUIRE_PG") == "1" and self.differs:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED
        if self.any_ran:
            reporter = self.config.pluginmanager.getplugin("terminalreporter")
            if reporter:
                for line in self.lines():
                    reporter.write_line(line)

    @property
    def differs(self) -> bool:
        """Whether some test ran on one database only."""
        return len({frozenset(names) for names in self.ran.values()}) > 1

    def lines(self) -> list[str]:
        """The difference by name, then the numbers."""
        lines: list[str] = []
        for database, other in zip(DATABASES, reversed(DATABASES), strict=True):
            only = self.ran[database] - self.ran[other]
            if only and not self.ran[other]:
                lines.append(f"{other}: nothing ran; {self.missing.get(other, 'nothing was selected')}")
            elif only:
                lines += [f"only on {database}:", *(f"  {name}" for name in sorted(only))]
        counts = [f"{database}: {len(self.ran[database])} tests" for database in DATABASES]
        return [*lines, "   ".join([*counts, "different" if self.differs else "equal"])]


def without_database(nodeid: str, database: str) -> str:
    """`tests/x.py::test_y[sqlite-3]` → `tests/x.py::test_y[3]`: the same for both databases."""
    name, bracket, ids = nodeid.partition("[")
    ids = re.sub(rf"(^|-){database}(?=[-\]])", "", ids, count=1).removeprefix("-")
    return name + bracket + ids if ids != "]" else name
