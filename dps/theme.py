"""The look of an authority, worked out from its one colour."""

import re

LEAST_CONTRAST = 7
WHITE = (255, 255, 255)


def theme_css(colour: str) -> str:
    """The style sheet of an authority from its colour, "#12494f".

    Refused (ValueError) when white words on it, or it on white, would not reach 7:1.
    """
    rgb = _rgb(colour)
    if contrast(rgb, WHITE) < LEAST_CONTRAST:
        raise ValueError(f"{colour} has too little contrast with white: choose a darker colour")
    return (
        ":root {"
        f" --authority: {_hex(rgb)};"
        f" --authority-tint: {_hex(mixed(rgb, 0.1))};"
        f" --authority-line: {_hex(mixed(rgb, 0.41))};"
        " }\n"
    )


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """WCAG's contrast ratio of two colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mixed(rgb: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    """The colour thinned with white; `share` is how much of it is left, from 0 to 1."""
    red, green, blue = (round(255 - (255 - part) * share) for part in rgb)
    return red, green, blue


def _rgb(colour: str) -> tuple[int, int, int]:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ValueError(f"{colour!r} is not a colour such as #12494f")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(rgb: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def _luminance(rgb: tuple[int, int, int]) -> float:
    shares = [part / 255 for part in rgb]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
