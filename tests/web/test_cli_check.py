"""`check FILE…`: what is printed, and with which code it ends."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from web.cli_check import check
from web.cli_words import use

EXAMPLES = Path(__file__).parents[1] / "engine" / "definition" / "checks"
SHIPPED = Path(__file__).parents[2] / "workflows"


def run(*arguments: str | Path) -> Result:
    use("vi")
    return CliRunner().invoke(check, [str(each) for each in arguments], catch_exceptions=False)


def test_a_sound_file_ends_with_0_and_says_so() -> None:
    result = run(EXAMPLES / "WF203" / "good.yaml")
    assert result.exit_code == 0
    assert result.output.endswith("good.yaml: không thấy lỗi nào.\n")


def test_errors_end_with_1_and_are_printed_like_a_compilers() -> None:
    result = run(EXAMPLES / "WF101" / "bad.yaml", "--lang", "en")
    assert result.exit_code == 1
    first, hint = result.output.splitlines()
    assert first.endswith("bad.yaml:38:9: error WF101 “visted” is not a state. Did you mean “visited”?")
    assert hint == "    Hint: Use an id that is declared, or declare this one."


def test_a_rule_table_with_a_gap_ends_with_1_and_says_for_which_values() -> None:
    result = run(EXAMPLES / "WF309" / "bad.yaml", "--lang", "en")
    assert result.exit_code == 1
    assert "error WF309 Rule table light_work: with age = 15 no rule applies." in result.output
    assert run(EXAMPLES / "WF309" / "good.yaml").exit_code == 0


def test_warnings_and_notes_alone_end_with_0() -> None:
    result = run(EXAMPLES / "WF106" / "bad.yaml", EXAMPLES / "WF206" / "bad.yaml")
    assert result.exit_code == 0
    assert "cảnh báo WF106" in result.output
    assert "lưu ý WF206" in result.output


def test_an_unreadable_file_ends_with_2_whatever_the_others_are() -> None:
    result = run(EXAMPLES / "WF101" / "bad.yaml", EXAMPLES / "WF100" / "bad.yaml")
    assert result.exit_code == 2
    assert "WF101" in result.output
    assert "WF100" in result.output


def test_a_file_that_is_not_there_ends_with_2(tmp_path: Path) -> None:
    result = run(tmp_path / "no_such_file.yaml", "--lang", "en")
    assert result.exit_code == 2
    assert "error WF100 This file cannot be opened." in result.output


def test_without_a_file_it_is_a_mistake_of_usage() -> None:
    assert run().exit_code == 2


def test_json_is_a_list_of_findings_in_both_languages() -> None:
    result = run("--json", EXAMPLES / "WF202" / "bad.yaml", EXAMPLES / "WF203" / "good.yaml")
    assert result.exit_code == 1
    (finding,) = json.loads(result.output)
    assert set(finding) == {
        "code",
        "severity",
        "file",
        "line",
        "column",
        "message",
        "hint",
        "path",
        "witness",
    }
    assert (finding["code"], finding["severity"], finding["path"]) == ("WF202", "error", "states.on_hold")
    assert finding["file"].endswith("bad.yaml")
    assert (EXAMPLES / "WF202" / "bad.yaml").read_text().splitlines()[finding["line"] - 1] == "  on_hold:"
    assert finding["column"] == 3
    assert "on_hold" in finding["message"]["vi"]
    assert finding["message"]["en"] != finding["message"]["vi"]
    assert set(finding["hint"]) == {"vi", "en"}
    assert finding["witness"] == {"path": ["record_visit", "hold"], "state": "on_hold"}


def test_json_of_sound_files_is_an_empty_list() -> None:
    assert json.loads(run("--json", EXAMPLES / "WF203" / "good.yaml").output) == []


def test_tracks_are_looked_for_beside_the_file(tmp_path: Path) -> None:
    case = EXAMPLES / "WF407" / "bad.yaml"
    assert "WF407" in run(case).output
    (tmp_path / "bad.yaml").write_text(case.read_text())
    alone = run(tmp_path / "bad.yaml").output
    assert "WF407" not in alone
    assert "WF101" in alone


def test_tracks_are_looked_for_among_the_files_given(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text((EXAMPLES / "WF407" / "bad.yaml").read_text())
    result = run(tmp_path / "bad.yaml", EXAMPLES / "WF407" / "schooling.yaml")
    assert "WF407" in result.output
    assert "WF101" not in result.output


def test_every_workflow_and_table_that_is_shipped_is_sound() -> None:
    files = sorted([*SHIPPED.glob("*.yaml"), *(SHIPPED / "decisions").glob("*.yaml")])
    assert len(files) > 4
    result = run(*files)
    assert "lỗi WF" not in result.output
    assert result.exit_code == 0


def test_a_function_that_no_installation_has_is_named_with_the_nearest(tmp_path: Path) -> None:
    text = (EXAMPLES / "WF203" / "good.yaml").read_text("utf-8")
    file = tmp_path / "typo.yaml"
    file.write_text(text.replace("commune_officer", "comune_officer"), "utf-8")
    result = run(file, "--lang", "en")
    assert result.exit_code == 1
    assert "is not a function of this installation. Did you mean “commune_officer”?" in result.output
    assert result.output.count("WF101") == text.count("commune_officer")


def test_the_json_schema_of_the_format_is_printed_without_a_file() -> None:
    result = run("--schema")
    assert result.exit_code == 0
    published = Path(__file__).parents[2] / "docs" / "reference" / "definition.schema.json"
    assert result.output == published.read_text("utf-8")
