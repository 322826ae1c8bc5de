"""The editor of a draft as the server answers it: findings, saving as typed, who else saved; for administrators only."""

from __future__ import annotations

import re
from io import BytesIO
from threading import Thread
from time import sleep
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from markupsafe import escape
from werkzeug.test import TestResponse, encode_multipart

from engine import Engine
from engine.store import changing
from engine.store.drafts import DraftRow
from tests.support.world import TOY, open_toy
from tests.web.visitor import Visitor, rows
from web.admin.editor_data import Judged, Overtaken
from web.headers import POLICY
from workflows import catalogue
from workflows.drafting import drafts

BROKEN = TOY.replace("states:", "states: [", 1)
WARNED = re.sub(r"(  asked:\n    title: \{)vi: [^,]*, ", r"\1", TOY, count=1)
MISSPELT = TOY.replace("to: asked", "to: aksed", 1)


@pytest.fixture
def draft(administered: Engine) -> str:
    made = drafts(administered).begin("toy", "admin", based_on=1)
    assert isinstance(made, DraftRow)
    return made.id


def sent(visitor: Visitor, draft: str, what: str, body: Any, *, token: str | None = "") -> TestResponse:
    """Ask as the page's script does."""
    headers = {} if token is None else {"X-CSRFToken": token or visitor.token()}
    return visitor.client.post(
        f"/admin/workflows/draft/{what}/?id={draft}", json=body, headers=headers,
        environ_overrides={"REMOTE_ADDR": visitor.address},
    )  # fmt: skip


def kept(engine: Engine, draft: str) -> Any:
    (row,) = rows(engine, changing.definition_draft, id=draft)
    return row


def test_the_page_holds_the_text_and_what_is_wrong_with_it_without_a_script(
    administered: Engine, admin: Visitor, draft: str
) -> None:
    drafts(administered).save(draft, 1, MISSPELT, "admin")
    page = admin.get(f"/admin/workflows/draft/?id={draft}")
    assert page.status_code == 200
    assert "to: aksed" in page.text
    assert "WF101" in page.text
    assert "nonce" not in POLICY
    policy = page.headers["Content-Security-Policy"]
    assert "style-src 'self' 'nonce-" in policy
    assert "script-src 'self';" in policy
    assert "nonce" not in admin.get("/admin/").headers["Content-Security-Policy"]


def test_without_a_script_the_text_is_saved_and_an_overtaken_one_shown_beside_the_other(
    administered: Engine, admin: Visitor, draft: str
) -> None:
    address = f"/admin/workflows/draft/?id={draft}"
    answer = admin.post(address, {"text": "broken: [\r\nas typed", "revision": "1"})
    assert answer.status_code == 303
    assert kept(administered, draft)["text"] == "broken: [\nas typed"
    answer = admin.post(address, {"text": "mine: 1", "revision": "1"})
    assert answer.status_code == 409
    assert "mine: 1" in answer.text
    assert "as typed" in answer.text
    assert kept(administered, draft)["text"] == "broken: [\nas typed"


def test_a_check_tells_what_is_wrong_where_and_what_was_meant(admin: Visitor, draft: str) -> None:
    answer = sent(admin, draft, "check", {"text": MISSPELT}).get_json()
    (finding,) = [each for each in answer["findings"] if each["severity"] == "error"]
    line = MISSPELT.split("\n").index(next(each for each in MISSPELT.split("\n") if "to: aksed" in each)) + 1
    assert (finding["code"], finding["line"], finding["length"]) == ("WF101", line, len("aksed"))
    assert "asked" in finding["sentence"]
    assert finding["mend"]["insert"] == "asked"
    assert {each["key"] for each in answer["outline"]["states"]} >= {"asked"}
    assert answer["counts"]["error"] == 1


def test_what_cannot_be_read_has_a_finding_and_no_picture(admin: Visitor, draft: str) -> None:
    answer = sent(admin, draft, "check", {"text": BROKEN}).get_json()
    assert [each["code"] for each in answer["findings"]] == ["WF100"]
    assert answer["outline"] is None


