"""Every fault of a call as one sentence in the caller's language. Nobody sees a stack trace, an address or a password."""

from __future__ import annotations

import click

from engine import Gone
from engine.access.keys import KeyFileRefused
from engine.published import VersionChanged
from engine.store.reference import NotInstalled
from web.cli_words import language, say
from web.mail_settings import Unusable


def usage(error: click.UsageError) -> str:
    """What is wrong with the words of the call, and where help is."""
    from click import exceptions as wrong

    match error:
        case wrong.NoSuchCommand():
            text = say("usage.no_command", name=error.command_name)
        case wrong.NoSuchOption():
            text = say("usage.no_option", name=error.option_name)
        case wrong.MissingParameter() if error.param is not None:
            text = say("usage.missing", name=_named(error.param))
        case wrong.BadParameter() if error.param is not None:
            text = f"{say('usage.bad_value', name=_named(error.param))}{_allowed(error.param.type)}"
        case wrong.BadOptionUsage():
            text = say("usage.bad_value", name=error.option_name)
        case _:
            text = say("usage.wrong")
    return f"{text} {say('usage.hint', command=error.ctx.command_path if error.ctx else './run')}"


def sentence(error: Exception) -> str:
    """What happened, and what to do."""
    from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

    match error:
        case KeyFileRefused() | VersionChanged():
            return error.say(language())
        case Unusable():
            return say(f"mail.wrong.{error.why}", name=error.name)
        case NotInstalled():
            return say("fault.not_installed")
        case ArgumentError() | NoSuchModuleError():
            return say("fault.address")
        case DBAPIError() if _lacks_schema(error):
            return say("fault.schema")
        case Gone() | DBAPIError():
            return say("fault.database")
        case OSError():
            return say("fault.file", file=error.filename or "", why=error.strerror or type(error).__name__)
    return say("fault.other", kind=type(error).__name__)


def _lacks_schema(error: Exception) -> bool:
    """Is a table or column missing? Both databases say so in their own words only."""
    kind, text = type(getattr(error, "orig", None)).__name__, str(getattr(error, "orig", ""))
    return kind in ("UndefinedTable", "UndefinedColumn") or text.startswith(
        ("no such table", "no such column")
    )


def _named(parameter: click.Parameter) -> str:
    if isinstance(parameter, click.Option):
        return max(parameter.opts, key=len)
    return parameter.make_metavar(click.Context(click.Command(""))).strip("[].")


def _allowed(kind: click.ParamType) -> str:
    """What may be said instead."""
    match kind:
        case click.IntRange():
            return f" {say('usage.number', least=kind.min, most=kind.max)}"
        case click.Choice():
            return f" {say('usage.one_of', known=', '.join(kind.choices))}"
    return ""
