"""What the commands share: which installation they mean, who acts, which case a number names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any
from uuid import UUID

import click
from sqlalchemy.engine import make_url
from uuid_utils.compat import uuid7

from engine import Engine
from engine.access.keys import MasterKey
from engine.commands import SYSTEM
from engine.registry.names import short_official_name
from engine.store import people
from engine.store.cases import find_case
from engine.store.numbers import case_of_number
from engine.store.steps import CaseRow, step_transaction
from engine.words import Words
from engine.workflow import Workflow
from web.cli_words import Refused, language, say
from web.installation import Installation
from workflows.catalogue import functions

VIA = "cli"  # stands in events and in the read log as the request they came by

demo_option = click.option("--demo", "demo", is_flag=True)
json_option = click.option("--json", "as_json", is_flag=True)
person_option = click.option("--as", "person", required=True, metavar="PERSON")


def installation(demo: bool = False) -> Installation:
    """The demo if asked for; else the real installation if there is one, else the demo. Refused: neither."""
    real, shown = Installation.real(), Installation.demo()
    for each in (shown,) if demo else (real, shown):
        if exists(each):
            return each
    raise Refused("no_demo" if demo else "nothing_yet")


def exists(which: Installation) -> bool:
    """Was it made to its end? Of a server it is taken for granted: it will say so itself if not."""
    return make_url(which.url).get_backend_name() != "sqlite" or which.kind() is not None


@contextmanager
def opened(demo: bool = False) -> Iterator[Engine]:
    """The engine on the installation, closed afterwards. Needs read access to the key file."""
    which = installation(demo)
    MasterKey.load(which.key)  # first, so that nothing is read by somebody who may not
    engine = which.engine()
    try:
        yield engine
    finally:
        engine.database.close()


def person_of(engine: Engine, named: str) -> str:
    """The id of an active person, named by id or user name."""
    with engine.database.read() as connection:
        row = people.actor(connection, named) or people.actor_by_username(connection, named)
    if row is None or not row.active:
        raise Refused("no_person", name=named)
    return row.id


def case_of(engine: Engine, named: str) -> CaseRow:
    """A case, named by its number or its id."""
    with engine.database.read() as connection:
        row = find_case(connection, named) if _is_uuid(named) else case_of_number(connection, named)
    if row is None:
        raise Refused("no_case", name=named)
    return row


def unknown(key: str, name: str, known: Iterable[str]) -> Refused:
    """The refusal of a name that is not there: which ones are, and the nearest one first."""
    there = sorted(known)
    near = get_close_matches(name, there, n=1)
    meant = f" {say('did_you_mean', name=near[0])}" if near else ""
    return Refused(key, name=name, meant=meant, known=", ".join(there))


def log_read(engine: Engine, actor: str, what: str) -> None:
    """Record a look at several cases."""
    with step_transaction(engine.database) as transaction:
        row = {"id": str(uuid7()), "at": engine.clock.now(), "actor": actor, "root": None, "case_id": None}
        transaction.log_read(row | {"what": what, "request": VIA})
        transaction.commit()


def words_of(engine: Engine, workflow: Workflow, lang: str = "") -> Words:
    """Words for cases of a workflow, in the caller's language or another."""
    return Words(workflow, lang or language(), _names(engine, lang or language()), engine.library.zone)


def _names(engine: Engine, lang: str) -> Callable[[str, str], str]:
    def name(kind: str, key: str) -> str:
        match kind:
            case "function":
                return functions()[key].title.get(lang) if key in functions() else key
            case "actor":
                return actor_name(engine, key)
        rows: Any = engine.library.rows.areas if kind == "area" else engine.library.rows.agencies
        row = rows.get(key)
        return (row.name_en if lang == "en" else row.name_vi) if row else key

    return name


def actor_name(engine: Engine, actor: str) -> str:
    """The short name of an official; "the system" for the worker."""
    if actor == SYSTEM:
        return say("system")
    with engine.database.read() as connection:
        row = people.actor(connection, actor)
    return short_official_name(row.name) if row else actor


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
