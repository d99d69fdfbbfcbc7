"""The law that a scheme runs under, as data: a profile of rules, each with its number and source.

A scheme's notice may depart from some of them, where the law lets it; the number that the notice
gives is then the rule (`Profile.departing`). Not legal advice: a council's lawyer signs it off.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from dps import calendar as days
from dps.calendar import Calendar


class Unit(StrEnum):
    """What a rule's number counts. Where it counts days, it says from when, and which days."""

    DAYS = "days"  # the day of the event is not counted
    DAYS_BEGINNING = "days beginning with the day"
    DAYS_BEFORE = "days before"
    CLEAR_DAYS = "clear days"
    WORKING_DAYS = "working days"  # the day of the event is not counted
    WORKING_DAYS_BEGINNING = "working days beginning with the day"
    CLEAR_WORKING_DAYS = "clear working days"
    MONTHS = "months"
    YEARS = "years"
    DATE = "date"
    POUNDS = "pounds"
    TIMES = "times"
    NUMBER = "number"
    YES_NO = "yes or no"


Number = bool | int | date | None


@dataclass(frozen=True)
class Rule:
    """One rule. `number` is None where the law leaves it to the scheme to publish one. `text` is a
    clause without a full stop; `may_depart` says that a notice may give another number, or no.
    `rolls` says that its period is one that a regime's rolling to a working day is for."""

    key: str
    number: Number
    unit: Unit
    source: str
    text: str
    may_depart: bool = False
    rolls: bool = True


@dataclass(frozen=True)
class Problem:
    """A rule that is not kept: its key, a message for people that names it and its source, and
    whether the law lets the scheme depart from it with a reason."""

    rule: str
    message: str
    may_depart: bool = False


