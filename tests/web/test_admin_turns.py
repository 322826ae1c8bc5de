"""Drafts that are hard to judge leave the threads of the server to those who work on cases."""

from __future__ import annotations

from threading import Event, Thread

import pytest
from flask import Flask

from engine import Engine
from engine.store.drafts import DraftRow
from tests.support.world import TOY
from tests.web.visitor import Visitor
from web.admin import editor, turns
from workflows.drafting import drafts


@pytest.fixture
def draft(administered: Engine) -> str:
    made = drafts(administered).begin("toy", "admin", based_on=1)
    assert isinstance(made, DraftRow)
    return made.id


def test_while_enough_texts_are_judged_others_come_again_and_cases_and_saving_go_on(
    admin: Visitor, app: Flask, draft: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, page = admin.token(), f"/admin/workflows/draft/?id={draft}"
    inside, go_on, judge = [Event() for _ in range(turns.AT_ONCE)], Event(), editor.checked
    waiting = iter(inside)

    def slow(*given: object, **more: object) -> object:
        next(waiting).set()
        assert go_on.wait(60)
        return judge(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(editor, "checked", slow)
    busy = [Visitor(app) for _ in inside]
    for each in busy:
        each.take_cookie(admin.cookie())
    threads = [Thread(target=each.get, args=(page,)) for each in busy]
    for thread, event in zip(threads, inside, strict=True):
        thread.start()
        assert event.wait(60)
    try:
        assert admin.get(page).status_code == 503
        assert admin.get(f"/admin/workflows/review/?id={draft}").status_code == 503
        assert admin.get("/admin/definitions/").status_code == 200
        saved = admin.client.post(
            f"/admin/workflows/draft/save/?id={draft}", json={"text": TOY + "# a\n", "revision": 1},
            headers={"X-CSRFToken": token}, environ_overrides={"REMOTE_ADDR": admin.address},
        )  # fmt: skip
        assert saved.status_code == 200
    finally:
        go_on.set()
        for thread in threads:
            thread.join(60)
    monkeypatch.setattr(editor, "checked", judge)
    assert admin.get(page).status_code == 200
