"""A process that kills itself at a named moment: what kill -9 leaves behind."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any


class Traps:
    """Set around calls; the process dies at the `nth` moment of this name ("" for never)."""

    def __init__(self, moment: str, nth: int = 1) -> None:
        self.moment, self.left = moment, nth

    def here(self, moment: str) -> None:
        """This is such a moment."""
        if moment and moment == self.moment:
            self.left -= 1
            if not self.left:
                os.kill(os.getpid(), signal.SIGKILL)

    def around(self, call: Callable[..., Any], before: str, after: str) -> Callable[..., Any]:
        """The same call with a moment before it and one after it ("" for none)."""

        def run(*given: Any, **named: Any) -> Any:
            self.here(before)
            answer = call(*given, **named)
            self.here(after)
            return answer

        return run
