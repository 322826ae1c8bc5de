"""Who gets what from every address: a table of all routes, walked by five people and a stranger.

A route that is not in the table fails the test: whoever adds one says here who may use it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from engine import Engine, FixedClock, MasterKey
from engine.migration import Plan
from engine.store import Database, moves, reference, tables
from engine.store.drafts import DraftRow
from engine.store.rows import SwapRow
from tests.schemas.books import LINE, listed
from tests.support.played import once
from tests.web.journey import ADMIN, BA_BE, CHAIR, MONDAY, OFFICER, SECRET, SUPERVISOR, TEACHER
from tests.web.visitor import Visitor
from web import import_room
from web.app import create_app
from web.content import load_content, load_demo_people
from web.demo import tell
from workflows.drafting import drafts

PEOPLE = (OFFICER, CHAIR, TEACHER, SUPERVISOR, ADMIN, "")  # "": a stranger
ELSEWHERE = "dong_thi_lua"  # somebody none of them is

ALL, OPEN = "200 200 200 200 200 302", "200 200 200 200 200 200"
ADMINISTRATOR, SENT_BY_ADMINISTRATOR = "404 404 404 404 200 302", "404 404 404 404 {} 401"

# method, endpoint, of what, who gets what: officer, chair, teacher, supervisor, administrator, stranger.
# of what: "own" a case of the officer's commune, "other" of another one, "track" the teacher's; else what is asked for.
TABLE = (
    ("GET", "static", "", OPEN),
    ("POST", "language", "", "303 303 303 303 303 303"),
    ("GET", "gate.sign_in", "", "302 302 302 302 302 200"),
    ("POST", "gate.sign_in", "", "422 422 422 422 422 422"),
    ("POST", "gate.demo_sign_in", "", "404 404 404 404 404 404"),  # nobody is named
    ("GET", "gate.password", "", ALL),
    ("POST", "gate.password", "", "422 422 422 422 422 401"),
    ("GET", "cases.home", "", "302 302 302 302 302 302"),
    ("GET", "work.page", "", "200 200 200 200 302 302"),
    ("GET", "cases.page", "", ALL),
    ("POST", "cases.search", "", "303 303 303 303 303 401"),
    ("GET", "inbox.page", "", ALL),
    ("POST", "inbox.read", "", "303 303 303 303 303 401"),
    ("POST", "inbox.read_many", "", "303 303 303 303 303 401"),
    ("GET", "preferences.page", "", ALL),
    ("POST", "preferences.keep", "", "422 422 422 422 422 401"),
    ("GET", "supervision.page", "", "404 200 404 200 404 302"),
    ("GET", "report.page", "", "200 404 200 404 404 302"),
    ("POST", "report.send", "", "422 404 422 404 404 401"),
    ("GET", "imports.page", "", "200 404 200 404 404 302"),
    ("POST", "imports.send", "", "422 404 422 404 404 401"),
    ("GET", "imports.template", "", "200 404 200 404 404 302"),
    ("GET", "imports.batch", "a batch", "200 404 404 404 404 302"),
    ("GET", "imports.mend", "a batch", "200 404 404 404 404 302"),
    ("POST", "imports.undo", "a batch", "303 404 404 404 404 401"),
    ("POST", "imports.start", "a batch", "303 404 404 404 404 401"),  # a row of it is bad: nothing starts
    ("GET", "imports.batch", "none", "404 404 404 404 404 302"),
    ("POST", "report.similar_cases", "", "200 404 200 404 404 401"),
    ("GET", "case.page", "own", "200 200 404 200 404 302"),
    ("GET", "case.page", "other", "404 404 404 200 404 302"),
    ("GET", "case.page", "track", "200 200 200 200 404 302"),
    ("GET", "case.page", "none", "404 404 404 404 404 302"),
    ("GET", "case.form", "own", "302 302 302 302 302 302"),  # to the page of the case, which says whether there is one
    ("POST", "case.step", "own", "422 422 404 422 404 401"),
    ("POST", "case.step", "other", "404 404 404 422 404 401"),
    ("POST", "case.step", "track", "422 422 422 422 404 401"),
    ("POST", "case.step", "none", "404 404 404 404 404 401"),
    ("GET", "case_print.page", "own", "200 200 404 200 404 302"),
    ("GET", "case_print.page", "other", "404 404 404 200 404 302"),
    ("GET", "case_print.page", "track", "200 200 200 200 404 302"),
    ("GET", "case_print.page", "none", "404 404 404 404 404 302"),
    ("GET", "record.page", "own", "404 200 404 200 404 302"),
    ("GET", "record.page", "other", "404 404 404 200 404 302"),
    ("GET", "record.page", "track", "404 200 404 200 404 302"),
    ("GET", "record.page", "none", "404 404 404 404 404 302"),
    ("GET", "admin.index", "", ADMINISTRATOR),
    *(("GET", f"admin_{each}.index_view", "", ADMINISTRATOR) for each in ("actors", "holdings", "agencies", "settings", "swaps", "definitions", "tables")),
    *(("GET", f"admin_{each}.create_view", "", ADMINISTRATOR) for each in ("actors", "holdings", "agencies", "swaps")),
    *(("POST", f"admin_{each}.create_view", "", SENT_BY_ADMINISTRATOR.format(422)) for each in ("actors", "holdings", "agencies", "swaps")),
    ("GET", "admin_mails.index_view", "", ADMINISTRATOR),
    ("GET", "admin_actors.edit_view", ELSEWHERE, ADMINISTRATOR),
    ("POST", "admin_actors.edit_view", ELSEWHERE, SENT_BY_ADMINISTRATOR.format(422)),
    ("POST", "admin_actors.one_time_password", ELSEWHERE, SENT_BY_ADMINISTRATOR.format(200)),
    ("POST", "admin_actors.one_time_password", ADMIN, SENT_BY_ADMINISTRATOR.format(404)),
    ("GET", "admin_holdings.edit_view", f"{ELSEWHERE}:0", ADMINISTRATOR),
    ("POST", "admin_holdings.edit_view", f"{ELSEWHERE}:0", SENT_BY_ADMINISTRATOR.format(303)),
    ("GET", "admin_agencies.edit_view", "ubnd_ba_be", ADMINISTRATOR),
    ("POST", "admin_agencies.edit_view", "ubnd_ba_be", SENT_BY_ADMINISTRATOR.format(422)),
    ("GET", "admin_settings.edit_view", "caseload_limit", ADMINISTRATOR),
    ("POST", "admin_settings.edit_view", "caseload_limit", SENT_BY_ADMINISTRATOR.format(422)),
    ("GET", "admin_swaps.edit_view", "vn_public,2026-01-02", ADMINISTRATOR),
    ("POST", "admin_swaps.edit_view", "vn_public,2026-01-02", SENT_BY_ADMINISTRATOR.format(422)),
    ("GET", "admin_definitions.details_view", "child_case,1", ADMINISTRATOR),
    ("GET", "admin_definitions.decided", "", ADMINISTRATOR),
    ("GET", "admin_definitions.new", "", ADMINISTRATOR),
    ("POST", "admin_definitions.new", "", SENT_BY_ADMINISTRATOR.format(422)),
    ("POST", "admin_definitions.begin", "child_case,1", SENT_BY_ADMINISTRATOR.format(303)),
    ("POST", "admin_definitions.begin", "child_case,9", SENT_BY_ADMINISTRATOR.format(404)),
    ("POST", "admin_definitions.retire", "child_case,1", SENT_BY_ADMINISTRATOR.format(422)),
    ("GET", "admin_migrations.index_view", "", ADMINISTRATOR),
    ("GET", "admin_migrations.new", "", ADMINISTRATOR),
    ("POST", "admin_migrations.new", "", SENT_BY_ADMINISTRATOR.format(400)),
    *(("GET", f"admin_migrations.{each}", "a move", ADMINISTRATOR) for each in ("plan", "details_view", "download")),
    ("POST", "admin_migrations.plan", "a move", SENT_BY_ADMINISTRATOR.format(422)),
    *(("POST", f"admin_migrations.{each}", "a move", SENT_BY_ADMINISTRATOR.format(303)) for each in ("by_hand", "look", "apply", "revert", "again")),
    ("GET", "admin_review.page", "a draft", ADMINISTRATOR),
    ("GET", "admin_draft.page", "a draft", ADMINISTRATOR),
    ("POST", "admin_draft.keep", "a draft", SENT_BY_ADMINISTRATOR.format(409)),  # without a revision
    *(("POST", f"admin_draft.{each}", "a draft", SENT_BY_ADMINISTRATOR.format(400)) for each in ("check", "save", "copy", "compare", "tick")),
    *(("POST", f"admin_review.{each}", "a draft", SENT_BY_ADMINISTRATOR.format(409)) for each in ("submit", "publish", "drop")),
    ("POST", "admin_review.give_back", "a draft", SENT_BY_ADMINISTRATOR.format(422)),
    ("GET", "admin_simulate.index_view", "child_case,1", ADMINISTRATOR),
    ("POST", "admin_simulate.index_view", "child_case,1", SENT_BY_ADMINISTRATOR.format(200)),
    ("GET", "admin_simulate.draft_view", "a draft", ADMINISTRATOR),
    ("POST", "admin_simulate.draft_view", "a draft", SENT_BY_ADMINISTRATOR.format(200)),
    ("GET", "admin_tables.values_view", "a table", ADMINISTRATOR),
    ("POST", "admin_tables.values_view", "a table", SENT_BY_ADMINISTRATOR.format(422)),
    ("POST", "imports.drop", "a batch", "303 404 404 404 404 401"),
    ("POST", "gate.sign_out", "", "303 303 303 303 303 401"),  # last: afterwards all are strangers
)  # fmt: skip


@dataclass
class World:
    """The demonstration with its people signed in. cases: of what → id; steps: of what → a trigger that needs a form."""

    engine: Engine
    app: Flask
    visitors: dict[str, Visitor]
    cases: dict[str, str]
    steps: dict[str, str]

    def address(self, endpoint: str, of: str) -> str:
        """The address of a row of the table."""
        rule = next(self.app.url_map.iter_rules(endpoint))
        known = {
            "case": self.cases.get(of, ""),
            "trigger": self.steps.get(of, ""),
            "batch": self.cases.get(of, ""),
            "filename": "tokens.css",
            "notice": _any_notice(self.engine),
        }
        with self.app.test_request_context():
            url = str(self.app.url_for(endpoint, **{name: known[name] for name in rule.arguments}))
        return f"{url}?id={self.cases.get(of, of)}" if of and not {"case", "batch"} & rule.arguments else url

    def send(self, who: str, method: str, address: str, **more: Any) -> TestResponse:
        """Go there; a form is sent empty."""
        visitor = self.visitors[who]
        return visitor.get(address) if method == "GET" else visitor.post(address, {}, **more)


@pytest.fixture
def world(sqlite_database: str) -> Iterator[World]:
    with _world(sqlite_database) as made:
        yield made


@pytest.fixture
def either_world(database: str) -> Iterator[World]:
    """The same, on each database."""
    with _world(database) as made:
        yield made


def _tell(database: str) -> None:
    clock = FixedClock(MONDAY - timedelta(days=400))
    store = Database(database)
    with store.write() as connection:
        reference.create_installation(connection, "demo", "Asia/Ho_Chi_Minh", MONDAY)
        load_content(connection, clock.now(), "demo")
        load_demo_people(connection)
        reference.put_swaps(connection, [SwapRow(calendar="vn_public", day=date(2026, 1, 2), worked=False)])
    store.close()
    engine = Engine(database, MasterKey(SECRET), clock)
    tell(engine, clock, MONDAY, some=("lua", "manh", "duc", "pao", "dao", "su"))
    engine.database.close()


@contextmanager
def _world(database: str) -> Iterator[World]:
    once("routes", database, lambda: _tell(database))
    engine = Engine(database, MasterKey(SECRET), FixedClock(MONDAY))
    app = create_app(engine, demo_sign_in=True, testing=True)
    visitors = {who: Visitor(app, address="127.0.0.1", host="localhost") for who in PEOPLE}
    for who in PEOPLE[:-1]:
        assert visitors[who].click(who).status_code == 303
    cases = _cases(engine)
    actors = {"own": OFFICER, "other": SUPERVISOR, "track": TEACHER}
    steps = {
        of: next(way.trigger for way in engine.available(cases[of], actor) if way.needs or way.blockers)
        for of, actor in actors.items()
    }
    cases |= {
        "a table": _a_table(engine),
        "a batch": _a_batch(engine),
        "a draft": _a_draft(engine),
        "a move": _a_move(engine),
    }
    yield World(engine, app, visitors, cases, steps | {"none": "close"})
    engine.database.close()


def test_every_route_gives_everybody_exactly_what_the_table_says(either_world: World) -> None:
    world = either_world
    listed = {(method, endpoint) for method, endpoint, _, _ in TABLE}
    assert _routes(world.app) - listed == set(), "routes nobody has decided about"
    assert listed - _routes(world.app) == set(), "rows of routes that are no more"
    wrong = []
    for method, endpoint, of, expected in TABLE:
        address = world.address(endpoint, of)
        got = " ".join(str(world.send(who, method, address).status_code) for who in PEOPLE)
        if got != expected:
            wrong.append(f"{method} {endpoint} {of}: {got}, not {expected}")
    assert wrong == []


def test_nothing_is_sent_without_the_token_and_nothing_is_changed_by_looking(world: World) -> None:
    before = _everything(world.engine)
    anothers = Visitor(world.app, address="127.0.0.1", host="localhost").token()
    for method, endpoint, of, _ in TABLE:
        address = world.address(endpoint, of)
        for who in PEOPLE:
            if method == "GET":
                world.send(who, method, address)
                continue
            for token in (None, "forged", anothers):
                answer = world.send(who, method, address, token=token)
                assert (endpoint, who, token, answer.status_code) == (endpoint, who, token, 400)
    after = _everything(world.engine)
    assert {name for name in before if before[name] != after[name]} == set()


def test_a_strange_case_and_a_case_that_is_not_look_the_same(world: World) -> None:
    officer = world.visitors[OFFICER]
    pages = []
    for of in ("other", "none"):
        text = officer.get(world.address("case.page", of)).text
        for changing in (world.cases[of], *_varying(text)):
            text = text.replace(changing, "…")
        pages.append(text)
    assert pages[0] == pages[1]


def test_nobody_reads_anothers_notices(world: World) -> None:
    with world.engine.database.write() as connection:
        connection.execute(update(tables.notice).values(read_at=None))
        found = {
            owner: notice
            for notice, owner in connection.execute(select(tables.notice.c.id, tables.notice.c.actor))
        }
    assert found
    for owner, notice in found.items():
        for who in set(PEOPLE[:-1]) - {owner}:
            world.visitors[who].post(f"/inbox/{notice}/read", {})
            world.visitors[who].post("/inbox/read", {"notice": notice})
    with world.engine.database.read() as connection:
        assert (
            connection.scalars(
                select(tables.notice.c.read_at).where(tables.notice.c.read_at.is_not(None))
            ).all()
            == []
        )


ELSEWHERES = (
    "//evil.example", "/////evil.example", "\\\\evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example/work",
    "javascript:alert(1)", "evil.example", "",
)  # fmt: skip


def test_the_language_switch_leads_nowhere_but_to_pages_of_ours(visitor: Visitor) -> None:
    led = {each: visitor.post("/language", {"next": each}).headers["Location"] for each in ELSEWHERES}
    assert led == dict.fromkeys(ELSEWHERES, "/")
    ours = "/cases?list=late&find=a//b"
    assert visitor.post("/language", {"next": ours}).headers["Location"] == ours


def test_asking_for_the_head_of_a_page_answers_as_the_page_does(world: World) -> None:
    for method, endpoint, of, _ in TABLE:
        if method == "GET":
            address = world.address(endpoint, of)
            for who in (OFFICER, ADMIN, ""):
                page = world.visitors[who].get(address)
                head = world.visitors[who].client.head(
                    address, environ_overrides={"REMOTE_ADDR": "127.0.0.1"}, buffered=True
                )
                assert (endpoint, who, head.status_code, head.data) == (endpoint, who, page.status_code, b"")


@pytest.mark.parametrize("host", ["a..b", ".", "x" * 64])
def test_a_host_that_cannot_be_is_refused_in_one_line(app: Flask, host: str) -> None:
    answer = app.test_client().get("/sign-in", headers={"Host": host})
    assert (answer.status_code, answer.data) == (400, b"400 Bad Request\n")


def test_every_refusal_says_the_number_of_its_request(visitor: Visitor) -> None:
    answers = [visitor.post("/new", {}), visitor.post("/new", {}, token=None)]
    visitor.sign_in("officer")
    answers += [visitor.get("/nowhere"), visitor.post("/new", {}, token=None)]
    assert [each.status_code for each in answers] == [401, 400, 404, 400]
    numbers = [re.findall(r"<code>([0-9a-f]{16})</code>", each.text) for each in answers]
    assert len({number for found in numbers for number in found}) == 4


@pytest.mark.parametrize(("https", "secure"), [(None, True), (True, True), (False, False)])
def test_cookies_follow_what_the_server_says_of_https(
    engine: Engine, https: bool | None, secure: bool
) -> None:
    visitor = Visitor(create_app(engine, testing=True, https=https))
    cookies = visitor.sign_in("officer").headers.getlist("Set-Cookie")
    cookies += visitor.post("/language", {"lang": "en"}).headers.getlist("Set-Cookie")
    assert {"Secure" in each for each in cookies} == {secure}
    prefix = "__Host-" if secure else ""
    assert {each.partition("=")[0] for each in cookies} >= {
        f"{prefix}casework",
        f"{prefix}casework-device",
        "language",
    }


def test_everybody_finds_the_way_to_their_own_password(visitor: Visitor) -> None:
    visitor.sign_in("officer")
    assert 'href="/password"' in visitor.get("/inbox").text


def _routes(app: Flask) -> set[tuple[str, str]]:
    return {
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def _a_move(engine: Engine) -> str:
    """A migration that waits to be looked at."""
    states = {key: key for key in engine.library.workflow("child_case", 1).definition.states}
    plan = Plan(definition="child_case", source=1, target=1, states=states)
    with engine.database.write() as connection:
        return moves.create(connection, plan.plain, ADMIN, MONDAY).id


def _a_draft(engine: Engine) -> str:
    made = drafts(engine).begin("child_case", ADMIN, based_on=1)
    assert isinstance(made, DraftRow)
    return made.id


def _cases(engine: Engine) -> dict[str, str]:
    column = tables.cases.c
    open_ones = select(column.id).where(column.closed_at.is_(None)).order_by(column.opened_at, column.id)
    wanted = {
        "own": open_ones.where(
            column.definition == "child_case", column.area == BA_BE, column.owner == OFFICER
        ),
        "other": open_ones.where(column.definition == "child_case", column.area != BA_BE),
        "track": open_ones.where(column.agency == "truong_suoi_le"),
    }
    with engine.database.read() as connection:
        found = {of: str(connection.scalars(each).first() or "") for of, each in wanted.items()}
    assert all(found.values())
    return found | {"none": "0190d7e4-0000-7000-8000-000000000000"}


def _a_table(engine: Engine) -> str:
    row = engine.library.rows.decision_tables["vocational_entry"][0]
    return f"{row.id},{row.valid_from},{row.sha256}"


def _a_batch(engine: Engine) -> str:
    """A list of the officer's with one row that has to be mended."""
    data = listed(LINE, ["Ma Thị Thử", "31/02/2012", *LINE[2:]])
    return import_room.bring(engine, import_room.declared_imports()["intake"], OFFICER, data, {}, "worker")


def _any_notice(engine: Engine) -> str:
    with engine.database.read() as connection:
        return str(connection.scalars(select(tables.notice.c.id).order_by(tables.notice.c.id)).first())


def _everything(engine: Engine) -> dict[str, list[Any]]:
    """All rows of all tables, but who looked at what, which is written down by looking."""
    with engine.database.read() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table))))
            for table in tables.metadata.sorted_tables
            if table is not tables.read_log
        }


def _varying(text: str) -> list[str]:
    """What differs from page to page without meaning anything: the token and the number of the request."""
    return re.findall(r'name="csrf_token" value="([^"]+)"', text) + re.findall(
        r"<code>([0-9a-f]+)</code>", text
    )
