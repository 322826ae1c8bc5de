"""The command line: `./run COMMAND …`. Which commands there are, and how every fault becomes one sentence.

Commands are imported when they are called; what they do stands in cli_*.py.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from web.cli_words import LANGUAGES, Refused, SpokenGroup, language, say, use

COMMANDS = {
    "start": "web.cli_run:start",
    "demo": "web.cli_setup:demo",
    "init": "web.cli_setup:init",
    "serve": "web.cli_run:serve",
    "worker": "web.cli_run:worker",
    "check": "web.cli_check:check",
    "publish": "web.cli_publish:publish",
    "drafts": "web.cli_publish:drafts",
    "retire": "web.cli_publish:retire",
    "migrate": "web.cli_migrate:migrate",
    "case": "web.cli_case:case",
    "mail": "web.cli_mail:mail",
    "import": "web.cli_import:import_",
    "verify": "web.cli_record:verify",
    "replay": "web.cli_record:replay",
    "bench": "web.cli_bench:bench",
}
BAD_CALL = 2
INTERRUPTED = 130


@click.group(cls=SpokenGroup, lazy=COMMANDS)
@click.pass_context
def cli(context: click.Context) -> None:
    """All commands."""
    context.default_map = {"check": {"language": language()}}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code; without a command, `start`."""
    given = list(sys.argv[1:] if arguments is None else arguments) or ["start"]
    use(_asked(given))
    sys.exit(_run(given))


def _asked(given: list[str]) -> str | None:
    """The language asked for anywhere in the call, so that help and errors are in it too."""
    pairs = zip(given, [*given[1:], ""], strict=True)
    found = (
        after if word == "--lang" else word.removeprefix("--lang=")
        for word, after in pairs
        if word.startswith("--lang")
    )
    return next((each for each in found if each in LANGUAGES), None)


def _run(given: list[str]) -> int:
    try:
        code = cli.main(given, prog_name=_program(), standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return BAD_CALL
    except click.UsageError as error:
        from web.cli_faults import usage

        click.echo(usage(error), err=True)
        return BAD_CALL
    except Refused as error:
        click.echo(error.say(), err=True)
        return error.code
    except (click.Abort, KeyboardInterrupt):
        click.echo(say("interrupted"), err=True)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # who read what we say has gone; nothing is left to be told
        return 0
    except Exception as error:
        from web.cli_faults import sentence

        click.echo(sentence(error), err=True)
        return BAD_CALL
    return code if isinstance(code, int) else 0


def _program() -> str:
    name = Path(sys.argv[0]).name
    return name if name == "casework" else "./run"


if __name__ == "__main__":
    main()
