"""What the tests of the command line hold in their hands."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from engine.store import Database, migrate, reference
from tests.support.world import BA_BE, SECRET
from web.installation import Installation

FILLED = (
    "--set",
    f"place={BA_BE}",
    "--set",
    "what=sách vở",
    "--set",
    "name=Triệu Thị Đức",
    "--set",
    "born=01/03/2012",
)


class Said(NamedTuple):
    """What a call of the command line came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What was printed, read as JSON."""
        return json.loads(self.out)


Call = Callable[..., Said]


def one_sentence(text: str) -> bool:
    """One line that a person reads."""
    return text.count("\n") == 1 and text.strip().endswith((".", "help", "clock"))


def keep_key(home: Path) -> None:
    """A key file as `init` makes it."""
    (home / "key").mkdir(mode=0o700, parents=True)
    home.chmod(0o700)
    with open(os.open(home / "key" / "master.key", os.O_CREAT | os.O_WRONLY, 0o600), "wb") as file:
        file.write(SECRET)


def lay_down(which: Installation, kind: str) -> None:
    """An installation without anything in it."""
    which.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    migrate(which.url)
    database = Database(which.url)
    with database.write() as connection:
        reference.create_installation(connection, kind, "Asia/Ho_Chi_Minh", datetime.now(UTC))
    database.close()


def open_case(call: Call, *more: str) -> Any:
    """A toy case opened by script: the JSON answer."""
    said = call("case", "open", "toy", "--as", "officer", "--json", *FILLED, *more)
    assert said.code == 0, said
    return said.json
