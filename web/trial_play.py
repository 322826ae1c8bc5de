"""A case played on a screen: a stored test in the making. The page keeps it in its form; each click plays it from the beginning.

So "one step back" is the last step left out, nothing is kept on the server, and what was clicked together is a test to keep.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from marshmallow import ValidationError

from engine.commands import OPEN, Blocker
from engine.definition.stored_tests import ON, StoredTest, build_test
from engine.forms import is_empty
from engine.trial import Ground, Refused, Trial, begun, taken
from engine.trial.moving import acting
from engine.trial.naming import wrong_names
from engine.values import NotAValue, to_json
from engine.workflow import Workflow
from schemas.stored_tests import TEST

KEY = "new_test"
MOST_STEPS, MOST_BYTES = 60, 200_000
NOTHING_EXPECTED = {
    "expect": {"open": OPEN}
}  # a test in the making has nothing to say yet, which a file's must


class Lost(ValueError):
    """What came back from the form is no test of this workflow: it was cut short, or the workflow is another one by now."""


@dataclass(frozen=True, slots=True)
class Play:
    """A stored test in its canonical form, and the case as each of its steps left it."""

    workflow: Workflow
    ground: Ground
    tracks: Mapping[str, Workflow | None]
    plain: Mapping[str, Any]
    moments: tuple[Trial, ...] = ()
    blockers: tuple[Blocker, ...] = field(default=())

    @property
    def trial(self) -> Trial:
        """The case as it stands."""
        return self.moments[-1]

    @property
    def functions(self) -> tuple[str, ...]:
        """Who takes steps in this workflow."""
        return acting(self.workflow.definition)

    @staticmethod
    def fresh(
        workflow: Workflow,
        ground: Ground,
        tracks: Mapping[str, Workflow | None],
        on: date,
        at: str,
        given: Mapping[str, Any] | None = None,
        counts: Mapping[str, tuple[int, int]] | None = None,
    ) -> Play:
        """A case to begin with. at: its state, "" before it is opened. given: typed values."""
        plain: dict[str, Any] = {"key": KEY, "on": on.isoformat()}
        if at:
            plain["at"] = at
            kept = plain_values(given or {})
            tracked = {key: {"open": still, "ended": ended} for key, (still, ended) in (counts or {}).items()}
            plain |= {"given": kept} if kept else {}
            plain |= {"tracks": tracked} if tracked else {}
        play = Play(workflow, ground, tracks, plain)
        return replace(play, moments=(begun(play._test(), workflow, ground, tracks),))

    @staticmethod
    def kept(workflow: Workflow, ground: Ground, tracks: Mapping[str, Workflow | None], text: str) -> Play:
        """What the form of the page kept, played again. Lost."""
        if len(text) > MOST_BYTES:
            raise Lost
        try:
            sent = json.loads(text)
            plain = {"key": KEY, "on": ON.isoformat(), **TEST.load({**sent, **NOTHING_EXPECTED})}
        except (ValueError, TypeError, ValidationError, RecursionError):
            raise Lost from None
        del plain["expect"]
        steps = plain.pop("steps", [])
        play = Play(workflow, ground, tracks, plain)
        if len(steps) > MOST_STEPS or any(
            wrong_names(build_test(plain | {"steps": steps}), workflow, tracks, ground.zone)
        ):
            raise Lost
        play = replace(play, moments=(begun(play._test(), workflow, ground, tracks),))
        for step in steps:
            play = play.after(step)
            if play.blockers:
                raise Lost
        return play

    def text(self) -> str:
        """What the form of the page keeps."""
        return json.dumps({key: each for key, each in self.plain.items() if key != "key"}, ensure_ascii=False)

    def after(self, step: Mapping[str, Any]) -> Play:
        """With one more step (in its canonical form); `blockers` of it if it is refused."""
        if len(self.plain.get("steps", ())) >= MOST_STEPS:
            return replace(self, blockers=(Blocker("value_unusable"),))
        steps = [*self.plain.get("steps", ()), dict(step)]
        test = build_test({**self.plain, "steps": steps})
        moment = taken(self.trial, test.steps[-1])
        if isinstance(moment, Refused):
            return replace(self, blockers=moment.blockers)
        return replace(
            self, plain={**self.plain, "steps": steps}, moments=(*self.moments, moment), blockers=()
        )

    def back(self) -> Play:
        """Without the last step."""
        steps = list(self.plain.get("steps", ()))[:-1]
        plain = {key: each for key, each in self.plain.items() if key != "steps"}
        return replace(
            self, plain=plain | ({"steps": steps} if steps else {}), moments=self.moments[: len(steps) + 1]
        )

    def until_missed(self) -> str:
        """How long it is until the next time limit is missed, as a span; "" if none runs."""
        trial = self.trial
        due = [row["due_at"] for row in trial.limits if not row["breached_at"] and not row["paused_at"]]
        ahead = [each for each in due if each >= trial.now]
        if not ahead:
            return ""
        return f"{(min(ahead) - trial.now + timedelta(seconds=59)) // timedelta(minutes=1) + 1} minutes"

    def fills(self) -> frozenset[str]:
        """The fields on which it depends here who may do what and by when: to be chosen to begin with."""
        workflow, state = self.workflow, self.trial.state
        if not state:
            return frozenset()
        names = workflow.judged_in(state) | workflow.needed(workflow.timed)
        fields = workflow.definition.fields
        return frozenset(
            name for name in names if name in fields and fields[name].compute is None
        ) | frozenset(self.plain.get("given", {})) & frozenset(fields)

    def _test(self) -> StoredTest:
        return build_test(self.plain)


def fired(trigger: str, by: str, person: str, values: Mapping[str, Any], reason: str) -> dict[str, Any]:
    """A step in its canonical form. values: typed."""
    step: dict[str, Any] = {"fire": trigger, "by": by} | ({"person": person} if person else {})
    kept = plain_values(values)
    step |= {"values": kept} if kept else {}
    return step | ({"reason": reason.strip()} if reason.strip() else {})


def plain_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Typed values as a test writes them, without the empty ones. What nobody could keep is left out."""
    kept: dict[str, Any] = {}
    for name, value in values.items():
        if not is_empty(value):
            try:
                kept[name] = to_json(value)
            except NotAValue:
                continue
    return kept
