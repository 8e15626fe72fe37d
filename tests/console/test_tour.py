"""The picture tour is whole: it says what its stops say, every picture is there and small, no menu page is missing."""

import pytest
from PIL import Image

from dispatch.console.pages import PAGES
from tests.console.tour.play import HOUSE, PICTURES, picture, written
from tests.console.tour.play import PAGES as TOURS
from tests.console.tour.stops import STOPS

USUAL_BYTES = 25_000
"""Of a picture at most, on average: the tour grows with the pages, not with their pictures."""

AGAIN = "`make tour` plays the tour again"


@pytest.mark.parametrize("lang", TOURS)
def test_page_of_the_tour_says_what_its_stops_say(lang):
    assert TOURS[lang].read_text(encoding="utf-8") == written(lang), AGAIN


def test_every_stop_has_its_picture_in_both_languages_as_large_as_it_is_shown():
    for stop in STOPS:
        for lang in TOURS:
            with Image.open(picture(stop, lang)) as found:
                assert found.size == stop.size, (stop.code, lang, AGAIN)


def test_pictures_are_small_and_none_is_left_over():
    found = {path.name: path.stat().st_size for path in PICTURES.iterdir()}

    assert set(found) == {picture(stop, lang).name for stop in STOPS for lang in TOURS}
    assert sum(found.values()) < USUAL_BYTES * len(found)


def test_every_page_of_the_menu_is_in_the_tour_and_every_stop_is_a_page():
    menu, shown = {page.path for page in PAGES if page.menu}, {stop.path for stop in STOPS}

    assert menu - shown == set(), AGAIN
    assert shown - {page.path for page in PAGES} == set()


def test_both_readmes_show_a_picture_of_the_tour_and_lead_to_it():
    for name, lang in (("README.md", "en"), ("README.zh.md", "zh")):
        text = (HOUSE / name).read_text(encoding="utf-8")
        assert f"docs/tour/candidates.{lang}.webp" in text
        assert str(TOURS[lang].relative_to(HOUSE)) in text
