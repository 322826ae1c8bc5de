"""Mutations of definition files, and what has to hold of whatever comes out: read or refused, in words, never a fault."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from engine.definition import checks, report
from engine.definition.build import build
from engine.definition.findings import Finding, Severity
from engine.definition.identity import content_hash
from engine.workflow import Workflow
from schemas.load import Loaded, load
from workflows import catalogue

TOKENS = (
    "&a ", "*a", "!!python/object:os.system ", "<<: ", "[", "]", "{", "}", ": ", "- ", "? ", "|\n", ">\n", "'", '"', "#", " # ",
    "\n", "\n  ", "\t", "---\n", "...\n", "%YAML 1.1\n", "\\", "\\u202e", "\\U00110000", "null", "~", "true", "no", "0", "-1",
    "9" * 30, "1.5", "1e9", "", "same", "all", "open", "reopen", "initial: true", "final: true", "by: []", "from: []", "*",
    "<script>alert(1)</script>", "=cmd()", "javascript:alert(1)", "{{ 7 * 7 }}", "%(x)s", "{x}", "\u202e", "\u200b", "\0", "\ufeff", "é",
)  # fmt: skip
PIECES = (
    "and ", "or ", "not ", "(", ")", "[", "]", "==", "!=", "<", "+", "-", "*", "**", "in ", "true", "known(", "count(", "age(",
    "today", "case.state", "case.came_from", "actor.id", "subcases.", ".__class__", "lambda: 1", "'x'", '"x"', "1", "0.5", ",", "_", "\\",
)  # fmt: skip
_WORD = re.compile(r"[A-Za-z_0-9.]+")
_EXPRESSION = re.compile(r"(?:when|compute|need|if|required_when): (.+)")
LISTS, FUNCTIONS = catalogue.code_lists(), tuple(catalogue.functions())


@dataclass
class Outcome:
    """What became of a text: its findings, and whether it was accepted."""

    findings: tuple[Finding, ...]
    accepted: bool


def by_byte(random: Random, text: str) -> bytes:
    """Some bytes changed, lost or put in."""
    data = bytearray(text.encode())
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(data) + 1)
        data[at : at + random.randint(0, 3)] = random.randbytes(random.randint(0, 3))
    return bytes(data)


def by_line(random: Random, text: str) -> str:
    """Lines lost, doubled, moved or set to another indentation."""
    lines = text.split("\n")
    for _ in range(random.randint(1, 4)):
        at, other = random.randrange(len(lines)), random.randrange(len(lines))
        match random.randrange(5):
            case 0:
                del lines[at : at + random.randint(1, 20)]
            case 1:
                lines.insert(other, lines[at])
            case 2:
                lines[at], lines[other] = lines[other], lines[at]
            case 3:
                lines[at] = " " * random.randint(0, 8) + lines[at].lstrip()
            case 4:
                lines[at:at] = lines[other : other + random.randint(1, 20)]
        lines = lines or [""]
    return "\n".join(lines)


def by_token(random: Random, text: str) -> str:
    """Words replaced by others of the file or by what means something in YAML."""
    return _replaced(random, text, _WORD, TOKENS)


def by_expression(random: Random, text: str) -> str:
    """Pieces put into conditions."""
    found = list(_EXPRESSION.finditer(text))
    if not found:
        return by_token(random, text)
    one = random.choice(found)
    return text[: one.start(1)] + _replaced(random, one[1], _WORD, PIECES) + text[one.end(1) :]


def _replaced(random: Random, text: str, what: re.Pattern[str], others: tuple[str, ...]) -> str:
    for _ in range(random.randint(1, 4)):
        words = list(what.finditer(text))
        if not words:
            return text + random.choice(others)
        at = random.choice(words)
        new = random.choice(others) if random.random() < 0.6 else random.choice(words)[0]
        text = text[: at.start()] + new + text[at.end() if random.random() < 0.7 else at.start() :]
    return text


MUTATIONS: tuple[Callable[[Random, str], str | bytes], ...] = (by_byte, by_line, by_token, by_expression)


def tried(text: str | bytes, check: bool = True) -> Outcome:
    """What becomes of `text`; raises AssertionError where it is neither refused in words nor read, checked, compiled,
    hashed and read again as the same."""
    loaded = load(text, LISTS, FUNCTIONS)
    findings = loaded.findings
    if isinstance(loaded, Loaded):
        accepted = loaded.definition is not None
        if loaded.definition and check:
            findings = (*findings, *checks.run(loaded.definition))
            assert loaded.plain
            if all(each.severity is not Severity.ERROR for each in findings):  # else it cannot be published
                Workflow(build(loaded.plain), 1, content_hash(loaded.plain))
    else:
        accepted = loaded.table is not None
        if loaded.table and check:
            findings = (*findings, *checks.of_table(loaded.table))
    assert accepted or findings
    for each in findings[:50]:
        for language in ("vi", "en"):
            said = report.say(each, language)
            assert (
                re.fullmatch(r"WF\d{3}", each.code) and said.strip() and report.hint(each, language).strip()
            ), each
            assert "{" not in said or "{" in str(each.params), said
    if accepted:
        again = load(text, LISTS, FUNCTIONS)
        assert loaded.plain and again.plain and content_hash(again.plain) == content_hash(loaded.plain)
    return Outcome(findings, accepted)
