"""What a scheme file may say: every key, its type and its limits. `docs/scheme-file.md` explains
them to those who write one."""

import re
from datetime import date, time
from decimal import Decimal
from typing import Annotated, Literal

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    NaiveDatetime,
    StringConstraints,
)

from dps.calendar import at_local
from dps.theme import theme_css
from lots.models import (
    Act,
    AdmissionMode,
    Assessment,
    Better,
    DecisionKind,
    Frequency,
    LotKind,
    Mode,
    QuestionKind,
    Regime,
    Route,
    Size,
    Unit,
)


def keyed(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+([-_][a-z0-9]+)*", text):
        raise ValueError("Use small letters and figures, with - or _ between them")
    return text


def e_mail(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError as error:
        raise ValueError("Enter an e-mail address") from error
    return text


def dark(colour: str) -> str:
    theme_css(colour)
    return colour


def paragraphs(body: str) -> str:
    """A paragraph a line, with an empty line between, however the file breaks its lines."""
    blocks = [block.split() for block in re.split(r"\n\s*\n", body)]
    return "\n\n".join(" ".join(words) for words in blocks)


def iso(form: str, example: str) -> BeforeValidator:
    """Take only what is written like the example: pydantic alone would also take seconds."""

    def check(text):
        if isinstance(text, str) and not re.fullmatch(form, text):
            raise ValueError(f"Write it as {example}")
        return text

    return BeforeValidator(check)


def text(most: int | None = None) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=most)


Word = Annotated[str, text(60)]
Line = Annotated[str, text(200)]
Words = Annotated[str, text()]
Reference = Annotated[str, text(100)]
LotKey = Annotated[str, text(20), AfterValidator(keyed)]
Key = Annotated[str, text(40), AfterValidator(keyed)]
LongKey = Annotated[str, text(60), AfterValidator(keyed)]
EMail = Annotated[str, AfterValidator(e_mail)]
Percentage = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)]
Pounds = Annotated[Decimal, Field(gt=0, max_digits=10, decimal_places=2)]
Figure = Annotated[Decimal, Field(max_digits=10, decimal_places=2)]
Count = Annotated[int, Field(ge=1, le=9999)]
Day = Annotated[date, iso(r"\d{4}-\d\d-\d\d", "2022-10-01")]
Time = Annotated[time, iso(r"\d\d:\d\d", "12:00")]
Instant = Annotated[
    NaiveDatetime,
    iso(r"\d{4}-\d\d-\d\d \d\d:\d\d", "2022-07-13 16:00, in UK time"),
    AfterValidator(lambda local: at_local(local.date(), local.time())),
]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


class AuthorityPart(Part):
    slug: Key
    name: Line
    colour: Annotated[str, AfterValidator(dark)] = "#12494f"
    contact_email: EMail = ""


class DeparturePart(Part):
    rule: LongKey
    number: Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)] | None = None
    lots: list[LotKey] = []
    notice_reference: Reference
    why: Words


class TextPart(Part):
    title: Line
    body: Annotated[Words, AfterValidator(paragraphs)]


class TermPart(Part):
    key: LongKey
    title: Line


class OutcomePart(TermPart):
    text: str = ""


class LocalityPart(TermPart):
    short: Annotated[str, Field(max_length=12)] = ""
    column: Annotated[int, Field(ge=0, le=99)] = 0
    row: Annotated[int, Field(ge=0, le=99)] = 0
    zone: LongKey | None = None


class TierPart(Part):
    key: Key
    title: Annotated[str, text(100)]
    least: Count
    greatest: Count
    ceiling: Pounds | None = None


class AwardRoutePart(Part):
    route: Route
    notice_words: Words
    notice_reference: Reference


class LotPart(Part):
    key: LotKey
    title: Line
    summary: str = ""
    admission_mode: AdmissionMode
    kind: LotKind | None = None
    modes: Annotated[list[Mode], Field(min_length=1)]
    units: Annotated[list[Unit], Field(min_length=1)]
    pass_mark: Percentage = Decimal(0)
    quality_weight: Percentage = Decimal(60)
    needs_cqc: bool = False
    tiers: Annotated[list[TierPart], Field(min_length=1)]
    award_routes: list[AwardRoutePart] = []

    @property
    def typed(self) -> LotKind:
        """The lot's kind: a closed lot is a framework, any other a category, unless it says."""
        closed = self.admission_mode == AdmissionMode.CLOSED
        return self.kind or (LotKind.FRAMEWORK if closed else LotKind.CATEGORY)


