"""Where the parts of charts and tile maps lie: as attributes of SVG, since styles in the page are
forbidden. Numbers are strings, so that no thousands separator gets among them."""

from decimal import Decimal

from django import template

register = template.Library()


BASE, TALLEST = 126, Decimal(96)  # where bars stand, and how high the highest is
INSIDE = 18  # a bar at least so high has its figure in it


@register.simple_tag
def bar_chart(rows, limit=None, width=340) -> dict:
    """Where everything of a bar chart lies, from rows of (label, value); bars begin at nought.

    A value of None has no bar ("fewer than 5" stands in the table beside it).
    """
    values = [Decimal(value) for _, value in rows if value is not None]
    top = max([*values, Decimal(limit or 0)])
    scale = TALLEST / top if top else Decimal(0)
    step = Decimal(width) / max(len(rows), 1)
    bars = [_bar(n, label, value, scale, step) for n, (label, value) in enumerate(rows)]
    line = BASE - Decimal(limit) * scale if limit else None
    return {
        "bars": bars,
        "line": _at(line),
        "over": _at(line - 5) if limit else "",
        "base": str(BASE),
        "labels": str(BASE + 18),
        "width": str(width),
        "box": f"0 0 {width} {BASE + 24}",
    }


def _bar(number, label, value, scale, step) -> dict:
    wide = min(step * Decimal("0.7"), Decimal(48))
    left = step * number + (step - wide) / 2
    tall = Decimal(value or 0) * scale
    return {
        "label": label,
        "value": value,
        "is_tall": tall >= INSIDE,
        "x": _at(left),
        "y": _at(BASE - tall),
        "width": _at(wide),
        "height": _at(tall),
        "middle": _at(left + wide / 2),
        "above": _at(BASE - tall - 5),
    }


def _at(place) -> str:
    return f"{place:.1f}" if place is not None else ""


GAP, SHADES = 92, 3  # from tile to tile; how many shades there are above the lightest


@register.filter
def tiles(areas):
    """Where the tiles of a map lie. An area has name, short, column, row, count, url, is_chosen;
    one without a URL is a neighbour, drawn in dashes. In order of row, then column."""
    most = max([area.count or 0 for area in areas if area.url] or [0])
    for area in sorted(areas, key=lambda area: (area.row, area.column)):
        x, y = 3 + GAP * area.column, 3 + GAP * area.row
        lines = _two_lines(area.name)
        first = y + 71 - 16 * (len(lines) - 1)
        yield {
            "area": area,
            "shade": str((area.count or 0) * SHADES // most if most else 0),
            "x": str(x),
            "y": str(y),
            "left": str(x + 9),
            "count_y": str(y + 29),
            "lines": [(str(first + 16 * n), line) for n, line in enumerate(lines)],
            "short_y": str(y + 69),
            "tick": f"{x + 61} {y + 9}",
        }


@register.filter
def tiles_box(areas) -> str:
    """The size of a tile map."""
    columns = max([area.column for area in areas] or [0]) + 1
    rows = max([area.row for area in areas] or [0]) + 1
    return f"0 0 {GAP * columns} {GAP * rows}"


def _two_lines(name: str) -> list[str]:
    if len(name) < 12 or " " not in name:
        return [name]
    spaces = [n for n, letter in enumerate(name) if letter == " "]
    cut = min(spaces, key=lambda n: abs(n - len(name) / 2))
    return [name[:cut], name[cut + 1 :]]
