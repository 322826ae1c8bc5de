"""A turn to judge texts: few may at once, so that whoever works on cases always finds a thread of the server free.

A text that is hard to judge takes seconds, and the next one waits for it; those for whom there is no turn are asked to come
again, which the editor does by itself. Saving needs no turn.
"""

from __future__ import annotations

from threading import BoundedSemaphore

from flask import abort, g, request

AT_ONCE = 3  # of the eight threads that serve pages
ROOMS = ("admin_draft", "admin_review", "admin_simulate")
LIGHT = ("admin_draft.save", "admin_draft.copy")

_free = BoundedSemaphore(AT_ONCE)


def take_turn() -> None:
    """Before a request; 503 for one that would judge a text while enough others do."""
    if request.blueprint not in ROOMS or request.endpoint in LIGHT:
        return
    if not _free.acquire(blocking=False):
        abort(503)
    g.has_turn = True


def give_turn_back(_: BaseException | None = None) -> None:
    """After every request, whatever became of it."""
    if g.pop("has_turn", False):
        _free.release()
