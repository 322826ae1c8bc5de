"""Makes the pictures of docs/screens again: `python -m tests.web.shots [NAME…]`.

Every main screen of the demonstration in both languages, on a desk (1280) and on a phone (360). With $SHOTS they go there.
"""

from __future__ import annotations

import base64
import os
import shutil
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from engine.text import LANGUAGES
from tests.schemas.books import LINE, listed
from tests.support import scratch
from tests.support.browser import NAMES, follow
from tests.web.demo_house import build_once, copied
from tests.web.home_visit import looked_at
from tests.web.journey import ADMIN, CHAIR, OFFICER, SUPERVISOR, TEACHER, Hands, served

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
SIZES = {1280: 860, 360: 740}

Walk = Callable[[Hands], None]


def path(address: str) -> Walk:
    """Just an address."""
    return lambda hands: void(hands.go(address))


def case_of(name: str, way: str = "") -> Walk:
    """A case found by searching for `name` (no track of it, if there is a choice), with the form of a way open."""

    def walk(hands: Hands) -> None:
        hands.find(name)
        rows = hands.page.locator("tbody tr")
        alone = rows.filter(has=hands.page.locator("th .num").filter(has_not_text="/"))
        follow((alone if alone.count() else rows).first.locator(".row-link"))
        if way:
            hands.go(f"{hands.page.url.removeprefix(hands.base)}?way={way}")

    return walk


def refused_plan(hands: Hands) -> None:
    """A plan sent half filled in."""
    case_of("Triệu Thị Lụa", "submit_plan")(hands)
    hands.write(
        {
            "plan_goal": "Trẻ trở lại lớp 8 trước ngày 07/12 và thôi việc ở xưởng mộc.",
            "plan_start_on": "40/13/2026",
        }
    )
    hands.write({"actions": [{"kind": "education", "activity": "Đưa trẻ trở lại trường"}]})
    follow(hands.page.locator(".form-foot button:not([name])"))


def record_of(name: str) -> Walk:
    """The full record of a case."""

    def walk(hands: Hands) -> None:
        case_of(name)(hands)
        hands.go(f"{hands.page.url.removeprefix(hands.base)}/record")

    return walk


def diagram_of(name: str) -> Walk:
    """The diagram of the workflow on the page of a case."""

    def walk(hands: Hands) -> None:
        case_of(name)(hands)
        hands.page.locator("#diagram summary").click()

    return walk


def first_of(list_: str) -> Walk:
    """The form of the first row of a list of the administration."""

    def walk(hands: Hands) -> None:
        hands.go(list_)
        follow(hands.page.locator(".row-link").first)

    return walk


def on_paper(name: str) -> Walk:
    """A case as it is printed."""

    def walk(hands: Hands) -> None:
        case_of(name)(hands)
        hands.go(f"{hands.page.url.removeprefix(hands.base)}/print")

    return walk


def known_already(hands: Hands) -> None:
    """A report of a child that may have a case."""
    hands.go("/new")
    hands.page.locator("[name=child_name]").press_sequentially("trieu thi lua")
    hands.page.locator(".similar-rows li").first.wait_for()


def file_chosen(hands: Hands) -> None:
    """A list of reports that is about to be read."""
    hands.go("/import")
    rows = [
        LINE,
        [
            "Hoàng Văn Thử",
            41157,
            "Nam",
            "Xã Dương Sơn",
            "Nhà trường",
            "20/11/2026 9:15",
            "Nghỉ học từ đầu tháng",
        ],
        [
            "Lý A Thử",
            "31/02/2013",
            "Nanm",
            "Ba Bể",
            "111",
            "22/11/2026",
            "Theo cha đi làm rẫy, không đến lớp",
        ],
        ["Bàn Thị Thử", "2014", "Nữ", "Ba Bể", "111", "22/11/2026 16:40", "Phụ bếp ở quán ăn buổi tối"],
        ["Ma Thị Thử", "12/3/2014", "Nữ", "Ba Bể", "111", "22/11/2026 17:05", "Làm thuê ở xưởng gỗ"],
    ]
    file = {"name": "danh-sach.xlsx", "mimeType": "application/octet-stream", "buffer": listed(*rows)}
    hands.page.set_input_files("#file", file)  # type: ignore[arg-type]


