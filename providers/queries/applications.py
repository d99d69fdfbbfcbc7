"""What an application is made of, and lists of them."""

from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery

from dps.clock import now
from dps.models import BankHoliday, SealingKey
from dps.words import Clock, clock, counted, working_days
from lots.calculations.regimes import PROFILES
from lots.models import AdmissionMode, Assessment, Deadline, Lot, Question, Round, Scheme
from lots.policies import view_round, view_scheme
from lots.queries.lots import open_at_any_time, takes_at_any_time
from providers import policies
from providers.calculations.answers import Asked, problem, standing, state
from providers.calculations.services import LotRules, problems
from providers.models import Admission, Application, ApplicationState, Result, Section


def for_list(user):
    """The applications of the person's organisations, with what a row of the list shows."""
    return (
        with_deadline(policies.edit_application.rows(user))
        .select_related("round", "organisation", "scheme")
        .with_decided()
        .annotate(times_submitted=Count("submissions", distinct=True))
        .order_by("-started_at", "pk")
    )


def whole(user, application_id) -> Application:
    """An application that the person writes in, with what its pages name."""
    rows = with_deadline(policies.edit_application.rows(user)).with_decided()
    return rows.select_related("round", "scheme", "organisation", "questionnaire").get(
        pk=application_id
    )


def rounds_to_apply_to(user, at):
    """The rounds that take applications now and that some organisation of the person has not begun
    one for, the first to close first."""
    taking = Round.objects.taking_applications(at)
    seen = taking.filter(pk__in=view_round.rows(user).values("pk")).select_related("scheme")
    return seen.filter(_has_not_begun(user, round=OuterRef(OuterRef("pk")))).order_by("deadline")


def schemes_to_apply_to(user, at):
    """The schemes with a lot that takes applications at any time and that some organisation of the
    person, with no draft for the scheme's open lots, has still to apply for."""
    running = view_scheme.rows(user).filter(ends_on__gte=at.date(), published_at__lte=at)
    modes = [AdmissionMode.OPEN, AdmissionMode.ROUNDS]
    lots = Lot.objects.with_mode().filter(scheme__in=running.values("pk"), mode__in=modes)
    asked = lots.select_related("scheme").prefetch_related("scheme__departures")
    ids = [lot.pk for lot in asked if takes_at_any_time(lot)]
    begun = Application.objects.filter(
        scheme=OuterRef(OuterRef("scheme")), round=None, state=ApplicationState.DRAFT
    )
    free = policies.apply_for.rows(user).exclude(pk__in=begun.values("organisation"))
    free = free.exclude(_is_taken(lot=OuterRef(OuterRef("pk")), organisation=OuterRef("pk")))
    left = Lot.objects.filter(Exists(free), pk__in=ids)
    return running.filter(pk__in=left.values("scheme"))


def _has_not_begun(user, **application):
    begun = Application.objects.filter(**application).values("organisation")
    organisations = policies.apply_for.rows(user)
    return Exists(organisations.exclude(pk__in=begun))


def _is_taken(*, lot, organisation):
    """Whether an organisation stands on a lot, or has an application for it, to open lots, that is
    not decided yet. One that was withdrawn, or not admitted, may apply again."""
    on_it = Admission.objects.standing().filter(lot=lot, organisation=organisation)
    decided = Result.objects.filter(application=OuterRef("application"), lot=OuterRef("lot"))
    submitted = Application.lots.through.objects.filter(
        lot=lot,
        application__organisation=organisation,
        application__state=ApplicationState.SUBMITTED,
    )
    return Exists(on_it) | Exists(submitted.exclude(Exists(decided)))


def under_way(user):
    """What the person's organisations have begun or submitted for open lots and that is not decided
    on all of its lots, the newest first: why an open lot may not be offered again."""
    of_open_lots = for_list(user).filter(round=None, is_decided=False)
    return of_open_lots.exclude(state=ApplicationState.WITHDRAWN).prefetch_related("lots")


def open_lots(scheme: Scheme, organisation, at) -> list[Lot]:
    """The lots that take applications at any time and that the organisation has still to apply
    for."""
    taken = Lot.objects.filter(
        _is_taken(lot=OuterRef("pk"), organisation=organisation.pk), scheme=scheme
    )
    keys = set(taken.values_list("pk", flat=True))
    return [lot for lot in open_at_any_time(scheme, at) if lot.pk not in keys]


def lots_on_offer(application: Application, at) -> list[Lot]:
    """The lots that an application may be for: its round's, or those open at any time that the
    applicant has still to apply for."""
    if application.round_id:
        return list(Lot.objects.filter(round_lots__round=application.round_id))
    return open_lots(application.scheme, application.organisation, at)


