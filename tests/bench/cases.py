"""`bench cases`: what must not grow with the number of cases, at 1,000 and at 100,000, on each database.

The Cases page as a browser gets it, query and rendering, for an officer of one commune and for the province's lead:
the first page of the list, a search without tones for a name that a few children have, and the look for cases that may
be the same child. And the worker's turn when nothing is due. The cases are copies of real ones (crowd.py); some are replayed and opened before all else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from statistics import median
from typing import Any, NamedTuple

from flask import Flask
from werkzeug.test import Client

import web.views.cases
from engine import Engine
from engine.duplicates import candidates
from engine.listing import Listing
from engine.registry.duplicates import Person
from engine.worker.loop import Worker
from tests.bench.crowd import fill, open_limits
from tests.bench.ground import KINDS, demonstration, listed, load, parts, say, spread, timed
from web import searches
from web.app import create_app
from web.demo.crew import BA_BE, LEAD, crew

FEW, MANY = 1_000, 100_000
ROUNDS, TIMES = 7, 5
SIZE = web.views.cases.SIZE
SEARCHED = "luc thi ngan duc"  # crowd.RARE as one types it
# A child with the rare name, one whose name many have, and one with a given name that nobody has.
CHILDREN = {
    "rare": Person(name="Lục Thị Ngân Đức", areas=frozenset({BA_BE})),
    "common": Person(name="Triệu Thị Lụa", areas=frozenset({BA_BE}), relatives=("Triệu Văn Sính",)),
    "unheard": Person(name="Triệu Thị Khuyếch", areas=frozenset({BA_BE})),
}
PEOPLE = {"officer": crew()[BA_BE]["officer"], "lead": LEAD}
PARTS: tuple[tuple[str, Any, str], ...] = (
    ("reach", Listing, "__init__"),
    ("counts", Listing, "count"),
    ("page", Listing, "page"),
    ("search", Listing, "search"),
    ("names unsealed", Listing, "shown"),
    ("rows in words", web.views.cases, "row"),
    ("template", web.views.cases, "render_template"),
)
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_HREF = re.compile(r'href="/cases/([0-9a-f-]{36})')


class Took(NamedTuple):
    """The median of all rounds, and how many cases the page showed."""

    seconds: float
    shown: int


def main() -> None:
    """Measure both databases and print the result: how much slower with a hundred times as many cases."""
    results: dict[str, float] = {}
    for kind in KINDS:
        with demonstration(kind) as running:
            few = _measured(kind, running, 0, FEW)
            many = _measured(kind, running, FEW, MANY)
        looks = {f"{who}_{what}" for who in PEOPLE for what in CHILDREN}
        pages = [name for name in few if name not in looks]
        assert all(few[name].shown == many[name].shown for name in pages), (few, many)
        results |= {f"{kind}_{name}": many[name].seconds / few[name].seconds for name in pages}
        results |= {f"{kind}_{name}_ms": many[name].seconds * 1e3 for name in sorted(looks)}
        results |= {f"{kind}_idle_ms": many["idle"].seconds * 1e3}
    say("RESULT " + " ".join(f"{name}={value:.2f}" for name, value in results.items()))


def _measured(kind: str, running: Engine, start: int, end: int) -> Mapping[str, Took]:
    """Each thing measured, with `end` copies in the database."""
    some = fill(running, start, end)
    for case in some[-3:]:
        assert {each.code for each in running.replay(case)} <= {"due_at"}  # a crowd spreads its due moments
        view = running.view(case, PEOPLE["lead"], "case page")
        assert view and view.flaws == ()
    app = create_app(running, demo_sign_in=True)
    took: dict[str, Took] = {}
    say(f"{kind}, {end} cases, {open_limits(running)} open time limits; {load()}; {ROUNDS} rounds of {TIMES}")
    for name, person in PEOPLE.items():
        with _browser(app, person) as browser:
            took[name] = _page(name, browser, "/cases")
            assert took[name].shown == SIZE
            took[f"{name}_search"] = _page(
                f"{name}'s search",
                browser,
                f"/cases?find={searches.sealed(running.vault.master, person, SEARCHED)}",
            )
        for what, child in CHILDREN.items():
            took[f"{name}_{what}"] = _alike(f"{name}'s look for {what}", running, person, child)
    took["idle"] = Took(_idle(running), 0)
    return took


def _alike(name: str, running: Engine, person: str, child: Person) -> Took:
    """Who may be the same child, as often as it takes."""

    def ask() -> int:
        with running.database.read() as connection:
            listing = Listing(running, connection, person)
            definition = listing.workflows["child_case"].definition
            return len(candidates(listing, definition, child))

    shown = ask()
    rounds = [timed(ask, TIMES) for _ in range(ROUNDS)]
    say(f"  {name}, {shown} found: {spread(rounds)}")
    return Took(median(rounds), shown)


def _page(name: str, browser: Client, path: str) -> Took:
    """A page as often as it takes; it must show a case."""
    get = partial(browser.get, path)
    answer = get()
    shown = set(_HREF.findall(answer.text))
    assert answer.status_code == 200 and shown, answer.status
    rounds = [timed(get, TIMES) for _ in range(ROUNDS)]
    with parts(PARTS) as watched:
        whole = timed(get, 1)
    went = {part: sum(times) for part, times in watched.items() if times}
    say(f"  {name}, {len(shown)} cases: {spread(rounds)}; of one, ms: {listed(went | {'whole': whole})}")
    return Took(median(rounds), len(shown))


def _idle(running: Engine) -> float:
    """Seconds of a turn of the worker that finds nothing to do."""
    worker = Worker(running)
    while worker.turn().worked:
        pass
    rounds = [timed(worker.turn, TIMES) for _ in range(ROUNDS)]
    assert not worker.turn().worked
    say(f"  the worker's idle turn: {spread(rounds)}")
    return median(rounds)


@contextmanager
def _browser(app: Flask, person: str) -> Iterator[Client]:
    """Somebody signed in by a door of the demonstration."""
    browser = app.test_client()
    token = _TOKEN.search(browser.get("/sign-in").text)
    assert token
    answer = browser.post("/demo/sign-in", data={"person": person, "csrf_token": token[1]})
    assert answer.status_code == 303, answer.status
    yield browser


if __name__ == "__main__":
    main()
