"""Attempts to make an expression do what it must not: each is refused, quickly, in little memory."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest

from engine.definition.expression import ExpressionError, parse
from tests.engine.definition.expression_story import SCOPE
from tests.support.floors import cost

HONEST = " and ".join(
    ["child_age >= 16 and count(visits) > 2"] * 20
)  # a long guard of the kind that is meant
MEMORY = 1_000_000

REACHING_OUT = [
    "__import__('os').system('id')", "__import__", "__builtins__", "__builtins__['eval']", "__name__", "__file__", "__debug__",
    "__loader__.load_module('os')", "__spec__", "__class__", "().__class__", "().__class__.__bases__[0].__subclasses__()",
    "''.__class__.__mro__[1].__subclasses__()", "[].__class__.__base__", "(1).__class__", "1 .__class__", "1.0.__class__",
    "child_name.__class__", "child_name.__init__.__globals__", "today.__class__.__mro__", "count.__globals__", "count.__code__",
    "age.__closure__", "visits.__getitem__(0)", "case.__dict__", "case.__class__", "actor.__dict__", "subcases.__dict__",
    "case.state.__class__", "forced.real", "child_age.bit_length()", "child_age.to_bytes(9)", "child_name.format(forced)",
    "child_name.upper()", "child_name.join(hazards)", "'{0.__class__}'.format(forced)", "'%s' % child_name", "child_name.encode()",
    "today.replace(year=1)", "today.strftime('%Y')", "now.timestamp()", "today.today()", "hazards.append('x')", "visits.clear()",
    "case.state.lower", "actor.functions.pop()", "calendar", "calendar.working_days_between(today, today)", "case", "actor",
    "subcases", "subcases.education", "subcases.education.open.real", "subcases.education.__class__", "education", "case.id",
    "actor.name", "actor.password", "env", "self", "globals", "locals", "row",
]  # fmt: skip
CALLS = [
    "eval('1')", "exec('1')", "compile('1', '', 'eval')", "open('/etc/passwd')", "open('/etc/passwd').read()", "input()", "print(1)",
    "getattr(case, 'state')", "setattr(case, 'state', 1)", "delattr(case, 'state')", "hasattr(case, 'x')", "vars()", "dir()",
    "globals()", "locals()", "type(1)", "type('x', (), {})", "object()", "super()", "id(1)", "hash(1)", "len(child_name)",
    "str(1)", "int('1')", "float('inf')", "float('nan')", "complex(1)", "bytes(9999999)", "bytearray(999999999)", "list(hazards)",
    "dict()", "set()", "frozenset()", "tuple()", "range(999999999)", "max(1, 2)", "min(1, 2)", "abs(-1)", "pow(2, 99999999)",
    "round(1.5)", "divmod(3, 2)", "map(1, 2)", "filter(1, 2)", "sorted(hazards)", "reversed(hazards)", "iter(hazards)", "next(1)",
    "callable(1)", "memoryview(1)", "breakpoint()", "exit()", "quit()", "help()", "copyright()", "staticmethod(1)", "property(1)",
    "format(1, 's')", "chr(0)", "ord('a')", "repr(1)", "ascii(1)", "bin(1)", "hex(1)", "oct(1)", "all(hazards)", "any(hazards)",
    "isinstance(1, 2)", "sleep(9)", "os.system('id')", "os()", "sys.exit()", "date.today()", "datetime.now()", "known.known(forced)",
    "count(visits)(1)", "(count)(visits)(1)", "known(forced)()", "'x'()", "3()", "[known][0](forced)", "(known or count)(forced)",
    "date('2020-01-01').replace(1)", "date(child_name) == today", "date(today)", "date('2020-W01-1') == today", "date('x')",
    "known(*hazards)", "known(**hazards)", "known(field=forced)", "age(child_dob, on=today)", "count(visits, predicate=forced)",
    "count(*visits)", "streak(visits, in_school, days=30)", "known(forced, )(1)", "count(visits for visits in visits)",
]  # fmt: skip
CONSTRUCTS = [
    "lambda: 1", "(lambda: 1)()", "lambda x: x", "known(lambda: 1)", "[x for x in hazards]", "(x for x in hazards)",
    "{x for x in hazards}", "{x: x for x in hazards}", "[1 for _ in hazards]", "any_of(visits, [x for x in hazards])", "{}", "{1}",
    "{1: 2}", "{**case}", "[*hazards]", "*hazards", "(*hazards,)", "child_age in [*hazards]", "(1, 2)", "()", "child_age in (1, 2)", "1,",
    "x := 1", "(x := 1)", "known(x := forced)", "forced if consent else forced", "(yield)", "yield 1", "yield from hazards",
    "await forced", "async", "await", "hazards[0]", "hazards[0:1]", "hazards[:]", "case['state']", "visits[0]['hours'] > 1",
    "child_name[0]", "[1][0] == 1", "hazards[...]", "...", "forced[:, 1]", "2 ** 9999999", "9 ** 9 ** 9 ** 9", "child_age ** 2 > 1",
    "2**999999999 > 1", "1 / 0 > 1", "1 // 0 > 1", "1 % 0 > 1", "'a' * 999999999 == 'b'", "'a' + 'b' == 'ab'", "[1] * 999999999 == [1]",
    "[1] + [2] == [1]", "1 << 999999999 > 1", "1 >> 1 > 1", "1 | 2 > 1", "1 & 2 > 1", "1 ^ 2 > 1", "~1 > 1", "+1 > 0", "+child_age > 0",
    "1 @ 2 > 1", "forced is consent", "forced is not consent", "forced is None", "child_age == None", "None", "True", "False",
    "forced == True", "not True", "Ellipsis", "NotImplemented", "f'{forced}'", "f'{__import__(1)}'", "F'x' == child_name",
    "rb'x' == child_name", "b'x' == child_name", "u'x' == child_name", "r'x' == child_name", "'a' 'b' == child_name", "'''a''' == child_name",
    '"""a""" == child_name', "'\\x41' == child_name", "'\\u0041' == child_name", "'\\' == child_name", "'\\N{BULLET}' == child_name",
    "`forced`", "forced <> consent", "forced = consent", "forced == consent = forced", "forced; consent", "forced: consent",
    "import os", "from os import path", "import os; forced", "del forced", "assert forced", "raise forced", "return forced", "pass",
    "global forced", "nonlocal forced", "while forced: pass", "for x in hazards: pass", "with forced: pass", "try: pass", "def f(): pass",
    "class A: pass", "if forced: pass", "@forced", "forced -> consent", "forced && consent", "forced || consent", "!forced", "forced !",
    "forced ? consent : forced", "$forced", "${forced}", "{{forced}}", "{{ 7 * 7 }}", "<%= forced %>", "#{forced}", "%(forced)s",
    "forced # and not consent", "# forced", "/* forced */", "forced -- consent", "'; DROP TABLE cases; --", "forced' or '1'='1",
    "' or 1=1", "print(1", "match forced: pass", "type X = forced", "forced and", "and forced", "forced not consent", "not", "in",
    "forced in", "in hazards", "()()", "[]()", "[][0]", "child_age in [[1]]", "child_age in [1, [2]]", "child_age in [count(visits)]",
    "child_age in [paid]", "'dust' in hazards in hazards", "child_age < 3 in [3]", "1 < 2 not in [3]",
]  # fmt: skip
CHARACTERS = [
    "", " ", "\n", "\t\r\n", "\0", "forced\0", "forc\0ed", "'\0' == child_name", "forced\x0cand consent", "forced\x0band consent",
    "\ufeffforced", "forced\ufeff", "forced\u00a0and\u00a0consent", "forced\u2003and consent", "forced\u200b", "forc\u200ded",
    "'\u200b' == child_name", "'\u202ehgih' == risk_level", "'\u2066x\u2069' == child_name", "'\u2028' == child_name",
    "'\u0085' == child_name", "'\x1b[31m' == child_name", "'\x7f' == child_name", "'a\nb' == child_name", "'a\tb' == child_name",
    "'\ud800' == child_name", "\ud800", "'\ue000' == child_name", "'\uffff' == child_name", "'\U000f0000' == child_name",
    "'Nguye\u0302\u0303n' == child_name", "'a\u0323\u0302' == child_name", "'e\u0301' == child_name", "ｆorced", "ꜰorced", "fоrced",
    "𝐟𝐨𝐫𝐜𝐞𝐝", "𝓮val(1)", "ｅval(1)", "forced＝＝consent", "child_age ＞ 3", "１ > 0", "² > 1", "٣ > 1", "child_age > ٣", "‘a’ == child_name",
    "“a” == child_name", "« a » == child_name", "child_age ≥ 3", "child_age ≠ 3", "child_age − 1 > 3", "child_age × 2 > 3", "ª", "ﬁeld",
    "đã_có", "child_age\\\n> 3", "\\", "_", "_forced", "__forced", "forced__x", "case._x", "case.__x", "a" * 61 + "__b", "'", '"', "'a",
    '"a', "'a\"", "''' ", '"""',
]  # fmt: skip
NUMBERS = [
    "0x7f > 3", "0b1 > 3", "0o7 > 3", "1_000 > 3", "1e5 > 3", "1e400 > 3", "1E5 > 3", "1.5e3 > 3", "1j > 3", "1.5j", "1. > 3", ".5 > 3",
    "1.2.3 > 3", "1..2 > 3", "1L > 3", "1if forced else 2", "1or forced", "007 > 3", "1234567890123456 > 3", "9" * 400 + " > 3",
    "0." + "0" * 15 + "1 > 3", "1" * 1990, "child_age > 1.e5", "3child", "1and 2", "00", "inf > 3", "nan > 3", "Infinity", "1.__class__",
]  # fmt: skip
SIZES = [
    "(" * 1000 + ")" * 1000, "(" * 40 + "1" + ")" * 39, "(" * 41 + "forced" + ")" * 41, "(" * 2000, ")" * 2000, "[" * 2000,
    "[" * 41 + "]" * 41, "([" * 20 + "1 2" + "])" * 20, "(" * 40 + "a b" + ")" * 40, "f(" * 39 + "1 1" + ")" * 39, "f(a b, " * 39 + "1" + ")" * 39,
    "[a b," * 39 + "1" + "]" * 39, "()" * 1000, "f" + "()" * 900, "f" + "(a)" * 600, "[]" * 1000, "a[" * 39 + "1" + "]" * 39, "not " * 499 + "1",
    "not " * 490 + "forced", "-" * 1900 + "child_age > 3", "- " * 950 + "child_age > 3", "+".join(["child_age"] * 180) + " > 3",
    "*".join(["9" * 15] * 120) + " > 3", "child_age" + "+1" * 900 + " > 3", "child_age < " * 160 + "child_age and x", "a" + ".b" * 900,
    "forced and " * 150 + "frced", "forced or " * 150 + "frced", "'a' in " * 280 + "hazards", "x" * 2000, "x" * 2001, "forced and " * 400,
    "x" * 1_000_000, "(" * 1_000_000, "'" + "a" * 1_000_000 + "'", "\u0301" * 1_000_000, "9" * 1_000_000, " " * 1_000_000,
    "forced" + " " * 1995, "forced" + "\n" * 1995 + "and", ",".join("1" * 1000), "child_age in [" + "1," * 900 + "'a']", "not (" * 39 + "1" + ")" * 39,
    "known(" * 39 + "forced" + ")" * 39, "count(visits, " * 30 + "forced" + ")" * 30, "any_of(visits, " * 39 + "forced" + ")" * 39,
    "date(" * 39 + "'2020-01-01'" + ")" * 39, "-(" * 39 + "forced" + ")" * 39,
    ".".join(["subcases"] * 200), "forced," * 280, "forced " * 280, "==" * 1000, "<" * 2000, "not in " * 280, "." * 2000, "," * 2000,
]  # fmt: skip
NO_TEXT: list[Any] = [
    None,
    True,
    3,
    1.5,
    b"forced",
    ["forced"],
    {"need": "forced"},
    object(),
    type,
    ("forced",),
]

