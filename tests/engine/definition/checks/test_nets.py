"""What the rules say about small nets (drawing.py)."""

from engine.definition import checks
from tests.engine.definition.checks.drawing import OFFICER, TITLE, codes, deadline, net, the_finding, track


def test_a_plain_line_is_sound() -> None:
    assert codes(net("a>b b>c")) == []


def test_no_initial_state_is_told_once_and_nothing_is_said_of_what_cannot_be_reached() -> None:
    finding = the_finding(net("a>b", {"a": {"initial": False}}), "WF102")
    assert (finding.variant, finding.path) == ("", "states")
    assert codes(net("a>b", {"a": {"initial": False}})) == ["WF102"]


def test_several_initial_states_are_named() -> None:
    finding = the_finding(net("a>c b>c", {"a": {"initial": True}, "b": {"initial": True}}), "WF102")
    assert (finding.variant, finding.params["states"]) == ("several", ["a", "b"])


def test_a_state_with_two_languages_missing_one_is_told_which() -> None:
    definition = net("a>b", {"a": {"title": {"vi": "A"}}, "b": {"title": {"en": "B"}}, "a>b": {"title": {}}})
    found = [(each.path, each.variant) for each in checks.run(definition) if each.code == "WF106"]
    assert found == [("states.a.title", "en"), ("states.b.title", "vi"), ("transitions.a>b.title", "")]


def test_labels_are_looked_for_everywhere() -> None:
    text = {"vi": "chỉ tiếng Việt"}
    definition = net(
        "a>b",
        {
            "a": {"deadlines": deadline(title=text), "repeats": [
                {"key": "again", "title": text, "every": {"duration": "1 day"}, "done_by": ["a>b"]}]},
            "a>b": {"when": [{"need": "known(f)", "say": text}],
                    "do": [{"effect": "notify", "to": "x", "say": text}]},
        },
        fields=[
            {"key": "f", "type": "choice", "title": TITLE, "help": text,
             "options": [{"key": "o", "title": text}]},
            {"key": "t", "type": "table", "title": TITLE,
             "columns": [{"key": "c", "type": "text", "title": text}]},
        ],
        forms=[{"key": "g", "title": text, "sections": [{"title": text, "fields": []}, {"fields": []}]}],
        stages=[{"key": "s", "title": text}],
        deadlines=deadline(key="all", title=text, starts=["a>b"]),
        subcases=[{"key": "k", "definition": "net", "title": text, "code": "K", "holder": "h"}],
        milestones=[{"key": "m", "title": text, "when": "known(f)"}],
        open={"title": text, "by": OFFICER},
    )  # fmt: skip
    found = {each.path for each in checks.run(definition) if each.code == "WF106"}
    assert found == {
        "open.title", "stages.s", "fields.f.help", "fields.f.options.o", "fields.t.columns.c.title",
        "forms.g.title", "forms.g.sections.0.title", "forms.g.sections.1.title",
        "states.a.deadlines.due.title", "states.a.repeats.again.title", "transitions.a>b.when.0.say", "transitions.a>b.do.0.notify.say",
        "deadlines.all.title", "subcases.k.title", "milestones.m.title",
    }  # fmt: skip


def test_a_dead_end_is_told_with_the_way_into_it() -> None:
    found = [each for each in checks.run(net("a>b b>x a>c", {"c": {"final": True}})) if each.code == "WF202"]
    assert [each.params["state"] for each in found] == ["b", "x"]
    assert found[1].witness == {"path": ["a>b", "b>x"], "state": "x"}


def test_no_final_state_is_told_once() -> None:
    finding = the_finding(net("a>b b>c", {"c": {"final": False}}), "WF202")
    assert finding.variant == "no_final"


def test_steps_that_do_not_move_are_allowed_at_the_end() -> None:
    assert codes(net("a>b", {"b": {"final": True}}, transitions=[
        {"key": "on", "title": TITLE, "from": ["a"], "to": "b", "by": OFFICER},
        {"key": "check", "title": TITLE, "from": ["b"], "to": "same", "by": OFFICER},
    ])) == []  # fmt: skip


def test_entering_the_same_final_state_again_moves_the_case() -> None:
    finding = the_finding(net("a>b b>b", {"b": {"final": True, "deadlines": deadline()}}), "WF203")
    assert finding.params == {"state": "b", "transition": "b>b"}


def test_reopening_is_no_way_out_and_no_circle() -> None:
    again = {"by": ["province_child_lead"], "to": "a"}
    assert codes(net("a>b", {"b": {"final": True, "reopen": again}})) == []


def test_a_state_that_a_person_can_leave_too_is_no_trap() -> None:
    system = {"by": ["system"]}
    timed = {"b": {"deadlines": deadline(then="b>c")}}
    assert "WF204" in codes(net("a>b b>c", {"b>c": system, **timed}))
    assert "WF204" not in codes(net("a>b b>c b>d", {"b>c": system, "c": {"final": True}, **timed}))


def test_a_circle_is_told_with_its_states_and_steps() -> None:
    finding = the_finding(net("a>b b>c c>b c>d"), "WF205")
    assert finding.witness == {"path": ["b>c", "c>b"], "states": ["b", "c", "b"]}


