"""Mini-competitions as their pages show them. Before the deadline nothing here tells, to anyone but
a provider of its own offer, whether there are offers."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from dps.calendar import at_local, last_working_day, local_day, working_days_after
from dps.clock import UK, now
from dps.models import Event, Grant, Promise, Role, User
from dps.promises import key_of
from dps.words import Clock
from lots.calculations import regimes
from lots.calculations.regimes import PROFILES, Profile
from lots.models import (
    Assessment,
    AwardRoute,
    Lot,
    LotKind,
    ProcedureState,
    Question,
    Regime,
    Route,
)
from lots.queries.lots import calendar_of, departures_of, time_left
from lots.queries.rounds import Word
from packages import policies
from packages.models import CallOff, Invitation, NoAward, Offer, Placement, Ranking
from providers.calculations.pricing import PatternLine
from providers.models import Declaration, Member, Organisation

TIMES = "\N{MULTIPLICATION SIGN}"
MARKING_DAYS = 5  # working days that those who mark have, from the deadline
MOST_DAYS = 14  # that two working days can be, over any holidays
REMINDERS = (2, 1)  # working days before the deadline
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def for_staff(user) -> QuerySet:
    """The call-offs that the person works on, with what a row of the list shows."""
    return with_outcome(policies.work_on_call_off.rows(user)).order_by("-opens_at", "pk")


def for_provider(user) -> QuerySet:
    """The call-offs that the person's organisations were invited to, with what a row of the list
    shows: of their own offer alone."""
    own = Offer.objects.filter(
        call_off=OuterRef("pk"), organisation__in=Member.objects.organisations(user)
    )
    rows = with_outcome(policies.answer_call_off.rows(user))
    return rows.annotate(own_state=Subquery(own.values("state")[:1])).order_by("-opens_at", "pk")


def with_outcome(call_offs: QuerySet) -> QuerySet:
    """Annotate `deadline`, and what followed: `is_ranked`, `is_awarded`, `is_not_awarded`."""
    here = {"call_off": OuterRef("pk")}
    return (
        call_offs.with_deadline()
        .annotate(
            is_ranked=Exists(Ranking.objects.filter(**here)),
            is_awarded=Exists(Placement.objects.filter(**here)),
            is_not_awarded=Exists(NoAward.objects.filter(**here)),
        )
        .select_related("lot", "scheme", "package")
    )


def whole(call_off: CallOff) -> CallOff:
    """A call-off as `with_outcome` has it."""
    return with_outcome(CallOff.objects.filter(pk=call_off.pk)).get()


def word_of(call_off: CallOff, at: datetime) -> Word:
    """What is said of a call-off from `with_outcome` to those who work on it."""
    if call_off.state == ProcedureState.CANCELLED:
        return Word("Cancelled", "", "dash")
    if call_off.state == ProcedureState.DRAFT or call_off.deadline is None:
        return Word("Draft")
    if at <= call_off.deadline:
        return Word("Sealed until the deadline", "seal", "lock")
    if call_off.is_awarded:
        return Word("Awarded", "go", "tick")
    if call_off.is_not_awarded:
        return Word("Not awarded", "", "dash")
    return Word("Marked, to be awarded" if call_off.is_ranked else "To be marked", "info", "half")


def word_for_provider(call_off: CallOff, at: datetime) -> Word:
    """What is said of a call-off from `for_provider` to a provider that was invited."""
    own = getattr(call_off, "own_state", None)
    if call_off.state == ProcedureState.CANCELLED:
        return Word("Cancelled", "", "dash")
    if at <= call_off.deadline:
        if own == "submitted":
            return Word("Submitted", "go", "tick")
        return Word("Draft, not submitted", "warn", "half") if own else Word("Open", "go", "dot")
    if call_off.is_awarded or call_off.is_not_awarded:
        return Word("Decided", "", "square")
    if own == "submitted":
        return Word("Being marked", "info", "half")
    return Word("Closed", "", "square")


def clock_of(call_off: CallOff, at: datetime, verb: str = "Closes") -> Clock | None:
    """How long until the deadline; None where there is none to come."""
    if call_off.deadline is None or call_off.state == ProcedureState.CANCELLED:
        return None
    return time_left(call_off.deadline, at, calendar_of(call_off.scheme), verb)


# How it is bought


def profile_of(lot: Lot) -> Profile:
    """The law that call-offs of a lot are under, with what the notice says instead. A lot that is a
    framework is under its regime's framework."""
    regime = lot.scheme.regime
    if lot.kind == LotKind.FRAMEWORK:
        of_frameworks = {
            Regime.PCR_2015_DPS: "framework",
            Regime.PA_2023_MARKET: Regime.PA_2023_FRAMEWORK,
        }
        regime = of_frameworks.get(regime, regime)
    return PROFILES[regime].departing(departures_of(lot))


