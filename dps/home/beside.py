"""What stands beneath and beside the queue of one's first page: how things are."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from django.apps import apps
from django.db.models import Count, Q
from django.urls import reverse

from awards import policies as awarding
from awards.models import AgreementState, EvaluationState
from dps import policies
from dps.admin import list_of, page_of
from dps.calendar import working_days_after
from dps.clock import now, today
from dps.home.named import name_subjects
from dps.home.todo import first
from dps.models import BankHoliday, Event, Excepted, Grant, Part, Role, User
from dps.words import counted, uk_date, uk_instant
from lots import policies as running
from lots.calculations import decisions as steps
from lots.models import Decision, DecisionState, Round
from lots.queries import lots as standing
from packages import policies as buying
from packages.calculations.years import said, year_from, year_of
from packages.queries import spend
from providers.models import Admission

ENDS_SOON = 20  # working days
NEWEST = 5
LOOKED_AT = 300
OPEN = [DecisionState.DRAFT, DecisionState.PUBLISHED, DecisionState.CONSIDERED]
READINGS = Q(verb__endswith=".opened") | Q(verb="awards.report.appendix read")
OVER = [EvaluationState.EFFECTIVE, EvaluationState.VOID]


def around(user) -> dict:
    """The parts that the person has a use for: `below` the queue, and `parts` beside it."""
    return {
        "below": [part for source in BELOW for part in source(user)],
        "parts": [part for source in BESIDE for part in source(user)],
    }


def part(title: str, template: str, rows, url: str = "", link: str = "") -> dict:
    return {"title": title, "template": template, "rows": rows, "url": url, "link": link}


def rounds(user) -> Iterator[dict]:
    """Every lot of one's schemes: whether it takes applications, who is on it, what is decided."""
    schemes = list(running.view_scheme_file.rows(user).order_by("title"))
    lots = standing.for_schemes(schemes, user, now())
    admitted = dict(
        Admission.objects.in_force(today())
        .filter(lot__scheme__in=[scheme.pk for scheme in schemes])
        .values_list("lot")
        .annotate(n=Count("organisation", distinct=True))
    )
    deciding = dict(
        awarding.view_evaluation.rows(user)
        .exclude(state__in=OVER)
        .values_list("lot")
        .annotate(n=Count("pk", distinct=True))
        .order_by()
    )
    for scheme in schemes:
        rows = [lot_row(lot, admitted, deciding) for lot in lots[scheme.pk]]
        title = "Lots and rounds" if len(schemes) == 1 else f"Lots of {scheme.short_title}"
        if rows:
            yield part(title, "components/lot_rows.html", rows, list_of(Round), "All rounds")


def lot_row(lot, admitted: dict, deciding: dict) -> dict:
    word, _, rest = lot.standing.says.partition(", ")
    said = [f"{rest[:1].upper()}{rest[1:]}."] if rest else []
    said += [lot.about] if lot.about else []
    said.append(f"{counted(admitted.get(lot.pk, 0), 'provider')} with an agreement in force.")
    if number := deciding.get(lot.pk, 0):
        said.append(f"{counted(number, 'application')} being decided.")
    return {
        "key": lot.key,
        "word": word,
        "kind": lot.standing.kind,
        "shape": lot.standing.shape,
        "text": " ".join(said),
    }


def decisions(user) -> Iterator[dict]:
    """Decisions on their way: not signed, or signed and waiting for call-in to end."""
    seen = running.view_decision_file.rows(user)
    waiting = Q(state__in=OPEN) | Q(state=DecisionState.SIGNED, effective_at__gt=now())
    found = first(seen.filter(waiting).order_by("number"), NEWEST)
    if found:
        rows = [decision_row(each) for each in found]
        yield part(
            "Decisions waiting", "components/link_rows.html", rows, list_of(Decision), "Register"
        )


def decision_row(decision: Decision) -> dict:
    says = decision.get_kind_display()
    if decision.state == DecisionState.SIGNED:
        says = f"Takes effect {uk_instant(decision.effective_at)} if not called in"
    elif decision.published_on:
        says = f"{says}. Earliest signature {uk_date(steps.earliest_on(decision.published_on))}"
    return {
        "text": str(decision),
        "url": page_of(decision),
        "word": decision.get_state_display(),
        "kind": "info" if decision.state == DecisionState.SIGNED else "",
        "shape": "half" if decision.state == DecisionState.SIGNED else "ring",
        "sub": f"{says}.",
    }


CONTRACTING = (Role.COMMISSIONER, Role.CONTRACT_MANAGER, Role.LEGAL_OFFICER, Role.AUDITOR)
AGREEMENTS = [
    (AgreementState.DRAFTED, "Drafted, to be sent"),
    (AgreementState.SENT, "Sent, not signed"),
    (AgreementState.SIGNED, "Signed, to be sealed"),
    (AgreementState.IN_FORCE, "In force"),
]


def contracts(user) -> Iterator[dict]:
    """How many agreements stand where."""
    if not Grant.objects.authorities(user, *CONTRACTING):
        return
    seen = awarding.view_agreement.rows(user).order_by()
    found = dict(seen.values_list("state").annotate(n=Count("pk", distinct=True)))
    url = reverse("admin:awards_agreement_changelist")
    rows = [
        {"number": found[state], "text": words, "url": f"{url}?state__exact={state}"}
        for state, words in AGREEMENTS
        if state in found
    ]
    if rows:
        template = "components/link_rows.html"
        yield part("Contracts", template, rows, url, f"All {sum(found.values())}")


# Those who buy and pay


