"""What a pattern of support costs at agreed rates, in a week and over its life.

Pounds as Decimal. Weeks run from Monday to Sunday. Dates, first and last, are included. A weekday
is 0 for Monday to 6 for Sunday. A year of weeks is never fifty-two of one week: each is priced on
its own days.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

PENNY = Decimal("0.01")
WEEK = 7
DAY = timedelta(days=1)

UNITS = {
    "hour": "Hour",
    "half_day": "Half day",
    "day": "Day",
    "session": "Session",
    "week": "Week",
}
MODES = {"face_to_face": "face to face", "virtual": "virtual"}


@dataclass(frozen=True)
class Line:
    """So many units a week at a rate; `cost` is rounded to the penny, halves up.

    `days` are those of the week that it is for, of seven: fewer where the rate, or the support,
    begins or ends within the week and the units are not tied to a weekday.
    """

    what: str
    units: Decimal
    rate: Decimal
    days: int = WEEK

    @property
    def cost(self) -> Decimal:
        # one division, last, so that half a penny is seen for what it is
        return penny(self.units * self.rate * self.days / WEEK)


def penny(pounds: Decimal) -> Decimal:
    """To the penny, halves up."""
    return pounds.quantize(PENNY, ROUND_HALF_UP)


def weekly_cost(lines: Iterable[Line]) -> Decimal:
    """The sum of the lines as shown, so that an order, an invoice and a report agree (rule 9)."""
    return sum((line.cost for line in lines), Decimal("0.00"))


# Rates


class Vat(StrEnum):
    """What an agreed rate says of VAT."""

    EXEMPT = "exempt"
    EXCLUDED = "excluded"
    INCLUDED = "included"


class Basis(StrEnum):
    """What a price is wanted with. Prices are compared on one basis only."""

    WITHOUT_VAT = "without VAT"
    WITH_VAT = "with VAT"


@dataclass(frozen=True)
class Tier:
    """A level of payment: for how many people supported together, least and greatest included."""

    key: str
    title: str
    least: int
    greatest: int


@dataclass(frozen=True)
class Rate:
    """Pounds agreed for a unit at a tier, in a mode and a zone, from a day and perhaps until one.

    `tier` and `zone` are keys; empty where the lot has none, and a rate without a zone is for
    every zone that has no rate of its own.
    """

    unit: str
    pounds: Decimal
    valid_from: date
    valid_until: date | None = None
    tier: str = ""
    mode: str = "face_to_face"
    zone: str = ""
    vat: Vat = Vat.EXEMPT

    def is_valid(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)

    def on_basis(self, basis: Basis, vat_percentage: Decimal) -> Decimal:
        """Pounds a unit with VAT or without, to the penny."""
        if basis == Basis.WITH_VAT and self.vat == Vat.EXCLUDED:
            return penny(self.pounds * (100 + vat_percentage) / 100)
        if basis == Basis.WITHOUT_VAT and self.vat == Vat.INCLUDED:
            return penny(self.pounds * 100 / (100 + vat_percentage))
        return penny(self.pounds)


@dataclass(frozen=True)
class PatternLine:
    """A part of the support that a person wants each week: so many units, on a weekday or, where
    that is None, on no day in particular.

    `supported` is how many people are in fact supported together: it finds the tier, whatever was
    asked for. `tier` only chooses between tiers that fit that number.
    """

    unit: str
    quantity: Decimal
    supported: int = 1
    weekday: int | None = None
    mode: str = "face_to_face"
    zone: str = ""
    tier: str = ""

    def __post_init__(self) -> None:
        if self.unit not in UNITS or self.mode not in MODES:
            raise ValueError(f"There is no unit {self.unit} or no mode {self.mode}")
        if self.quantity <= 0 or self.supported < 1:
            raise ValueError("A line of a pattern is some support for somebody")
        if self.weekday is not None and not 0 <= self.weekday < WEEK:
            raise ValueError("A weekday is from 0, Monday, to 6, Sunday")


@dataclass(frozen=True)
class Gap:
    """Support that has no price: what it is, and the first and last day on which it has none."""

    what: str
    from_on: date
    until_on: date

    def __str__(self) -> str:
        return f"No agreed rate: {self.what}"


@dataclass(frozen=True)
class Card:
    """A provider's tiers and rates for a service. Where two rates hold for the same thing on a day,
    the one that is valid from the later day counts, and of two from one day the later in order."""

    rates: tuple[Rate, ...]
    tiers: tuple[Tier, ...] = ()
    basis: Basis = Basis.WITHOUT_VAT
    vat_percentage: Decimal = Decimal(20)

    def tier(self, line: PatternLine) -> Tier | None:
        """The tier for the number actually supported; None where none fits."""
        fitting = [t for t in self.tiers if t.least <= line.supported <= t.greatest]
        asked_for = [t for t in fitting if t.key == line.tier]
        return next(iter(asked_for + fitting), None)

    def rate(self, line: PatternLine, on: date) -> Rate | None:
        """The rate for a line on a day; None where nothing is agreed for its unit. A day is never
        made of half days, nor a half day of a day."""
        tier = self.tier(line)
        if self.tiers and tier is None:
            return None
        sort = (line.unit, tier.key if tier else "", line.mode)
        held = [
            (rate.zone != "", rate.valid_from, number, rate)
            for number, rate in enumerate(self.rates)
            if (rate.unit, rate.tier, rate.mode) == sort
            and rate.zone in (line.zone, "")
            and rate.is_valid(on)
        ]
        return max(held, key=lambda row: row[:3])[3] if held else None

    def pounds(self, rate: Rate) -> Decimal:
        """Pounds a unit on the basis of the card."""
        return rate.on_basis(self.basis, self.vat_percentage)

    def named(self, line: PatternLine) -> str:
        """What a line is called: "Half day, small group, virtual, North Kent"."""
        tier = self.tier(line)
        if tier:
            level = tier.title
        else:
            level = f"{line.supported} people supported together" if self.tiers else ""
        mode = MODES[line.mode] if line.mode != "face_to_face" else ""
        return ", ".join(part for part in (UNITS[line.unit], level, mode, line.zone) if part)


# Prices


@dataclass(frozen=True)
class Price:
    """What a pattern costs in one week: its lines, and what has no rate."""

    week_from: date
    lines: tuple[Line, ...]
    gaps: tuple[Gap, ...]

    @property
    def cost(self) -> Decimal:
        """The sum of the lines, to the penny. ValueError where something has no rate: part of a
        price is not a price."""
        refuse_gaps(self.gaps)
        return weekly_cost(self.lines)


@dataclass(frozen=True)
class Total:
    """What a pattern costs from a day to another, week by week, each to the penny."""

    weeks: tuple[Price, ...]
    gaps: tuple[Gap, ...]

    @property
    def cost(self) -> Decimal:
        """The sum of the weeks. ValueError where something has no rate on some day."""
        refuse_gaps(self.gaps)
        return sum((week.cost for week in self.weeks), Decimal("0.00"))


def refuse_gaps(gaps: Sequence[Gap]) -> None:
    if gaps:
        raise ValueError("; ".join(str(gap) for gap in gaps))


def price_week(
    pattern: Sequence[PatternLine],
    card: Card,
    week_of: date,
    from_on: date = date.min,
    until_on: date = date.max,
) -> Price:
    """The price of a pattern in the week that holds a day, for those of its days that lie between
    two dates.

    Each unit is at the rate of its own day. Units of one kind at one rate are one line; those of
    a week in which the rate changes are two. Units on no day in particular are spread over the
    seven days.
    """
    monday = week_of - week_of.weekday() * DAY
    week = [monday + n * DAY for n in range(WEEK)]
    days = [day for day in week if from_on <= day <= until_on]
    tied: dict[tuple[str, Decimal], Decimal] = {}
    spread: dict[tuple[int, str, Decimal], int] = {}
    missing: list[Gap] = []
    for number, line in enumerate(pattern):
        name = card.named(line)
        for day in days:
            if line.weekday not in (None, day.weekday()):
                continue
            rate = card.rate(line, day)
            if rate is None:
                missing.append(Gap(name, day, day))
            elif line.weekday is None:
                share = (number, name, card.pounds(rate))
                spread[share] = spread.get(share, 0) + 1
            else:
                kind = (name, card.pounds(rate))
                tied[kind] = tied.get(kind, Decimal(0)) + line.quantity
    lines = [Line(name, units, pounds) for (name, pounds), units in tied.items()]
    lines += [
        Line(name, pattern[number].quantity, pounds, days_of_it)
        for (number, name, pounds), days_of_it in spread.items()
    ]
    return Price(monday, tuple(lines), joined(missing))


def price_over(pattern: Sequence[PatternLine], card: Card, from_on: date, until_on: date) -> Total:
    """The price of a pattern from a day to another, both included."""
    if until_on < from_on:
        raise ValueError("The last day is before the first")
    weeks = tuple(
        price_week(pattern, card, monday, from_on, until_on)
        for monday in mondays(from_on, until_on)
    )
    return Total(weeks, joined(gap for week in weeks for gap in week.gaps))


def mondays(from_on: date, until_on: date) -> Iterator[date]:
    """The Mondays of the weeks that two dates and the days between them fall in."""
    monday = from_on - from_on.weekday() * DAY
    while monday <= until_on:
        yield monday
        monday += WEEK * DAY


def joined(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """One gap for each thing that has no rate, from its first day to its last."""
    found: dict[str, Gap] = {}
    for gap in gaps:
        known = found.get(gap.what, gap)
        first, last = min(known.from_on, gap.from_on), max(known.until_on, gap.until_on)
        found[gap.what] = Gap(gap.what, first, last)
    return tuple(found.values())


# Uplifts


def blended_uplift(shares: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    """The percentage that a rate rises by, from (share of its cost, rise of that share), each in
    per cent: staffing by wages, the rest by prices. ValueError where shares are not 100 in all."""
    if sum((share for share, _ in shares), Decimal(0)) != 100:
        raise ValueError("The shares add up to 100 per cent")
    return sum((share * rise for share, rise in shares), Decimal(0)) / 100


def uplifted(pounds: Decimal, percentage: Decimal) -> Decimal:
    """A rate after a rise in per cent, to the penny."""
    return penny(pounds * (100 + percentage) / 100)
