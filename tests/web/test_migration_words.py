"""Why a case cannot go to another version, in words: by the titles that its state and its track have in the old one."""

from zoneinfo import ZoneInfo

import pytest

from engine.text import LANGUAGES
from engine.words import Words
from engine.workflow import Workflow
from schemas.load import load_definition
from tests.engine.migration.care import CARE
from tests.engine.test_effects import WIDE
from web.migration_words import MoveWords

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("text", "code", "name", "titles"),
    [
        (CARE, "move_came_from", "watching", {"vi": "“Theo dõi”", "en": "“Watching”"}),
        (WIDE, "move_returns", "help", {"vi": "“Hỗ trợ”", "en": "“Support”"}),
        (WIDE, "move_track", "help", {"vi": "“Hỗ trợ”", "en": "“Support”"}),
    ],
)
def test_a_state_or_a_track_that_keeps_a_case_where_it_is_is_called_by_its_title(
    language: str, text: str, code: str, name: str, titles: dict[str, str]
) -> None:
    definition = load_definition(text, {}).definition
    assert definition is not None
    words = Words(Workflow(definition, 1, ""), language, lambda _, id: id, ZONE)
    said = MoveWords(words, words).blocker({"code": code, "params": {"name": name, "number": 2}}, words)
    assert titles[language] in said and name not in said
