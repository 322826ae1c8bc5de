"""A change of a workflow from draft to published and retired: who may do what, with what there is to say against it.

A draft is saved as typed; published by a second person, who says what was read. Every refusal is a value. What a text
means is judged by the function given: this room reads no files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NoReturn

from engine import draft_news
from engine.definition.identity import content_hash
from engine.engine import Engine
from engine.examined import (
    Examined,
    Judge,
    Refusal,
    reason_fault,
    text_fault,
    text_hash,
    tick_key,
    words_fault,
)
from engine.store import drafts as rows
from engine.store import people, reference
from engine.store.drafts import DraftRow

ADMIN = "admin"


class _Refused(Exception):
    """Takes a transaction back."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


class _JudgedOfOld(Exception):
    """What a text was judged by changed before it was published: judge again."""


class Drafts:
    """The drafts of one installation. judge: what there is to say about a text (workflows.drafting.examined)."""

    def __init__(self, engine: Engine, judge: Judge) -> None:
        self.engine = engine
        self.judge = judge

    # ------------------------------------------------------------------ writing

    def begin(
        self, definition: str, by: str, *, based_on: int | None = None, text: str | None = None
    ) -> DraftRow | Refusal:
        """A new draft of `definition`: from version `based_on`, whose text it begins with unless one is given; or new."""
        with self.engine.database.write() as connection:
            if refusal := self._not_admin(connection, by) or text_fault(text or ""):
                return refusal
            if based_on is not None:
                version = reference.definition(connection, definition, based_on)
                if version is None:
                    return Refusal("no_version", {"definition": definition, "number": based_on})
                text = version.source if text is None else text
            return rows.begin(connection, definition, based_on, text or "", by, self._now())

    def save(
        self, id: str, revision: int, text: str, by: str, examined: Examined | None = None
    ) -> DraftRow | Refusal:
        """Save as typed, broken or not; a submitted draft is open again. Overtaken: nothing is changed.

        revision: of the draft that was edited. examined: of this text, where it is known: ticks of warnings that
        are gone are dropped. The very same text again changes nothing.
        """
        if refusal := text_fault(text):
            return refusal

        def change(connection: Any, draft: DraftRow) -> DraftRow | Refusal:
            if text == draft.text:
                return draft
            ticks = examined.kept(draft.ticks) if examined else dict(draft.ticks)
            return self._change(connection, draft, text=text, ticks=ticks, **self._saved(draft, by))

        return self._on(id, revision, by, change, "open", "submitted")

    def tick(
        self, id: str, revision: int, reasons: Mapping[str, str], by: str, examined: Examined | None = None
    ) -> DraftRow | Refusal:
        """Tick warnings (tick_key to reason; an empty reason takes the tick away). Who ticks is an author."""
        if refusal := next(filter(None, map(words_fault, reasons.values())), None):
            return refusal
        found = examined or self._judged(id)

        def change(connection: Any, draft: DraftRow) -> DraftRow | Refusal:
            if found.text != draft.text:
                return _overtaken(draft)
            known = {tick_key(each) for each in found.warnings}
            if unknown := next((key for key, why in reasons.items() if why.strip() and key not in known), ""):
                return Refusal("no_warning", {"warning": unknown})
            given = {key: {"reason": why.strip(), "by": by} for key, why in reasons.items()}
            asked = found.kept({**draft.ticks, **given})
            ticks = {key: each for key, each in asked.items() if each["reason"]}
            if ticks == draft.ticks:
                return draft
            return self._change(connection, draft, ticks=ticks, **self._saved(draft, by))

        return self._on(id, revision, by, change, "open", "submitted")

    def submit(self, id: str, revision: int, by: str) -> DraftRow | Refusal:
        """Ask a second person to publish: by an author, without errors, every warning ticked."""
        examined = self._judged(id)

        def change(connection: Any, draft: DraftRow) -> DraftRow | Refusal:
            if by not in draft.authors:
                return Refusal("not_author")
            return self._submit(connection, draft, examined, by)

        return self._on(id, revision, by, change, "open")

    def bring(self, text: str, reasons: Mapping[str, str], by: str) -> DraftRow | Refusal:
        """Begin and submit a draft in one go, of a text made elsewhere (`publish FILE`); refused: no draft is made.

        reasons: by tick_key. The very text that waits already is answered as it waits.
        """
        if refusal := text_fault(text) or next(filter(None, map(words_fault, reasons.values())), None):
            return refusal
        examined = self.judge(text)
        if examined.errors or examined.plain is None:
            return Refusal("errors", {"n": len(examined.errors)}, examined.errors)
        definition = examined.plain["id"]
        with self.engine.database.read() as connection:
            refusal = self._not_admin(connection, by)
            waiting = [each for each in rows.all_of(connection, "submitted") if each.definition == definition]
            base = reference.newest(connection).get(definition)
        if refusal:
            return refusal
        if same := next((each for each in waiting if each.text == text), None):
            return same
        ticks = {key: {"reason": why.strip(), "by": by} for key, why in reasons.items() if why.strip()}
        try:
            with self.engine.database.write() as connection:
                draft = rows.begin(connection, definition, base, text, by, self._now())
                made = self._submit(connection, replace(draft, ticks=ticks), examined, by)
                return made if isinstance(made, DraftRow) else _refuse(made)
        except _Refused as refused:
            return refused.refusal

    def give_back(self, id: str, revision: int, reason: str, by: str) -> DraftRow | Refusal:
        """Return a submitted draft with a reason: it is open again."""
        if refusal := reason_fault(reason):
            return refusal

        def change(connection: Any, draft: DraftRow) -> DraftRow | Refusal:
            made = self._change(connection, draft, status="open")
            rows.note(
                connection, "returned", by=by, at=self._now(), definition=draft.definition, draft=draft.id,
                facts={"reason": reason.strip()},
            )  # fmt: skip
            self._tell(connection, draft_news.RETURNED, made, by)
            return made

        return self._on(id, revision, by, change, "submitted")

    def drop(self, id: str, revision: int, by: str) -> DraftRow | Refusal:
        """Put an open draft aside for good."""
        return self._on(
            id, revision, by,
            lambda connection, draft: self._change(connection, draft, status="dropped"), "open",
        )  # fmt: skip

    # ------------------------------------------------------------------ deciding

    def publish(self, id: str, revision: int, seen: str, by: str) -> DraftRow | Refusal:
        """Publish what was read. seen: `text_hash` of the text the second person read at `revision`.

        The text is judged again now. Version, draft and the record of it are written together or not at all.
        """
        while True:
            with self.engine.database.read() as connection:
                before = reference.version(connection)
                draft = rows.get(connection, id)
                refusal = self._not_admin(connection, by) or _may_publish(draft, revision, seen, by)
            if refusal or draft is None:
                return refusal or Refusal("no_draft")
            examined = self.judge(draft.text)
            try:
                return self._publish(draft, examined, before, by)
            except _Refused as refused:
                with (
                    self.engine.database.read() as connection
                ):  # it may have been published meanwhile, by another
                    return _may_publish(rows.get(connection, id), revision, seen, by) or refused.refusal
            except _JudgedOfOld:
                continue  # something else was published meanwhile: what the text was judged by may be old

    def _publish(self, draft: DraftRow, examined: Examined, before: int, by: str) -> DraftRow:
        """Version, draft and record in one transaction. before: of the reference data it was judged by."""
        with self.engine.database.read() as connection:
            if refusal := self._unfit(connection, draft, examined):
                _refuse(refusal)
        assert examined.plain is not None
        made: list[DraftRow] = []

        def settle(connection: Any, number: int, new: bool) -> None:
            if not new or reference.version(connection) != before + 1:
                raise _JudgedOfOld
            asked = [each for each in rows.history(connection, draft.definition) if each.draft == draft.id]
            facts = {
                "authors": list(draft.authors),
                "submitted_by": next(each.actor for each in reversed(asked) if each.kind == "submitted"),
                "ticks": dict(draft.ticks),
                "text_sha256": text_hash(draft.text),
            }
            made.append(self._change(connection, draft, status="published", number=number))
            self._note(connection, "published", made[0], by, examined, facts)
            self._tell(connection, draft_news.PUBLISHED, made[0], by)

        self.engine.publish(examined.plain, source=draft.text, by=by, settle=settle)
        return made[0]

    def retire(self, definition: str, number: int, reason: str, by: str) -> Refusal | None:
        """No new cases by this version from now on; those on it go on. None: done."""
        if refusal := reason_fault(reason):
            return refusal
        try:
            with self.engine.database.write() as connection:
                if refusal := self._not_admin(connection, by):
                    return refusal
                version = reference.definition(connection, definition, number)
                if version is None:
                    return Refusal("no_version", {"definition": definition, "number": number})
                try:
                    reference.retire_definition(connection, definition, number)
                except KeyError:
                    return Refusal("retired", {"definition": definition, "number": number})
                newest = reference.newest(connection)
                if definition not in newest and (users := self._users(definition, newest)):
                    _refuse(
                        Refusal(
                            "needed", {"definition": definition, "number": number, "users": ", ".join(users)}
                        )
                    )
                rows.note(
                    connection, "retired", by=by, at=self._now(), definition=definition, number=number,
                    sha256=version.sha256, facts={"reason": reason.strip()},
                )  # fmt: skip
        except _Refused as refused:
            return refused.refusal
        self.engine.library.refresh()
        return None

    # ------------------------------------------------------------------ parts

    def _judged(self, id: str) -> Examined:
        """What there is to say of a draft, found before the write transaction, which should not wait for it."""
        with self.engine.database.read() as connection:
            draft = rows.get(connection, id)
        return self.judge(draft.text) if draft else Examined("", ())

    def _submit(self, connection: Any, draft: DraftRow, examined: Examined, by: str) -> DraftRow | Refusal:
        """From open to submitted, with the ticks of `draft`."""
        if refusal := self._unfit(connection, draft, examined):
            return refusal
        ticks = examined.kept(draft.ticks)
        made = self._change(connection, draft, status="submitted", ticks=ticks)
        facts = {"authors": list(draft.authors), "ticks": ticks, "text_sha256": text_hash(draft.text)}
        self._note(connection, "submitted", made, by, examined, facts)
        self._tell(connection, draft_news.SUBMITTED, made, by)
        return made

    def _users(self, definition: str, newest: Mapping[str, int]) -> list[str]:
        """The workflows in force whose tracks follow `definition`."""
        return sorted(
            id
            for id, number in newest.items()
            if any(
                each.definition == definition
                for each in self.engine.library.workflow(id, number).definition.subcases.values()
            )
        )

    def _on(
        self,
        id: str,
        revision: int,
        by: str,
        change: Callable[[Any, DraftRow], DraftRow | Refusal],
        *statuses: str,
    ) -> DraftRow | Refusal:
        """Change a draft as it was read, in one transaction."""
        try:
            with self.engine.database.write() as connection:
                draft = rows.get(connection, id)
                refusal = self._not_admin(connection, by) or _stands(draft, revision, *statuses)
                if refusal or draft is None:
                    return refusal or Refusal("no_draft")
                return change(connection, draft)
        except _Refused as refused:
            return refused.refusal

    def _change(self, connection: Any, draft: DraftRow, **values: Any) -> DraftRow:
        """The draft as it is afterwards; overtaken: all is taken back."""
        if not rows.change(connection, draft, **values):
            now = rows.get(connection, draft.id)
            _refuse(_overtaken(now) if now else Refusal("no_draft"))
        changed = rows.get(connection, draft.id)
        assert changed is not None
        return changed

    def _saved(self, draft: DraftRow, by: str) -> dict[str, Any]:
        authors = [*draft.authors, *([] if by in draft.authors else [by])]
        return {"authors": authors, "saved_by": by, "saved_at": self._now(), "status": "open"}

    def _unfit(self, connection: Any, draft: DraftRow, examined: Examined) -> Refusal | None:
        """Why this text cannot be published, whoever does it."""
        if examined.errors or examined.plain is None:
            return Refusal("errors", {"n": len(examined.errors)}, examined.errors)
        if examined.plain["id"] != draft.definition:
            return Refusal("other_workflow", {"definition": draft.definition, "id": examined.plain["id"]})
        if unticked := examined.unticked(draft.ticks):
            return Refusal("unticked", {"n": len(unticked)}, unticked)
        same = reference.published_as(connection, draft.definition, content_hash(examined.plain))
        if same is not None:
            newest = reference.newest(connection).get(draft.definition, 0)
            code = (
                "same_retired"
                if same.status == "retired"
                else "same"
                if same.number == newest
                else "same_earlier"
            )
            return Refusal(code, {"definition": draft.definition, "number": same.number, "newest": newest})
        return None

    def _note(
        self,
        connection: Any,
        kind: str,
        draft: DraftRow,
        by: str,
        examined: Examined,
        facts: Mapping[str, Any],
    ) -> None:
        assert examined.plain is not None
        rows.note(
            connection, kind, by=by, at=self._now(), definition=draft.definition, number=draft.number,
            sha256=content_hash(examined.plain), draft=draft.id, facts=facts,
        )  # fmt: skip

    def _tell(self, connection: Any, kind: str, draft: DraftRow, by: str) -> None:
        administrators = people.holders_anywhere(connection, ADMIN, self._today())
        draft_news.tell(connection, kind, draft, by, administrators, self._now())

    def _not_admin(self, connection: Any, by: str) -> Refusal | None:
        held = people.holdings(connection, by, self._today())
        return None if any(each.function == ADMIN for each in held) else Refusal("not_admin")

    def _today(self) -> date:
        return self._now().astimezone(self.engine.library.zone).date()

    def _now(self) -> datetime:
        return self.engine.clock.now()


def _stands(draft: DraftRow | None, revision: int, *statuses: str) -> Refusal | None:
    """Why a draft is not what somebody means to change."""
    if draft is None:
        return Refusal("no_draft")
    if draft.status == "published":
        return Refusal("published", {"definition": draft.definition, "number": draft.number})
    if draft.status == "dropped":
        return Refusal("dropped")
    if draft.revision != revision:
        return _overtaken(draft)
    return None if draft.status in statuses else Refusal(f"is_{draft.status}")


def _may_publish(draft: DraftRow | None, revision: int, seen: str, by: str) -> Refusal | None:
    """Why this person may not publish this draft as it was read."""
    if refusal := _stands(draft, revision, "submitted"):
        return refusal
    assert draft is not None
    if by in draft.authors:
        return Refusal("own")
    return None if text_hash(draft.text) == seen else _overtaken(draft)


def _overtaken(draft: DraftRow) -> Refusal:
    if draft.status in ("published", "dropped"):
        return _stands(draft, draft.revision) or Refusal("overtaken")
    return Refusal("overtaken", {"revision": draft.revision})


def _refuse(refusal: Refusal) -> NoReturn:
    raise _Refused(refusal)