def earliest_closing_on(call_off: CallOff) -> date | None:
    """The first day on which offers may close, were it published now; None where the law has no
    least."""
    profile, calendar = profile_of(call_off.lot), calendar_of(call_off.scheme)
    return regimes.earliest_closing_on(profile, "shortest_tender_window", now(), calendar)


def lots_for(package) -> list[Lot]:
    """The lots of the package's scheme that may be called off by mini-competition."""
    routes = AwardRoute.objects.filter(route=Route.MINI_COMPETITION)
    lots = Lot.objects.filter(scheme=package.scheme_id, pk__in=routes.values("lot"))
    return list(lots.select_related("scheme").order_by("position"))


def may_mark(authority_id) -> QuerySet:
    """The people of an authority who may be named to mark."""
    roles = (Role.PRACTITIONER, Role.BROKER, Role.EVALUATOR, Role.COMMISSIONER)
    held = Grant.objects.in_force().filter(authority=authority_id, role__in=roles)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("name")


def snapshot(call_off: CallOff, pattern: list[PatternLine]) -> dict:
    """What every provider is shown, as it stands at publishing."""
    package = call_off.package
    award_route = call_off.lot.award_routes.get(route=Route.MINI_COMPETITION)
    return {
        "reference": package.reference,
        "need": package.need,
        "outcomes": [outcome.title for outcome in package.outcomes.all()],
        "pattern": [
            {
                "unit": line.unit,
                "quantity": f"{line.quantity.normalize():f}",
                "supported": line.supported,
                "weekday": line.weekday,
                "mode": line.mode,
                "zone": line.zone,
                "tier": line.tier,
            }
            for line in pattern
        ],
        "locality": package.locality.title,
        "client_group": package.client_group.title,
        "age_band": package.get_age_band_display(),
        "starts_on": package.starts_on.isoformat(),
        "ends_on": package.ends_on.isoformat() if package.ends_on else "",
        "weekly_budget": f"{call_off.weekly_budget:.2f}",
        "notice_words": award_route.notice_words,
    }


def pattern_of(call_off: CallOff) -> list[PatternLine]:
    """The pattern that was published."""
    return [
        PatternLine(**line | {"quantity": Decimal(line["quantity"])})
        for line in call_off.published["pattern"]
    ]


def pattern_in_words(call_off: CallOff) -> list[str]:
    """ "2 half days on Monday, 1 to 1"."""
    said = []
    for line in call_off.published["pattern"]:
        quantity = Decimal(line["quantity"])
        unit = line["unit"].replace("_", " ") + ("" if quantity == 1 else "s")
        day = f" on {DAY_NAMES[line['weekday']]}" if line["weekday"] is not None else " a week"
        alone = line["supported"] == 1
        group = "one to one" if alone else f"in a group of {line['supported']}"
        mode = ", virtual" if line["mode"] == "virtual" else ""
        said.append(f"{quantity.normalize():f} {unit}{day}, {group}{mode}")
    return said


def starts_on(call_off: CallOff) -> date:
    return date.fromisoformat(call_off.published["starts_on"])


def ends_on(call_off: CallOff) -> date | None:
    said = call_off.published["ends_on"]
    return date.fromisoformat(said) if said else None


def questions_of(call_off: CallOff, size: str = "") -> list[Question]:
    """What an organisation of a size is asked on the call-off, in order."""
    asked = Question.objects.filter(section__questionnaire=call_off.questionnaire_id)
    ordered = asked.select_related("section").order_by("section__position", "position")
    return [question for question in ordered if question.is_asked([call_off.lot.key], size)]


def scored_of(call_off: CallOff, size: str = "") -> list[Question]:
    """Those of the questions that are marked."""
    return [q for q in questions_of(call_off, size) if q.assessment == Assessment.SCORED]


def share(call_off: CallOff, question: Question) -> Decimal:
    """How many of 100 points a question counts for: its weight among those of quality."""
    return question.weight * call_off.quality_weight / 100


def criteria(call_off: CallOff) -> list[tuple[str, str]]:
    """How offers are marked, in words: pairs of criterion and what it counts."""
    said = []
    for question in scored_of(call_off):
        passes = f", pass mark {question.pass_mark} of 5" if question.pass_mark else ""
        said.append((short(question), f"{plain(share(call_off, question))}{passes}"))
    price = 100 - call_off.quality_weight
    said.append(("Price", f"{plain(price)} {TIMES} lowest ÷ price"))
    decides = "the person's preference among those that qualify"
    ranked = "the best total among those that qualify"
    said.append(("Then", decides if call_off.preference_decides else ranked))
    return said


