"""What there is to say about the text of a workflow: read strictly, checked with the family it would live in.

The editor asks while somebody types, submitting and publishing ask last; all ask the same question, `examined`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from engine import live
from engine.definition import checks
from engine.definition.findings import Severity
from engine.definition.model import Definition
from engine.drafts import Drafts
from engine.engine import Engine
from engine.examined import Examined
from engine.trial import examine
from schemas.load import load_definition
from schemas.yaml_pieces import read_again
from workflows import catalogue, grounds


def drafts(engine: Engine) -> Drafts:
    """The drafts of this installation, judged by `examined`."""
    return Drafts(engine, partial(examined, engine))


def examined(
    engine: Engine,
    text: str,
    *,
    cases: bool = True,
    quick: bool = False,
    stop: Callable[[], object] | None = None,
) -> Examined:
    """All findings about `text`, in the order of the file. Raises nothing for a bad text.

    The one place where what judges a draft comes together: the rules, the stored tests and, with `cases`, what the
    version would mean for the cases that are open. quick: what one may wait for at every letter, the rules but for
    those that walk over values. stop: called now and then; raises to give the work up.
    """
    loaded = load_definition(text, catalogue.code_lists(), catalogue.functions(), read_again)
    definition = loaded.definition
    if definition is None:
        return Examined(text, loaded.findings, None, loaded.plain)
    everything = family(engine) | {definition.id: definition}
    if quick:
        return Examined(text, checks.run(definition, everything, walks=False), definition, loaded.plain)
    found = examine(definition, everything, grounds.of_engine(engine, definition.calendar), stop)
    if cases and not any(each.severity is Severity.ERROR for each in found):
        found = checks.in_order((*found, *live.against(engine, definition)))
    return Examined(text, found, definition, loaded.plain)


def family(engine: Engine) -> dict[str, Definition]:
    """The workflows that tracks may name: the newest published versions."""
    engine.library.refresh()
    return {each.definition.id: each.definition for each in engine.library.current()}
