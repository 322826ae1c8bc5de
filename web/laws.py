"""Law references as a person writes them: "D56/2017 art. 28(1)" is "NĐ 56/2017, Điều 28(1)" in Vietnamese.

Definitions keep one short form for both languages. What an administrator typed is known in the words of either
language too; any other text is shown as it stands.
"""

from __future__ import annotations

import re

from web.texts import t

_FORMS = (
    (re.compile(r"\b(?:D|NĐ |Decree )(\d+/\d{4})\b"), "law.decree"),
    (re.compile(r"\b(?:Law|Luật) (\d+/\d{4})\b"), "law.law"),
    (re.compile(r"\b(?:LC|Bộ luật Lao động|Labour Code) (\d{4})\b"), "law.labour_code"),
    (re.compile(r",? (?:art\. ?|Điều )(\d+)"), "law.article"),
    (re.compile(r"\b(?:QĐ|Decision) (\d+/\d{4})\b"), "law.decision"),
    (re.compile(r"\b(?:TT|Circular) (\d+/\d{4})\b"), "law.circular"),
    (re.compile(r"\b(?:Phụ lục|Annex) ([IVX]+)\b"), "law.annex"),
    (re.compile(r"\b(?:tiêu chuẩn|standard) (\d+)\b"), "law.standard"),
    (re.compile(r"\b(?:ILO C|Công ước ILO |ILO Convention )(\d+)\b"), "law.ilo"),
    (re.compile("(Thời hạn giải quyết thủ tục hành chính) đã công bố"), "law.announced"),
)


def law_text(law: str) -> str:
    """`law` in the reader's language."""
    for pattern, key in _FORMS:
        law = pattern.sub(lambda match, key=key: t(key, number=match[1]), law)  # type: ignore[misc]
    return law
