from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.registry.names import (
    fold,
    index_tokens,
    query_tokens,
    rank,
    short_name,
    short_official_name,
    syllables,
    toned,
)

KEY = bytes(range(32))
ONSETS = ["", "b", "đ", "h", "kh", "ng", "ngh", "th", "tr"]
TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
NAMES = st.lists(
    st.builds(
        lambda onset, vowel, tone, coda: normalize("NFC", onset + vowel + tone + coda).title(),
        st.sampled_from(ONSETS),
        st.sampled_from("aăâeêioôơuưy"),
        st.sampled_from(TONES),
        st.sampled_from(["", "n", "ng", "nh", "m", "c", "t"]),
    ),
    min_size=1,
    max_size=4,
).map(" ".join)


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Đức", "duc"),
        ("Triệu Thị Lan", "trieu thi lan"),
        ("NGUYỄN  ÁNH\tNGUYỆT", "nguyen anh nguyet"),
        ("Ðặng", "dang"),
        ("Hờ Thị Ư", "ho thi u"),
        ("H'Mai Niê-Kđăm", "h mai nie kdam"),
        ("Y Čư, 2", "y cu 2"),
        ("  ", ""),
        ("_", ""),
    ],
)
def test_names_fold_to_plain_letters(name: str, folded: str) -> None:
    assert fold(name) == folded


@given(NAMES)
def test_trap_16_however_letters_are_encoded_or_written_they_fold_alike(name: str) -> None:
    forms = {normalize("NFC", name), normalize("NFD", name), name.upper(), name.lower(), fold(name)}
    assert {fold(form) for form in forms} == {fold(name)}
    assert fold(name).isascii()


@given(NAMES)
def test_however_letters_are_encoded_they_are_toned_alike(name: str) -> None:
    assert {toned(form) for form in (name, normalize("NFD", name), name.upper(), toned(name))} == {
        toned(name)
    }


@given(st.text())
def test_no_text_makes_folding_fail(text: str) -> None:
    assert len(index_tokens(KEY, "name", text)) <= 2 * len(syllables(text))
    assert fold(text) == fold(fold(text))


@pytest.mark.parametrize(
    ("variants", "one"),
    [
        (("Hoà", "Hòa", "HOÀ"), "hòa"),
        (("Thuý", "Thúy"), "thúy"),
        (("Thuỷ", "Thủy"), "thủy"),
        (("khoẻ", "khỏe"), "khỏe"),
        (("Quý", "Qúy"), "quý"),
        (("già", "gìa"), "già"),
        (("quả", "qủa"), "quả"),
        (("Hoàn", "Hòan"), "hoàn"),
        (("Huỳnh", "Hùynh"), "huỳnh"),
        (("Thoại", "Thọai"), "thoại"),
        (("khuỷu", "khủyu"), "khuỷu"),
        (("Tuyết", "Tuýêt"), "tuyết"),
        (("Phượng", "Phựơng"), "phượng"),
        (("thuở", "thủơ"), "thuở"),
        (("mía", "miá"), "mía"),
    ],
)
def test_places_of_the_tone_mark_become_one(variants: tuple[str, ...], one: str) -> None:
    assert {toned(each) for each in variants} == {one}


@pytest.mark.parametrize(
    "word",
    ["gì", "gìn", "lý", "mỹ", "đệ", "ngọc", "diệu", "nghiễm", "yến", "oanh", "ý", "niê", "josé", "đ", "kđăm"],
)
def test_words_with_one_place_for_the_tone_stay_as_they_are(word: str) -> None:
    assert toned(word) == word


def test_different_tones_stay_different() -> None:
    assert len({toned(each) for each in ("Lan", "Lán", "Làn", "Lạn", "Lân", "Lăn")}) == 6


def test_a_name_gives_one_folded_and_one_toned_token_a_syllable() -> None:
    tokens = index_tokens(KEY, "child_name", "Triệu Thị Lan")
    assert len(tokens) == 6
    assert {len(token) for token in tokens} == {16}


@given(NAMES)
def test_a_name_is_found_by_its_folded_form(name: str) -> None:
    assert query_tokens(KEY, "child_name", fold(name)).folded <= index_tokens(KEY, "child_name", name)


@given(NAMES)
def test_a_name_typed_with_its_tones_is_found_by_both_forms(name: str) -> None:
    query = query_tokens(KEY, "child_name", name.upper())
    assert query.folded | query.toned <= index_tokens(KEY, "child_name", name)
    assert rank(name.upper(), name) > 0


