"""The lexical allow-list: what may stand in an expression at all, before any parser sees it.

Names, decimal numbers, plain strings and a dozen operators; nothing else gets past. Bounded in length and
nesting, so that no text costs the parser behind it more than a moment. Knows nothing of meaning (see
reading.py).
"""

from __future__ import annotations

import keyword
import re
import unicodedata

from engine.definition.expression.errors import ExpressionError

LONGEST = 2000
DEEPEST = 40
MOST_TOKENS = 1000  # keeps the parser's own tree under a megabyte
DIGITS = 15

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
      | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<number>[0-9][A-Za-z0-9_.]*)
      | (?P<string>"[^"]*"|'[^']*')
      | (?P<operator>\*\*|<=|>=|==|!=|[-+*<>(),.\[\]])""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_OPERATORS_IN_WORDS = frozenset({"and", "or", "not", "in"})
_INSTEAD = {"True": "true", "False": "false", "None": "known", "is": "=="}
_REFUSED_WORDS = frozenset(keyword.kwlist) - _OPERATORS_IN_WORDS
_PAIRS = {")": "(", "]": "["}


def scanned(source: object) -> str:
    """`source` with every white space a blank, if it holds nothing but what may stand there.

    Raises ExpressionError WF310.
    """
    if not isinstance(source, str):
        raise ExpressionError("WF310", "not_text", 0)
    if len(source) > LONGEST:
        raise ExpressionError("WF310", "too_long", LONGEST, length=len(source), most=LONGEST)
    if not source.strip(" \t\r\n"):
        raise ExpressionError("WF310", "empty", 0)
    if not unicodedata.is_normalized("NFC", source):
        raise ExpressionError("WF310", "not_nfc", _first_unlike(source, unicodedata.normalize("NFC", source)))
    _scan(source)
    return source.translate({ord(each): " " for each in "\t\r\n"})


def _first_unlike(source: str, normal: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(source, normal, strict=False)) if a != b), len(normal))


def _scan(source: str) -> None:
    opened: list[tuple[str, int]] = []
    before = ""  # the last token that is no white space; `ended` is where it ended
    at = ended = tokens = 0
    while at < len(source):
        found = _TOKEN.match(source, at)
        if found is None:
            raise _stray(source, at)
        text, touching = found[0], before if ended == at else ""
        match found.lastgroup:
            case "word":
                _check_word(text, at)
            case "number":
                _check_number(text, at, touching)
            case "string":
                _check_string(text, at, before, touching)
            case "operator":
                _check_operator(text, at, opened)
        at = found.end()
        if found.lastgroup != "space":
            before, ended, tokens = text, at, tokens + 1
            if tokens > MOST_TOKENS:
                raise ExpressionError("WF310", "too_many", ended, most=MOST_TOKENS)
    if opened:
        raise ExpressionError("WF310", "brackets", opened[-1][1])


def _check_word(word: str, at: int) -> None:
    if word in _REFUSED_WORDS:
        raise ExpressionError("WF310", "word", at, word=word, suggestion=_INSTEAD.get(word, ""))
    if word.startswith("_") or "__" in word:
        raise ExpressionError("WF310", "underscores", at, word=word[:60])


def _check_number(text: str, at: int, touching: str) -> None:
    if touching == "." or not _NUMBER.fullmatch(text):
        raise ExpressionError("WF310", "number", at, text=text[:60])
    if sum(each.isdigit() for each in text) > DIGITS:
        raise ExpressionError("WF310", "digits", at, most=DIGITS)


def _check_string(text: str, at: int, before: str, touching: str) -> None:
    prefixed = touching[-1:].isalnum() and touching not in _OPERATORS_IN_WORDS
    if prefixed or before[-1:] in ("'", '"'):
        raise ExpressionError("WF310", "string", at)
    for place, each in enumerate(text, at):
        if each == "\\" or unicodedata.category(each) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
            raise ExpressionError("WF310", "character", place, character=_shown(each))


def _check_operator(text: str, at: int, opened: list[tuple[str, int]]) -> None:
    if text == "**":
        raise ExpressionError("WF310", "construct", at, construct="**")
    if text in ("(", "["):
        opened.append((text, at))
        if len(opened) > DEEPEST:
            raise ExpressionError("WF310", "too_deep", at, most=DEEPEST)
    elif text in _PAIRS and (not opened or opened.pop()[0] != _PAIRS[text]):
        raise ExpressionError("WF310", "brackets", at)


def _stray(source: str, at: int) -> ExpressionError:
    if source[at] in "\"'":
        return ExpressionError("WF310", "string_open", at)
    return ExpressionError("WF310", "character", at, character=_shown(source[at]))


def _shown(character: str) -> str:
    """A character as it may be quoted in a message: itself if it is plain to see, else its code point."""
    return character if "!" <= character <= "~" else f"U+{ord(character):04X}"
