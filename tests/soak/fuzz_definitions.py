"""Ten minutes of mutated definitions. Not collected by itself: `./test tests/soak/fuzz_definitions.py -s`.

SOAK_SECONDS in the environment: how long, 600 if it is not set. SOAK_SEED: where it begins, the day if it is not set.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections import Counter
from random import Random

from tests.support.fuzzing import MUTATIONS, tried
from tests.support.hostile import FILES
from workflows import catalogue

SECONDS = float(os.environ.get("SOAK_SECONDS", "600"))
SEED = int(os.environ.get("SOAK_SEED", str(int(time.time() // 86_400))))
LONGEST = 1.0  # seconds of the processor, until a text is refused
HEAVIEST = 4.0  # seconds until a text that is accepted was read twice, checked and compiled
MEMORY = 300_000  # kilobytes beyond the first
RUN_AGAIN = "SOAK_SEED={seed}, number {number}"


def test_whatever_becomes_of_a_definition_it_is_read_or_refused_in_words() -> None:
    texts = [*catalogue.definition_texts().values(), *catalogue.decision_table_texts().values()]
    hostile = [text for text, _ in FILES.values() if len(text) < 200_000]
    small = sorted(texts, key=len)[:-1]
    seen: Counter[str] = Counter()
    for text in texts:
        tried(text)
    first = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    end, number, slowest = time.monotonic() + SECONDS, 0, 0.0
    while time.monotonic() < end:
        random = Random(f"{SEED} {number}")  # noqa: S311 - a test that can be repeated
        source = random.choice(
            hostile if random.random() < 0.1 else texts if random.random() < 0.1 else small
        )
        text = source if isinstance(source, str) else source.decode("latin-1")
        mutated = random.choice(MUTATIONS)(random, text)
        begun = time.thread_time()
        try:
            outcome = tried(mutated)
        except Exception as error:
            raise AssertionError(RUN_AGAIN.format(seed=SEED, number=number)) from error
        took = time.thread_time() - begun
        slowest = max(slowest, took)
        assert took < (HEAVIEST if outcome.accepted else LONGEST), RUN_AGAIN.format(seed=SEED, number=number)
        seen.update({each.code for each in outcome.findings} or {"nothing"})
        seen["accepted" if outcome.accepted else "refused"] += 1
        number += 1
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - first
    sys.stdout.write(
        f"{number} texts, the slowest {slowest:.2f} s, {grown / 1000:.0f} MB more; {dict(seen.most_common())}\n"
    )
    assert grown < MEMORY
    assert seen["accepted"] and seen["refused"]
