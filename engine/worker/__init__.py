"""What happens without a click: time limits, warnings, and what an event asks for beyond its own case, and the mails that tell of it."""

from engine.worker.loop import Turned, Worker, confirm_clock
from engine.worker.mails import Mailer, Posted

__all__ = ["Mailer", "Posted", "Turned", "Worker", "confirm_clock"]
