"""The command line's own sentences and shapes: `say(key)` in the caller's language, and commands that help in it.

Imports nothing of the program, so that help costs no more than the start of Python. The sentences stand in
translations/cli.*.toml.
"""

from __future__ import annotations

import os
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import click

LANGUAGES = ("vi", "en")

_chosen: list[str] = []


class Refused(Exception):
    """Something is wrong with the call: one sentence, and the exit code. key: under `cli.` in translations."""

    def __init__(self, key: str, *, code: int = 2, **params: Any) -> None:
        super().__init__(key)
        self.key, self.params, self.code = key, params, code

    def say(self) -> str:
        """The sentence."""
        return say(self.key, **self.params)


def language() -> str:
    """What --lang said, else English where $LANG asks for it, else Vietnamese."""
    if _chosen:
        return _chosen[-1]
    return "en" if os.environ.get("LANG", "").startswith("en") else "vi"


def use(chosen: str | None) -> None:
    """Speak this language from now on; None: what the environment says."""
    _chosen[:] = [chosen] if chosen else []


def say(key: str, /, **params: Any) -> str:
    """The sentence of `cli.<key>`; KeyError for one that is not there."""
    return _sentences(language())[f"cli.{key}"].format_map(params)


@cache
def _sentences(lang: str) -> dict[str, str]:
    return tomllib.loads(files("web").joinpath(f"translations/cli.{lang}.toml").read_text("utf-8"))


# ------------------------------------------------------------------ shapes


class Spoken(click.Command):
    """A command whose help is in the caller's language."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.params.append(_language_option())

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Options that are needed, what else may be said, then the arguments by name."""
        needed = [each for each in self.get_params(ctx) if isinstance(each, click.Option) and each.required]
        return [
            *(f"{each.opts[0]} {each.make_metavar(ctx)}" for each in needed),
            say("usage.options"),
            *(piece for each in self.get_params(ctx) for piece in each.get_usage_pieces(ctx)),
        ]

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The line that shows how it is called."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=say("usage.prefix") + " ")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What it does."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(say(f"help.{_path(ctx)}"))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Its options."""
        rows = [
            (record[0], _of_option(each))
            for each in self.get_params(ctx)
            if isinstance(each, click.Option) and (record := each.get_help_record(ctx))
        ]
        with formatter.section(say("usage.section_options")):
            formatter.write_dl(rows)


class SpokenGroup(Spoken, click.Group):
    """A group of commands that are imported only when they are called: name → "module:attribute"."""

    def __init__(self, *given: Any, lazy: dict[str, str], **named: Any) -> None:
        super().__init__(*given, **named)
        self._lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which one needs them."""
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import it now."""
        from importlib import import_module

        if cmd_name not in self._lazy:
            return None
        module, _, attribute = self._lazy[cmd_name].partition(":")
        found = getattr(import_module(module), attribute)
        assert isinstance(found, click.Command)
        return found

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Options, then the command."""
        return [say("usage.options"), say("usage.command")]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Options and commands; without importing a single one."""
        super().format_options(ctx, formatter)
        before = f"{path}." if (path := _path(ctx)) else ""
        with formatter.section(say("usage.section_commands")):
            formatter.write_dl([(name, say(f"short.{before}{name}")) for name in self._lazy])


def _of_option(option: click.Option) -> str:
    """What an option is for, and whether it has to be given."""
    text = say("option.help" if option.is_eager and option.is_flag else f"option.{option.name}")
    return say("usage.needed", text=text) if option.required else text


def _path(ctx: click.Context) -> str:
    """The words of the command without the program's name: "case.fire"."""
    words: list[str] = []
    at: click.Context | None = ctx
    while at is not None and at.parent is not None:
        words.insert(0, at.info_name or "")
        at = at.parent
    return ".".join(words)


def _language_option() -> click.Option:
    def choose(ctx: click.Context, option: click.Parameter, value: str | None) -> None:
        if value:
            use(value)

    return click.Option(
        ["--lang"], type=click.Choice(LANGUAGES), expose_value=False, is_eager=True, callback=choose
    )
