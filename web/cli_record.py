"""`verify` and `replay`: is the record whole, and do the cases equal it? Both only read."""

from __future__ import annotations

import click

from engine.verification import replay as replay_all
from engine.verification import verify as verify_all
from web.cli_common import case_of, demo_option, opened
from web.cli_words import Spoken, language, say

CLEAN, WRONG = 0, 1

case_option = click.option("--case", "case", metavar="REF")


@click.command("verify", cls=Spoken)
@case_option
@demo_option
@click.pass_context
def verify(context: click.Context, case: str | None, demo: bool) -> None:
    """Check the record. Exit: 0 whole, 1 changed by hand (each place named), 2 cannot tell."""
    with opened(demo) as engine:
        report = verify_all(engine.database, case_of(engine, case).id if case else None)
    for each in report.flaws:
        click.echo(f"{each.code}: {each.say(language(), report.names.get(each.case, ''))}")
    key = "verify.clean" if report.clean else "verify.cut" if report.cut else "verify.changed"
    click.echo(say(key, cases=report.cases, events=report.events, flaws=len(report.flaws)))
    click.echo(say("verify.reach"))
    context.exit(CLEAN if report.clean else WRONG)


@click.command("replay", cls=Spoken)
@case_option
@demo_option
@click.pass_context
def replay(context: click.Context, case: str | None, demo: bool) -> None:
    """Work out the cases again from their events. Exit: 0 equal, 1 different (each place named), 2 cannot tell."""
    with opened(demo) as engine:
        found = replay_all(engine.database, case_of(engine, case).id if case else None)
    for each in found.differences:
        key = "replay.limit" if each.limit else "replay.differs"
        name = found.names.get(each.case, each.case)
        click.echo(say(key, case=name, limit=each.limit, column=each.code))
    key = "replay.different" if found.differences else "replay.equal"
    click.echo(say(key, cases=found.cases, events=found.events, differences=len(found.differences)))
    context.exit(WRONG if found.differences else CLEAN)