def places(user) -> Iterator[dict]:
    """Where support is bought, for those who buy it: outside this frame."""
    links = [
        (buying.find_support, "Find support", "packages:search", "Services, with their price"),
        (buying.see_packages, "Packages", "packages:packages", "Of your teams"),
        (buying.use_competitions, "Mini-competitions", "packages:competitions", ""),
        (buying.see_placements, "Placements", "packages:placements", ""),
    ]
    roles = (Role.PRACTITIONER, Role.BROKER, Role.BUDGET_HOLDER)
    if Grant.objects.authorities(user, *roles):
        rows = [
            {"text": text, "url": reverse(name), "sub": sub}
            for policy, text, name, sub in links
            if policy.allows(user)
        ]
        yield part("Packages and placements", "components/link_rows.html", rows)


def spent(user) -> Iterator[dict]:
    """The financial year as far as it has come, against the same days of the last."""
    if not Grant.objects.authorities(user, Role.FINANCE, Role.BUDGET_HOLDER, Role.COMMISSIONER):
        return
    year = year_of(today())
    found = spend.tables(user, year.from_on, today())
    if not found["total"]:
        return
    _, head, rows = found["tables"][0]
    table = {
        "head": head,
        "rows": rows,
        "total": found["total"],
        "year": said(year),
        "before": said(year_from(year.from_on.year - 1)),
        "until": today(),
    }
    yield part("Spend", "home/spend.html", table, reverse("admin:spend"), "By lot and team")


# Those who oversee


def record(user) -> Iterator[dict]:
    """The newest exceptions, and readings of what is sealed, exempt or personal, for auditors."""
    if not Grant.objects.authorities(user, Role.AUDITOR):
        return
    exceptions = newest(user, Excepted.objects.all())
    readings = newest(user, Event.objects.filter(READINGS))
    name_subjects(user, [*exceptions, *readings])
    rows = [noted(each, str(each)) for each in exceptions]
    rows = rows or [{"text": "No rule was departed from yet."}]
    template = "components/link_rows.html"
    yield part("Newest exceptions", template, rows, list_of(Excepted), "Register")
    rows = [noted(each, what_was_read(each)) for each in readings]
    rows = rows or [{"text": "Nothing sealed, exempt or personal was read yet."}]
    yield part("Newest readings", template, rows, list_of(Event), "Audit")


def newest(user, entries) -> list:
    """The newest entries about what the person may see, of the last few hundred. Each kind of
    subject is asked after once: to ask for all kinds in one statement takes seconds to write."""
    found = list(entries.select_related("by").order_by("-at")[:LOOKED_AT])
    about = defaultdict(set)
    for each in found:
        about[each.subject_kind].add(each.subject_id)
    sees = policies.SEES | policies.RECORDS
    seen = set()
    for kind, ids in about.items():
        rows = sees[apps.get_model(kind)].rows(user).filter(pk__in=ids)
        seen |= {(kind, pk) for pk in rows.values_list("pk", flat=True)}
    return [each for each in found if (each.subject_kind, each.subject_id) in seen][:NEWEST]


READ = {
    "lots.round": "A round was unsealed",
    "packages.calloff": "A mini-competition was unsealed",
    "packages.identity": "Who a person is",
    "packages.offersubmission": "An offer",
    "providers.submission": "An application",
    "awards.report": "The exempt part of a report",
}


def what_was_read(event: Event) -> str:
    kind = event.subject_kind
    return READ.get(kind, kind.rpartition(".")[2].capitalize())


def noted(entry, text: str) -> dict:
    """A row for an entry that knows its `subject`."""
    text = f"{text}: {entry.subject.name}" if entry.subject.name else text
    sub = f"{entry.by}, {uk_instant(entry.at)}" + (f". {entry.why}" if entry.why else "")
    return {"text": text, "url": page_of(entry), "sub": sub}


def people(user) -> Iterator[dict]:
    """Who holds a role, whose ends soon, and who holds none any more, for administrators."""
    held = Grant.objects.authorities(user, Role.ADMINISTRATOR)
    if not held:
        return
    given = Grant.objects.filter(authority__in=held)
    current = given.in_force()
    people = current.aggregate(n=Count("user", distinct=True))["n"]
    soon = current.filter(until_on__lte=soon_on()).count()
    gone = policies.view_user.rows(user).filter(pk__in=given.values("user"))
    gone = gone.exclude(pk__in=current.values("user")).count()
    rows = [
        {"number": people, "text": "People with a role", "url": list_of(Grant)},
        {"number": soon, "text": "Roles that end soon", "sub": f"By {uk_date(soon_on())}"},
        {
            "number": gone,
            "text": "People whose roles have all ended",
            "url": list_of(User) if gone else "",
        },
    ]
    yield part("People", "components/link_rows.html", rows, list_of(User), "Everyone")
    newest = given.select_related("user", "given_by").order_by("-from_on", "user__name")
    rows = [grant_row(each) for each in first(newest, NEWEST)]
    authority = policies.run_authority.rows(user).order_by("name").first()
    yield part("Newest roles", "components/link_rows.html", rows, page_of(authority), "Give a role")


def grant_row(grant: Grant) -> dict:
    giver = "the system" if grant.given_by.is_the_system else str(grant.given_by)
    return {
        "text": str(grant),
        "url": page_of(grant),
        "sub": f"From {uk_date(grant.from_on)}, given by {giver}",
    }


def soon_on() -> date:
    return working_days_after(today(), ENDS_SOON, BankHoliday.objects.calendar(Part.ENGLAND))


BELOW = [spent, record, people]
BESIDE = [places, rounds, decisions, contracts]
