"""What happens without a click: time limits, warnings, and what an event asks for beyond its own case."""

from engine.worker.loop import Turned, Worker, confirm_clock

__all__ = ["Turned", "Worker", "confirm_clock"]
