from functools import partial

from django.contrib import admin

from dps.admin import Part, RecordAdmin, Step, list_of, page_of, site
from dps.clock import UK, now, today
from dps.forms import Form
from dps.words import uk_date, uk_instant, uk_start
from lots import policies
from lots.actions import decisions
from lots.admin.shapes import by_scheme, link, to
from lots.calculations import decisions as steps
from lots.forms import ConsiderForm, SignForm
from lots.models import Act, Decision, DecisionState, Scheme
from lots.queries.decisions import days_said
from lots.queries.lots import calendar_of, time_left

S = DecisionState
PREPARE = policies.prepare_decision
WRITTEN = (
    ("Decision", "decision"),
    ("Reasons", "reasons"),
    ("Financial implications", "financial_implications"),
    ("Legal implications", "legal_implications"),
    ("Equality implications", "equality_implications"),
    ("Data protection implications", "data_protection_implications"),
    ("Recommendations and consultation", "consultation"),
    ("Alternatives considered and rejected", "alternatives"),
    ("Interests declared and dispensations", "interests"),
)


def comes(state: str, decision: Decision) -> bool:
    """Whether the next step of its kind leads to a state."""
    return steps.next_step(decision.kind, decision.state) == state


def waits_for_call_in(decision: Decision) -> bool:
    may_be = decision.kind in steps.MAY_BE_CALLED_IN
    return may_be and decision.state == S.SIGNED and now() < decision.effective_at


def publishing(decision: Decision) -> str:
    return (
        "It goes on the forward plan today, and may be taken from "
        f"{uk_date(steps.earliest_on(today()))}: 28 clear days lie between."
    )


def signing(decision: Decision) -> str:
    """When it takes effect if it is signed now, and whether that is too early."""
    earliest = steps.earliest_day(decision.kind, decision.published_on)
    early = f"It may be taken from {uk_date(earliest)}. " if earliest and today() < earliest else ""
    if decision.kind not in steps.MAY_BE_CALLED_IN:
        return early + "It takes effect when you sign it."
    effective = uk_start(decisions.takes_effect_at(decision))
    return early + f"Signed now, it takes effect on {effective} unless it is called in before."


def why_not_here(decision: Decision) -> str:
    if not decisions.awards(decision):
        return ""
    return "It awards, so it is signed on its award report, which says who is admitted."


@admin.register(Decision, site=site)
class DecisionAdmin(RecordAdmin):
    """Decisions, what each authorises, and the steps that its kind takes."""

    policy = policies.view_decision_file
    list_display = ["number", "title", "scheme", "state", "effective_at"]
    list_select_related = ["scheme"]
    list_filter = [by_scheme("scheme"), "state", "kind"]
    search_fields = ["number", "title"]
    ordering = ["-signed_at", "number"]
    steps = (
        Step(
            "Put on the forward plan",
            PREPARE,
            decisions.publish,
            Form,
            "On the forward plan.",
            applies=partial(comes, S.PUBLISHED),
            says=publishing,
        ),
        Step(
            "Record that it was considered",
            PREPARE,
            decisions.consider,
            ConsiderForm,
            "On record as considered.",
            applies=partial(comes, S.CONSIDERED),
        ),
        Step(
            "Sign the decision",
            policies.sign_decision,
            decisions.sign,
            SignForm,
            "Signed.",
            applies=partial(comes, S.SIGNED),
            why_not=why_not_here,
            says=signing,
        ),
        Step(
            "Record a call-in",
            PREPARE,
            decisions.call_in,
            done="On record as called in. It does not take effect.",
            applies=waits_for_call_in,
            says=lambda decision: (
                f"It would take effect on {uk_start(decision.effective_at)}. Called in, it waits "
                "until it is upheld or withdrawn."
            ),
        ),
        Step(
            "Record that it was upheld",
            PREPARE,
            decisions.uphold,
            done="Upheld. It has taken effect.",
            applies=lambda decision: decision.state == S.CALLED_IN,
            says=lambda decision: "It takes effect at once.",
        ),
        Step(
            "Withdraw the decision",
            PREPARE,
            decisions.withdraw,
            done="Withdrawn.",
            kind="stop",
            applies=lambda decision: S.WITHDRAWN in decision.MOVES.get(decision.state, ()),
            says=lambda decision: "Nothing that it authorises may rest on it.",
        ),
    )

    def crumbs(self, decision):
        scheme = decision.scheme
        return [("Schemes", list_of(Scheme)), (scheme.short_title, page_of(scheme))]

    def path(self, decision):
        """The states of its own kind, with the call-in while it is called in."""
        states = [S(state).label for state in steps.path(decision.kind)]
        if decision.state == S.CALLED_IN:
            states.insert(-1, S.CALLED_IN.label)
        return states

    def clock(self, decision):
        at, calendar = now(), calendar_of(decision.scheme)
        if decision.state == S.SIGNED:
            day = decision.effective_at.astimezone(UK).date()
            return time_left(day, at, calendar, "Takes effect", "Took effect")
        earliest = steps.earliest_day(decision.kind, decision.published_on)
        if earliest and decision.state in (S.PUBLISHED, S.CONSIDERED):
            return time_left(earliest, at, calendar, "May be taken from", "May be taken since")
        return None

    def facts(self, decision, user):
        maker, advised = decision.decision_maker, decision.in_consultation_with
        facts = [
            ("Scheme", to(decision.scheme)),
            ("Kind", decision.get_kind_display()),
            ("Under", decision.delegation_id and to(decision.delegation)),
            ("Taken by", f"{maker}, in consultation with {advised}" if advised else maker),
            *self.dates(decision),
            ("For publication", "Yes" if decision.is_for_publication else "No"),
            *((label, getattr(decision, name)) for label, name in WRITTEN),
        ]
        return [(label, words) for label, words in facts if words]

    def dates(self, decision):
        """Each of its steps, with its date; before it is signed, the earliest day for it."""
        earliest = steps.earliest_day(decision.kind, decision.published_on)
        signed, effective = decision.signed_at, decision.effective_at
        is_taken = bool(signed) or decision.state == S.WITHDRAWN
        advice = decision.recommendations or "Endorsed as proposed"
        return [
            ("On the forward plan", decision.published_on and uk_date(decision.published_on)),
            ("May be taken from", earliest and not is_taken and uk_date(earliest)),
            ("Considered", decision.considered_on and uk_date(decision.considered_on)),
            ("The committee", decision.considered_on and advice),
            ("Signed", signed and signed_said(decision)),
            (effect_label(decision), effective and uk_start(effective)),
        ]

    def parts(self, decision, user):
        rows = [
            [
                Act(each.act).label,
                link(each.lot),
                days_said(each.from_on, each.until_on),
                "Again and again, under delegation" if each.is_standing else "Once",
            ]
            for each in decision.authorisations.select_related("lot")
        ]
        head = ("Act", "Lot", "Days", "How often")
        yield Part("What it authorises", head, rows, "Nothing: no act can rest on it.")


def signed_said(decision: Decision) -> str:
    """When and by whom; one that was taken before it was entered here has no name."""
    by = f", by {decision.signed_by}" if decision.signed_by_id else ""
    return f"{uk_instant(decision.signed_at)}{by}"


def effect_label(decision: Decision) -> str:
    if decision.state in (S.CALLED_IN, S.WITHDRAWN):
        return "Would have taken effect"
    effective = decision.effective_at
    return "In effect since" if effective and effective <= now() else "Takes effect"
