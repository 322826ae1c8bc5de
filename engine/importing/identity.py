"""The ids of an imported row: made of what it says, under a key, so that the same row is the same case for ever.

Not of the file, the sheet or the place in it: a sheet saved again, sorted, or sent with last week's rows above this
week's brings nothing twice. Keyed, because ids stand in addresses and a plain hash of a birth date can be guessed.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid5

from engine.commands import OPEN
from engine.ledger.body import canonical
from engine.values import to_json

IMPORTS = UUID("5b1f8d0a-2f0c-5c0e-8f2b-6b7a3d1c9e55")


def print_of(key: bytes, definition: str, own: Mapping[str, Any]) -> bytes:
    """HMAC-SHA256 of what a row of a sheet says by itself. NotAValue, NotCanonical: it holds what no record keeps."""
    said = {name: to_json(value) for name, value in own.items() if value not in (None, "", ())}
    return hmac.digest(key, canonical({"definition": definition, "values": said}), "sha256")


def case_id(print_: bytes, nth: int, again: int) -> str:
    """The case of the `nth` row of a sheet that says the same, brought `again` after so many withdrawals."""
    return str(uuid5(IMPORTS, f"{print_.hex()}|{nth}|{again}"))


def command_id(case: str) -> str:
    """The command that opens it."""
    return str(uuid5(UUID(case), OPEN))


def request_of(batch: str) -> str:
    """What stands in an event, and in the read log, as the request it came by."""
    return f"import {batch}"


def sheet_print(key: bytes, definition: str, rows: Iterable[tuple[bytes, Mapping[str, Any]]]) -> bytes:
    """Of a whole sheet: the prints of its rows in order, with what was chosen for all of them."""
    digest = hmac.new(key, definition.encode(), "sha256")
    for print_, chosen in rows:
        digest.update(print_)
        digest.update(canonical({name: to_json(value) for name, value in sorted(chosen.items())}))
    return digest.digest()
