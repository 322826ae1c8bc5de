"""casework's engine: cases that move through declared states, one write path, a record that proves itself."""

from engine.access.keys import MasterKey, create_key_file
from engine.clock import Clock, FixedClock, RunningClock, SystemClock
from engine.commands import Blocker, Command, Outcome, Way
from engine.definition.model import Definition
from engine.engine import Engine
from engine.store.steps import Gone
from engine.timeline import Entry

__all__ = [
    "Blocker",
    "Clock",
    "Command",
    "Definition",
    "Engine",
    "Entry",
    "FixedClock",
    "Gone",
    "MasterKey",
    "Outcome",
    "RunningClock",
    "SystemClock",
    "Way",
    "create_key_file",
]
