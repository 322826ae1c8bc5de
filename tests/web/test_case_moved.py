"""A case that went to another version of its workflow: every page of it opens, and its past is told as it was called then."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from engine import Engine
from engine.migration import advance, confirmed, create, look, plan_between, start
from engine.store import moves
from engine.worker import Worker
from tests.engine.evidence import clock_of, row_of
from tests.engine.migration.moves import asked_case, version
from tests.support.world import fire
from tests.web.visitor import Visitor, give_password

# State and transition have other keys and titles, a field another key; the limits of the state are others too.
OTHER = (
    ("  asked:\n    title: {vi: Đã trình, en: Submitted}", "  weighed:\n    title: {vi: Đang cân nhắc, en: Weighed}"),
    ("      decide: {title: {vi: Quyết định", "      conclude: {title: {vi: Kết luận"),
    ("  ask:\n    title: {vi: Trình đề nghị, en: Submit}\n    from: draft\n    to: asked\n",
     "  hand_in:\n    title: {vi: Nộp lên, en: Hand in}\n    from: draft\n    to: weighed\n    do: [{notify: {to: province_child_lead, say: {vi: Mới nộp, en: Handed in}}}]\n"),
    ("    from: asked\n    to: draft\n", "    from: weighed\n    to: draft\n"),
    ("    from: asked\n    to: granted\n", "    from: weighed\n    to: granted\n"),
    ("from: [draft, asked]", "from: [draft, weighed]"),
    ("    other_than: [ask]\n", "    other_than: [hand_in]\n"),
    ("  what: {type: text", "  matter: {type: text"),
    ("what: required, name", "matter: required, name"),
)  # fmt: skip


@pytest.fixture
def moved(engine: Engine) -> str:
    """A case whose limit was missed, and which then went to such a version."""
    case = asked_case(engine)
    clock_of(engine).advance(days=3)
    worker = Worker(engine)
    while worker.turn().worked:
        pass
    version(engine, *OTHER)
    old, new = engine.library.workflow("toy", 1), engine.library.workflow("toy", 2)
    plan = confirmed(plan_between(old.definition, new.definition, 1, 2), sure=["states.asked", "fields.what"])
    found = create(engine, confirmed(plan, defaults={"number": "Mặc định 7"}), "admin")
    look(engine, found, "admin")
    while advance(engine, found.id):
        pass
    with engine.database.read() as connection:
        row = moves.get(connection, found.id)
    assert row is not None
    start(engine, row, str(row.report_sha256), "admin", "Thông tư mới")
    while worker.turn().worked:
        pass
    assert (row_of(engine, case).definition_number, row_of(engine, case).state) == (2, "weighed")
    return case


def visitor_of(engine: Engine, app: Flask, person: str) -> Visitor:
    give_password(engine, person)
    found = Visitor(app)
    assert found.sign_in(person).status_code == 303
    return found


def plain(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.mark.parametrize("person", ["officer", "chair", "lead"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_of_it_opens_for_everybody(
    engine: Engine, app: Flask, moved: str, person: str, language: str
) -> None:
    visitor = visitor_of(engine, app, person)
    visitor.post("/language", {"lang": language, "next": "/work"})
    paths = [f"/cases/{moved}", f"/cases/{moved}/print", "/cases", "/work", "/inbox?list=all"]
    paths += [f"/cases/{moved}/record", "/supervision"] * (person != "officer")
    paths += [f"/cases/{moved}?way={way}" for way in ("remark", "grant", "return_request", "hand_in", "ask")]
    for path in paths:
        assert (path, visitor.get(path).status_code) == (path, 200)


def test_its_past_is_told_in_the_words_of_then_and_its_present_in_those_of_now(
    engine: Engine, app: Flask, moved: str
) -> None:
    page = plain(visitor_of(engine, app, "lead").get(f"/cases/{moved}/record").text)
    assert "Trình đề nghị. Hồ sơ chuyển sang “Đã trình”." in page
    assert (
        "Chuyển hồ sơ sang phiên bản 2 của quy trình. Trạng thái: “Đã trình” → “Đang cân nhắc”. Lý do: Thông tư mới"
        in page
    )
    assert "Quá hạn: Quyết định." in page
    assert "Kết luận" in page
    for key in ("asked", "ask ", "decide", "weighed"):
        assert f" {key}" not in page


def test_what_was_known_stays_on_the_page_under_its_new_names(engine: Engine, app: Flask, moved: str) -> None:
    page = plain(visitor_of(engine, app, "officer").get(f"/cases/{moved}").text)
    for value in ("sách vở", "1.000 ₫", "Triệu Thị Đức", "Mặc định 7"):
        assert value in page
    assert "Ghi khi chuyển sang phiên bản khác của quy trình" in page
    assert "Đang cân nhắc" in page and "Từ đây" in page


def test_notices_from_before_are_told_still(engine: Engine, app: Flask, moved: str) -> None:
    page = plain(visitor_of(engine, app, "lead").get("/inbox?list=all").text)
    assert "Báo lên cấp trên: quá hạn Quyết định" in page


def test_its_owner_is_told_once_how_many_cases_follow_another_version(
    engine: Engine, app: Flask, moved: str
) -> None:
    page = plain(visitor_of(engine, app, "officer").get("/inbox").text)
    assert page.count("1 hồ sơ của bạn nay theo phiên bản 2 của quy trình “Đề nghị hỗ trợ”") >= 1


def test_a_message_that_waited_while_the_case_moved_is_delivered_in_the_words_of_its_own_version(
    engine: Engine, app: Flask
) -> None:
    shouting = (
        "    form: remarking\n",
        "    form: remarking\n    do: [{notify: {to: province_child_lead, say: {vi: Có ghi chú, en: A note}}}]\n",
    )
    quiet = ("  remark:\n", "  jot:\n")
    version(engine, shouting)
    case = asked_case(engine)
    assert fire(engine, case, "remark", "officer", note="x").applied
    number = version(engine, shouting, quiet)
    from tests.engine.migration.moves import move

    assert move(engine, case, number).applied
    worker = Worker(engine)
    turned = worker.turn()
    assert turned.failed == 0
    assert "Có ghi chú" in visitor_of(engine, app, "lead").get("/inbox").text