def test_a_name_is_found_by_some_of_its_syllables_in_any_order() -> None:
    assert query_tokens(KEY, "n", "lan trieu").folded < index_tokens(KEY, "n", "Triệu Thị Lan")


def test_a_name_is_not_found_by_another_syllable_or_tone() -> None:
    stored = index_tokens(KEY, "n", "Triệu Thị Lan")
    assert not query_tokens(KEY, "n", "hoa").folded & stored
    assert not query_tokens(KEY, "n", "Lân").toned & stored


def test_tokens_say_nothing_across_fields_keys_or_kinds() -> None:
    here = index_tokens(KEY, "child_name", "Lan")
    assert len(here) == 2
    assert not here & index_tokens(KEY, "guardian_name", "Lan")
    assert not here & index_tokens(bytes(32), "child_name", "Lan")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Triệu T. L.", True),
        ("trieu t l", True),
        ("l trieu", True),
        ("trieu t t", False),
        ("trieu x", False),
        ("t. l.", False),
    ],
)
def test_a_name_is_found_as_a_list_shortens_it(query: str, found: bool) -> None:
    assert (rank(query, "Triệu Thị Lan") > 0) is found
    asked = query_tokens(KEY, "name", query)
    if found and "trieu" in fold(query):
        assert asked.folded <= index_tokens(KEY, "name", "Triệu Thị Lan")


def test_a_name_of_one_letter_is_found_by_it() -> None:
    assert rank("lý a páo", "Lý A Páo") > rank("ly a pao", "Lý An Páo") > 0


def test_a_query_without_letters_asks_for_nothing() -> None:
    assert query_tokens(KEY, "n", " -- ") == (frozenset(), frozenset())
    assert rank(" -- ", "Triệu Thị Lan") == 0


@pytest.mark.parametrize(
    ("query", "best_first"),
    [
        ("Triệu Lân", ["Triệu Thị Lân", "Triệu Thị Lan"]),
        ("lan", ["Lan", "Thị Lan", "Thị Lân"]),
        ("hoà", ["Nông Thị Hòa", "Nông Thị Hoa"]),
        ("Thị Lan", ["Triệu Thị Lan", "Lan Thị Triệu", "Triệu Thi Lân"]),
        ("trieu thi lan", ["Triệu Thị Lan", "Triệu Thị Lan Anh", "Lan Thị Triệu"]),
    ],
)
def test_trap_16_exact_tones_come_first_then_order_then_the_whole_name(
    query: str, best_first: list[str]
) -> None:
    ranks = [rank(query, name) for name in best_first]
    assert all(ranks)
    assert ranks == sorted(set(ranks), reverse=True)


@pytest.mark.parametrize(
    ("query", "name"), [("Hoa", "Triệu Thị Lan"), ("Lan Lan", "Triệu Thị Lan"), ("Lan", "")]
)
def test_a_name_without_a_syllable_asked_for_is_no_answer(query: str, name: str) -> None:
    assert rank(query, name) == 0


@given(NAMES, NAMES)
def test_what_the_tokens_find_and_the_ranking_keeps_agree(query: str, name: str) -> None:
    if rank(query, name):
        assert query_tokens(KEY, "n", query).folded <= index_tokens(KEY, "n", name)


@pytest.mark.parametrize(
    ("name", "for_a_child", "for_an_official"),
    [
        ("Triệu Thị Lan", "Triệu T. L.", "Triệu Thị L."),
        ("Nông Văn Đức", "Nông V. Đ.", "Nông Văn Đ."),
        (" Lý  Ánh ", "Lý Á.", "Lý Á."),
        ("Nguyễn Thị Ánh Tuyết", "Nguyễn T. Á. T.", "Nguyễn Thị Ánh T."),
        ("Lan", "L.", "Lan"),
        ("Lan -", "L.", "Lan"),
        ("", "", ""),
    ],
)
def test_names_in_lists_are_short(name: str, for_a_child: str, for_an_official: str) -> None:
    assert (short_name(name), short_official_name(name)) == (for_a_child, for_an_official)


def test_an_initial_keeps_its_mark_however_the_name_is_encoded() -> None:
    assert short_name(normalize("NFD", "Triệu Ánh")) == "Triệu Á."
