"""Whether the parts of a scheme file agree with one another and with the law it names. A check
names the parts that it needs, and is asked once those are well formed."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from dps.calendar import Calendar
from lots.calculations import regimes, schedules
from lots.calculations.questions import weight_problems
from lots.loading.contents import (
    AuthorityPart,
    DecisionPart,
    DeparturePart,
    IndicatorPart,
    LocalityPart,
    LotPart,
    OutcomePart,
    QuestionnairePart,
    QuestionnairesPart,
    QuestionPart,
    ReportHeadingPart,
    SchedulePart,
    TermPart,
)
from lots.loading.documents import Fault, Path
from lots.models import Assessment, QuestionKind, Regime, Size

Faults = Iterator[Fault]
CHOSEN = {QuestionKind.CHOICE, QuestionKind.SEVERAL}
WRITTEN = {QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT}
YES_NO = ("yes", "no")


def repeated(items: Sequence[Any], path: Path, key: str = "key") -> Faults:
    """Items of a list that have the key of an earlier one."""
    seen = set()
    for number, item in enumerate(items):
        value = str(getattr(item, key))
        if value in seen:
            yield Fault((*path, number, key), "Another of this list has it already")
        seen.add(value)


def unknown(keys: Sequence[str], known: Sequence[Any], path: Path) -> Faults:
    """Keys of lots that the file has not."""
    for number, key in enumerate(keys):
        if key not in {lot.key for lot in known}:
            yield Fault((*path, number), "No lot of this file has the key")


# The scheme, its dates and its law


def authorities(authority: AuthorityPart, partners: list[AuthorityPart]) -> Faults:
    yield from repeated(partners, ("partners",), "slug")
    for number, partner in enumerate(partners):
        if partner.slug == authority.slug:
            yield Fault(("partners", number, "slug"), "The lead authority is no partner")


def dates(starts_on: date, ends_on: date) -> Faults:
    if ends_on <= starts_on:
        yield Fault(("ends_on",), "The scheme must end after it starts")


def notice(regime: Regime, notice_on: date) -> Faults:
    if problem := regimes.notice_problem(regimes.PROFILES[regime], notice_on):
        yield Fault(("notice_on",), problem.message)


def end(regime: Regime, ends_on: date) -> Faults:
    if problem := regimes.end_problem(regimes.PROFILES[regime], ends_on):
        yield Fault(("ends_on",), problem.message)


def departing(regime: Regime, departures: list[DeparturePart], lots: list[LotPart]) -> Faults:
    seen = set()
    for number, departure in enumerate(departures):
        path = ("departures", number)
        profile = regimes.PROFILES[regime]
        if problem := regimes.departure_problem(profile, departure.rule, departure.number):
            yield Fault((*path, "rule"), problem.message)
        scope = (departure.rule, frozenset(departure.lots))
        if scope in seen:
            yield Fault(path, "An earlier departure is from the same rule for the same lots")
        seen.add(scope)
        yield from unknown(departure.lots, lots, (*path, "lots"))


# Lots and what they are made of


def lots_themselves(lots: list[LotPart]) -> Faults:
    if not lots:
        yield Fault(("lots",), "A scheme has at least one lot")
    yield from repeated(lots, ("lots",))
    for number, lot in enumerate(lots):
        path = ("lots", number)
        yield from repeated(lot.tiers, (*path, "tiers"))
        yield from repeated(lot.award_routes, (*path, "award_routes"), "route")
        for place, tier in enumerate(lot.tiers):
            here = (*path, "tiers", place)
            if tier.greatest < tier.least:
                said = "The greatest number must not be below the least"
                yield Fault((*here, "greatest"), said)


def modes(regime: Regime, departures: list[DeparturePart], lots: list[LotPart]) -> Faults:
    profile = regimes.PROFILES[regime]
    for number, lot in enumerate(lots):
        departed = {d.rule for d in departures if not d.lots or lot.key in d.lots}
        problem = regimes.mode_problem(profile, lot.admission_mode, lot.typed, departed)
        if problem:
            path = ("lots", number, "admission_mode")
            yield Fault(path, problem.message)


def places(zones: list[TermPart], localities: list[LocalityPart]) -> Faults:
    yield from repeated(zones, ("zones",))
    yield from repeated(localities, ("localities",))
    tiles: dict[tuple[int, int], str] = {}
    for number, locality in enumerate(localities):
        path = ("localities", number)
        if locality.zone and locality.zone not in {zone.key for zone in zones}:
            yield Fault((*path, "zone"), "No zone of this file has the key")
        tile = (locality.column, locality.row)
        if tile != (0, 0) and tile in tiles:
            yield Fault((*path, "column"), f"{tiles[tile]} has this tile of the map already")
        tiles[tile] = locality.title


def words(
    activities: list[TermPart], client_groups: list[TermPart], outcomes: list[OutcomePart]
) -> Faults:
    yield from repeated(activities, ("activities",))
    yield from repeated(client_groups, ("client_groups",))
    yield from repeated(outcomes, ("outcomes",))


# Questions


def questions(questionnaires: QuestionnairesPart, lots: list[LotPart]) -> Faults:
    for path, questionnaire in given(questionnaires):
        yield from repeated(questionnaire.sections, (*path, "sections"))
        seen: dict[str, QuestionPart] = {}
        for at, question in asked(questionnaire, path):
            if question.key in seen:
                said = "Another question of this questionnaire has it already"
                yield Fault((*at, "key"), said)
            yield from unknown(question.lots, lots, (*at, "lots"))
            yield from answering(question, at)
            yield from marking(question, at, bool(questionnaire.descriptors))
            yield from follow_up(question, at, seen)
            seen[question.key] = question


def answering(question: QuestionPart, at: Path) -> Faults:
    if question.kind in CHOSEN and not question.choices:
        yield Fault((*at, "kind"), "List the choices")
    if question.choices and question.kind not in CHOSEN:
        yield Fault((*at, "choices"), "Only a choice or several choices have them")
    if question.word_limit and question.kind not in WRITTEN:
        yield Fault((*at, "word_limit"), "Only a text has a limit")
    yield from repeated(question.choices, (*at, "choices"), "value")
    if question.passing and question.passing not in possible(question):
        said = "This cannot be the answer that passes: no answer to the question is"
        yield Fault((*at, "passing"), said)


def marking(question: QuestionPart, at: Path, described: bool) -> Faults:
    scored = question.assessment == Assessment.SCORED
    if scored and not question.weight:
        yield Fault(at, "A scored question has a weight above 0")
    if scored and not question.criterion:
        yield Fault(at, "A scored question has a criterion")
    if scored and not (described or question.descriptors):
        yield Fault(at, "A scored question has descriptors of the marks, or its questionnaire has")
    if question.weight and not scored:
        yield Fault((*at, "weight"), "Only a scored question has a weight")
    if question.pass_mark and not scored:
        yield Fault((*at, "pass_mark"), "Only a scored question has a pass mark")
    if question.passing and question.assessment != Assessment.PASS_FAIL:
        said = "Only a pass or fail question has an answer that passes"
        yield Fault((*at, "passing"), said)


def follow_up(question: QuestionPart, at: Path, earlier: dict[str, QuestionPart]) -> Faults:
    if question.asked_if is None:
        return
    on, answer = question.asked_if.question, question.asked_if.answer
    if on not in earlier:
        path = (*at, "asked_if", "question")
        yield Fault(path, "No earlier question of this questionnaire has the key")
    elif answer not in possible(earlier[on]):
        yield Fault((*at, "asked_if", "answer"), f"No answer to the question {on} is")


def possible(question: QuestionPart) -> Sequence[str]:
    """The answers that a follow-up can depend on and a pass can need, as they are stored."""
    if question.kind == QuestionKind.YES_NO:
        return YES_NO
    if question.kind == QuestionKind.DECLARATION:
        return YES_NO[:1]
    return [choice.value for choice in question.choices]


def weights(questionnaires: QuestionnairesPart, lots: list[LotPart]) -> Faults:
    """The scored questions that an applicant of any size is asked for a lot weigh 100 together."""
    for path, questionnaire in given(questionnaires):
        scored = [
            question
            for _, question in asked(questionnaire, path)
            if question.assessment == Assessment.SCORED
        ]
        for problem in weight_problems(scored, [lot.key for lot in lots], Size.values):
            yield Fault(path, problem)


def given(questionnaires: QuestionnairesPart) -> Iterator[tuple[Path, QuestionnairePart]]:
    for purpose in ("admission", "call_off"):
        if questionnaire := getattr(questionnaires, purpose):
            yield ("questionnaires", purpose), questionnaire


def asked(questionnaire: QuestionnairePart, path: Path) -> Iterator[tuple[Path, QuestionPart]]:
    for place, section in enumerate(questionnaire.sections):
        for number, question in enumerate(section.questions):
            yield (*path, "sections", place, "questions", number), question


# What follows admission


def timetable(schedule: SchedulePart | None, starts_on: date, ends_on: date) -> Faults:
    if schedule is None or ends_on <= starts_on:
        return
    if not starts_on <= schedule.first_opens_on <= ends_on:
        said = "The first round must open while the scheme runs"
        yield Fault(("schedule", "first_opens_on"), said)
    planned = schedules.windows(
        first_opens_on=schedule.first_opens_on,
        every_months=schedule.every_months,
        open_days=schedule.open_days,
        opens_at=schedule.opens_at,
        closes_at=schedule.closes_at,
        until=ends_on,
        calendar=Calendar(frozenset(), frozenset()),
    )
    if problem := schedules.overlap_problem(planned):
        yield Fault(("schedule", "open_days"), problem)


def indicators_themselves(indicators: list[IndicatorPart], lots: list[LotPart]) -> Faults:
    yield from repeated(indicators, ("indicators",))
    for number, indicator in enumerate(indicators):
        path = ("indicators", number)
        yield from unknown(indicator.lots, lots, (*path, "lots"))
        yield from in_order(indicator.from_on, indicator.until_on, path)


def headings(report_headings: list[ReportHeadingPart]) -> Faults:
    yield from repeated(report_headings, ("report_headings",))


def decided(decisions: list[DecisionPart], lots: list[LotPart]) -> Faults:
    yield from repeated(decisions, ("decisions",), "number")
    for number, decision in enumerate(decisions):
        path = ("decisions", number)
        if decision.effective_at < decision.signed_at:
            yield Fault((*path, "effective_at"), "A decision takes effect after it is signed")
        seen = set()
        for place, authorisation in enumerate(decision.authorisations):
            here = (*path, "authorisations", place)
            yield from unknown(authorisation.lots, lots, (*here, "lots"))
            yield from in_order(authorisation.from_on, authorisation.until_on, here)
            for lot in authorisation.lots:
                act = (authorisation.act, lot, authorisation.from_on)
                if act in seen:
                    said = f"Lot {lot}: the decision authorises this from this day already"
                    yield Fault((*here, "act"), said)
                seen.add(act)


def in_order(from_on: date, until_on: date | None, path: Path) -> Faults:
    if until_on and until_on < from_on:
        yield Fault((*path, "until_on"), "The last day must not be before the first")


CHECKS: tuple[Callable[..., Faults], ...] = (
    authorities,
    dates,
    notice,
    end,
    departing,
    lots_themselves,
    modes,
    places,
    words,
    questions,
    weights,
    timetable,
    indicators_themselves,
    headings,
    decided,
)
