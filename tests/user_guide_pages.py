"""``docs/users`` and the pictures of the help; ``script/user_guide`` runs it in a demo school."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meldcode.settings")
django.setup()

from django.utils import translation  # noqa: E402 - after the settings
from PIL import Image  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from bench.serving import serving  # noqa: E402
from meldcode.user_guide import GUIDES, PICTURES  # noqa: E402
from meldcode.user_guide.parts import DESK, PHONE, Picture, RoleHelp  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "users"
PASSWORD = "vlierboom-in-bloei"
NOTE = "<!-- Written by script/user_guide from meldcode/user_guide: change it there. -->"
# What in a path stands for the first one on a page of theirs.
FIRST = {
    "{case}": ("/cases/?layout=board", ".board a[href^='/cases/M-']"),
    "{consultation}": ("/consultations/", "main a[href^='/consultations/C-']"),
}


def page_of(guide: RoleHelp) -> str:
    """Return the page of one role, in Dutch, as Markdown."""
    with translation.override("nl"):
        lines = [NOTE, "", f"# {guide.title}", "", str(guide.lead)]
        for chapter in guide.chapters:
            steps = [f"{number}. {step}" for number, step in enumerate(chapter.steps, 1)]
            lines += ["", f"## {chapter.title}", "", *steps]
            if picture := chapter.picture:
                width = picture.width * 3 // 4 if picture.phone else "100%"
                source = f"../../static/{picture.file}"
                lines += ["", f'<img src="{source}" alt="{picture.shows}" width="{width}">']
    return "\n".join(lines) + "\n"


@contextmanager
def _signed_in(browser: Browser, address: str, picture: Picture) -> Iterator[Page]:
    width, height = PHONE if picture.phone else DESK
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="nl-NL", timezone_id="Europe/Amsterdam"
    )
    try:
        page = context.new_page()
        page.goto(f"{address}/")
        page.fill("[name=login]", f"{picture.who}@demo.example")
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/tasks/")
        yield page
    finally:
        context.close()


def _take(page: Page, address: str, picture: Picture) -> None:
    path = picture.path
    for name, (where, link) in FIRST.items():
        if name in path:
            page.goto(f"{address}{where}")
            path = path.replace(name, page.locator(link).first.get_attribute("href"))
    answer = page.goto(f"{address}{path}")
    if not answer or answer.status != 200:
        raise SystemExit(f"{path} did not come.")
    taken = Image.open(BytesIO(page.screenshot()))
    # A third of the bytes; of flat colours nobody sees it.
    taken.convert("RGB").quantize(128).save(ROOT / "static" / picture.file, optimize=True)


def main() -> None:
    """Take the pictures of a demo that is there, and write the pages."""
    program = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
    with serving("meldcode.wsgi", "127.0.0.1", {}) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        address = f"http://127.0.0.1:{server.port}"
        for picture in PICTURES:
            with _signed_in(browser, address, picture) as page:
                _take(page, address, picture)
        browser.close()
    for guide in GUIDES:
        (PAGES / f"{guide.code}.md").write_text(page_of(guide), encoding="utf-8")


if __name__ == "__main__":
    main()