def test_what_changed_is_told_in_words_line_by_line_and_for_the_picture(admin: Visitor, draft: str) -> None:
    changed = TOY.replace("  asked:\n", "  waiting:\n    title: {vi: Chờ, en: Waiting}\n  asked:\n", 1)
    assert changed != TOY
    told = sent(admin, draft, "compare", {"text": changed}).get_json()
    assert "Chờ" in told["words"]
    assert "waiting:" in told["lines"]
    assert told["picture"]["touched"]["states"]["waiting"] == "added"
    gone = sent(admin, draft, "compare", {"text": MISSPELT}).get_json()
    assert "aksed" in gone["lines"]
    same = sent(admin, draft, "compare", {"text": TOY}).get_json()
    assert same["picture"]["touched"] == {"states": {}, "ways": {}}


def test_what_is_removed_stays_in_the_picture_as_a_ghost(admin: Visitor, draft: str) -> None:
    text = (
        TOY.replace("  asked:\n", "  begged:\n", 1)
        .replace("to: asked", "to: begged")
        .replace("from: asked", "from: begged")
    )
    picture = sent(admin, draft, "compare", {"text": text}).get_json()["picture"]
    ghosts = {each["key"] for each in picture["states"] if each.get("ghost")}
    assert ghosts == {"asked"}


def test_a_draft_is_saved_as_typed_also_when_it_is_broken(
    administered: Engine, admin: Visitor, draft: str
) -> None:
    answer = sent(admin, draft, "save", {"text": BROKEN, "revision": 1})
    assert (answer.status_code, answer.get_json()["revision"]) == (200, 2)
    assert kept(administered, draft)["text"] == BROKEN


def test_an_overtaken_save_changes_nothing_and_hands_over_the_other_text(
    administered: Engine, admin: Visitor, binh: Visitor, draft: str
) -> None:
    assert sent(binh, draft, "save", {"text": "theirs: 1", "revision": 1}).status_code == 200
    answer = sent(admin, draft, "save", {"text": "mine: 1", "revision": 1})
    told = answer.get_json()
    assert (answer.status_code, told["text"], told["revision"]) == (409, "theirs: 1", 2)
    assert "Thử" in told["by"] or "Bình" in told["by"]
    assert kept(administered, draft)["text"] == "theirs: 1"
    assert sent(admin, draft, "save", {"text": "both: 1", "revision": 2}).status_code == 200


def test_the_same_save_sent_twice_is_one_save(administered: Engine, admin: Visitor, draft: str) -> None:
    answers = [sent(admin, draft, "save", {"text": "once: 1", "revision": 1}) for _ in range(2)]
    assert [each.status_code for each in answers] == [200, 200]
    assert kept(administered, draft)["revision"] == 2


def warned(admin: Visitor, draft: str) -> dict[str, Any]:
    """The first warning that needs a tick."""
    findings = sent(admin, draft, "check", {"text": WARNED, "whole": True}).get_json()["findings"]
    found: dict[str, Any] = next(each for each in findings if each["to_tick"])
    return found


def test_a_warning_is_ticked_with_a_reason_that_is_shown_and_can_be_taken_back(
    administered: Engine, admin: Visitor, draft: str
) -> None:
    drafts(administered).save(draft, 1, WARNED, "admin")
    key = warned(admin, draft)["key"]
    answer = sent(admin, draft, "tick", {"key": key, "reason": " vì thế ", "revision": 2})
    assert (answer.status_code, answer.get_json()["ticked"], answer.get_json()["revision"]) == (
        200,
        "vì thế",
        3,
    )
    assert kept(administered, draft)["ticks"] == {key: {"reason": "vì thế", "by": "admin"}}
    assert warned(admin, draft)["ticked"] == "vì thế"
    answer = sent(admin, draft, "tick", {"key": key, "reason": "", "revision": 3})
    assert answer.get_json()["ticked"] == ""
    assert kept(administered, draft)["ticks"] == {}


