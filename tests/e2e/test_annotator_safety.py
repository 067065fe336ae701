"""The annotator against hostile names, through a sign-in, and as its command starts it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("playwright")

from playwright.sync_api import Browser, Page, Route, expect

from annotator.usecases.decisions import Decision, decide
from annotator.usecases.importing import import_photos
from annotator.usecases.queue import Filters
from annotator.usecases.review import gallery
from annotator.web.access import Access
from tests.e2e.conftest import Annotator, served

HOSTILE = (
    "<img src=x onerror=document.title='owned'>.png",
    "\"><script>document.title='owned'<",  # with a slash: a folder and a file
    "${document.title='owned'}{{7*7}}.png",
    "\u202egnp.exe \u96e8\U0001f327.png",
)


def opened(browser: Browser, address: str) -> Page:
    page = browser.new_context(viewport={"width": 1200, "height": 800}).new_page()
    page.set_default_timeout(30_000)
    page.goto(address)
    return page


def test_names_notes_and_sources_stay_text(browser: Browser, annotator: Annotator, tmp_path: Path) -> None:
    photos = tmp_path / "hostile"
    for number, name in enumerate(HOSTILE):
        path = photos / (name if name.endswith(".png") else f"{name}/script>.png")
        path.parent.mkdir(parents=True, exist_ok=True)
        exif = Image.Exif()
        exif[0x010E] = exif[0x9286] = HOSTILE[0]
        Image.fromarray(np.full((300, 300, 3), 10 + number, np.uint8)).save(path, exif=exif)
    table = tmp_path / "table.csv"
    table.write_text(
        "name,page,author,licence\n"
        f"{HOSTILE[3]},javascript:document.title='owned',<b onclick=1>x</b>,<svg onload=document.title='owned'>\n",
        encoding="utf-8",
    )
    report = import_photos(annotator.project, photos, csv=table)
    assert (report.taken, report.refused) == (4, ())
    note = "</textarea><script>document.title='owned'</script>"
    uuid = "00000000-0000-4000-8000-00000000000%d"
    for number in range(9, 13):
        decide(
            annotator.project,
            Decision(uuid % (number % 9), number, HOSTILE[0], "reject", reasons=("other",), note=note),
        )
    page = opened(browser, annotator.address)
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.wait_for_selector("body[data-shown]")
    names = set()
    for number in range(4):
        page.keyboard.press("v")
        expect(page.locator(".tile")).to_have_count(4)
        assert page.locator("dialog script, dialog img[onerror], dialog svg").count() == 0
        page.locator(".tile").nth(number).click()
        page.wait_for_selector("body[data-shown]:not([aria-busy])")
        expect(page.locator("#note")).to_have_value(note)
        names.add(page.locator("#name").text_content())
        assert page.locator("main script, main img, #source svg, a[href^=javascript]").count() == 0
    assert {HOSTILE[0], HOSTILE[2], HOSTILE[3]} < names
    assert page.title() == "Annotator · Semi-DerainGAN"
    assert errors == []
    page.context.close()


def test_an_empty_project_takes_dropped_photos(browser: Browser, tmp_path: Path) -> None:
    from annotator.project import open_project

    project = open_project(tmp_path / "empty")
    Image.fromarray(np.full((200, 200, 3), 77, np.uint8)).save(tmp_path / "rain.png")
    (tmp_path / "page.jpg").write_text("<html><script>document.title='owned'</script>")
    with served(project) as address:
        page = opened(browser, address)
        expect(page.locator("#empty")).to_contain_text("No photos yet")
        page.set_input_files("#empty input[type=file]", [tmp_path / "rain.png", tmp_path / "page.jpg"])
        expect(page.locator("#import [role=status]").first).to_have_text("1 taken, 0 known already, 1 refused.")
        expect(page.locator(".refused")).to_contain_text("page.jpg")
        page.keyboard.press("Escape")
        expect(page.locator("#name")).to_have_text("rain.png")
        page.locator("#open-import").click()
        page.set_input_files("#import input[type=file]", [tmp_path / "rain.png"])  # once more
        expect(page.locator("#import [role=status]").first).to_have_text("0 taken, 1 known already, 0 refused.")
        assert len(gallery(project, Filters(states=())).views) == 1
        page.context.close()
    project.close()


def test_the_first_photos_are_shown_while_others_still_come(browser: Browser, tmp_path: Path) -> None:
    from annotator.project import open_project

    project = open_project(tmp_path / "empty")
    paths = [tmp_path / f"{number}.png" for number in (1, 2, 3)]
    for number, path in enumerate(paths):
        Image.fromarray(np.full((200, 200, 3), 70 + number, np.uint8)).save(path)
    with served(project) as address:
        page = opened(browser, address)
        third: list[Route] = []
        page.route(
            "**/api/upload",
            lambda route: third.append(route) if route.request.headers["x-name"] == "3.png" else route.continue_(),
        )
        page.reload()  # Chromium may let requests of a page that is already open pass by a new route
        page.set_input_files("#empty input[type=file]", paths)
        expect(page.locator("#import [role=status]").first).to_have_text(
            "2 taken, 0 known already, 0 refused, 1 to go."
        )
        page.keyboard.press("Escape")
        expect(page.locator("#name")).to_have_text("1.png")
        expect(page.locator("#open-import")).to_have_text("Importing 3 of 3")
        third[0].continue_()
        expect(page.locator("#status")).to_have_text("Imported: 3 taken, 0 known already, 0 refused.")
        expect(page.locator("#open-import")).to_have_text("Import")
        page.context.close()
    project.close()


def test_signing_in_leads_to_the_photos(browser: Browser, annotator: Annotator) -> None:
    with served(annotator.project, Access("correct horse")) as address:
        page = opened(browser, address)
        page.get_by_label("Your name").fill("berta")
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Sign in").click()
        expect(page.locator("#status")).to_have_text("The password is wrong.")
        page.get_by_label("Password").fill("correct horse")
        page.keyboard.press("Enter")
        page.wait_for_selector("body[data-shown]")
        assert page.evaluate("document.cookie") == ""
        page.keyboard.press("Digit1")
        expect(page.locator("#name")).to_have_text("2.png")
        decision = annotator.decision("1.png")
        assert decision and decision.curator == "berta"
        page.context.close()


def test_the_command_serves_alone_and_refuses_what_is_unsafe(repository: Path, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("HOST", "PORT")}

    def command(*arguments: str) -> list[str]:
        return [sys.executable, "-m", "annotator", "serve", str(tmp_path / "project"), "--port", "0", *arguments]

    running = subprocess.Popen(command(), cwd=repository, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert running.stdout and re.match(r"The annotator is at http://127\.0\.0\.1:\d+$", running.stdout.readline())
        refusals = (
            ((), "Another server is running"),
            (("--host", "0.0.0.0"), "password"),
            (("--proxy", "127.0.0.1"), "through a proxy only with a password"),
            (("--proxy", "*"), "A proxy is an address"),
            (("--framed-by", "example.org"), "origin"),
        )
        for arguments, expected in refusals:
            refused = subprocess.run(
                command(*arguments), cwd=repository, env=environment, capture_output=True, text=True, timeout=60
            )
            assert refused.returncode == 1 and expected in refused.stderr
            assert refused.stderr.count("\n") == 1 and refused.stdout == ""
    finally:
        running.terminate()
        assert running.wait(20) in (0, -15)
