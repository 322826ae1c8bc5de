"""Many cases from one sheet: staged under a seal, looked at, then opened row by row, each a command like any other.

Idempotent by the ids of the commands: they are made of what a row says, so that no row makes two cases, whatever is
killed, repeated or saved again. Reading files is schemas/sheets and schemas/intake.
"""

from engine.importing.reasons import Reason
from engine.importing.running import advance, forget, stop
from engine.importing.staging import Brought, contents, drop, notes, stage, start
from engine.importing.undo import undo, undoable, ways_back

__all__ = [
    "Brought",
    "Reason",
    "advance",
    "contents",
    "drop",
    "forget",
    "notes",
    "stage",
    "start",
    "stop",
    "undo",
    "undoable",
    "ways_back",
]