def test_a_tick_that_was_overtaken_changes_nothing_and_hands_over_what_stands_there(
    administered: Engine, admin: Visitor, binh: Visitor, draft: str
) -> None:
    drafts(administered).save(draft, 1, WARNED, "admin")
    key = warned(admin, draft)["key"]
    assert sent(binh, draft, "tick", {"key": key, "reason": "của tôi", "revision": 2}).status_code == 200
    answer = sent(admin, draft, "tick", {"key": key, "reason": "khác", "revision": 2})
    told = answer.get_json()
    assert (answer.status_code, told["text"], told["revision"]) == (409, WARNED, 3)
    assert kept(administered, draft)["ticks"][key]["reason"] == "của tôi"


@pytest.mark.parametrize(
    ("key", "reason", "code"),
    [("WF999:x", "vì", 422), ("", "x" * 501, 422), (7, "vì", 400), ("WF999:x", None, 400)],
)
def test_what_is_no_warning_or_no_reason_is_not_ticked(
    administered: Engine, admin: Visitor, draft: str, key: Any, reason: Any, code: int
) -> None:
    answer = sent(admin, draft, "tick", {"key": key, "reason": reason, "revision": 1})
    assert answer.status_code == code
    assert kept(administered, draft)["revision"] == 1


def test_a_text_that_was_overtaken_becomes_a_draft_of_its_own(
    administered: Engine, admin: Visitor, draft: str
) -> None:
    href = sent(admin, draft, "copy", {"text": "mine: 1"}).get_json()["href"]
    other = href.partition("id=")[2]
    assert other != draft
    row = kept(administered, other)
    assert (row["text"], row["based_on"], row["definition"]) == ("mine: 1", 1, "toy")


def test_a_text_of_more_than_a_million_characters_is_refused_in_a_sentence(
    admin: Visitor, draft: str
) -> None:
    text = "# " + "x" * 1_000_000
    answer = sent(admin, draft, "save", {"text": text, "revision": 1})
    assert answer.status_code == 422
    assert "1,000,000" in answer.get_json()["refused"]
    assert [each["code"] for each in sent(admin, draft, "check", {"text": text}).get_json()["findings"]] == [
        "WF100"
    ]