def test_a_deadline_a_repeat_or_a_lasting_limit_ends_the_worry_about_a_circle() -> None:
    drawn = "a>b b>c c>b c>d"
    again = [{"key": "r", "title": TITLE, "every": {"duration": "1 week"}, "done_by": ["b>c"]}]
    assert codes(net(drawn, {"b": {"deadlines": deadline()}})) == []
    assert codes(net(drawn, {"c": {"repeats": again}})) == []
    assert codes(net(drawn, deadlines=deadline(starts=["c>b"]))) == []


def test_a_second_circle_without_a_deadline_is_still_told() -> None:
    drawn = "a>b b>a b>c c>b c>d"
    assert codes(net(drawn, {"a": {"deadlines": deadline()}})) == ["WF205"]


def test_one_way_in_one_hand_is_noted_unless_somebody_else_can() -> None:
    alone = {"by": ["commune_chair"]}
    finding = the_finding(net("a>b", {"a>b": alone}), "WF206")
    assert finding.params == {"state": "b", "transition": "a>b", "function": "commune_chair"}
    assert codes(net("a>b", transitions=[
        {"key": key, "title": TITLE, "from": ["a"], "to": "b", "by": ["commune_chair"]}
        for key in ("one", "two")
    ])) == []  # fmt: skip


def test_a_step_of_nobody_never_happens() -> None:
    assert the_finding(net("a>b", {"a>b": {"by": []}}), "WF207").variant == ""


def test_a_step_of_the_system_happens_only_by_a_deadline() -> None:
    drawn, system = "a>b b>c", {"by": ["system"]}
    assert the_finding(net(drawn, {"b>c": system}), "WF207").variant == "system"
    assert "WF207" not in codes(net(drawn, {"b>c": system, "b": {"deadlines": deadline(then="b>c")}}))
    assert "WF207" not in codes(net(drawn, {"b>c": system}, deadlines=deadline(starts=["a>b"], then="b>c")))


def test_a_ring_is_told_from_where_one_stands_and_only_to_those_in_it() -> None:
    family = {
        "one": net("a>b", id="one", subcases=track("two")),
        "two": net("a>b", id="two", subcases=track("three")),
        "three": net("a>b", id="three", subcases=track("one")),
        "outside": net("a>b", id="outside", subcases=track("one")),
    }
    finding = the_finding(family["two"], "WF405", family)
    assert finding.witness == {"definitions": ["two", "three", "one", "two"]}
    assert finding.path == "subcases.t.definition"
    assert codes(family["outside"], family) == []


def test_a_definition_that_opens_itself_is_a_ring_of_one() -> None:
    finding = the_finding(net("a>b", id="one", subcases=track("one")), "WF405")
    assert finding.params["definitions"] == ["one", "one"]


def test_the_checked_draft_counts_and_not_the_published_version_in_the_family() -> None:
    child = net("a>b", id="two")
    published = {"one": net("a>b", id="one", subcases=track("one")), "two": child}
    assert codes(net("a>b", id="one", subcases=track("two")), published) == []


def test_what_crosses_must_be_there_with_the_same_type() -> None:
    fields = [
        {"key": "given", "type": "text", "title": TITLE},
        {"key": "other", "type": "text", "title": TITLE},
    ]
    there = [
        {"key": "given", "type": "date", "title": TITLE},
        {"key": "back", "type": "integer", "title": TITLE},
    ]
    child = {"child": net("a>b", id="child", fields=there)}
    returns = [{"key": "back", "type": "date"}, {"key": "bcak", "type": "integer"}]
    parent = net("a>b", fields=fields, subcases=track("child", gives=["given", "other"], returns=returns))
    found = [(each.variant, each.path) for each in checks.run(parent, child)]
    assert found == [
        ("gives_type", "subcases.t.gives.0"),
        ("gives", "subcases.t.gives.1"),
        ("returns_type", "subcases.t.returns.back"),
        ("returns", "subcases.t.returns.bcak"),
    ]


def test_a_track_of_an_unknown_definition_is_told_with_the_nearest() -> None:
    finding = the_finding(net("a>b", subcases=track("chld")), "WF101", {"child": net("a>b", id="child")})
    assert (finding.variant, finding.params) == ("definition", {"name": "chld", "suggestion": "child"})


def test_a_deadline_can_only_trigger_what_starts_there_and_what_the_system_may_take() -> None:
    both = {"by": ["system", "commune_officer"]}
    assert codes(net("a>b b>c", {"a": {"deadlines": deadline(then="a>b")}, "a>b": both})) == []
    elsewhere = net("a>b b>c", {"a": {"deadlines": deadline(then="b>c")}, "b>c": both})
    assert the_finding(elsewhere, "WF602").params == {"state": "a", "deadline": "due", "trigger": "b>c"}
    forbidden = net("a>b b>c", {"a": {"deadlines": deadline(then="a>b")}})
    assert the_finding(forbidden, "WF602").variant == "not_system"
    lasting = net("a>b b>c", deadlines=deadline(starts=["a>b"], then="b>c"))
    assert the_finding(lasting, "WF602").variant == "not_system"