@dataclass(frozen=True)
class Profile:
    """A regime: its name, the parts of the United Kingdom whose bank holidays its working days
    skip, and its rules by key. `departed` has the keys of those that a notice departs from."""

    key: str
    label: str
    parts: tuple[str, ...]
    rules: Mapping[str, Rule]
    departed: frozenset[str] = field(default=frozenset())

    def number(self, key: str) -> int | None:
        """A rule's number in its own unit; None where the regime has no such rule, or leaves the
        number to the scheme and none is published."""
        value = self._value(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def day(self, key: str) -> date | None:
        """A rule's date; None where the regime has no such rule."""
        value = self._value(key)
        return value if isinstance(value, date) else None

    def holds(self, key: str) -> bool:
        """Whether a yes-or-no rule is in force. It is not where there is none."""
        return self._value(key) is True

    def departing(self, departures: Mapping[str, Decimal | int | None]) -> "Profile":
        """The profile as a scheme's notice has it: {rule: number instead}, None for a rule that is
        yes or no, which it then is not. What the notice says binds: from that nobody departs.
        ValueError names what the law does not allow."""
        rules = dict(self.rules)
        for key, number in departures.items():
            if problem := departure_problem(self, key, number):
                raise ValueError(problem.message)
            rules[key] = _as_the_notice_has_it(rules[key], number)
        departed = self.departed | set(departures)
        return replace(self, rules=MappingProxyType(rules), departed=departed)

    def _value(self, key: str) -> Number:
        return self.rules[key].number if key in self.rules else None


def _as_the_notice_has_it(rule: Rule, number: Decimal | int | None) -> Rule:
    source = f"the scheme's notice, in place of {rule.source}"
    if rule.unit == Unit.YES_NO or number is None:
        return replace(rule, number=False, source=source, may_depart=False)
    text = f"The notice gives {int(number)} {rule.unit} for this"
    return replace(rule, number=int(number), source=source, text=text, may_depart=False)


def departure_problem(profile: Profile, key: str, number: Decimal | int | None) -> Problem | None:
    """Why a notice may not depart from a rule in this way; None where it may."""
    if key not in profile.rules:
        return Problem(key, f"{profile.label} has no rule called {key}.")
    rule = profile.rules[key]
    if not rule.may_depart:
        return _problem(rule, "No departure from this rule is lawful.")
    if rule.unit != Unit.YES_NO and (number is None or number != int(number) or number < 0):
        return _problem(rule, f"Enter the whole number of {rule.unit} that the notice gives.")
    return None


# Questions


def notice_problem(profile: Profile, notice_on: date) -> Problem | None:
    """Whether a scheme whose notice is dated so may run under the regime. Days in the UK."""
    before, since = profile.day("notice_before"), profile.day("notice_from")
    if before and notice_on >= before:
        remaining = [other.label for other in PROFILES.values() if "notice_from" in other.rules]
        way_on = f"Choose {_or(remaining)}."
        said = f"The notice is dated {said_on(notice_on)}, and none can be begun since then."
        return _problem(profile.rules["notice_before"], f"{said} {way_on}")
    if since and notice_on < since:
        said = f"The notice is dated {said_on(notice_on)}, before the Act was in force."
        return _problem(profile.rules["notice_from"], said)
    return None


def end_problem(profile: Profile, end_on: date) -> Problem | None:
    """Whether a scheme may end on that day under the regime."""
    last_on = profile.day("last_end_on")
    if last_on is None or end_on <= last_on:
        return None
    said = f"Enter an end date on or before {said_on(last_on)}: not {said_on(end_on)}."
    return _problem(profile.rules["last_end_on"], said)


def last_instant(profile: Profile) -> datetime | None:
    """The last instant of any scheme under the regime: the end of a day; None if it has no end."""
    last_on = profile.day("last_end_on")
    return days.end_of_day(last_on) if last_on else None


def end_warnings(end_on: date) -> tuple[date, ...]:
    """The days on which to warn that a scheme ends: 12, 6 and 3 months before."""
    return tuple(days.months_after(end_on, -months) for months in (12, 6, 3))


def validity_problem(profile: Profile, at: datetime) -> Problem | None:
    """Whether the end date of a running scheme may still be changed at an instant."""
    fixed_after = profile.day("validity_fixed_after")
    if fixed_after is None or days.local_day(at) <= fixed_after:
        return None
    return _problem(profile.rules["validity_fixed_after"], "The end date stays as it is.")


def call_off_problem(
    profile: Profile, at: datetime, pounds_with_vat: Decimal | None = None, tender_notice: str = ""
) -> Problem | None:
    """Whether a call-off may be begun at an instant, for an estimated value including VAT, with
    the reference of its tender notice."""
    end = last_instant(profile)
    if end and at > end:
        said = "It has ended, and no call-off can be begun. Packages that are running go on."
        return _problem(profile.rules["last_end_on"], said)
    if profile.holds("only_above_threshold"):
        least = threshold("light_touch", days.local_day(at))
        if pounds_with_vat is None or pounds_with_vat < least:
            said = f"The value is below £{least:,} including VAT."
            way_on = f"Use a {PROFILES['pa_2023_light_touch_framework'].label}, or s. 87."
            return _problem(profile.rules["only_above_threshold"], f"{said} {way_on}")
    if profile.holds("needs_tender_notice") and not tender_notice.strip():
        said = "Enter the reference of its tender notice (UK4)."
        return _problem(profile.rules["needs_tender_notice"], said)
    return None


def window_problem(
    profile: Profile, opens_at: datetime, closes_at: datetime, calendar: Calendar, *, initial: bool
) -> Problem | None:
    """Whether applications may be taken from one instant (for the initial round, that at which the
    notice is sent) to another. After the first there is no least length but working days enough."""
    key = "shortest_initial_window" if initial else ""
    return _short(profile, key, opens_at, closes_at, calendar)


def tender_window_problem(
    profile: Profile,
    sent_at: datetime,
    closes_at: datetime,
    calendar: Calendar,
    *,
    all_agreed: bool = False,
) -> Problem | None:
    """Whether offers may be taken from the sending of the invitations to an instant. All who are
    invited may have agreed to less, the same for each (PCR 2015 reg. 34(12))."""
    agreed = all_agreed and profile.holds("all_may_agree_tender_window")
    key = "" if agreed else "shortest_tender_window"
    return _short(profile, key, sent_at, closes_at, calendar)


def earliest_closing_on(
    profile: Profile, key: str, opens_at: datetime, calendar: Calendar
) -> date | None:
    """The first day on which a window may close that opens at an instant: the last day of the
    shortest period. `key` is "shortest_initial_window" or "shortest_tender_window"."""
    length = profile.number(key)
    opened_on = days.local_day(opens_at)
    if length is None or length == 0:
        return None
    if not profile.holds("rolls_to_working_day"):
        return days.calendar_days_from(opened_on, length)
    least = profile.number("least_working_days_in_period") or 0
    return days.period_ends_on(opened_on, length, calendar, least)


def mode_problem(
    profile: Profile,
    mode: str,
    lot_kind: str,
    departed: Collection[str] = (),
    *,
    refuses_between: bool = False,
) -> Problem | None:
    """Whether a lot may admit in this way: `mode` is closed, rounds or open, `lot_kind` category
    or framework, `departed` the rules that the notice departs from for the lot.

    `refuses_between` says that a `rounds` lot takes nothing between its rounds: else it takes
    applications at any time, and a round is the batch in which they are decided.
    """
    if not profile.holds("opens_throughout"):
        departed = {*departed, "opens_throughout"}
    rule = profile.rules["opens_throughout"]
    if mode == "closed" and lot_kind != "framework":
        said = "A lot that admits in the initial round only is a framework: type it so."
        return Problem(rule.key, f"{said} {_cited(rule)}")
    if "opens_throughout" in departed:
        return None
    if mode == "closed" or (mode == "rounds" and refuses_between):
        said = (
            "A closed lot never opens again."
            if mode == "closed"
            else "This lot would refuse applications between its rounds."
        )
        if rule.may_depart:
            said += " Record the departure first: the notice's reference and the reason."
        return _problem(rule, said)
    return None


def accepts_between_rounds(profile: Profile, departed: Collection[str] = ()) -> bool:
    """Whether a `rounds` lot takes applications between its rounds too."""
    return profile.holds("opens_throughout") and "opens_throughout" not in departed


def answers_due_on(profile: Profile, closes_at: datetime, calendar: Calendar) -> date | None:
    """The day by which questions are answered to all before a deadline, a working day; None where
    the regime does not say."""
    length = profile.number("clarification_days")
    if length is None:
        return None
    return days.last_working_day(days.local_day(closes_at) - length * days.DAY, calendar)


def decision_due(
    profile: Profile, received_at: datetime, calendar: Calendar, *, longest: bool = False
) -> date | None:
    """The last day for deciding an application: with `longest`, when its own case has a recorded
    reason. None where neither the law nor the scheme gives a number. Where the notice has a batch
    decided together, `received_at` is the instant at which its round closed."""
    key = "decide_application_longest" if longest else "decide_application"
    if profile.number(key) is None:
        return None
    return due_on(profile, key, days.local_day(received_at), calendar)


def due_on(profile: Profile, key: str, event_on: date, calendar: Calendar) -> date:
    """The legal last day of a rule's period after an event: for clear days, the first day of the
    act instead. KeyError where the regime has no such rule; ValueError where it has no number."""
    rule, number = profile.rules[key], profile.number(key)
    if number is None or rule.unit not in COUNTERS:
        raise ValueError(f"{key} has no number of days")
    day = COUNTERS[rule.unit](event_on, number, calendar)
    rolls = rule.unit == Unit.DAYS and rule.rolls and profile.holds("rolls_to_working_day")
    return days.rolled(day, calendar) if rolls else day


def target_on(profile: Profile, key: str, event_on: date, calendar: Calendar) -> date:
    """The day to work to for a duty on the council: the last working day on or before the legal
    one."""
    return days.last_working_day(due_on(profile, key, event_on, calendar), calendar)


def effective_at(profile: Profile, published_at: datetime, calendar: Calendar) -> datetime:
    """The instant at which a decision published at another takes effect if nobody calls it in."""
    day = due_on(profile, "call_in", days.local_day(published_at), calendar)
    return days.start_of_day(day)


COUNTERS: Mapping[Unit, Callable[[date, int, Calendar], date]] = {
    Unit.DAYS: lambda day, number, calendar: days.calendar_days_from(day, number),
    Unit.DAYS_BEGINNING: lambda day, number, calendar: days.calendar_days_beginning_with(
        day, number
    ),
    Unit.CLEAR_DAYS: lambda day, number, calendar: days.clear_days_after(day, number),
    Unit.WORKING_DAYS: days.working_days_after,
    Unit.WORKING_DAYS_BEGINNING: days.working_days_beginning_with,
    Unit.CLEAR_WORKING_DAYS: days.clear_working_days_after,
    Unit.MONTHS: lambda day, number, calendar: days.months_after(day, number),
    Unit.YEARS: lambda day, number, calendar: days.years_after(day, number),
}


def _short(
    profile: Profile, key: str, opens_at: datetime, closes_at: datetime, calendar: Calendar
) -> Problem | None:
    opens_on, closes_on = days.local_day(opens_at), days.local_day(closes_at)
    least = earliest_closing_on(profile, key, opens_at, calendar) if key else None
    if least and closes_on < least:
        number, unit = profile.number(key), profile.rules[key].unit
        said = f"{number} {unit} from {said_on(opens_on)} end on {said_on(least)}."
        return _problem(profile.rules[key], f"It closes on {said_on(closes_on)}, but {said}")
    working = profile.number("least_working_days_in_period")
    if working and not days.has_working_days(opens_on, closes_on, working, calendar):
        said = f"From {said_on(opens_on)} to {said_on(closes_on)} there are fewer."
        return _problem(profile.rules["least_working_days_in_period"], said)
    return None


def _problem(rule: Rule, said: str) -> Problem:
    return Problem(rule.key, f"{rule.text}. {said} {_cited(rule)}", rule.may_depart)


def _cited(rule: Rule) -> str:
    return f"({rule.source})."


def _or(labels: list[str]) -> str:
    return " or ".join(labels)


def said_on(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


# Thresholds: what they are changes from a day on, so they are rows with a date


@dataclass(frozen=True)
class Threshold:
    """A value in pounds including VAT, from a day until the next row of its key."""

    key: str
    from_on: date
    pounds: int
    source: str


ACT_IN_FORCE = date(2025, 2, 24)
THRESHOLDS = (
    Threshold("light_touch", ACT_IN_FORCE, 663_540, "PA 2023 Sch. 1"),
    Threshold("sub_central", ACT_IN_FORCE, 214_904, "PA 2023 Sch. 1, figures for 2025"),
    Threshold("sub_central", date(2026, 1, 1), 207_720, "PA 2023 Sch. 1 as amended, SI 2025/1200"),
    Threshold("below_threshold_details", ACT_IN_FORCE, 30_000, "PA 2023 s. 87"),
)


def threshold(key: str, on: date) -> int:
    """The threshold in force on a day, in pounds including VAT. LookupError before the first."""
    rows = [row for row in THRESHOLDS if row.key == key and row.from_on <= on]
    if not rows:
        raise LookupError(f"No {key} threshold on {said_on(on)}")
    return max(rows, key=lambda row: row.from_on).pounds


# The rules


def _rules(*groups: tuple[Rule, ...]) -> Mapping[str, Rule]:
    """Later groups replace rules of earlier ones that have their key."""
    return MappingProxyType({rule.key: rule for group in groups for rule in group})


COUNCIL = (  # how councils decide and publish, whatever the scheme's regime
    Rule(
        "invites_suspended",
        True,
        Unit.YES_NO,
        "the terms of the scheme",
        "A provider that is suspended for a time is invited to offer like the others",
        may_depart=True,
    ),
    Rule(
        "forward_plan",
        28,
        Unit.CLEAR_DAYS,
        "SI 2012/2089 reg. 9",
        "A key decision is on the forward plan for 28 clear days before it is taken",
    ),
    Rule(
        "private_meeting_first_notice",
        28,
        Unit.CLEAR_DAYS,
        "SI 2012/2089 reg. 5",
        "A private meeting is announced 28 clear days before",
    ),
    # "Clear days" of notice of a meeting are read as weekdays that are no bank holiday
    # (R v Swansea City Council ex p. Elitestone 1993): the later, so the safer count.
    Rule(
        "private_meeting_second_notice",
        5,
        Unit.CLEAR_WORKING_DAYS,
        "SI 2012/2089 reg. 5",
        "A private meeting is announced again, with reasons, 5 clear days before",
    ),
    Rule(
        "agenda",
        5,
        Unit.CLEAR_WORKING_DAYS,
        "SI 2012/2089 reg. 7",
        "Agenda and reports are public for 5 clear days before the meeting",
    ),
    Rule(
        "general_exception",
        5,
        Unit.CLEAR_WORKING_DAYS,
        "SI 2012/2089 reg. 10",
        "Without 28 days on the forward plan, the chair of scrutiny is told 5 clear days before",
    ),
    Rule(
        "call_in",
        5,
        Unit.CLEAR_WORKING_DAYS,
        "the council's constitution",
        "A decision takes effect when 5 clear working days for calling it in have passed",
    ),
    Rule(
        "publish_spend_above",
        500,
        Unit.POUNDS,
        "Local Government Transparency Code 2015",
        "Spending above £500 is published every quarter",
    ),
    Rule(
        "publish_contracts_above",
        5_000,
        Unit.POUNDS,
        "Local Government Transparency Code 2015",
        "Contracts above £5,000, call-offs among them, are published every quarter",
    ),
    Rule(
        "challenge",
        30,
        Unit.DAYS_BEGINNING,
        "PCR 2015 reg. 92(2); PA 2023 s. 106",
        "A challenge is brought within 30 days of knowing the grounds",
    ),
)

PCR = (  # every procurement under the 2015 regulations
    Rule(
        "notice_before",
        date(2025, 2, 24),
        Unit.DATE,
        "SI 2024/716 reg. 5",
        "The Public Contracts Regulations 2015 go on for what was begun before 24 February 2025",
    ),
    Rule(
        "rolls_to_working_day",
        True,
        Unit.YES_NO,
        "PCR 2015 reg. 2(3)",
        "A period that would end on a day off ends on the next working day",
    ),
    Rule(
        "least_working_days_in_period",
        2,
        Unit.WORKING_DAYS,
        "PCR 2015 reg. 2(3)",
        "Every period has at least 2 working days in it",
    ),
    Rule(
        "clarification_days",
        6,
        Unit.DAYS_BEFORE,
        "PCR 2015 regs 53(6), 47(3)",
        "Questions asked in good time are answered to all at least 6 days before the deadline",
        may_depart=True,
    ),
    Rule(
        "exclusion_for_conviction",
        5,
        Unit.YEARS,
        "PCR 2015 reg. 57(11)",
        "A conviction excludes for 5 years",
    ),
    Rule(
        "exclusion_for_event",
        3,
        Unit.YEARS,
        "PCR 2015 reg. 57(12)",
        "Another ground for exclusion lapses 3 years after the event",
    ),
    Rule(
        "turnover_cap",
        2,
        Unit.TIMES,
        "PCR 2015 reg. 58(9), (14)",
        "A least turnover is at most twice the largest call-off that is expected",
    ),
    Rule(
        "reasons_to_unsuccessful",
        15,
        Unit.DAYS,
        "PCR 2015 reg. 55(2)",
        "Reasons are given within 15 days of a written request",
    ),
    Rule(
        "award_notice_after_quarter",
        30,
        Unit.DAYS,
        "PCR 2015 regs 50(5), 75(4)",
        "Awards of a quarter are notified within 30 days of its end",
    ),
    Rule(
        "standstill_is_mandatory",
        False,
        Unit.YES_NO,
        "PCR 2015 reg. 86(5)(c)",
        "No standstill is required before a call-off is awarded",
    ),
    Rule(
        "voluntary_standstill",
        10,
        Unit.DAYS,
        "PCR 2015 reg. 87(2)",
        "A standstill that is run all the same ends 10 days after the notice is sent",
    ),
    Rule(
        "retention",
        3,
        Unit.YEARS,
        "PCR 2015 reg. 84(9)",
        "What was done is kept on record for at least 3 years from the award",
    ),
    Rule(
        "pay_invoices",
        30,
        Unit.DAYS,
        "PCR 2015 reg. 113",
        "Undisputed invoices are paid within 30 days",
        rolls=False,  # reg. 2(3) is about periods in Part 2 alone
    ),
)

PCR_DPS = (
    Rule(
        "last_end_on",
        date(2029, 2, 23),
        Unit.DATE,
        "SI 2024/716 reg. 5(4)(b)",
        "A dynamic purchasing system ends by the end of 23 February 2029",
    ),
    Rule(
        "validity_fixed_after",
        date(2026, 2, 23),
        Unit.DATE,
        "SI 2024/716 reg. 5(4)(b)",
        "The period of a dynamic purchasing system cannot be changed after 23 February 2026",
    ),
    Rule(
        "shortest_initial_window",
        30,
        Unit.DAYS,
        "PCR 2015 reg. 34(9)",
        "Applications are first taken for at least 30 days from the day the notice is sent",
        may_depart=True,  # reg. 76: its own procedure, as its notice says
    ),
    Rule(
        "shortest_tender_window",
        10,
        Unit.DAYS,
        "PCR 2015 reg. 34(11)",
        "Offers are taken for at least 10 days from the day the invitations are sent",
        may_depart=True,
    ),
    Rule(
        "all_may_agree_tender_window",
        True,
        Unit.YES_NO,
        "PCR 2015 reg. 34(12)",
        "All who are invited may agree to another time for offers, the same for each",
    ),
    Rule(
        "decide_application",
        10,
        Unit.WORKING_DAYS,
        "PCR 2015 reg. 34(16)",
        "An application is decided within 10 working days of its receipt",
        may_depart=True,
    ),
    Rule(
        "decide_application_longest",
        15,
        Unit.WORKING_DAYS,
        "PCR 2015 reg. 34(17)",
        "In a single case with a reason, an application is decided within 15 working days",
        may_depart=True,
    ),
    Rule(
        "may_lengthen_before_first_call_off",
        True,
        Unit.YES_NO,
        "PCR 2015 reg. 34(18), (19)",
        "Before the first call-off, applications may take as long as the documents state",
    ),
    Rule(
        "admits_all",
        True,
        Unit.YES_NO,
        "PCR 2015 reg. 34(6)",
        "Every applicant that meets the selection criteria is admitted, whatever their number",
    ),
    Rule(
        "opens_throughout",
        True,
        Unit.YES_NO,
        "PCR 2015 reg. 34(2)",
        "A dynamic purchasing system takes applications throughout its life",
        may_depart=True,
    ),
    Rule(
        "invites_all",
        True,
        Unit.YES_NO,
        "PCR 2015 reg. 34(21), (22)",
        "Everybody admitted to the category is invited, at the same time and in writing",
    ),
    Rule(
        "needs_tender_notice",
        False,
        Unit.YES_NO,
        "PCR 2015 reg. 34",
        "A call-off needs no notice of its own",
    ),
    Rule(
        "conditions_fixed",
        False,
        Unit.YES_NO,
        "PCR 2015 reg. 34(24)",
        "Award criteria may be formulated more precisely in the invitation",
    ),
    Rule(
        "renewed_declaration",
        5,
        Unit.WORKING_DAYS,
        "PCR 2015 reg. 34(25)",
        "A renewed declaration is handed in within 5 working days of the request",
    ),
    Rule(
        "may_charge",
        False,
        Unit.YES_NO,
        "PCR 2015 reg. 34(29)",
        "Nobody is charged for applying or for being admitted",
    ),
)

PCR_FRAMEWORK = (
    Rule(
        "admits_all",
        False,
        Unit.YES_NO,
        "PCR 2015 reg. 33",
        "A framework admits as many as its notice says",
    ),
    Rule(
        "opens_throughout",
        False,
        Unit.YES_NO,
        "PCR 2015 reg. 33(5)",
        "A framework takes applications when its notice says so",
    ),
    Rule(
        "invites_all",
        True,
        Unit.YES_NO,
        "PCR 2015 reg. 33(11)",
        "Everybody on the framework who can perform the contract is consulted in writing",
    ),
    Rule(
        "needs_tender_notice",
        False,
        Unit.YES_NO,
        "PCR 2015 reg. 33",
        "A call-off needs no notice of its own",
    ),
    Rule(
        "conditions_fixed",
        True,
        Unit.YES_NO,
        "PCR 2015 reg. 33(6)",
        "A call-off does not change the terms of the framework substantially",
    ),
    Rule(
        "decide_application",
        None,
        Unit.WORKING_DAYS,
        "PCR 2015 reg. 76",
        "Applications are decided in the time that the notice gives",
        may_depart=True,
    ),
    Rule(
        "shortest_tender_window",
        None,
        Unit.DAYS,
        "PCR 2015 reg. 33(11)(b)",
        "Offers are taken for a time that is long enough for the contract",
        may_depart=True,
    ),
)

ACT = (  # every procurement under the 2023 Act
    Rule(
        "notice_from",
        ACT_IN_FORCE,
        Unit.DATE,
        "SI 2024/716 reg. 2",
        "The Procurement Act 2023 is for what is begun on or after 24 February 2025",
    ),
    Rule(
        "report_exclusion",
        30,
        Unit.DAYS_BEGINNING,
        "PA 2023 s. 59",
        "The review unit is told within 30 days that somebody was refused or removed on a ground "
        "for exclusion",
    ),
    Rule(
        "standstill_is_mandatory",
        False,
        Unit.YES_NO,
        "PA 2023 s. 51(3)",
        "No standstill is required for a light-touch contract or under a dynamic market",
    ),
    Rule(
        "voluntary_standstill",
        8,
        Unit.WORKING_DAYS_BEGINNING,
        "PA 2023 s. 51(5)",
        "A voluntary standstill has at least 8 working days, beginning with that of the notice",
    ),
    Rule(
        "contract_details_notice",
        120,
        Unit.DAYS_BEGINNING,
        "PA 2023 s. 53",
        "A light-touch contract's details are published within 120 days of entering into it",
    ),
    Rule(
        "contract_copy",
        180,
        Unit.DAYS_BEGINNING,
        "PA 2023 s. 53",
        "A copy of a light-touch contract is published within 180 days of entering into it",
    ),
    Rule(
        "contract_copy_above",
        5_000_000,
        Unit.POUNDS,
        "PA 2023 s. 53",
        "A copy is published of a contract worth more than £5 million",
    ),
    Rule(
        "termination_notice",
        30,
        Unit.DAYS_BEGINNING,
        "PA 2023 s. 80",
        "The end of a contract is notified within 30 days",
    ),
    Rule(
        "indicators_above",
        5_000_000,
        Unit.POUNDS,
        "PA 2023 s. 52",
        "Key performance indicators are set for contracts above £5 million, light touch excepted",
        may_depart=True,
    ),
    Rule(
        "least_indicators",
        3,
        Unit.NUMBER,
        "PA 2023 s. 52",
        "At least 3 key performance indicators are set, light touch excepted",
        may_depart=True,
    ),
    Rule(
        "assess_indicators",
        12,
        Unit.MONTHS,
        "PA 2023 s. 71",
        "Performance is assessed at least every 12 months, light touch excepted",
        may_depart=True,
    ),
    Rule(
        "publish_payments_above",
        30_000,
        Unit.POUNDS,
        "PA 2023 s. 70",
        "Payments above £30,000 are published every quarter",
    ),
    Rule(
        "publish_payments",
        30,
        Unit.DAYS,
        "PA 2023 s. 70",
        "Payments of a quarter are published within 30 days of its end",
    ),
    Rule(
        "payments_compliance_notice",
        30,
        Unit.DAYS,
        "PA 2023 s. 69",
        "How soon invoices were paid is notified within 30 days of each half-year",
    ),
    Rule(
        "retention",
        3,
        Unit.YEARS,
        "PA 2023 s. 98",
        "What was done is kept on record for 3 years from entering into the contract",
    ),
    Rule(
        "pay_invoices",
        30,
        Unit.DAYS,
        "PA 2023 s. 68",
        "Undisputed invoices are paid within 30 days",
    ),
    Rule(
        "invites_all",
        True,
        Unit.YES_NO,
        "PA 2023 s. 19",
        "Suppliers are treated alike: everybody admitted to the category is invited",
        may_depart=True,
    ),
)

ACT_MARKET = (
    Rule(
        "admits_all",
        True,
        Unit.YES_NO,
        "PA 2023 s. 36",
        "Every applicant that meets the conditions is admitted, whatever their number",
    ),
    Rule(
        "opens_throughout",
        True,
        Unit.YES_NO,
        "PA 2023 s. 36",
        "A dynamic market takes applications at any time",
    ),
    Rule(
        "conditions_fixed",
        True,
        Unit.YES_NO,
        "PA 2023 s. 36",
        "The conditions of a dynamic market do not change during its life",
    ),
    Rule(
        "may_ask_for_insurance_to_join",
        False,
        Unit.YES_NO,
        "PA 2023 s. 36(2)",
        "Insurance need not be in place before an award, nor accounts audited that need not be",
    ),
    Rule(
        "considers_pending_applications",
        True,
        Unit.YES_NO,
        "PA 2023 s. 34(4), (5)",
        "A bidder's application to join is considered before its offer is disregarded",
    ),
    Rule(
        "needs_tender_notice",
        True,
        Unit.YES_NO,
        "Procurement Regulations 2024 reg. 21",
        "Every call-off under a dynamic market has a tender notice",
    ),
    Rule(
        "only_above_threshold",
        True,
        Unit.YES_NO,
        "PA 2023 ss. 34, 85",
        "A dynamic market cannot be used for a contract below the threshold",
    ),
    Rule(
        "shortest_tender_window",
        10,
        Unit.DAYS,
        "PA 2023 s. 54",
        "Offers are taken for at least 10 days from the day after the invitations",
        may_depart=True,  # s. 54 has no least time for light touch
    ),
    Rule(
        "decide_application",
        None,
        Unit.WORKING_DAYS,
        "PA 2023 s. 36",
        "An application is decided within a reasonable period, which the scheme sets",
        may_depart=True,
    ),
    Rule(
        "may_charge",
        True,
        Unit.YES_NO,
        "PA 2023 s. 38",
        "A fee is due on award alone, as a fixed percentage of the contract's estimated value",
    ),
)

ACT_FRAMEWORK = (
    Rule(
        "admits_all",
        False,
        Unit.YES_NO,
        "PA 2023 s. 45(9)",
        "A light-touch framework admits as many as its notice says",
    ),
    Rule(
        "opens_throughout",
        False,
        Unit.YES_NO,
        "PA 2023 ss. 45(9), 49",
        "A light-touch framework takes applications when its notice says so",
    ),
    Rule(
        "conditions_fixed",
        False,
        Unit.YES_NO,
        "PA 2023 s. 45(9)",
        "A light-touch framework's terms are what its notice says",
    ),
    Rule(
        "needs_tender_notice",
        False,
        Unit.YES_NO,
        "PA 2023 s. 45",
        "A call-off under a framework needs no tender notice",
    ),
    Rule(
        "shortest_initial_window",
        None,
        Unit.DAYS,
        "PA 2023 s. 54",
        "Applications are taken for a reasonable time, which the notice gives",
        may_depart=True,
    ),
    Rule(
        "shortest_tender_window",
        None,
        Unit.DAYS,
        "PA 2023 s. 54",
        "Offers are taken for a reasonable time; light touch has no least",
        may_depart=True,
    ),
    Rule(
        "decide_application",
        None,
        Unit.WORKING_DAYS,
        "PA 2023 s. 49",
        "Applications are decided in the time that the notice gives",
        may_depart=True,
    ),
    Rule(
        "reopens_first_within",
        3,
        Unit.YEARS,
        "PA 2023 s. 49",
        "An open framework opens again within 3 years of the first award",
    ),
    Rule(
        "reopens_within",
        5,
        Unit.YEARS,
        "PA 2023 s. 49",
        "An open framework opens again within 5 years of the time before",
    ),
    Rule(
        "longest_life",
        8,
        Unit.YEARS,
        "PA 2023 s. 49",
        "An open framework lasts for at most 8 years; a light-touch one that never re-opens has "
        "no longest life",
    ),
)

ENGLAND = ("england",)
ANY_PART = ("england", "wales", "scotland", "northern_ireland")

PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        profile.key: profile
        for profile in (
            Profile(
                "pcr_2015_dps",
                "Dynamic purchasing system (Public Contracts Regulations 2015)",
                ENGLAND,
                _rules(COUNCIL, PCR, PCR_DPS),
            ),
            Profile(
                "pa_2023_dynamic_market",
                "Dynamic market (Procurement Act 2023)",
                ANY_PART,
                _rules(COUNCIL, ACT, ACT_MARKET),
            ),
            Profile(
                "pa_2023_light_touch_framework",
                "Light-touch framework (Procurement Act 2023)",
                ANY_PART,
                _rules(COUNCIL, ACT, ACT_FRAMEWORK),
            ),
            Profile(
                "framework",
                "Framework (Public Contracts Regulations 2015)",
                ENGLAND,
                _rules(COUNCIL, PCR, PCR_FRAMEWORK),
            ),
        )
    }
)
