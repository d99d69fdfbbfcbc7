"""Telling a date of birth from the other dates in a text, in numbers or in words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

A_LONG_TIME = 16  # years: a whole date so long ago is rarely but somebody's birthday
LONGEST_LIFE = 120  # years
FAR = 60  # characters before and after a date that are looked at


@dataclass(frozen=True)
class Written:
    """A date as it was written, and where. A day or year that is not there is 0. `is_sure` where
    what was written can hardly be anything but a date."""

    start: int
    end: int
    day: int
    month: int
    year: int
    is_sure: bool

    @property
    def is_whole(self) -> bool:
        return bool(self.is_sure and self.day and self.year)


def birth_dates(text: str, on: date) -> Iterator[tuple[int, int]]:
    """Where dates of birth stand: birthdays; dates near a word of birth; and whole dates that make
    an age given beside them, or lie so far back that they are likely to be somebody's.

    But for a birthday, a date after `on`, the day of writing, is none, nor is one from which
    something began.
    """
    for written in dates(text, on):
        before = sentence_before(text[max(0, written.start - FAR) : written.start])
        after = text[written.end : written.end + FAR]
        if BIRTHDAY.search(before):
            yield written.start, written.end
        elif (written.year, written.month, written.day) <= (on.year, on.month, on.day):
            is_called = BORN_BEFORE.search(before) or BORN_AFTER.search(after)
            is_likely = written.is_whole and not BEGAN.search(before)
            if is_called or (is_likely and makes_an_age(written, before + " " + after, on)):
                yield written.start, written.end


def makes_an_age(written: Written, beside: str, on: date) -> bool:
    """Whether a date is as long ago as an age beside it says, or long enough to say one itself."""
    years = on.year - written.year
    ages = {int(match["after"] or match["before"]) for match in AGE.finditer(beside)}
    return years >= A_LONG_TIME or bool(ages & {years, years - 1})


def sentence_before(text: str) -> str:
    """What stands before in the same sentence: a full stop ends one when a capital follows."""
    return re.split(r"[.] +(?=[A-Z][a-z])", text)[-1]


def dates(text: str, on: date) -> Iterator[Written]:
    """Every date in a text, none within another, the surest form first."""
    taken: set[int] = set()
    for pattern in PATTERNS:
        for match in pattern.finditer(text):
            written = read(match, on)
            if written and taken.isdisjoint(range(*match.span())):
                taken.update(range(*match.span()))
                yield written


def read(match: re.Match[str], on: date) -> Written | None:
    """The date that a pattern found; None where there is no such day, month or year of a life."""
    parts = {name: part.lower() for name, part in match.groupdict().items() if part}
    day, month, year = day_of(parts), month_of(parts), year_of(parts, on)
    is_a_life_away = year and abs(on.year - year) > LONGEST_LIFE
    if day > 31 or not 1 <= month <= 12 or is_a_life_away:
        return None
    return Written(match.start(), match.end(), day, month, year, is_sure(parts))


def day_of(parts: dict[str, str]) -> int:
    if "day_word" in parts:
        return DAYS[parts["day_word"].replace(" ", "-")]
    return int(parts.get("day", 0))


def month_of(parts: dict[str, str]) -> int:
    if "month" in parts:
        return next(n for n, name in enumerate(MONTHS, 1) if re.fullmatch(name, parts["month"]))
    return int(parts["number"])


def year_of(parts: dict[str, str], on: date) -> int:
    """The year written: in full, in words, or in two figures, which are up to ten years from now or
    else of the last century; 0 where there is none."""
    if "century" in parts:
        words = re.split("[ -]+", parts.get("rest", "").strip())
        hundreds = 1900 if parts["century"] == "nineteen" else 2000
        return hundreds + sum(NUMBERS.get(word, 0) for word in words)
    figures = parts.get("year", "").strip("'")
    if len(figures) != 2:
        return int(figures or 0)
    is_to_come = 2000 + int(figures) > on.year + 10
    return (1900 if is_to_come else 2000) + int(figures)


def is_sure(parts: dict[str, str]) -> bool:
    """Not "5 March 30 minutes", "2.5.10", or eight figures in a row."""
    if "number" in parts:
        return parts.get("mark", " ") in "/-." and (len(parts["year"]) == 4 or parts["mark"] == "/")
    return "century" in parts or len(parts.get("year", "")) > 2  # 1984, '84


def _numbered(words: str, first: int = 1, step: int = 1) -> dict[str, int]:
    return {word: first + n * step for n, word in enumerate(words.split())}


def _any(words: dict[str, int]) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(word.replace("-", "[ -]") for word in longest_first)


NUMBERS = (
    _numbered("one two three four five six seven eight nine ten eleven twelve thirteen fourteen")
    | _numbered("fifteen sixteen seventeen eighteen nineteen", 15)
    | _numbered("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10)
)
DAYS = (
    _numbered("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth")
    | _numbered("thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth", 13)
    | _numbered("twentieth twenty-first twenty-second twenty-third twenty-fourth twenty-fifth", 20)
    | _numbered("twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth", 26)
    | {"thirty-first": 31}
)
MONTHS = (
    "jan(?:uary)?",
    "feb(?:ruary)?",
    "mar(?:ch)?",
    "apr(?:il)?",
    "may",
    "june?",
    "july?",
    "aug(?:ust)?",
    "sept?(?:ember)?",
    "oct(?:ober)?",
    "nov(?:ember)?",
    "dec(?:ember)?",
)

MONTH = rf"(?P<month>{'|'.join(MONTHS)})\b\.?"
DAY = rf"(?:(?P<day>\d{{1,2}}) ?(?:st|nd|rd|th)?|(?P<day_word>{_any(DAYS)}))"
WORD = rf"(?:[ -](?:oh[ -])?(?:{_any(NUMBERS)}))"
CENTURY = rf"(?P<century>nineteen|twenty(?={WORD})|two thousand)(?: hundred)?(?: and)?"
YEAR = rf"(?:(?P<year>(?:19|20)\d\d|'?\d\d)(?!\d)|{CENTURY}(?P<rest>{WORD}{{0,2}}))"
GAP = "[ ,.-]{1,3}"
LEFT = r"(?<![\d£.,/-])"
RIGHT = r"(?![\d/]|[.-]\d)"
PATTERNS = [
    re.compile(pattern, re.IGNORECASE | re.ASCII)
    for pattern in (
        rf"\b{DAY}[ -]+(?:of )?{MONTH}(?:{GAP}{YEAR})?(?!\w)",
        rf"\b{MONTH} +(?:the )?{DAY}(?![\d:])(?:{GAP}{YEAR})?(?!\w)",
        rf"\b{MONTH}{GAP}{YEAR}(?!\w)",
        rf"{LEFT}(?P<day>\d\d?)(?P<mark>[/.-])(?P<number>\d\d?)(?P=mark)(?P<year>\d{{4}}|\d\d){RIGHT}",
        rf"{LEFT}(?P<year>\d{{4}})(?P<mark>[/.-])(?P<number>\d\d?)(?P=mark)(?P<day>\d\d?){RIGHT}",
        rf"{LEFT}(?P<day>\d\d?) (?P<number>\d\d?) (?P<year>(?:19|20)\d\d){RIGHT}",
        rf"{LEFT}(?P<day>\d\d)(?P<number>\d\d)(?P<year>(?:19|20)\d\d){RIGHT}",
        rf"{LEFT}(?P<day>\d\d?)/(?P<number>\d\d?){RIGHT}",
    )
]

BIRTH = r"\b(?:born|d\.? ?o\.? ?b|dates? of births?|birth ?(?:date|day)s?|births?)\b"
BORN_BEFORE = re.compile(rf"{BIRTH}[^\n;!?]{{0,30}}$", re.IGNORECASE)
BORN_AFTER = re.compile(rf"^[^\n.;!?]{{0,20}}?{BIRTH}", re.IGNORECASE)
BIRTHDAY = re.compile(
    r"(?:\bbirthdays?[ :,(-]*(?:(?:is|was|falls|on|of|the) +)*"
    r"|\b(?:turn\w*|reach\w*|becom\w+|(?:he|she|they|who) (?:is|was|were|will be)) +"
    r"\d{1,2}(?: years old)? +(?:on|in) +(?:the +)?)$",
    re.IGNORECASE,
)
BEGAN = re.compile(
    r"\b(?:start|began|begin|commenc|mov|since|from|until|join|attend|open|review)\w*"
    r"[^.\n;!?]{0,20}$",
    re.IGNORECASE,
)
AGE = re.compile(
    r"\b(?:aged?(?: is| of)? +(?P<after>\d{1,3})|(?P<before>\d{1,3})[ -]years?[ -]old)\b",
    re.IGNORECASE,
)
