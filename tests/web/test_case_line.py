"""The step line of a case that went to another version of its workflow: where it has been counts, under the name it had then."""

from __future__ import annotations

import re

import pytest

from engine import Engine
from engine.migration import HAND, STAY, confirmed, create, plan_between
from engine.text import LANGUAGES
from tests.engine.evidence import row_of
from tests.engine.migration.moves import asked_case, move, version
from tests.engine.migration.test_running import begun, carried_on
from tests.support.world import fire, open_toy
from tests.web.visitor import Visitor

PHASES = {"đã qua": "done", "đang ở đây": "here", "chưa tới": "ahead", "passed": "done", "now": "here"}

# draft → asked → weighed → granted, and the same where what was asked is handed in, or goes to be weighed at once.
WEIGHED = (
    ("  granted:\n    title: {vi: Đã duyệt",
     "  weighed:\n    title: {vi: Đang cân nhắc, en: Weighed}\n    stage: ending\n  granted:\n    title: {vi: Đã duyệt"),
    ("  return_request:\n",
     "  weigh:\n    title: {vi: Cân nhắc, en: Weigh}\n    from: asked\n    to: weighed\n    by: [commune_chair]\n  return_request:\n"),
    ("    from: asked\n    to: granted\n", "    from: weighed\n    to: granted\n"),
)  # fmt: skip
HANDED_IN = (
    WEIGHED[0],
    (WEIGHED[1][0], WEIGHED[1][1].replace("from: asked", "from: handed_in")),
    WEIGHED[2],
    ("  asked:\n    title: {vi: Đã trình, en: Submitted}", "  handed_in:\n    title: {vi: Đã nộp, en: Handed in}"),
    ("    to: asked\n", "    to: handed_in\n"),
    ("    from: asked\n    to: draft\n", "    from: handed_in\n    to: draft\n"),
    ("from: [draft, asked]", "from: [draft, handed_in]"),
)  # fmt: skip
AT_ONCE = (
    ("  asked:\n    title: {vi: Đã trình, en: Submitted}\n    stage: asking",
     "  weighed:\n    title: {vi: Đang cân nhắc, en: Weighed}\n    stage: ending"),
    ("    to: asked\n", "    to: weighed\n"),
    ("    from: asked\n    to: draft\n", "    from: weighed\n    to: draft\n"),
    ("    from: asked\n    to: granted\n", "    from: weighed\n    to: granted\n"),
    ("from: [draft, asked]", "from: [draft, weighed]"),
)  # fmt: skip

# draft → asked → checked → weighed → granted, what is checked in a stage of its own; and begun → weighed → granted.
CHECKED = (
    (WEIGHED[0][0], "  checked:\n    title: {vi: Đã kiểm tra, en: Checked}\n    stage: checking\n" + WEIGHED[0][1]),
    ("  ending: {vi: Kết thúc", "  checking: {vi: Kiểm tra, en: Checking}\n  ending: {vi: Kết thúc"),
    (WEIGHED[1][0],
     "  check:\n    title: {vi: Kiểm tra, en: Check}\n    from: asked\n    to: checked\n    by: [commune_chair]\n"
     + WEIGHED[1][1].replace("from: asked", "from: checked")),
    WEIGHED[2],
)  # fmt: skip
BEGUN = (
    *AT_ONCE,
    ("  draft:\n    title: {vi: Dự thảo", "  begun:\n    title: {vi: Mới lập"),
    ("    from: draft\n", "    from: begun\n"),
    ("    from: weighed\n    to: draft\n", "    from: weighed\n    to: begun\n"),
    ("from: [draft, weighed]", "from: [begun, weighed]"),
    ("to: draft}", "to: begun}"),
)


@pytest.fixture
def weighed(engine: Engine) -> str:
    """A case that was asked for, and is weighed, by version 2."""
    assert version(engine, *WEIGHED) == 2
    case = asked_case(engine)
    assert fire(engine, case, "weigh", "chair").state == "weighed"
    return case


def went(engine: Engine, source: int, target: int, **states: str) -> None:
    """All open cases go by a plan in which a person says of states where they go."""
    old, new = (engine.library.workflow("toy", each).definition for each in (source, target))
    plan = plan_between(old, new, source, target)
    made = create(engine, confirmed(plan, states={**plan.states, **states}, sure=plan.guesses), "admin")
    carried_on(engine, begun(engine, made))