class ChoicePart(Part):
    value: LongKey
    label: Line


class AskedIfPart(Part):
    question: LongKey
    answer: Line


Descriptors = dict[Literal["0", "1", "2", "3", "4", "5"], Words]


class QuestionPart(Part):
    key: LongKey
    kind: QuestionKind
    text: Words
    guidance: str = ""
    why: str = ""
    is_required: bool = True
    assessment: Assessment = Assessment.INFORMATION
    weight: Percentage = Decimal(0)
    pass_mark: Annotated[int, Field(ge=0, le=5)] = 0
    passing: Annotated[str, Field(max_length=200)] = ""
    criterion: str = ""
    descriptors: Descriptors = {}
    word_limit: Count | None = None
    choices: list[ChoicePart] = []
    lots: list[LotKey] = []
    sizes: list[Size] = []
    asked_if: AskedIfPart | None = None
    carries_over: bool = False


class SectionPart(Part):
    key: LongKey
    title: Line
    intro: str = ""
    group: Annotated[str, Field(max_length=100)] = ""
    questions: Annotated[list[QuestionPart], Field(min_length=1)]


class QuestionnairePart(Part):
    """`descriptors` are the meanings of the marks of scored questions that give none of their
    own."""

    descriptors: Descriptors = {}
    sections: Annotated[list[SectionPart], Field(min_length=1)]


class QuestionnairesPart(Part):
    admission: QuestionnairePart
    call_off: QuestionnairePart | None = None


class SchedulePart(Part):
    first_opens_on: Day
    every_months: Annotated[int, Field(ge=1, le=120)]
    open_days: Annotated[int, Field(ge=1, le=366)]
    opens_at: Time
    closes_at: Time
    announced_days: Annotated[int, Field(ge=0, le=366)] = 28


class IndicatorPart(Part):
    key: Key
    title: Line
    guidance: str = ""
    measure: Word
    target: Figure
    better: Better = Better.HIGHER
    frequency: Frequency = Frequency.QUARTERLY
    lots: list[LotKey] = []
    from_on: Day
    until_on: Day | None = None


class ReportHeadingPart(Part):
    key: Key
    title: Line
    text: str = ""
    computed: list[Literal["timetable", "lots", "numbers", "coverage"]] = []


class AuthorisationPart(Part):
    act: Act
    lots: Annotated[list[LotKey], Field(min_length=1)]
    from_on: Day
    until_on: Day | None = None
    is_standing: bool = False


class DecisionPart(Part):
    number: Annotated[str, text(40)]
    title: Annotated[str, text(300)]
    kind: DecisionKind = DecisionKind.KEY
    decision_maker: Line
    in_consultation_with: Annotated[str, Field(max_length=200)] = ""
    decision: Words
    reasons: str = ""
    financial_implications: str = ""
    legal_implications: str = ""
    equality_implications: str = ""
    data_protection_implications: str = ""
    consultation: str = ""
    alternatives: str = ""
    interests: str = ""
    is_for_publication: bool = True
    published_on: Day | None = None
    considered_on: Day | None = None
    recommendations: str = ""
    signed_at: Instant
    effective_at: Instant
    authorisations: Annotated[list[AuthorisationPart], Field(min_length=1)]


class Contents(Part):
    """A whole scheme file. The order of a list is the order in which it is shown."""

    authority: AuthorityPart
    partners: list[AuthorityPart] = []
    slug: Key
    title: Line
    short_title: Word
    summary: Words
    regime: Regime
    notice_reference: Reference
    notice_on: Day
    starts_on: Day
    ends_on: Day
    contact_email: EMail
    is_opened_by_two: bool = False
    is_published: bool = False
    departures: list[DeparturePart] = []
    specification: TextPart
    terms: TextPart
    outcomes: list[OutcomePart]
    zones: list[TermPart] = []
    localities: list[LocalityPart]
    activities: list[TermPart]
    client_groups: list[TermPart]
    lots: list[LotPart]
    questionnaires: QuestionnairesPart
    schedule: SchedulePart | None = None
    indicators: list[IndicatorPart] = []
    report_headings: list[ReportHeadingPart] = []
    decisions: list[DecisionPart] = []
