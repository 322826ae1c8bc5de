"""Law references as a person writes them: "D56/2017 art. 28(1)" is "NĐ 56/2017, Điều 28(1)" in Vietnamese.

Definitions keep one short form for both languages; a text that is already words is shown as it stands.
"""

from __future__ import annotations

import re

from web.texts import t

_FORMS = (
    (re.compile(r"\bD(\d+/\d{4})\b"), "law.decree"),
    (re.compile(r"\bLaw (\d+/\d{4})\b"), "law.law"),
    (re.compile(r"\bLC (\d{4})\b"), "law.labour_code"),
    (re.compile(r" art\. ?(\d+)"), "law.article"),
    (re.compile(r"\bQĐ (\d+/\d{4})\b"), "law.decision"),
    (re.compile(r"\bTT (\d+/\d{4})\b"), "law.circular"),
    (re.compile(r"\bPhụ lục ([IVX]+)\b"), "law.annex"),
    (re.compile(r"\bILO C(\d+)\b"), "law.ilo"),
    (re.compile("(Thời hạn giải quyết thủ tục hành chính) đã công bố"), "law.announced"),
)


def law_text(law: str) -> str:
    """`law` in the reader's language."""
    for pattern, key in _FORMS:
        law = pattern.sub(lambda match, key=key: t(key, number=match[1]), law)  # type: ignore[misc]
    return law