def list_read(hands: Hands) -> None:
    """The list as it was read, with what has to be mended."""
    file_chosen(hands)
    follow(hands.page.locator("main .button-primary"))


def version_of(workflow: str) -> Walk:
    """The page of the first version of a workflow."""

    def walk(hands: Hands) -> None:
        hands.go("/admin/definitions/")
        follow(hands.page.locator(f"a[href*='/details/'][href*='{workflow}']").first)

    return walk


def draft_of(workflow: str, *changes: tuple[str, str], compared: bool = False) -> Walk:
    """The editor of a draft begun from there, with words found and written over."""

    def walk(hands: Hands) -> None:
        version_of(workflow)(hands)
        follow(hands.page.locator("form[action*='/begin/'] button"))
        hands.page.locator(".graph-state").first.wait_for(state="attached")
        for old, new in changes:
            over(hands, old, new)
        if changes:
            hands.page.locator("[data-saved][data-state=saved]").wait_for(state="attached")
            hands.page.locator("[data-editor]:not([data-checking])").wait_for(state="attached")
        if compared:
            if hands.page.locator("#tab-picture").is_visible():
                hands.page.locator("#tab-picture").click()
            hands.page.locator("[data-compare]").click()
            hands.page.locator(".graph-state.was-changed").first.wait_for(state="attached")

    return walk


def over(hands: Hands, old: str, new: str) -> None:
    """Find `old` by the editor's own search and type over it."""
    tab = hands.page.locator("#tab-text")
    if tab.is_visible():
        tab.click()
    hands.page.locator(".cm-content").press("Control+Home")
    hands.page.keyboard.press("Control+f")
    hands.page.locator(".cm-panel input[name=search]").press_sequentially(old)
    hands.page.keyboard.press("Enter")
    hands.page.keyboard.press("Escape")
    hands.page.keyboard.insert_text(new)


def then(walk: Walk, link: str) -> Walk:
    """Go on by the first link whose address holds `link`."""

    def both(hands: Hands) -> None:
        walk(hands)
        follow(hands.page.locator(f"main a[href*='{link}']").first)

    return both


TIGHTER = (("Kiểm tra điều kiện", "Xét điều kiện"), ("within: 5 working days", "within: 3 working days"))


def void(_: object) -> None:
    """Nothing."""


