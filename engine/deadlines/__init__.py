"""Time limits as pure functions: due moments on the working calendar, and what a step does to the open ones.

No database and no clock here: time is an argument, what is to be written is the answer.
"""

from engine.deadlines.moments import Remaining, due, overdue, remaining, warn_at
from engine.deadlines.planning import plan
from engine.deadlines.records import DeadlinePlan, How, OpenDeadline, breached, breaches, warnings

__all__ = [
    "DeadlinePlan",
    "How",
    "OpenDeadline",
    "Remaining",
    "breached",
    "breaches",
    "due",
    "overdue",
    "plan",
    "remaining",
    "warn_at",
    "warnings",
]
