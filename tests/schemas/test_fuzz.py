"""A few hundred mutated definitions, seconds of what tests/soak/fuzz_definitions.py does for ten minutes."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.fuzzing import MUTATIONS, tried
from tests.support.hostile import FILES
from workflows import catalogue

NAMES = ("education_support", "vocational_training", "family_livelihood")
SOURCES = {
    **{name: catalogue.definition_texts()[name] for name in NAMES},
    **{name: text for name, (text, _) in FILES.items() if isinstance(text, str) and len(text) < 20_000},
}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(NAMES), st.sampled_from(range(len(MUTATIONS))), st.integers(0, 2**32))
def test_a_mutated_definition_is_read_or_refused_in_words(name: str, mutation: int, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - a test that can be repeated
    tried(MUTATIONS[mutation](chance, SOURCES[name]))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(SOURCES)), st.integers(0, 2**32))
def test_pieces_of_hostile_files_are_refused_in_words(name: str, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - a test that can be repeated
    text = SOURCES[name]
    tried(
        MUTATIONS[seed % len(MUTATIONS)](
            random, text[random.randrange(len(text)) :] + "\n" + SOURCES[random.choice(NAMES)]
        )
    )