@dataclass(frozen=True)
class Part:
    """A line of the task list: `state` is complete, error, in_progress, check or not_started;
    `problems` what is still wrong, `about` what a line under it says."""

    section: Section
    key: str
    title: str
    group: str
    state: str
    problems: list[str]
    about: str = ""


def questions(application: Application, lots: list[str], size: str = "") -> list[Question]:
    """What this applicant is asked, in order, for lots with these keys. `size` is what it was when
    it submitted; its present one unless told."""
    size = size or application.organisation.size
    return [q for q in _questions_of({application.questionnaire_id}) if q.is_asked(lots, size)]


def _questions_of(questionnaires):
    asked = Question.objects.filter(section__questionnaire__in=questionnaires)
    return asked.select_related("section").order_by("section__position", "position")


def asked(question: Question) -> Asked:
    return Asked(
        key=question.key,
        text=question.text,
        kind=question.kind,
        is_required=question.is_required,
        word_limit=question.word_limit,
        asked_if=question.asked_if,
    )


def lot_rules(lot: Lot) -> LotRules:
    """`lot` with its tiers prefetched."""
    return LotRules(
        key=lot.key,
        modes=frozenset(lot.modes),
        units=frozenset(lot.units),
        tiers={tier.key: tier.ceiling for tier in lot.tiers.all()},
    )


def lots_chosen(scheme_id, keys: list[str]) -> list[Lot]:
    """The lots with these keys, with their tiers."""
    chosen = Lot.objects.filter(scheme=scheme_id, key__in=keys)
    return list(chosen.prefetch_related("tiers"))


def drafts_of(organisation, user, at):
    """What an organisation has begun, not submitted, and still may: the first due first. Annotated
    with `deadline`; an application to open lots has none."""
    begun = not_erased(policies.edit_application.rows(user)).filter(
        organisation=organisation, state=ApplicationState.DRAFT
    )
    due = with_deadline(begun).filter(Q(round=None) | Q(deadline__gte=at))
    with_all = due.select_related("round", "scheme", "organisation", "questionnaire")
    return with_all.order_by(F("deadline").asc(nulls_last=True), "started_at")


def not_erased(applications):
    """Those of which what was written can still be read."""
    return applications.filter(pk__in=SealingKey.objects.values("pk"))


def with_deadline(applications):
    """Annotate `deadline`: the last one of the round; none for open lots."""
    latest = Deadline.objects.filter(procedure=OuterRef("round")).order_by("-at")
    return applications.annotate(deadline=Subquery(latest.values("at")[:1]))


def drafts(opened: dict[Application, dict[Section, dict]]) -> dict[Application, dict]:
    """Shape opened drafts as `open_draft` gives them, in a number of statements that does not grow
    with how many there are."""
    asked_of: dict = {}
    for question in _questions_of({each.questionnaire_id for each in opened}):
        asked_of.setdefault(question.section.questionnaire_id, []).append(question)
    lots_of: dict = {}
    schemes = {each.scheme_id for each in opened}
    for lot in Lot.objects.filter(scheme__in=schemes).prefetch_related("tiers"):
        lots_of.setdefault(lot.scheme_id, []).append(lot)
    return {
        each: _draft(
            each, said, asked_of.get(each.questionnaire_id, []), lots_of.get(each.scheme_id, [])
        )
        for each, said in opened.items()
    }


def _draft(application: Application, opened: dict, every_question: list, every_lot: list) -> dict:
    sections = {section.key: section for section in opened}
    contents = {section.key: said for section, said in opened.items()}
    lots = contents[Section.LOTS].get("lots", [])
    chosen = [lot for lot in every_lot if lot.key in lots]
    put = [q for q in every_question if q.is_asked(lots, application.organisation.size)]
    answers: dict = {}
    carried: list = []
    for said in contents.values():
        answers |= said.get("answers", {})
        carried += said.get("carried", [])
    called_for = standing([asked(q) for q in put], answers)
    services = contents[Section.SERVICES].get("services", [])
    by_section: dict = {}
    for question in put:
        by_section.setdefault(question.section, []).append(question)
    parts = [_lots_part(sections[Section.LOTS], lots)]
    parts += [
        _questions_part(sections[section.key], section, members, called_for, carried, lots)
        for section, members in by_section.items()
    ]
    parts.append(_services_part(sections[Section.SERVICES], services, chosen))
    return {
        "lots": lots,
        "chosen": chosen,
        "answers": called_for,
        "documents": [q.key for q in put if q.kind == "document" and q.key in called_for],
        "services": [_within(service, lots) for service in services],
        "parts": parts,
        "seen": {key: section.revision for key, section in sections.items()},
        "carried": carried,
        "contents": contents,
        "every_answer": answers,
        "questions": put,
    }