# A picture with 256 colours at the most: a third of the bytes. The palette has the 96 that are used most, the grounds and the
# inks, and of the others none that is near one it has; "near" grows until all are covered: a small red cross stays red.
FEW_COLOURS = """async (shot) => {
  const image = await createImageBitmap(await (await fetch("data:image/png;base64," + shot)).blob());
  const { width, height } = image;
  const canvas = new OffscreenCanvas(width, height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const pixels = new Uint32Array(canvas.getImageData(0, 0, width, height).data.buffer);
  const counts = new Map();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) || 0) + 1);
  const part = (colour) => [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255];
  const colours = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a));
  const far = (a, b) => (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
  const covering = (near) => {
    const found = colours.slice(0, 96).map(part);
    for (const colour of colours.slice(96).map(part)) {
      if (found.every((each) => far(each, colour) > near ** 2)) found.push(colour);
      if (found.length > 256) return null;
    }
    return found;
  };
  let near = 0, palette = covering(near);
  while (!palette) palette = covering(++near);
  const place = new Map(colours.map((colour) => {
    const own = part(colour);
    return [colour, palette.reduce((best, each, n) => (far(own, each) < far(own, palette[best]) ? n : best), 0)];
  }));
  const lines = new Uint8Array(height * (width + 1));
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) lines[y * (width + 1) + x + 1] = place.get(pixels[y * width + x]);
  const packed = await new Response(new Blob([lines]).stream().pipeThrough(new CompressionStream("deflate"))).arrayBuffer();
  const table = Array.from({ length: 256 }, (_, n) => { for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1; return n >>> 0; });
  const chunk = (name, body) => {
    const bytes = new Uint8Array(12 + body.length), view = new DataView(bytes.buffer);
    view.setUint32(0, body.length);
    bytes.set([...name].map((each) => each.charCodeAt(0)), 4);
    bytes.set(body, 8);
    let sum = 0xffffffff;
    for (const each of bytes.subarray(4, 8 + body.length)) sum = table[(sum ^ each) & 255] ^ (sum >>> 8);
    view.setUint32(8 + body.length, ~sum >>> 0);
    return bytes;
  };
  const head = new DataView(new ArrayBuffer(13));
  head.setUint32(0, width); head.setUint32(4, height); head.setUint8(8, 8); head.setUint8(9, 3);
  const parts = [new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10]), chunk("IHDR", new Uint8Array(head.buffer)),
    chunk("PLTE", new Uint8Array(palette.flat())), chunk("IDAT", new Uint8Array(packed)), chunk("IEND", new Uint8Array(0))];
  const whole = new Uint8Array(await new Blob(parts).arrayBuffer());
  let text = "";
  for (let n = 0; n < whole.length; n += 8192) text += String.fromCharCode(...whole.subarray(n, n + 8192));
  return btoa(text);
}"""

# name → (who looks, None for a stranger; how one gets there)
SCREENS: dict[str, tuple[str | None, Walk]] = {
    "sign-in": (None, path("/sign-in")),
    "work": (OFFICER, path("/work")),
    "work-chair": (CHAIR, path("/work")),
    "cases": (SUPERVISOR, path("/cases")),
    "cases-search": (OFFICER, lambda hands: hands.find("duc")),
    "case-new": (OFFICER, case_of("Hoàng Văn Mạnh")),
    "case": (OFFICER, case_of("Triệu Thị Lụa")),
    "case-plan": (OFFICER, case_of("Triệu Thị Lụa", "submit_plan")),
    "case-blocked": (OFFICER, case_of("Ma Thị Thu")),
    "case-tracks": (OFFICER, case_of("Lý A Páo")),
    "case-emergency": (OFFICER, case_of("Giàng Thị Chở")),
    "case-correction": (SUPERVISOR, case_of("Dương Văn Tài")),
    "case-offered": (OFFICER, case_of("Lý Thị Dịu")),
    "case-closed": (SUPERVISOR, case_of("Đàm Văn Quý")),
    "case-closing": (OFFICER, case_of("Lương Văn Thêm", "propose_closure")),
    "case-track": (TEACHER, case_of("Lý A Páo")),
    "case-record": (SUPERVISOR, record_of("Đàm Văn Quý")),
    "case-print": (SUPERVISOR, on_paper("Chu Văn Hiệu")),
    "refused": (OFFICER, refused_plan),
    "new": (OFFICER, path("/new")),
    "new-similar": (OFFICER, known_already),
    "import": (OFFICER, file_chosen),
    "import-preview": (OFFICER, list_read),
    "inbox": (OFFICER, path("/inbox")),
    "preferences": (OFFICER, path("/preferences")),
    "diagram": (OFFICER, diagram_of("Ma Thị Thu")),
    "diagram-tracks": (OFFICER, diagram_of("Lý A Páo")),
    "supervision": (SUPERVISOR, path("/supervision")),
    "supervision-track": (SUPERVISOR, path("/supervision?definition=education_support")),
    "admin": (ADMIN, path("/admin/")),
    "admin-list": (ADMIN, path("/admin/holdings/")),
    "admin-form": (ADMIN, first_of("/admin/actors/")),
    "admin-rules": (ADMIN, first_of("/admin/tables/")),
    "admin-workflows": (ADMIN, path("/admin/definitions/")),
    "admin-version": (ADMIN, version_of("education_support")),
    "admin-editor": (ADMIN, draft_of("education_support", ("to: completed", "to: complete"))),
    "admin-compare": (ADMIN, draft_of("education_support", *TIGHTER, compared=True)),
    "admin-review": (ADMIN, then(draft_of("education_support", *TIGHTER), "/workflows/review/")),
    "admin-simulate": (ADMIN, then(version_of("education_support"), "/admin/simulate/")),
    "admin-moves": (ADMIN, path("/admin/migrations/")),
    "admin-moves-new": (ADMIN, path("/admin/migrations/new/")),
    "admin-move": (ADMIN, first_of("/admin/migrations/")),
    "password": (OFFICER, path("/password")),
    "error-404": (OFFICER, path("/cases/nowhere")),
}


