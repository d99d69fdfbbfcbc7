"""An authority's colour, and what is worked out from it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dps.theme import LEAST_CONTRAST, WHITE, contrast, theme_css

SECOND_TEXT, LINK = (0x48, 0x49, 0x49), (0x1A, 0x65, 0xA6)  # --ink-2 and --link


def colours_of(css):
    found = dict(re.findall(r"--([\w-]+): #([0-9a-f]{6});", css))
    return {name: tuple(bytes.fromhex(colour)) for name, colour in found.items()}


def test_contrast_is_what_the_guidelines_say_it_is():
    assert contrast(WHITE, (0, 0, 0)) == pytest.approx(21)
    assert contrast(WHITE, WHITE) == 1
    assert contrast((0x76, 0x76, 0x76), WHITE) == pytest.approx(4.54, abs=0.01)


def test_an_authority_gets_its_colour_a_tint_and_a_line():
    assert theme_css("#12494F") == (
        ":root { --authority: #12494f; --authority-tint: #e7eded; --authority-line: #9eb4b7; }\n"
    )


@pytest.mark.parametrize("colour", ["#767676", "#ffdd00", "#1a65a6"])
def test_a_colour_on_which_white_is_hard_to_read_is_refused(colour):
    with pytest.raises(ValueError, match="choose a darker colour"):
        theme_css(colour)


@pytest.mark.parametrize("colour", ["", "red", "#12494", "#12494g", "#12494f;} body{", "12494f"])
def test_what_is_no_colour_never_reaches_the_style_sheet(colour):
    with pytest.raises(ValueError, match="is not a colour"):
        theme_css(colour)


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_words_stay_readable_on_the_tint_of_any_colour_that_is_taken(rgb):
    try:
        colours = colours_of(theme_css("#{:02x}{:02x}{:02x}".format(*rgb)))
    except ValueError:
        assert contrast(rgb, WHITE) < LEAST_CONTRAST
        return
    assert contrast(colours["authority"], WHITE) >= LEAST_CONTRAST
    assert contrast(colours["authority-tint"], SECOND_TEXT) >= 7
    assert contrast(colours["authority-tint"], LINK) >= 4.5
