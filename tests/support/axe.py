"""The rules of accessibility (axe-core), asked of a page as it stands in the browser."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SCRIPT = Axe().axe_script
ASK = """options => axe.run(document, options).then(found => found.violations.map(
    each => `${each.id}: ${each.help} ${each.nodes.map(node => node.html.slice(0, 200)).join(" ")}`))"""


def violations(page: Page, *, contrast: bool = True) -> list[str]:
    """What the rules have against a page, a line a rule. contrast: it takes longer than all the others together."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT)
    options = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": contrast}}}
    found: list[str] = page.evaluate(ASK, options)
    return found