def short(question: Question) -> str:
    """What a question is called where there is no room for all of it: its key, in words."""
    return question.key.replace("-", " ").capitalize()


def plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


# Who was invited


def evidence(call_off: CallOff) -> QuerySet:
    """Everybody who was on the lot at the instant of publishing: invited, or why not."""
    rows = Invitation.objects.filter(call_off=call_off.pk)
    return rows.select_related("organisation", "admission").order_by("organisation__name", "pk")


def invited(call_off: CallOff) -> QuerySet:
    return evidence(call_off).filter(withheld="")


def invited_as(user, call_off: CallOff) -> Organisation | None:
    """The organisation that the person answers for: one that has begun an offer, else the first by
    name."""
    own = Organisation.objects.filter(
        pk__in=Member.objects.organisations(user),
        invitations__call_off=call_off.pk,
        invitations__withheld="",
    )
    begun = Offer.objects.filter(call_off=call_off.pk, organisation=OuterRef("pk"))
    return own.annotate(begun=Exists(begun)).order_by("-begun", "name").first()


def to_declare_about(user, call_off: CallOff) -> list[Organisation]:
    """The organisations invited, offers or none, of which the person has not said whether they have
    an interest in them."""
    return list(_unsaid(user, call_off).order_by("name"))


def undeclared(user, call_off: CallOff) -> int:
    """Of an opened call-off, how many that offered the person has not said that of: while there is
    one, they rank and award nothing."""
    offered = call_off.offers.standing().values("organisation")
    return _unsaid(user, call_off).filter(pk__in=offered).count()


def _unsaid(user, call_off: CallOff) -> QuerySet:
    said = Declaration.objects.standing(user).filter(scheme=call_off.scheme_id)
    invited_to = Organisation.objects.filter(
        invitations__call_off=call_off.pk, invitations__withheld=""
    )
    return invited_to.exclude(pk__in=said.values("organisation"))


# What is due and not done


def due_to_close(at: datetime) -> QuerySet:
    """Call-offs past their deadline that are not on record as closed."""
    waiting = [ProcedureState.PUBLISHED, ProcedureState.OPEN]
    return CallOff.objects.past_deadline(at).filter(state__in=waiting)


def due_reminder(deadline: datetime, at: datetime, calendar) -> int | None:
    """Which reminder is due: 2 or 1 working days before, of several missed only the last."""
    due = [n for n in REMINDERS if reminded_at(deadline, n, calendar) <= at <= deadline]
    return min(due) if due else None


def reminded_at(deadline: datetime, days: int, calendar) -> datetime:
    """The instant so many working days before a deadline, at its own time of day."""
    local = deadline.astimezone(UK)
    day = local.date()
    for _ in range(days):
        day = last_working_day(date.fromordinal(day.toordinal() - 1), calendar)
    return at_local(day, local.time())


def marks_due_on(call_off: CallOff) -> date:
    """The day by which those named are to have marked."""
    closed_on = local_day(call_off.deadline)
    return working_days_after(closed_on, MARKING_DAYS, calendar_of(call_off.scheme))


def has_passed(call_off: CallOff) -> bool:
    return call_off.deadline is not None and now() > call_off.deadline


def due_to_remind(at: datetime) -> list[CallOff]:
    """Running call-offs whose reminder is due and not yet owed, the first to close first."""
    until = at + timedelta(days=MOST_DAYS)
    running = CallOff.objects.taking_offers(at).filter(deadline__lte=until, is_rehearsal=False)
    first = Invitation.objects.filter(call_off=OuterRef("pk"), withheld="").order_by("pk")
    owed = {}
    for call_off in (
        running.annotate(invitation=Subquery(first.values("pk")[:1]))
        .select_related("scheme")
        .order_by("deadline")
    ):
        days = due_reminder(call_off.deadline, at, calendar_of(call_off.scheme))
        if days and call_off.invitation:
            which = (str(days), call_off.deadline.isoformat())
            invitation = Invitation(pk=call_off.invitation)
            owed[key_of("packages.call_off_reminder", invitation, *which)] = call_off
    made = set(Promise.objects.filter(key__in=owed).values_list("key", flat=True))
    return [call_off for made_as, call_off in owed.items() if made_as not in made]


def why_cancelled(call_off: CallOff) -> str:
    """The reason on record."""
    verb = f"{call_off._meta.label_lower}.cancelled"
    event = Event.objects.filter(subject_id=call_off.pk, verb=verb).order_by("at").last()
    return event.why if event else ""
