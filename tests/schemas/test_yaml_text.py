"""The strict reading: what plain data come out, where they stood, and what is refused, how soon."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.definition.model import Place
from schemas.yaml_text import MAX_BYTES, Unreadable, read
from tests.support.floors import cost
from tests.support.world import TOY


def refusal(text: str | bytes) -> tuple[str, int]:
    with pytest.raises(Unreadable) as caught:
        read(text)
    finding = caught.value.finding
    assert finding.code == "WF100"
    return finding.variant, finding.place.line if finding.place else 0


def test_words_that_yaml_1_1_made_truth_values_stay_words() -> None:
    assert read("on: no\nNO: yes\noff: Off\n").plain == {"on": "no", "NO": "yes", "off": "Off"}


def test_scalars_become_what_they_look_like_and_quoted_ones_stay_text() -> None:
    plain = read("a: [1, -2, 1.50, true, ~, null, '1', \"true\", x y]").plain
    assert plain == {"a": [1, -2, Decimal("1.50"), True, None, None, "1", "true", "x y"]}
    assert isinstance(plain["a"][0], int)


@pytest.mark.parametrize(
    "word", ["01906", "007", "2021-01-01", "1e3", "0x1F", "0o17", ".5", "5.", "1_000", ".inf", "9" * 19, "="]
)
def test_what_other_readers_would_turn_into_a_number_or_date_stays_text(word: str) -> None:
    assert read(f"a: {word}").plain == {"a": word}


def test_text_is_composed_so_that_equal_words_are_equal() -> None:
    decomposed = "Ha\u0300 No\u0323\u0302i"
    assert read(f"a: {decomposed}\n'{decomposed}': b").plain == {"a": "Hà Nội", "Hà Nội": "b"}


def test_places_are_of_the_text_of_scalars_and_of_the_key_of_the_rest() -> None:
    places = read('a: {b: "x", c: [1, 2]}\nd:\n  - e: y\n  - z\n').places
    assert places["a"] == Place(1, 1)
    assert places["a.b"] == Place(1, 9)  # after the quote
    assert places["a.c"] == Place(1, 13)
    assert places["a.c.1"] == Place(1, 20)
    assert places["d.0.e"] == Place(3, 8)
    assert places["d.1"] == Place(4, 5)


def test_keys_have_places_of_their_own() -> None:
    tree = read("a:\n  b: x\n")
    assert tree.keys["a.b"] == Place(2, 3)
    assert tree.places["a.b"] == Place(2, 6)


def test_a_key_written_twice_is_found_with_both_lines_and_the_first_is_kept() -> None:
    tree = read("a:\n  close: 1\n  open: 2\n  close: {x: [3, 4]}\nb: 5\n")
    assert tree.plain == {"a": {"close": 1, "open": 2}, "b": 5}
    (finding,) = tree.findings
    assert finding.code == "WF103"
    assert finding.params == {"name": "close", "first": 2, "second": 4}
    assert finding.place == Place(4, 3)


def test_a_byte_order_mark_of_utf_8_is_no_part_of_the_file() -> None:
    assert read(b"\xef\xbb\xbfa: 1").plain == {"a": 1}
    assert read("\ufeffa: 1").plain == {"a": 1}


def test_windows_line_ends_count_as_one_line() -> None:
    assert refusal("a: 1\r\nb: 2\r\nc: &x 3") == ("anchor", 3)


@pytest.mark.parametrize(
    ("text", "variant", "line"),
    [
        ("a: 1\nb: &x 1", "anchor", 2),
        ("a: &x [1]\nb: *x", "anchor", 1),
        ("a: *x", "alias", 1),
        ("*x : 1", "alias", 1),
        ("a: !x 1", "tag", 1),
        ("a: !!python/object:os.system {}", "tag", 1),
        ("a: ! 1", "tag", 1),
        ("--- !!map\na: 1", "tag", 1),
        ("a: 1\n<<: {b: 2}", "merge", 2),
        ("a: {<<: {b: 2}}", "merge", 1),
        ("%YAML 1.1\n---\na: 1", "directive", 1),
        ("%TAG ! x\n---\na: 1", "directive", 1),
        ("a: 1\n---\nb: 2", "documents", 2),
        ("- a", "not_mapping", 1),
        ("a", "not_mapping", 1),
        ("", "empty", 1),
        ("# nothing\n", "empty", 1),
        ("? [a]\n: 1", "key", 1),
        ("? {a: 1}\n: 1", "key", 1),
        (": 1", "key", 1),
        ("a: 1\nb: \0", "character", 2),
        ('a: "\\0"', "character", 1),
        ('a: "\\ud800"', "character", 1),
        ("a: 1\nb: \u202ex", "character", 2),
        ("a: \ud800", "character", 1),
        ('a: "\\U00110000"', "escape", 1),
        ('a: 1\nb: "\\UFFFFFFFF"', "escape", 2),
        ('a: "\\q"', "escape", 1),
        ("a:\n\tb: 1", "tab", 2),
        ("a: b: c", "colon", 1),
        ("a:\n  b: 1\n  c\n  d: 1\n", "colon_missing", 3),
        ("a:\n  b: 1\n  c:x\n  d: 1\n", "colon_missing", 3),
        ("a: 'x\nb: 1\n", "quote", 1),
        ("a: [1\nb: 2", "bracket", 2),
        ("a:\n    b: 1\n  c: 2", "indentation", 3),
        ("a: @x", "syntax", 1),
        (b"a: \xff", "encoding", 1),
        (b"a: 1\nb: \xe1", "encoding", 2),
        ("a: 1".encode("utf-16"), "encoding", 1),
        ("a: 1".encode("utf-16-le"), "character", 1),
        ("x" * (MAX_BYTES + 1), "too_big", 0),
        ("ạ" * (MAX_BYTES // 2), "too_big", 0),
        (b"a: " + b"x" * 5_000_000, "too_big", 0),
        ("a: " + "x" * 20_000, "line_length", 1),
        ("".join("  " * level + "a:\n" for level in range(30)), "levels", 21),
    ],
)
def test_what_is_not_plain_is_refused_with_its_line(text: str | bytes, variant: str, line: int) -> None:
    assert refusal(text) == (variant, line)


BILLION_LAUGHS = "a0: &a0 [ha, ha]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 30)
)


@pytest.mark.parametrize(
    "text",
    [
        BILLION_LAUGHS,
        "[" * 100_000,
        "{" * 100_000,
        "a: " + "[" * 100_000,
        "a: " + "[ " * 100_000,
        "a:\n" + "[\n" * 100_000,
        "- " * 100_000,
        "? " * 100_000,
        "a:\n" + "".join(" " * level + "a:\n" for level in range(1, 1000)),
        "k: " + "!" * 900_000,
        "k: [" + "[a, " * 2_000,
        "k: " + "[a, " * 300 + "]" * 300,
        ("k: " + "[a, " * 300 + "]" * 300 + "\n") * 500,
        "x" * 5_000_000,
    ],
    ids=lambda text: text[:12].replace("\n", " "),
)
def test_hostile_text_costs_no_more_to_refuse_than_a_small_honest_one_to_read(text: str) -> None:
    # What grows faster than the text costs a hundred times as much.
    assert cost(lambda: refusal(text), 5) < 4 * cost(lambda: read(TOY))


def test_more_than_50_000_nodes_are_refused_wherever_they_hide() -> None:
    assert refusal("a:\n" + "- [b, b, b, b, b, b, b, b, b]\n" * 5_001)[0] == "nodes"
    doubled = "a: {" + "x: [b, b, b, b, b, b, b, b, b],\n" * 5_001 + "}"
    assert refusal(doubled)[0] == "nodes"


def test_twenty_levels_are_allowed() -> None:
    assert read("{a: " * 20 + "1" + "}" * 20).plain


YAMLISH = st.lists(
    st.sampled_from(
        [
            *"ab:-?[]{},#&*!|>'\"%@` \n\t\\0~.<=1",
            "\n  ",
            "\n- ",
            ": ",
            "\\U",
            "\\x",
            "%YAML 1.2\n",
            "---",
            "...",
            "é",
        ]
    ),
    max_size=40,
).map("".join)


def outcome(text: str | bytes) -> str:
    try:
        read(text)
    except Unreadable as unreadable:
        return unreadable.finding.code
    return "read"


@settings(max_examples=300, deadline=None)
@given(YAMLISH)
def test_any_text_is_read_or_refused(text: str) -> None:
    assert outcome(text) in ("read", "WF100")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert outcome(data) in ("read", "WF100")
