"""What README and `./run` tell a newcomer to try first, taken as it is told, in the demonstration as it is built."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.support.browser import OpenPage, follow
from tests.web.demo_house import copied
from tests.web.journey import OFFICER, Hands, served


def test_the_second_case_of_my_work_refuses_its_form_as_it_opens_with_every_reason(
    built_demo: Path, open_page: OpenPage
) -> None:
    with copied(built_demo) as (_, engine), served(engine) as base:
        officer = Hands(open_page(), base, OFFICER)
        officer.go("/work")
        page = officer.page
        expect(page.locator("tbody tr").first).to_contain_text("Chờ Chủ tịch UBND cấp xã")
        follow(page.locator("tbody a.button").nth(1))
        follow(page.locator(".way a.button").first)
        follow(page.locator(".form-foot button[type=submit]").last)
        expect(page.locator(".error-summary")).to_be_visible()
        expect(page.locator(".error").first).to_be_visible()