def whole_of(text: str, letters: int) -> str:
    """`text` with comments below, Vietnamese, up to so many letters."""
    line = "# " + "Trẻ em được đến trường. " * 30 + "\n"
    return (text + line * (letters // len(line) + 1))[:letters]


def filled_in(visitor: Visitor, draft: str, text: str, revision: int, *, plain: bool) -> TestResponse:
    """Send the form of the page without its script; plain: as a form without `enctype` is sent."""
    fields = {"text": text, "revision": str(revision), "csrf_token": visitor.token()}
    boundary, parts = encode_multipart(fields)
    body = urlencode(fields).encode() if plain else parts
    kind = "application/x-www-form-urlencoded" if plain else f"multipart/form-data; boundary={boundary}"
    return visitor.client.post(
        f"/admin/workflows/draft/?id={draft}", input_stream=BytesIO(body), content_length=len(body), content_type=kind,
        environ_overrides={"REMOTE_ADDR": visitor.address},
    )  # fmt: skip


@pytest.mark.parametrize("plain", [False, True])
def test_without_a_script_a_text_is_saved_up_to_the_longest_and_a_longer_one_comes_back_with_a_sentence(
    administered: Engine, admin: Visitor, draft: str, plain: bool
) -> None:
    longest = whole_of(TOY, 1_000_000)
    assert filled_in(admin, draft, longest, 1, plain=plain).status_code == 303
    assert kept(administered, draft)["text"] == longest
    longer = whole_of(TOY.replace("toy", "toi", 1), 1_000_001)
    answer = filled_in(admin, draft, longer, 2, plain=plain)
    assert answer.status_code == 422
    assert "1,000,000" in answer.text
    assert escape(longer) in answer.text
    assert kept(administered, draft)["text"] == longest


def test_the_longest_text_is_saved_by_the_script_too(
    administered: Engine, admin: Visitor, draft: str
) -> None:
    longest = whole_of(TOY, 1_000_000)
    assert sent(admin, draft, "save", {"text": longest, "revision": 1}).status_code == 200
    assert kept(administered, draft)["text"] == longest


def test_a_question_that_was_overtaken_is_given_up_and_the_newer_one_does_not_wait(
    administered: Engine,
) -> None:
    judged = Judged()
    text = catalogue.definition_texts()["child_case"]
    told = []

    def older() -> None:
        try:
            judged(administered, text, whole=True, who="a page")
        except Overtaken:
            told.append("given up")

    thread = Thread(target=older)
    thread.start()
    while "a page" not in judged._asked:
        sleep(0.001)
    found, whole = judged(administered, f"{text}\n# newer", whole=False, who="a page")
    thread.join()
    assert told == ["given up"]
    assert (found.text, whole) == (f"{text}\n# newer", False)


@pytest.mark.parametrize("what", ["check", "save", "copy", "compare", "tick"])
def test_nothing_is_done_without_the_token_or_for_others(
    app: Flask, admin: Visitor, draft: str, what: str
) -> None:
    body = {"text": "x: 1", "revision": 1, "key": "WF106:x", "reason": "vì"}
    assert sent(admin, draft, what, body, token=None).status_code == 400
    assert sent(admin, "none", what, body).status_code == 404
    chair = Visitor(app)
    chair.sign_in("chair")
    assert sent(chair, draft, what, body).status_code == 404
    stranger = Visitor(app)
    assert sent(stranger, draft, what, body, token=stranger.token()).status_code == 401


@pytest.mark.parametrize("body", [None, [], {}, {"text": 1}, {"text": "x", "revision": "1"}, {"text": "x"}])
def test_what_is_not_a_text_with_its_revision_is_refused(admin: Visitor, draft: str, body: Any) -> None:
    assert sent(admin, draft, "save", body).status_code == 400


def test_a_draft_that_is_no_more_is_not_edited(administered: Engine, admin: Visitor, draft: str) -> None:
    drafts(administered).drop(draft, 1, "admin")
    assert admin.get(f"/admin/workflows/draft/?id={draft}").status_code == 404
    assert sent(admin, draft, "save", {"text": "x: 1", "revision": 2}).status_code == 404


def test_of_the_cases_under_way_only_numbers_are_shown(
    administered: Engine, admin: Visitor, draft: str
) -> None:
    open_toy(administered)
    page = admin.get(f"/admin/workflows/draft/?id={draft}").text
    answer = sent(admin, draft, "check", {"text": TOY})
    assert sum(answer.get_json()["open_cases"].values()) == 1
    for private in ("Triệu Thị", "01906-", "sách vở"):
        assert private not in page
        assert private not in answer.text


@pytest.mark.parametrize("revision", ["²", "9" * 5_000, "-1", "", "1.0", "một"])
def test_a_form_with_a_revision_that_cannot_be_is_overtaken(
    administered: Engine, admin: Visitor, draft: str, revision: str
) -> None:
    answer = admin.post(f"/admin/workflows/draft/?id={draft}", {"text": MISSPELT, "revision": revision})
    assert answer.status_code == 409
    assert kept(administered, draft)["revision"] == 1


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 50_000, b"9" * 10_000, b"\xff", b"null"])
@pytest.mark.parametrize("what", ["check", "save", "tick", "copy", "compare"])
def test_what_no_script_of_ours_sends_is_not_understood(
    admin: Visitor, draft: str, what: str, body: bytes
) -> None:
    answer = admin.client.post(
        f"/admin/workflows/draft/{what}/?id={draft}", data=body, content_type="application/json",
        headers={"X-CSRFToken": admin.token()}, environ_overrides={"REMOTE_ADDR": admin.address},
    )  # fmt: skip
    assert answer.status_code == 400
