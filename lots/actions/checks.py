"""What a change to a scheme's set-up must not break."""

from dps.actions import Refused
from dps.clock import now, today
from dps.models import BankHoliday
from lots.calculations import regimes, schedules
from lots.models import (
    Indicator,
    Lot,
    ProcedureState,
    Question,
    QuestionSection,
    Round,
    RoundLot,
    Schedule,
    Scheme,
)
from lots.queries.lots import windows

BEGUN = [ProcedureState.OPEN, ProcedureState.CLOSED]


def change(setting, differs: dict) -> None:
    """Refuse new values of a set-up row that break a rule. `differs` maps names to new values."""
    if isinstance(setting, Scheme):
        scheme(setting, differs)
    if isinstance(setting, Schedule):
        schedule(setting, differs)
    if isinstance(setting, Indicator):
        indicator(setting, differs)
    fixed = [name for name in ("key", "kind", "pass_mark") if name in differs]
    begun = RoundLot.objects.filter(lot=setting.pk, round__state__in=BEGUN)
    if isinstance(setting, Lot) and fixed and begun.exists():
        raise Refused("A round has opened this lot, so this cannot change", field=fixed[0])


def addition(setting) -> None:
    """Refuse a new set-up row that breaks a rule."""
    if isinstance(setting, Scheme):
        scheme(setting, {"notice_on": setting.notice_on, "ends_on": setting.ends_on})
    if isinstance(setting, Schedule):
        schedule(setting, {})
    if isinstance(setting, Indicator):
        indicator(setting, {"from_on": setting.from_on})


def indicator(setting: Indicator, differs: dict) -> None:
    """Refuse to ask providers for what they were not told to count when the period began. A scheme
    that is not published yet has told nobody anything: it is set up with its past."""
    if setting.scheme.published_at and "from_on" in differs and differs["from_on"] < today():
        raise Refused("The first day must be today or later", field="from_on")


def removal(setting) -> None:
    """Refuse to take away a set-up row that applicants may have counted on. Questions go with the
    draft that they are in."""
    if isinstance(setting, (Question, QuestionSection)):
        hanging(setting)
        return
    if isinstance(setting, Scheme):
        raise Refused("A scheme is not taken away")
    within = setting.lot if hasattr(setting, "lot") else setting
    if Round.objects.filter(scheme=within.scheme_id, state__in=BEGUN).exists():
        raise Refused("A round has opened under this scheme, so this stays")


def hanging(setting: Question | QuestionSection) -> None:
    """Refuse to take away a question that the asking of another hangs on."""
    section = setting.section if isinstance(setting, Question) else setting
    going = [setting] if isinstance(setting, Question) else list(setting.questions.all())
    staying = Question.objects.filter(section__questionnaire=section.questionnaire_id)
    staying = staying.exclude(pk__in=[question.pk for question in going])
    keys = [question.key for question in going]
    if other := staying.filter(asked_if__question__in=keys).first():
        raise Refused(f"“{other}” is asked only after this one. Change that first")


def scheme(setting: Scheme, differs: dict) -> None:
    """A scheme's regime, notice and dates, as the regime's profile has them."""
    profile = regimes.PROFILES[differs.get("regime", setting.regime)]
    if {"notice_on", "regime"} & set(differs):
        notice_on = differs.get("notice_on", setting.notice_on)
        if problem := regimes.notice_problem(profile, notice_on):
            raise Refused(problem.message, field="notice_on")
    if "ends_on" in differs:
        if problem := regimes.end_problem(profile, differs["ends_on"]):
            raise Refused(problem.message, field="ends_on")
        begun = Round.objects.filter(scheme=setting.pk, state__in=BEGUN).exists()
        if begun and (problem := regimes.validity_problem(profile, now())):
            raise Refused(problem.message, field="ends_on")
    # whether two people open it is settled before anything is sealed: or one could open it alone
    settled = ("regime", "notice_on", "starts_on", "is_opened_by_two")
    fixed = [name for name in settled if name in differs]
    if fixed and Round.objects.filter(scheme=setting.pk, state__in=BEGUN).exists():
        raise Refused("A round has opened under this, so it cannot change", field=fixed[0])


def schedule(setting: Schedule, differs: dict) -> None:
    """A schedule whose every round has the time that its regime asks for, one after another."""
    names = [field.name for field in Schedule._meta.fields]
    new = Schedule(**{name: differs.get(name, getattr(setting, name)) for name in names})
    for field, least in (("every_months", 1), ("open_days", 1)):
        if getattr(new, field) < least:
            raise Refused(f"Enter {least} or more", field=field)
    profile = regimes.PROFILES[new.scheme.regime]
    calendar = BankHoliday.objects.calendar(*profile.parts)
    planned = windows(new, new.scheme, calendar)
    if problem := schedules.overlap_problem(planned):
        raise Refused(problem, field="open_days")
    for window in planned:
        opens_at, closes_at = window.opens_at, window.closes_at
        if short := regimes.window_problem(profile, opens_at, closes_at, calendar, initial=False):
            raise Refused(short.message, field="open_days")