BEFORE = {"admin-move": looked_at}  # what has to have happened; test_moves_by_browser.py looks at such a page
UNPICTURED = (
    "work-chair",
    "cases-search",
    "diagram-tracks",
    "supervision-track",
    "admin-moves",  # empty in the demonstration; test_moves_by_browser.py looks at them with cases in them
    "admin-moves-new",
)  # as others with other rows: for the tests alone
FROM = {
    "case-plan": ".card-step",
    "case-closing": ".card-step",
    "refused": ".card-step",
    "diagram": "#diagram",
    "diagram-tracks": "#diagram",
}  # what lies above stands in other pictures
LISTS = (
    "cases",
    "inbox",
    "admin-move",
    "admin-list",
    "admin-rules",
    "admin-workflows",
    "admin-version",
    "admin-review",
)
ENOUGH = 2400  # pixels of a list: below, more rows of the same follow


def take(browser: Browser, home: Path, folder: Path, name: str, lang: str, width: int) -> None:
    """One picture, of a copy of the demonstration of its own: what others did to it is not seen on this one."""
    who, walk = SCREENS[name]
    with copied(home) as (_, engine), served(engine) as base:
        BEFORE.get(name, void)(engine)
        context = browser.new_context(
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            viewport={"width": width, "height": SIZES[width]},
        )
        context.add_cookies([{"name": "language", "value": lang, "url": base}])
        hands = Hands(context.new_page(), base, who or OFFICER)
        if who:
            hands.come_in()
        walk(hands)
        picture(
            hands,
            folder / f"{name}-{lang}-{width}.png",
            FROM.get(name, ""),
            most=ENOUGH if name in LISTS else None,
        )
        context.close()


def picture(hands: Hands, to: Path, top: str, most: int | None) -> None:
    """The whole page, or from the element `top` on. most: pixels of its height."""
    page = hands.page
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    width = page.viewport_size["width"] if page.viewport_size else 0
    page.set_viewport_size({"width": width, "height": page.evaluate("document.documentElement.scrollHeight")})
    box = page.locator(top).first.bounding_box() if top else None
    start = max(0, int(box["y"]) - 24) if box else 0
    height = page.evaluate("document.documentElement.scrollHeight") - start
    clip: Any = {"x": 0, "y": start, "width": width, "height": min(height, most or height)}
    shot = base64.b64encode(page.screenshot(clip=clip, animations="disabled")).decode()
    to.write_bytes(base64.b64decode(page.context.new_page().evaluate(FEW_COLOURS, shot)))


def main() -> None:
    """All pictures, or those named, into docs/screens or the folder $SHOTS."""
    names = sys.argv[1:] or [each for each in SCREENS if each not in UNPICTURED]
    folder = Path(os.environ.get("SHOTS") or FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)))
    with scratch.folder() as shared, sync_playwright() as playwright:
        home = build_once(shared)
        browser = playwright.chromium.launch(executable_path=program, chromium_sandbox=os.geteuid() != 0)
        for name, lang, width in product(names, LANGUAGES, SIZES):
            take(browser, home, folder, name, lang, width)
        browser.close()


if __name__ == "__main__":
    main()
