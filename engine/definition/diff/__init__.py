"""Two versions of a definition compared: what changed, how much it asks, where it stands, and how it is said.

`compare` for the changes, `say` for a sentence, `touched` for the colours of a picture.
"""

from engine.definition.diff.change import Change, Function, Kind, Subject, What, worst
from engine.definition.diff.saying import say
from engine.definition.diff.whole import Touch, Touched, compare, touched

__all__ = [
    "Change",
    "Function",
    "Kind",
    "Subject",
    "Touch",
    "Touched",
    "What",
    "compare",
    "say",
    "touched",
    "worst",
]