ATTEMPTS: list[Any] = [*REACHING_OUT, *CALLS, *CONSTRUCTS, *CHARACTERS, *NUMBERS, *SIZES, *NO_TEXT]


def test_there_are_more_than_two_hundred_attempts() -> None:
    assert len({repr(each) for each in ATTEMPTS}) == len(ATTEMPTS) > 400


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=range(len(ATTEMPTS)))
def test_an_escape_attempt_is_refused_at_once(attempt: Any) -> None:
    def refuse() -> None:
        with pytest.raises(ExpressionError) as refusal:
            parse(attempt, SCOPE)
        assert 0 <= refusal.value.column <= 2000

    # What is tried out before it is refused, or grows faster than the text, costs a hundred times as much.
    assert cost(refuse) < 20 * cost(lambda: parse(HONEST, SCOPE))


@pytest.mark.parametrize("group", [REACHING_OUT, CALLS, CONSTRUCTS, CHARACTERS, NUMBERS, SIZES], ids=range(6))
def test_a_refusal_takes_less_than_a_megabyte(group: list[str]) -> None:
    tracemalloc.start()
    try:
        for attempt in group:
            tracemalloc.reset_peak()
            before, _ = tracemalloc.get_traced_memory()
            with pytest.raises(ExpressionError):
                parse(attempt, SCOPE)
            assert tracemalloc.get_traced_memory()[1] - before < MEMORY
    finally:
        tracemalloc.stop()


def test_an_attempt_is_never_run(tmp_path: Any) -> None:
    target = tmp_path / "made"
    for attempt in (f"open('{target}', 'w')", f"__import__('pathlib').Path('{target}').touch()"):
        with pytest.raises(ExpressionError):
            parse(attempt, SCOPE)
    assert not target.exists()


@pytest.mark.parametrize(
    "source",
    [
        "(" * 30 + "not " * 15 + "forced" + ")" * 30,
        "(" * 39 + "forced" + ")" * 39,
        "not " * 39 + "forced",
        "child_name == " + "'" + "a" * 1900 + "'",
    ],
)
def test_what_stays_within_the_bounds_is_read(source: str) -> None:
    assert parse(source, SCOPE).kind.name == "boolean"
