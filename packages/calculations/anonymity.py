"""Finding what would tell a provider who a package is about (rule 5): free text with any of it is
refused, with the place marked.

What a provider needs passes: start dates, times, prices, ages, a postcode's district. It finds
what has a known form and the names that it is given; it does not replace a reader.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from packages.calculations.birth_dates import birth_dates

Places = Iterator[tuple[int, int]]


class Kind(StrEnum):
    NHS_NUMBER = "NHS number"
    NI_NUMBER = "National Insurance number"
    EMAIL = "e-mail address"
    PHONE = "phone number"
    POSTCODE = "full postcode"
    DATE_OF_BIRTH = "date of birth"
    NAME = "name"


@dataclass(frozen=True)
class Finding:
    """What was found, and where: `text[start:end]`."""

    kind: Kind
    start: int
    end: int


def findings(text: str, *, on: date, names: Collection[str] = ()) -> tuple[Finding, ...]:
    """What in the text tells who somebody is, in order, none within another.

    `on` is the day of writing, which dates of birth come before; `names` are those of the person
    and the family, in full, of which each part is looked for too.
    """
    plain, positions = _plain(text)
    found: list[Finding] = []
    taken: set[int] = set()

    def add(kind: Kind, places: Places) -> None:
        for first, end in places:
            if taken.isdisjoint(range(first, end)):
                taken.update(range(first, end))
                found.append(Finding(kind, positions[first], positions[end - 1] + 1))

    for kind, find in FINDERS.items():
        add(kind, find(plain))
    add(Kind.DATE_OF_BIRTH, birth_dates(plain, on))
    add(Kind.POSTCODE, _postcodes(plain))
    for name in names:
        add(Kind.NAME, _name(plain, _plain(name)[0]))
    return tuple(sorted(found, key=lambda finding: finding.start))


def _plain(text: str) -> tuple[str, list[int]]:
    """The text without accents or what takes no room, its digits 0 to 9, its spaces and dashes the
    plain ones; and where each character of it stood."""
    plain, positions = [], []
    for position, character in enumerate(text):
        category = unicodedata.category(character)
        if category in ("Cf", "Mn"):
            continue
        if category == "Pd":
            character = "-"
        elif character in "\u2018\u2019\u02bc":
            character = "'"
        elif character != "\n" and character.isspace():
            character = " "
        plain.append(unicodedata.normalize("NFKD", character)[0])
        positions.append(position)
    return "".join(plain), positions


# Numbers and addresses


def _nhs_numbers(text: str) -> Places:
    """Ten digits with a right check digit, or any ten that are called an NHS number."""
    for match in NHS_NUMBER.finditer(text):
        if match["called"] or is_nhs_number(_digits(match["number"])):
            yield match.span("number")


NHS_NUMBER = re.compile(
    r"(?P<called>\bNHS(?: ?(?:number|no\.?|num\.?))? ?[:#=-]? *(?:is +)?)?"
    r"(?<![\d£.,/])(?P<number>\d{3}[ .-]{0,3}\d{3}[ .-]{0,3}\d{4})(?![\d/]|[.,]\d)",
    re.IGNORECASE | re.ASCII,
)


def is_nhs_number(digits: str) -> bool:
    """Whether the tenth digit is right for the nine before it (modulus 11)."""
    if len(digits) != 10 or not digits.isdecimal():
        return False
    weighted = sum((10 - place) * int(digit) for place, digit in enumerate(digits[:9]))
    return (11 - weighted % 11) % 11 == int(digits[9])


def _ni_numbers(text: str) -> Places:
    """Two letters that are in use, six digits and a letter from A to D; called so, without it."""
    for match in NI_NUMBER.finditer(text):
        if match["suffix"] or match["called"]:
            yield match.span("number")


NI_NUMBER = re.compile(
    r"(?P<called>\b(?:NI|NINO|National +Insurance)(?: ?(?:number|no\.?))? ?[:#=-]? *(?:is +)?)?"
    r"\b(?P<number>(?!BG|GB|KN|NK|NT|TN|ZZ)[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z]"
    r"(?:[ .-]?\d){6}(?:[ .-]?(?P<suffix>[A-D]))?)\b",
    re.IGNORECASE | re.ASCII,
)


def _emails(text: str) -> Places:
    """With an at sign, or with (at) and (dot) in its place."""
    for match in EMAIL.finditer(text):
        yield match.span("address")


EMAIL = re.compile(
    r"(?<![\w.+'-])[.+'-]*+(?P<address>\w[\w.+'-]*+(?: ?@ ?| ?[\[(] ?at ?[\])] ?)"
    r"[\w-]++(?:(?:\.| ?[\[(] ?dot ?[\])] ?)[\w-]++)+)",
    re.IGNORECASE,
)


def _phones(text: str) -> Places:
    """A number of the right length for its first digits, not a row of dates or times."""
    for match in PHONE.finditer(text):
        national = re.sub(r"^(?:\+|00)44", "", re.sub(r"[^\d+]", "", match[0])).removeprefix("0")
        is_long_enough = len(national) in PHONE_LENGTHS.get(national[0], ())
        if is_long_enough and not LIKE_DATES.match(match[0]):
            yield match.span()


PHONE = re.compile(
    r"(?<![\d£.,/])(?<!\d:)(?:(?:\+|00)44[ .-]{0,2}(?:\(0\))?|\(?0)"
    r"(?:[ .)(-]{0,3}\d){8,10}(?![\d/:]|[.,]\d)",
    re.ASCII,
)
# digits after the first 0, by the first of them
PHONE_LENGTHS = {"1": (9, 10), "2": (10,), "3": (10,), "7": (10,), "8": (9, 10), "9": (10,)}
LIKE_DATES = re.compile(r"\d{1,2}([ .-])\d{1,2}\1(?:19|20)?\d{2}\b")


def _postcodes(text: str) -> Places:
    """A full postcode of an area that there is: a district by itself passes."""
    for match in POSTCODE.finditer(text):
        is_ordinary = match["inward"][1:] in ORDINARY_ENDS
        if match["area"].upper() in AREAS and not is_ordinary:
            yield match.span()


POSTCODE = re.compile(
    r"\b(?P<area>[A-Z]{1,2})\d(?:\d|[A-Z])?[ -]{0,3}(?P<inward>\d[ABD-HJLNP-UW-Z]{2})\b",
    re.IGNORECASE | re.ASCII,
)
ORDINARY_ENDS = {"st", "nd", "rd", "th", "hr"}  # "room B1 2nd floor", "lot L2 3hr sessions"


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


AREAS = _words(
    """
    AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E
    EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL
    LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM
    SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE
    """
)

FINDERS: dict[Kind, Callable[[str], Places]] = {
    Kind.EMAIL: _emails,
    Kind.NHS_NUMBER: _nhs_numbers,
    Kind.NI_NUMBER: _ni_numbers,
    Kind.PHONE: _phones,
}

# Names


def _name(text: str, name: str) -> Places:
    """A name in full, however it is written, and each part of it. A part that is a word of its own
    counts where it is written as a name: "Grace" but not "grace", and "in May" is a month."""
    parts = [part for part in name.split() if re.search(r"\w", part)]
    if len(parts) > 1:
        yield from (match.span() for match in _matches(" +".join(map(_loosely, parts)), text))
    for part in parts:
        if len(part.strip(".")) > 1 and part.lower() not in TITLES:
            is_a_word = len(part) == 2 or part.lower() in WORDS
            for match in _matches(_loosely(part), text):
                if not is_a_word or _is_written_as_a_name(text, match):
                    yield match.span()


def _is_written_as_a_name(text: str, match: re.Match[str]) -> bool:
    """With a capital; and not as a month, nor as a word that sentences begin with, unless what
    follows is said of somebody: "Will likes", "Will's"."""
    word, before, after = match[0], text[: match.start()], text[match.end() :]
    if not word[0].isupper():
        return False
    if word.lower() in MONTHS and (AS_A_MONTH.search(before) or re.match(r"[ ,]*\d", after)):
        return False
    begins = word.lower() in OPENERS and re.search(r"(?:^|[.!?:\n])\s*$", before)
    return not begins or bool(OF_SOMEBODY.match(after))


def _matches(pattern: str, text: str) -> Iterator[re.Match[str]]:
    return re.finditer(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE)


def _loosely(part: str) -> str:
    """A hyphen in a name may be left out, or be a space."""
    return "[ -]?".join(re.escape(piece) for piece in part.split("-") if piece)


TITLES = _words("mr mrs ms miss mx dr de van von")
MONTHS = _words("april may june august")
AS_A_MONTH = re.compile(
    r"(?:\d(?:st|nd|rd|th)?|\b(?:of|in|by|from|until|till|to|since|during|each|every|early|late|mid"
    r"|next|last|this|before|after))[ -]*$",
    re.IGNORECASE,
)
OF_SOMEBODY = re.compile(
    r"(?:'s| +(?:is|was|has|had|likes|loves|enjoys|needs|wants|prefers|uses|lives|goes|gets|attends"
    r"|finds|feels|can|cannot|does|and))\b",
    re.IGNORECASE,
)
OPENERS = _words(
    """
    am an art as at be by cook day do go green he hope if in is it long love mark may me my no
    north of on or park price short skip small so south summer to up us we west will winter young
    """
)
WORDS = (
    MONTHS
    | OPENERS
    | _words(
        """
        baker bell bill black bloom brook brooks brown carol chance chase christian church cooper
        dean dawn drew earl faith field fields flora ford forest frank gene glen grace grant gray
        grey hall hazel heath heather hill holly hunter iris ivy jack jasmine jean joy king lane
        lily mason max mercy miles mill miller moon page parks penny poppy ray reed rich river rob
        robin rose rosemary ruby ruth sandy shepherd singer smart star stone sue sunny taylor
        turner victor violet wade walker ward white willow wood woods
        """
    )
)
