from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

from tests.web.cli.hands import Call, one_sentence
from web import cli

ROOT = Path(__file__).parents[3]


def test_help_lists_every_command_in_both_languages(call: Call) -> None:
    vi, en = call("--help"), call("--help", "--lang", "en")
    assert (vi.code, en.code) == (0, 0)
    for name in cli.COMMANDS:
        assert re.search(rf"^  {name} ", vi.out, re.MULTILINE)
        assert re.search(rf"^  {name} ", en.out, re.MULTILINE)
    assert "Usage" not in vi.out
    assert "Cách gọi" not in en.out


def test_vietnamese_comes_first_and_english_where_the_environment_asks_for_it(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Cách gọi" in call("--help").out
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    assert "Cách gọi" in call("--help").out
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert "Usage" in call("--help").out
    assert "Cách gọi" in call("--lang", "vi", "--help").out


def _commands() -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    for name in cli.COMMANDS:
        command = cli.cli.get_command(click.Context(cli.cli), name)
        assert command is not None
        found[name] = command
        if isinstance(command, click.Group):
            inner = {
                each: command.get_command(click.Context(command), each)
                for each in command.list_commands(click.Context(command))
            }
            found |= {f"{name}.{each}": command for each, command in inner.items() if command}
    return found


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_command_says_what_it_does(call: Call, language: str) -> None:
    for path in _commands():
        said = call(*path.split("."), "--help", "--lang", language)
        assert said.code == 0, path
        assert ("Usage" in said.out) == (language == "en"), path


def test_an_option_that_has_to_be_given_is_marked_so(call: Call) -> None:
    for path, option in (
        ("case.show", "--as PERSON"),
        ("publish", "--as PERSON"),
        ("mail.test", "--to PERSON"),
    ):
        vi, en = (call(*path.split("."), "--help", "--lang", each).out for each in ("vi", "en"))
        assert f"{option} [OPTIONS]" in en, path
        assert re.search(rf"^  {option} .+\(bắt buộc\)$", vi, re.MULTILINE), path
        assert re.search(rf"^  {option} .+\(required\)$", en, re.MULTILINE), path
        assert len(re.findall(r"\(required\)", en)) == 1, path


def test_both_languages_have_the_same_sentences_with_the_same_places() -> None:
    texts = [
        tomllib.loads((ROOT / f"web/translations/cli.{each}.toml").read_text("utf-8"))
        for each in ("vi", "en")
    ]
    assert texts[0].keys() == texts[1].keys()
    for key in texts[0]:
        vi, en = (set(re.findall(r"\{(\w+)\}", each[key])) for each in texts)
        assert vi == en, key
        assert key.startswith("cli.")


def test_help_loads_nothing_of_the_program() -> None:
    heavy = ("engine", "sqlalchemy", "flask", "marshmallow", "cryptography")
    program = (
        "import resource, sys\nfrom web import cli\n"
        "try: cli.main(['--help'])\nexcept SystemExit: pass\n"
        f"sys.stderr.write(','.join(each for each in {heavy!r} if each in sys.modules))\n"
        "used = resource.getrusage(resource.RUSAGE_SELF)\nassert used.ru_utime + used.ru_stime < 0.6\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "start" in ran.stdout
    assert ran.stderr == ""


def test_without_a_command_the_demonstration_starts(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def instead() -> None:
        click.echo("started")

    monkeypatch.setattr("web.cli_run.start", instead)
    assert call().out == "started\n"


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        (
            ["case", "list", "--as", "officer", "--limit", "abc"],
            "--limit không dùng được. Cần một số từ 1 đến 1000.",
        ),
        (["case", "list", "--as", "officer", "--limit", "0"], "từ 1 đến 1000"),
        (["serve", "--port", "99999"], "--port không dùng được. Cần một số từ 1 đến 65535."),
        (["verify", "--lang", "xx"], "--lang không dùng được. Chọn một trong: vi, en."),
        (["check"], "Thiếu FILES. "),
    ],
)
def test_a_value_that_is_refused_is_told_with_what_may_be_said(
    call: Call, words: list[str], allowed: str
) -> None:
    said = call(*words)
    assert said.code == 2
    assert one_sentence(said.err)
    assert allowed in said.err


def test_a_folder_is_said_to_be_one(call: Call, tmp_path: Path) -> None:
    said = call("check", str(tmp_path), "--lang", "en")
    assert said.code == 2
    assert f"{tmp_path} is a folder, not a file." in said.err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["frobnicate"], "frobnicate"),
        (["verify", "--frob"], "--frob"),
        (["publish", "--as", "admin"], "FILE"),
        (["publish"], "--as"),
        (["serve", "--port", "x"], "--port"),
        (["case", "show", "1"], "--as"),
        (["case", "open", "toy", "--as"], "--as"),
        (["replay", "too", "many"], "replay"),
    ],
)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_bad_call_is_told_in_one_line_with_where_help_is(
    call: Call, words: list[str], hint: str, language: str
) -> None:
    said = call(*words, "--lang", language) if words[-1] != "--as" else call("--lang", language, *words)
    assert said.code == 2
    assert said.out == ""
    assert one_sentence(said.err)
    assert hint in said.err
    assert "--help" in said.err
    assert ("Xem:" in said.err) == (language == "vi")
