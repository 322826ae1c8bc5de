"""What goes into the engine and what comes out: a `Command`, and an `Outcome` with all the `Blocker`s of a refusal.

Values only. A refusal is an answer, not an exception: it names every reason, each with a stable code whose
sentence stands in messages/.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.definition.flow import SYSTEM as SYSTEM

OPEN = "open"
BREACH = "deadline_breached"
RETURNED = "subcase_returned"
LINKED, UNLINKED = "case_linked", "case_unlinked"
CANCELLED = "subcase_cancelled"
MIGRATED = "case_migrated"
ADMIN = "admin"  # the function that may move cases to another version


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One request to change one case.

    id: UUID chosen by the caller, the idempotency key. case: UUID, for `open` also chosen by the caller.
    trigger: a trigger of the definition, or one of OPEN, BREACH, RETURNED, LINKED, UNLINKED, CANCELLED (the last five only from the
    engine's own worker), or MIGRATED (of an administrator; `values` are then those of engine.moving). values: typed values of the form (engine.values). acting_as: one of the actor's
    functions ("" = the first that fits). on_behalf_of: office and signer of a KT. signature.
    definition, agency, parent, subcase: of an opening only.
    """

    id: str
    case: str
    trigger: str
    actor: str
    values: Mapping[str, Any] = field(default_factory=dict)
    expected_version: int | None = None
    reason: str = ""
    acting_as: str = ""
    on_behalf_of: str = ""
    session: str = ""
    request: str = ""
    definition: str = ""
    agency: str = ""
    parent: str = ""
    subcase: str = ""


@dataclass(frozen=True, slots=True)
class Blocker:
    """One reason against a step. `field` is the form field concerned, if one is."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The answer to a command: where the case stands now, or every blocker. `repeated`: an earlier answer again."""

    applied: bool
    case: str
    version: int = 0
    state: str = ""
    reference: str = ""
    transition: str = ""
    blockers: tuple[Blocker, ...] = ()
    repeated: bool = False

    @staticmethod
    def refused(case: str, *blockers: Blocker) -> Outcome:
        """Nothing was changed, for these reasons."""
        return Outcome(applied=False, case=case, blockers=blockers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way on from the present state, allowed or not (semantics.md §2).

    status: "ready"; "needs": its own form still lacks `needs`, a to-do list; "blocked": all the `blockers`.
    """

    trigger: str
    transition: str
    status: str
    blockers: tuple[Blocker, ...] = ()
    needs: tuple[str, ...] = ()
