"""Screens of the demonstration in a browser, and everything that can be wrong with one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from playwright.sync_api import ConsoleMessage, Page

from engine import Engine
from engine.text import LANGUAGES
from tests.support.axe import violations
from tests.support.browser import OpenPage
from tests.web.journey import OFFICER, Hands
from web.texts import catalogue
from workflows import catalogue as content


@dataclass(slots=True)
class Told:
    """The demonstration, with many more reports, served."""

    engine: Engine
    base: str
    open_page: OpenPage
    logged: list[ConsoleMessage] = field(default_factory=list)

    def complaints(self, page: Page) -> list[str]:
        """Errors on the console, but that this very page was refused or is not there, which is no fault of it."""
        errors = [each for each in self.logged if each.type == "error"]
        refused = "Failed to load resource: the server responded with a status of 4"
        return [
            each.text
            for each in errors
            if not (each.text.startswith(refused) and each.location["url"] == page.url)
        ]

    def hands(self, person: str | None, language: str = "vi", **options: Any) -> Hands:
        """A person at a browser, already inside; None: a stranger at the door."""
        page = self.open_page(**options)
        page.on("console", lambda message: self.logged.append(message))
        page.context.add_cookies([{"name": "language", "value": language, "url": self.base}])
        hands = Hands(page, self.base, person or OFFICER)
        if person:
            hands.come_in()
        return hands


@cache
def words_of_the_other(language: str) -> re.Pattern[str]:
    """Sentences of the other language that nobody should meet in this one; short ones may be part of something else."""
    other = next(each for each in LANGUAGES if each != language)
    screens = catalogue().sentences
    found = {
        text
        for key, text in screens[other].items()
        if "{" not in text and len(text) > 9 and text != screens[language][key]
    }
    for source in content.definition_texts().values():
        for vi, en in re.findall(r'title: \{vi: "?([^"{}]+?)"?, en: "?([^"{}]+?)"?\}', source):
            text, same = (vi, en) if other == "vi" else (en, vi)
            if len(text) > 9 and text.lower() not in same.lower():
                found.add(text)
    longest_first = sorted(found, key=lambda each: (-len(each), each))
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


def wrong_with(page: Page, language: str, *, contrast: bool = True) -> list[str]:
    """Everything that is wrong with a page as it stands there."""
    found = violations(page, contrast=contrast)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        found.append(f"scrolls sideways by {wide} pixels")
    headings = page.locator("h1").all_inner_texts()
    if len(headings) != 1 or not headings[0].strip():
        found.append(f"h1: {headings}")
    if page.locator("html").get_attribute("lang") != language:
        found.append("another language")
    text = page.locator("body").inner_text()
    # What an administrator reads as its author wrote it; the longest first, as one may stand within another.
    as_written = page.locator(
        "code, pre, .cm-content, .findings, [aria-labelledby=findings]"
    ).all_inner_texts()
    for written in sorted(as_written, key=len, reverse=True):
        text = text.replace(written, "")
    found += [f"a bare key: {each}" for each in re.findall(r"\b[a-z]+(?:_[a-z]+)+\b|\{\w*\}", text)]
    found += [f"a bare key: {each}" for each in re.findall(r"\b\w+\.[\w.]+\b", text) if catalogue().has(each)]
    found += [f"in the other language: {each}" for each in words_of_the_other(language).findall(text)]
    return found
