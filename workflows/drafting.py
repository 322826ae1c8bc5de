"""What there is to say about the text of a workflow: read strictly, checked with the family it would live in.

The editor asks while somebody types, submitting and publishing ask last; all ask the same question, `examined`.
"""

from __future__ import annotations

from functools import partial

from engine.definition import checks
from engine.definition.model import Definition
from engine.drafts import Drafts
from engine.engine import Engine
from engine.examined import Examined
from engine.live import against
from schemas.load import load_definition
from workflows import catalogue


def drafts(engine: Engine) -> Drafts:
    """The drafts of this installation, judged by `examined`."""
    return Drafts(engine, partial(examined, engine))


def examined(engine: Engine, text: str) -> Examined:
    """All findings about `text`, in the order of the file: of itself, and against the version in force and its cases.

    Raises nothing for a bad text.

    The one place where what judges a draft comes together: what another check has to say is added here.
    """
    loaded = load_definition(text, catalogue.code_lists(), catalogue.functions())
    definition = loaded.definition
    if definition is None:
        return Examined(text, loaded.findings, None, loaded.plain)
    found = checks.run(definition, family(engine) | {definition.id: definition})
    return Examined(text, checks.in_order((*found, *against(engine, definition))), definition, loaded.plain)


def family(engine: Engine) -> dict[str, Definition]:
    """The workflows that tracks may name: the newest published versions."""
    engine.library.refresh()
    return {each.definition.id: each.definition for each in engine.library.current()}
