"""A case that is only thought of: "be a case". Moved by the code that moves real ones, without a database.

`Trial` is one moment of it; stored tests (stored.py) and the screen that plays with a definition stand on it.
"""

from engine.trial.examining import examine
from engine.trial.ground import Ground
from engine.trial.moving import Event, Refused, Trial
from engine.trial.stored import Played, begun, played, taken

__all__ = ["Event", "Ground", "Played", "Refused", "Trial", "begun", "examine", "played", "taken"]
