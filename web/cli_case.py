"""`case list|show|open|fire`: casework by script, as a person and by the rules of that person (semantics.md §8).

What it changes is recorded as come by the command line; each look at a case is written to the read log.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4, uuid5

import click

from engine import Command, Engine, Outcome
from engine.commands import OPEN, Blocker
from engine.judge import judge
from engine.listing import Listing
from engine.reading import CaseView
from engine.store.lists import Filter
from engine.text import LANGUAGES
from engine.values import moment, to_json
from engine.words import Words, plain
from engine.workflow import Workflow
from web.cli_common import (
    VIA,
    actor_name,
    case_of,
    demo_option,
    json_option,
    log_read,
    opened,
    person_of,
    person_option,
    unknown,
    words_of,
)
from web.cli_form import Form, form_of, sentence, taken
from web.cli_words import Refused, Spoken, SpokenGroup, language, say
from web.words_then import then

APPLIED, REFUSED = 0, 1


@click.group(
    cls=SpokenGroup,
    lazy={
        name: f"web.cli_case:{attribute}"
        for name, attribute in (("list", "list_"), ("show", "show"), ("open", "open_"), ("fire", "fire"))
    },
)
def case() -> None:
    """Cases."""


# ------------------------------------------------------------------ looking


@click.command("list", cls=Spoken)
@click.option("--definition", default="")
@click.option("--state", "states", multiple=True)
@click.option("--late", is_flag=True)
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@json_option
@person_option
@demo_option
def list_(
    definition: str, states: tuple[str, ...], late: bool, limit: int, as_json: bool, person: str, demo: bool
) -> None:
    """The cases within reach of a person, newest first; no names."""
    with opened(demo) as engine:
        actor = person_of(engine, person)
        _refuse_unknown(engine, definition, states)
        with engine.database.read() as connection:
            listing = Listing(engine, connection, actor)
            wanted = Filter(definition=definition, states=states, late_at=listing.now if late else None)
            found = listing.page(wanted, limit=limit)
        log_read(engine, actor, "cli list")
        rows = [_row(engine, each) for each in found]
        due = [
            plain(each.next_due, language(), engine.library.zone) if each.next_due else "-" for each in found
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row, when in zip(rows, due, strict=True):
        click.echo("\t".join((row["reference"], row["title"], row["state_title"], row["area_title"], when)))
    click.echo(say("case.count", n=len(rows)), err=True)


def _refuse_unknown(engine: Engine, definition: str, states: Iterable[str]) -> None:
    """Refused: a workflow or a state that no published version has, with those there are."""
    newest = engine.library.rows.newest
    if definition and definition not in newest:
        raise unknown("list.no_definition", definition, newest)
    asked = {definition} if definition else newest.keys()
    there = {each for id in asked for each in engine.library.workflow(id, newest[id]).definition.states}
    for state in states:
        if state not in there and not any(_once_had(engine, id, newest[id], state) for id in asked):
            raise unknown("list.no_state", state, there)


def _once_had(engine: Engine, id: str, newest: int, state: str) -> bool:
    return any(state in engine.library.workflow(id, each).definition.states for each in range(1, newest))


def _row(engine: Engine, each: Any) -> dict[str, Any]:
    words = _words(engine, each)
    return {
        "id": each.id,
        "reference": each.reference,
        "definition": each.definition,
        "title": words.workflow.definition.title.get(language()),
        "state": each.state,
        "state_title": words.state(each.state),
        "area": each.area,
        "area_title": words.names("area", each.area),
        "owner": each.owner,
        "version": each.version,
        "opened_at": moment(each.opened_at),
        "closed_at": moment(each.closed_at) if each.closed_at else None,
        "due": moment(each.next_due) if each.next_due else None,
    }


@click.command("show", cls=Spoken)
@click.argument("ref")
@json_option
@person_option
@demo_option
def show(ref: str, as_json: bool, person: str, demo: bool) -> None:
    """One case as a person may see it: where it stands, what is known, what is next, what happened."""
    with opened(demo) as engine:
        actor = person_of(engine, person)
        view = engine.view(case_of(engine, ref).id, actor, "cli show", VIA)
        if view is None:
            raise Refused("no_case", name=ref)
        found = _shown(engine, view)
        text = None if as_json else "\n".join(_lines(engine, view))
    click.echo(json.dumps(found, ensure_ascii=False, indent=2) if text is None else text)


def _shown(engine: Engine, view: CaseView) -> dict[str, Any]:
    case = view.scene.case
    assert case is not None
    form = Form(view.scene.workflow, form_of(engine, view.scene.workflow, ()).parts)
    return _row(engine, case) | {
        "stage": case.stage,
        "agency": case.agency,
        "cycle": case.cycle,
        "values": {name: to_json(value) for name, value in view.values.items()},
        "limits": [
            {"key": each["key"], "due": moment(each["due_at"]), "missed": each["breached_at"] is not None}
            for each in view.scene.seen.deadlines
        ],
        "ways": [
            {"trigger": each.trigger, "status": each.status, "needs": list(each.needs), "blockers": _plain(engine, form, each.blockers)}
            for each in view.ways
        ],
        "story": [
            {"seq": each.seq, "at": moment(each.at), "kind": each.kind, "number": each.number, "transition": each.transition, "actor": each.actor, "state": each.to_state}
            for each in view.story
        ],
        "flaws": [{"code": str(each.code), "seq": each.seq} for each in view.flaws],
    }  # fmt: skip


def _lines(engine: Engine, view: CaseView) -> Iterable[str]:
    scene = view.scene
    row, words = scene.case, words_of(engine, scene.workflow)
    assert row is not None
    title = scene.workflow.definition.title.get(language())
    yield say(
        "case.head",
        reference=row.reference,
        title=title,
        state=words.state(row.state),
        area=words.names("area", row.area),
    )
    for each in scene.seen.deadlines:
        key = "case.limit_missed" if each["breached_at"] else "case.limit"
        yield say(key, title=_limit_title(words, each), due=plain(each["due_at"], language(), scene.zone))
    for name in (*scene.workflow.definition.fields, *sorted(each for each in view.values if "." in each)):
        declared = scene.workflow.field(name)
        if declared is not None and view.values.get(name) not in (None, (), ""):
            yield f"  {_label(words, name)}: {words.value(declared, view.values[name])}"
    for way in view.ways:
        yield say(f"case.way_{way.status}", title=words.trigger(way.trigger), trigger=way.trigger)
        yield from (f"    {say('case.need', field=words.label(name))}" for name in way.needs)
        yield from (f"    {words.blocker(each)}" for each in way.blockers)
    for entry in view.story:
        told = then(engine.library, words, entry.number)
        what = (
            told.trigger(OPEN)
            if entry.kind == "case_opened"
            else say(f"case.event_{entry.kind}", number=entry.number)
            if not entry.transition
            else _way_title(told, entry.transition)
        )
        yield say(
            "case.entry",
            seq=entry.seq,
            at=plain(entry.at, language(), scene.zone),
            what=what,
            who=actor_name(engine, entry.actor),
        )
    yield from (each.say(language(), row.reference) for each in view.flaws)


def _label(words: Words, name: str) -> str:
    """The title of a field, or the track and the name of what it returned."""
    track, _, returned = name.partition(".")
    return f"{words.label(f'subcases.{track}')} · {returned}" if returned else words.label(name)


def _limit_title(words: Words, limit: Any) -> str:
    definition = words.workflow.definition
    state = definition.states.get(limit["state"])
    found: Any = definition.deadlines.get(limit["key"]) if limit["scope"] == "case" else None
    if state is not None:
        found = state.deadlines.get(limit["key"]) or state.repeats.get(limit["key"])
    return found.title.get(words.language) if found else str(limit["key"])


def _way_title(words: Words, transition: str) -> str:
    found = words.workflow.definition.way(transition)
    return found.title.get(words.language) if found else transition


# ------------------------------------------------------------------ doing


def _doing(command: Any) -> Any:
    """The options that opening and firing share."""
    for option in (
        click.option("--set", "assignments", multiple=True, metavar="FIELD=VALUE"),
        click.option("--reason", default=""),
        click.option("--command", "command_id", metavar="UUID"),
        click.option("--acting-as", "acting_as", default=""),
        json_option,
        person_option,
        demo_option,
        click.pass_context,
    ):
        command = option(command)
    return command


@click.command("open", cls=Spoken)
@click.argument("definition")
@_doing
def open_(
    context: click.Context, definition: str, assignments: tuple[str, ...], reason: str, command_id: str | None,
    acting_as: str, as_json: bool, person: str, demo: bool,
) -> None:  # fmt: skip
    """Open a case of a workflow. Exit: 0 opened, 1 refused, 2 bad call."""
    command = _command(command_id)
    with opened(demo) as engine:
        actor = person_of(engine, person)
        workflow = engine.library.newest(definition)
        if workflow is None:
            raise Refused("no_definition", name=definition)
        form = form_of(engine, workflow, (workflow.opening,))
        values, unread = taken(engine, form, assignments)
        opening = Command(
            id=command, case=str(uuid5(UUID(command), "case")), trigger=OPEN, actor=actor, values=values, reason=reason,
            acting_as=acting_as, request=VIA, definition=definition,
        )  # fmt: skip
        outcome = Outcome.refused(opening.case, *unread) if unread else engine.apply(opening)
        _tell(engine, form, outcome, OPEN, as_json)
    context.exit(APPLIED if outcome.applied else REFUSED)


@click.command("fire", cls=Spoken)
@click.argument("ref")
@click.argument("trigger")
@_doing
def fire(
    context: click.Context, ref: str, trigger: str, assignments: tuple[str, ...], reason: str, command_id: str | None,
    acting_as: str, as_json: bool, person: str, demo: bool,
) -> None:  # fmt: skip
    """Take a step on a case. Exit: 0 applied, 1 refused with every reason, 2 bad call."""
    command = _command(command_id)
    with opened(demo) as engine:
        actor = person_of(engine, person)
        row = case_of(engine, ref)
        workflow = engine.library.workflow(row.definition, row.definition_number)
        ways = workflow.alternatives(row.state, trigger) or [
            each for each in workflow.ways.values() if each.transition.trigger == trigger
        ]
        form = form_of(engine, workflow, ways)
        values, unread = taken(engine, form, assignments)
        step = Command(
            id=command,
            case=row.id,
            trigger=trigger,
            actor=actor,
            values=values,
            reason=reason,
            acting_as=acting_as,
            request=VIA,
        )
        outcome = _not_read(engine, step, unread) if unread else engine.apply(step)
        _tell(engine, form, outcome, trigger, as_json)
    context.exit(APPLIED if outcome.applied else REFUSED)


def _not_read(engine: Engine, step: Command, unread: tuple[Blocker, ...]) -> Outcome:
    """Nothing is tried with values that could not be read; what else stands against the step is told with them."""
    scene = engine.look(step.case, step.actor)
    others = judge(scene, step, step.values)[1] if scene else ()
    named = {each.field for each in unread}
    return Outcome.refused(step.case, *(each for each in others if each.field not in named), *unread)


def _command(given: str | None) -> str:
    try:
        return str(UUID(given)) if given else str(uuid4())
    except ValueError:
        raise Refused("case.bad_command", text=given) from None


def _title(workflow: Workflow, outcome: Outcome) -> str:
    """The title of the step that was taken: a trigger may name several."""
    way = workflow.ways.get(outcome.transition)
    return way.transition.title.get(language()) if way else workflow.definition.open.title.get(language())


def _tell(engine: Engine, form: Form, outcome: Outcome, trigger: str, as_json: bool) -> None:
    words = words_of(engine, form.workflow)
    if as_json:
        found = {
            "applied": outcome.applied, "repeated": outcome.repeated, "case": outcome.case, "reference": outcome.reference,
            "version": outcome.version, "state": outcome.state, "transition": outcome.transition,
            "blockers": _plain(engine, form, outcome.blockers),
        }  # fmt: skip
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    elif outcome.applied:
        key = "case.repeated" if outcome.repeated else "case.applied"
        click.echo(
            say(
                key,
                title=_title(form.workflow, outcome),
                reference=outcome.reference,
                state=words.state(outcome.state),
                version=outcome.version,
            )
        )
    else:
        click.echo(say("case.refused", title=words.trigger(trigger)))
        for each in outcome.blockers:
            click.echo(f"- {sentence(engine, form, each, language())}")


def _plain(engine: Engine, form: Form, blockers: Iterable[Blocker]) -> list[dict[str, Any]]:
    return [
        {
            "code": each.code,
            "field": each.field,
            "message": {lang: sentence(engine, form, each, lang) for lang in LANGUAGES},
        }
        for each in blockers
    ]


def _words(engine: Engine, row: Any) -> Words:
    workflow: Workflow = engine.library.workflow(row.definition, row.definition_number)
    return words_of(engine, workflow)
