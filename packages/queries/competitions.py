"""A call-off as those who buy and mark see it."""

from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from dps.money import pounds
from dps.words import counted, uk_date, uk_instant
from lots.models import Opening
from packages import policies
from packages.models import CallOff, OfferSubmission, Placement
from packages.queries import call_offs as reading
from packages.queries import offers as offering
from packages.queries.packages import pattern_of
from providers.models import Admission, AdmissionState


def in_a_sentence(call_off: CallOff) -> str:
    """What is asked for, shortly."""
    published = call_off.published
    if not published:
        package = call_off.package
        return f"{package.locality.title}, from {uk_date(package.starts_on)}."
    outcomes = "; ".join(published["outcomes"])
    pattern = ", ".join(reading.pattern_in_words(call_off))
    starts_on = uk_date(reading.starts_on(call_off))
    return f"{outcomes}. {published['locality']}, {pattern}, from {starts_on}."


def to_be_published(call_off: CallOff) -> dict:
    """What everybody on the lot would read, were it published now, and how many they are."""
    whole = copy(call_off)
    whole.weekly_budget = call_off.package.weekly_budget
    whole.published = reading.snapshot(whole, pattern_of(call_off.package))
    return {
        "published": whole.published,
        "pattern": reading.pattern_in_words(whole),
        "starts_on": reading.starts_on(whole),
        "ends_on": reading.ends_on(whole),
        "budget": whole.weekly_budget,
        "on_lot": Admission.objects.standing().filter(lot=call_off.lot_id).count(),
    }


def invitation_facts(call_off: CallOff) -> list[tuple[str, str]]:
    """How many were invited, when, and how those suspended were."""
    rows = list(reading.evidence(call_off))
    sent = [row for row in rows if not row.withheld]
    if not rows:
        return []
    said = [("Invited", f"{len(sent)} of {len(rows)}, {uk_instant(rows[0].at)}")]
    suspended = [row for row in rows if row.admission.state == AdmissionState.SUSPENDED]
    if suspended:
        asked = [row for row in suspended if not row.withheld]
        counts = f"{len(asked)} invited: the terms keep invitations running" if asked else ""
        kept = [row.withheld for row in suspended if row.withheld]
        said.append(("Suspended", counts or f"Not invited: {kept[0]}"))
    return said


@dataclass(frozen=True)
class Ranked:
    """A row of the ranking as a table shows it. Sums as Decimal, scores as text."""

    offer: str
    sent: UUID | None
    organisation: str
    service: str
    place: int | None
    marks: list[dict]
    price: str | None
    total: str | None
    lines: list[dict]
    weekly_cost: Decimal
    over: Decimal
    qualifies: bool
    is_lowest: bool
    is_preferred: bool
    is_awarded: bool

    @property
    def over_said(self) -> str:
        return f"{pounds(self.over)} over budget"


def ranked(call_off: CallOff, sent: dict | None = None) -> list[Ranked]:
    """The rows of a call-off that is ranked, best first; none before. `sent` gives the id of the
    submission that counts by that of the offer, for those that may be read."""
    by_offer = {str(offer): pk for offer, pk in (sent or {}).items()}
    if not hasattr(call_off, "ranking"):
        return []
    rows = call_off.ranking.rows
    preference = call_off.preferences.order_by("number").last()
    preferred = str(preference.offer_id) if preference and preference.offer_id else ""
    placed = Placement.objects.filter(call_off=call_off.pk).values_list("offer", flat=True).first()
    placing = [Decimal(row["weekly_cost"]) for row in rows if row["place"] is not None]
    lowest = min(placing, default=None)
    return [
        Ranked(
            offer=row["offer"],
            sent=by_offer.get(row["offer"]),
            organisation=row["organisation"],
            service=row["service"]["name"],
            place=row["place"],
            marks=row["marks"],
            price=row["price"],
            total=row["total"],
            lines=[
                {
                    **line,
                    "rate": Decimal(line["rate"]),
                    "agreed": Decimal(line["agreed"]),
                    "cost": Decimal(line["cost"]),
                }
                for line in row["lines"]
            ],
            weekly_cost=Decimal(row["weekly_cost"]),
            over=Decimal(row["over_budget_by"]),
            qualifies=row["qualifies"],
            is_lowest=row["place"] is not None and Decimal(row["weekly_cost"]) == lowest,
            is_preferred=row["offer"] == preferred,
            is_awarded=row["offer"] == str(placed),
        )
        for row in rows
    ]


def opened(user, call_off: CallOff) -> dict:
    """What the page of opened offers shows: what each person may see of them (rule 7)."""
    offers = list(offering.opened(user, call_off))
    readable = policies.open_offer.rows(user).filter(offer__in=[offer.pk for offer in offers])
    sent = dict(
        OfferSubmission.objects.standing().filter(pk__in=readable).values_list("offer", "pk")
    )
    clear = [offer for offer in offers if offer.is_clear]
    may_read = policies.read_ranking.allows(user, call_off)
    rows = ranked(call_off, sent) if may_read else []
    questions = reading.scored_of(call_off)
    progress = offering.progress(call_off, offers)
    for offer in offers:
        done, asked = progress[offer.pk]
        offer.sent = sent.get(offer.pk)
        offer.marked, offer.is_marked = f"{done} of {asked} answers", done == asked
    marking = policies.mark_offer.rows(user).filter(pk__in=[o.pk for o in clear])
    may_mark = set(marking.values_list("pk", flat=True))
    preference = call_off.preferences.select_related("offer__organisation", "by").last()
    openings = Opening.objects.filter(procedure=call_off.pk).select_related("by")
    return {
        "offers": offers,
        "may_mark": may_mark,
        "all_marked": bool(offers) and all(offer.is_marked for offer in offers),
        "may_read": may_read,
        "may_decide": policies.decide_call_off.allows(user, call_off),
        "rows": rows,
        "heads": [
            {
                "text": reading.short(question),
                "share": reading.plain(reading.share(call_off, question)),
                "pass_mark": question.pass_mark,
            }
            for question in questions
        ],
        "price_share": reading.plain(Decimal(100) - call_off.quality_weight),
        "over": [row for row in rows if row.over and row.place is not None],
        "preference": preference,
        "declines": list(call_off.declines.select_related("organisation")),
        "due_on": reading.marks_due_on(call_off),
        "opened_by": [f"{each.by}, {uk_instant(each.at)}" for each in openings],
        "counts": f"{reading.invited(call_off).count()} invited, {counted(len(offers), 'offer')}",
        "award_said": f"Award{named(preference) or ' to the best that qualifies'}",
        "no_award": getattr(call_off, "no_award", None),
        "placement": Placement.objects.filter(call_off=call_off.pk)
        .select_related("organisation")
        .first(),
    }


def to_whom(call_off: CallOff) -> str:
    """ " to Windfall Orchard Project" where the preference names one."""
    return named(call_off.preferences.select_related("offer__organisation").last())


def named(preference) -> str:
    return f" to {preference.offer.organisation}" if preference and preference.offer else ""


def priced(contents: dict) -> dict:
    """An opened offer's price, its sums as Decimal."""
    lines = [
        {**line, **{name: Decimal(line[name]) for name in ("rate", "agreed", "cost")}}
        for line in contents["lines"]
    ]
    return contents | {"lines": lines, "weekly_cost": Decimal(contents["weekly_cost"])}