def _lots_part(section: Section, lots: list[str]) -> Part:
    return Part(
        section=section,
        key=Section.LOTS,
        title="Lots you are applying for",
        group="Your application",
        state="complete" if lots else "not_started",
        problems=[] if lots else ["Choose at least one lot"],
        about=", ".join(f"Lot {key}" for key in lots),
    )


def _questions_part(section, about, members, answers, carried, lots) -> Part:
    of_section = [asked(q) for q in members]
    wrong = [said for q in of_section if (said := problem(q, answers))]
    how = state(of_section, answers)
    to_check = any(q.key in carried for q in of_section)
    if how == "complete" and to_check:
        how, wrong = "check", ["Check that the answers carried over are still true"]
    sayings = [weight_of(members, lots)]
    if to_check:
        sayings.append("Carried over from your last application")
    elif how == "error":
        sayings.append(wrong[0])
    return Part(
        section=section,
        key=section.key,
        title=about.title,
        group=about.group or "Questions",
        state=how,
        problems=wrong,
        about=". ".join(filter(None, sayings)),
    )


def _services_part(section: Section, services: list[dict], chosen: list[Lot]) -> Part:
    wrong = problems(services, [lot_rules(lot) for lot in chosen])
    begun = "in_progress" if services else "not_started"
    how = "complete" if chosen and not wrong else begun
    rates = sum(len(service["rates"]) for service in services)
    said = f"{counted(len(services), 'service')}, {counted(rates, 'rate')}" if services else ""
    return Part(
        section=section,
        key=Section.SERVICES,
        title="Services and rates",
        group="Services, rates and submitting",
        state=how,
        problems=wrong or ([] if chosen else ["Choose your lots first"]),
        about=". ".join(filter(None, [said, wrong[0] if services and wrong else ""])),
    )


def _within(service: dict, lots: list[str]) -> dict:
    """A service as it is submitted: for the lots applied for, and no other."""
    return service | {
        "lots": [key for key in service["lots"] if key in lots],
        "rates": [rate for rate in service["rates"] if rate["lot"] in lots],
    }


def weight_of(members: list[Question], lots: list[str]) -> str:
    """How questions count for lots with these keys: "20% of the marks", "20% of the marks of lot
    1a, 10% of lot 2", "Pass or fail"; "" when they are for information."""
    scored = [q for q in members if q.assessment == Assessment.SCORED]
    weights = {}
    for key in lots or [""]:
        of_lot = [q.weight for q in scored if not q.lots or not key or key in q.lots]
        weights[key] = f"{sum(of_lot, Decimal(0)).normalize():f}%"
    if scored and len(set(weights.values())) == 1:
        return f"{weights.popitem()[1]} of the marks"
    if scored:
        first, *rest = [(key, weight) for key, weight in weights.items() if weight != "0%"]
        said = [f"{first[1]} of the marks of lot {first[0]}"]
        return ", ".join(said + [f"{weight} of lot {key}" for key, weight in rest])
    decides = any(q.assessment == Assessment.PASS_FAIL for q in members)
    return "Pass or fail" if decides else ""


def is_decided(application: Application) -> bool:
    """Whether a decision on each of its lots has taken effect."""
    return Application.objects.with_decided().get(pk=application.pk).is_decided


def deadline_of(application: Application):
    """The last deadline of its round; None when it is to open lots."""
    if application.round_id is None:
        return None
    return Deadline.objects.filter(procedure=application.round_id).latest("at").at


def closing(deadline, scheme: Scheme) -> Clock | None:
    """How long is left until a deadline, in working days as the scheme's regime counts them."""
    return closings([(deadline, scheme)])[0]


def closings(dues: list[tuple]) -> list[Clock | None]:
    """As `closing`, for pairs of a deadline and its scheme; None where there is no deadline."""
    days_of: dict = {}
    if any(deadline for deadline, _ in dues):
        for part, day in BankHoliday.objects.values_list("part", "day"):
            days_of.setdefault(part, set()).add(day)
    return [deadline and _closing(deadline, scheme, days_of) for deadline, scheme in dues]


def _closing(deadline, scheme: Scheme, days_of: dict) -> Clock:
    parts = PROFILES[scheme.regime].parts
    holidays = set().union(*(days_of.get(part, set()) for part in parts))
    days = partial(working_days, holidays=holidays)
    return clock(deadline, now(), verb="Closes", past="Closed", is_late=False, days=days)


def snapshot(organisation) -> dict:
    """The organisation's details as they stood."""
    names = (
        "name",
        "legal_form",
        "company_number",
        "charity_number",
        "cqc_provider_id",
        "size",
        "staff",
        "is_vcse",
        "address",
    )
    return {name: getattr(organisation, name) for name in names} | {
        "turnover": str(organisation.turnover)
    }
