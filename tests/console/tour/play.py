"""
Plays the picture tour (`make tour`): every stop in real Chromium, in both languages, into `docs/tour` and its pages.

It is no part of the suite: `tests/console/test_tour.py` holds the pages and pictures to the table of stops.
"""

import io
import shutil
from itertools import groupby
from pathlib import Path
from shutil import copy

import pytest
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from dispatch.registry.transaction import make_engine
from tests.console.browser.conftest import NAMES
from tests.console.tour.stage import Stage, dice, fill, served
from tests.console.tour.stops import PHONE, STOPS, Stop, Visitor

HOUSE = Path(__file__).parents[3]
PICTURES = HOUSE / "docs" / "tour"
PAGES = {"zh": HOUSE / "docs" / "zh" / "tour.md", "en": HOUSE / "docs" / "tour.md"}
COLOURS = 128
HEADS = {
    "zh": ("图说工作页面", "以下图片由 `make tour` 在示例城市中实际操作后截取，人员和案件均为虚构。"),
    "en": ("The console in pictures", "Taken by `make tour`, which plays the sample city; nobody in it exists."),
}
PARTS = {
    (False, "zh"): "中心工作人员", (False, "en"): "The centre's staff",
    (True, "zh"): "承办人员、受援人和承办机构的手机",
    (True, "en"): "Phones of practitioners, recipients and institutions",
}  # fmt: skip
IN_A_ROW = 3


def picture(stop: Stop, lang: str) -> Path:
    """Return where the picture of a stop is."""
    return PICTURES / f"{stop.code}.{lang}.webp"


def written(lang: str) -> str:
    """Return the page of the tour in a language."""
    title, about = HEADS[lang]
    lines = [f"# {title}", "", about]
    for phones, found in groupby(STOPS, lambda stop: stop.size == PHONE):
        stops = list(found)
        lines += ["", f"## {PARTS[phones, lang]}", ""]
        lines += _side_by_side(stops, lang) if phones else _below(stops, lang)
    return "\n".join(lines).rstrip() + "\n"


def _words(stop: Stop, lang: str) -> tuple[str, str]:
    return stop.zh if lang == "zh" else stop.en


def _address(stop: Stop, lang: str) -> str:
    return f"{'../tour' if lang == 'zh' else 'tour'}/{picture(stop, lang).name}"


def _below(stops: list[Stop], lang: str) -> list[str]:
    lines = []
    for stop in stops:
        title, about = _words(stop, lang)
        lines += [f"### {title}", "", about, "", f"![{title}]({_address(stop, lang)})", ""]
    return lines[:-1]


def _side_by_side(stops: list[Stop], lang: str) -> list[str]:
    lines = []
    for at in range(0, len(stops), IN_A_ROW):
        row = stops[at : at + IN_A_ROW]
        told = [_words(stop, lang) for stop in row]
        cells = (
            [f"**{title}**" for title, _ in told],
            ["---"] * len(row),
            [about for _, about in told],
            [f'<img src="{_address(stop, lang)}" width="260" alt="{_words(stop, lang)[0]}">' for stop in row],
        )
        lines += [f"| {' | '.join(cell)} |" for cell in cells] + [""]
    return lines[:-1]


def smaller(shot: bytes) -> bytes:
    """Return a picture in few colours: pages are flat, so that nothing is lost to the eye."""
    kept = io.BytesIO()
    found = Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    found.convert("RGB").save(kept, "WEBP", lossless=True, quality=100, method=6)
    return kept.getvalue()


@pytest.fixture(scope="module")
def filled(sqlite_template, tmp_path_factory):
    """A register with the city in it, to be copied for each language."""
    folder = tmp_path_factory.mktemp("city")
    copy(sqlite_template, folder / "register.db")
    url = f"sqlite:///{folder / 'register.db'}"
    with pytest.MonkeyPatch.context() as monkeypatch:
        dice(monkeypatch)
        fill(Stage(url, folder), folder)
    make_engine(url).dispose()
    return folder / "register.db"


def browser_in(playwright, lang: str) -> Browser:
    """Return a browser whose own words, such as those of a date, are in the language."""
    place = next(filter(None, map(shutil.which, NAMES)), None)
    tongue = "zh-CN" if lang == "zh" else "en-GB"
    speaks = {"LANGUAGE": tongue.replace("-", "_"), "LANG": f"{tongue.replace('-', '_')}.UTF-8"}
    # Root may not use Chromium's own sandbox; the pages are ours.
    return playwright.chromium.launch(executable_path=place, args=["--no-sandbox", f"--lang={tongue}"], env=speaks)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_tour_is_played(filled, tmp_path, monkeypatch, lang):
    dice(monkeypatch, 1)
    copy(filled, tmp_path / "register.db")
    PICTURES.mkdir(exist_ok=True)
    stage = Stage(f"sqlite:///{tmp_path / 'register.db'}", tmp_path)
    with served(stage), sync_playwright() as playwright:
        chromium = browser_in(playwright, lang)
        for stop in STOPS:
            picture(stop, lang).write_bytes(smaller(_played(chromium, stage, stop, lang)))
    PAGES[lang].write_text(written(lang), encoding="utf-8")


def _played(chromium, stage: Stage, stop: Stop, lang: str) -> bytes:
    width, height = stop.size
    context = chromium.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN" if lang == "zh" else "en-GB"
    )
    cookies = [{"name": "lad-language", "value": lang, "url": stage.address}]
    if stop.role:
        cookies.append({"name": "lad-session", "value": stage.session(stop.role), "url": stage.address})
    context.add_cookies(cookies)
    page = context.new_page()
    page.clock.set_fixed_time(stage.now)
    at = Visitor(stage, page, lang)
    if stop.play:
        stop.play(at)
    else:
        at.open(stop.path)
    page.mouse.move(0, 0)
    page.evaluate("() => document.activeElement && document.activeElement.blur()")
    page.wait_for_timeout(200)
    shot = page.screenshot()
    context.close()
    return shot