def line(visitor: Visitor, case: str, language: str = "vi") -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Of each stage its title, its phase, and its states with theirs."""
    assert visitor.sign_in("chair").status_code == 303
    visitor.post("/language", {"lang": language, "next": "/work"})
    drawn = visitor.get(f"/cases/{case}").text.partition('class="stages"')[2].partition("</section>")[0]
    found = []
    for part in drawn.split('<li class="stage ')[1:]:
        phase, title = re.findall(r'^stage-(\w+) .*?class="stage-title">([^<]*)<', part, re.DOTALL)[0]
        states = re.findall(r'class="state-title">([^<]*)</span> <span class="for-reader">([^<]*)<', part)
        found.append((title, phase, [(each, PHASES.get(said, said)) for each, said in states]))
    return found


def states(visitor: Visitor, case: str) -> list[tuple[str, str]]:
    return [each for _, _, stage in line(visitor, case) for each in stage]


GONE = [
    ("Đề nghị", "done", [("Dự thảo", "done"), ("Đã trình", "done")]),
    ("Kết thúc", "here", [("Đang cân nhắc", "here"), ("Đã duyệt", "ahead")]),
]


@pytest.mark.parametrize("where", [HAND, STAY, "weighed"])
def test_a_state_that_only_the_old_version_had_stays_on_the_line_as_passed(
    engine: Engine, visitor: Visitor, weighed: str, where: str
) -> None:
    went(engine, 2, version(engine, *AT_ONCE), asked=where)
    assert (row_of(engine, weighed).definition_number, row_of(engine, weighed).state) == (3, "weighed")
    if where == "weighed":  # it became the state where the case stands
        assert states(visitor, weighed) == [
            ("Dự thảo", "done"),
            ("Đang cân nhắc", "here"),
            ("Đã duyệt", "ahead"),
        ]
    else:
        assert line(visitor, weighed) == GONE
        assert "bước 3 trên 4" in visitor.get(f"/cases/{weighed}").text


def test_several_such_states_keep_their_order_behind_what_stood_before_them_and_the_stages_of_now(
    engine: Engine, visitor: Visitor
) -> None:
    version(engine, *CHECKED)
    case = asked_case(engine)
    for trigger in ("check", "weigh"):
        assert fire(engine, case, trigger, "chair").applied
    went(engine, 2, version(engine, *BEGUN), draft="begun", asked=HAND, checked=HAND)
    passed = [("Dự thảo", "done"), ("Đã trình", "done"), ("Đã kiểm tra", "done")]
    assert line(visitor, case) == [("Đề nghị", "done", passed), GONE[1]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_state_that_became_another_is_passed_under_the_title_it_had_then(
    engine: Engine, visitor: Visitor, weighed: str, language: str
) -> None:
    fresh = open_toy(engine).case
    went(engine, 2, version(engine, *HANDED_IN), asked="handed_in")
    passed = {"vi": ("Đã trình", "done"), "en": ("Submitted", "done")}[language]
    assert line(visitor, weighed, language)[0][2][1] == passed
    ahead = {"vi": ("Đã nộp", "ahead"), "en": ("Handed in", "ahead")}[language]
    assert line(visitor, fresh, language)[0][2][1] == ahead


def test_a_state_from_which_one_case_was_taken_elsewhere_is_passed_where_the_version_still_has_it(
    engine: Engine, visitor: Visitor
) -> None:
    case = open_toy(engine).case
    assert move(engine, case, version(engine, *WEIGHED), state="asked").applied
    assert states(visitor, case)[:2] == [("Dự thảo", "done"), ("Đã trình", "here")]


def test_a_state_of_the_old_version_that_lay_behind_where_the_case_stands_now_is_off_the_line(
    engine: Engine, visitor: Visitor
) -> None:
    case = asked_case(engine)
    assert fire(engine, case, "return_request", "chair", reason="thiếu").applied
    went(engine, 1, version(engine, *AT_ONCE), asked=HAND)
    assert states(visitor, case) == [("Dự thảo", "here"), ("Đang cân nhắc", "ahead"), ("Đã duyệt", "ahead")]


def test_back_in_its_old_version_a_case_has_the_line_it_had(
    engine: Engine, visitor: Visitor, weighed: str
) -> None:
    before = line(visitor, weighed)
    assert before == GONE
    went(engine, 2, version(engine, *AT_ONCE), asked="weighed")
    went(engine, 3, 2, weighed="weighed")
    assert row_of(engine, weighed).definition_number == 2
    assert line(visitor, weighed) == before
