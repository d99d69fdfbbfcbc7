"""Opened offers: marked by named people, ranked by what was published, preferred, awarded."""

from datetime import date
from decimal import Decimal

from dps import envelopes
from dps.actions import Refused, action, lock, move, note, part, promise, require
from dps.calendar import local_day
from dps.clock import now, today
from dps.money import pounds
from lots.calculations.scoring import HIGHEST_MARK, Scored, shown
from lots.models import ProcedureState, Question, Route
from packages import policies
from packages.actions import anonymous, placements
from packages.calculations import ranking
from packages.models import (
    AgeBand,
    CallOff,
    Capacity,
    NoAward,
    Offer,
    OfferMark,
    Package,
    PackageState,
    Placement,
    Preference,
    Ranking,
)
from packages.queries import call_offs as reading
from packages.queries import offers as offering
from providers.calculations.pricing import Line
from providers.models import Admission, AdmissionState, Service

CHILDREN = (AgeBand.UNDER_16, AgeBand.FROM_16)
THE_PERSON = (Capacity.PERSON, Capacity.ADVOCATE)
FOR_THE_PERSON = (Capacity.ATTORNEY, Capacity.BEST_INTERESTS)


@action
def mark(offer: Offer, *, question: Question, mark: int, reason: str, by) -> OfferMark:
    """Mark one answer of an offer, 0 to 5, with the reason, which goes out with the letters. To
    change a mark is to give another (rule 8). Refused once the offers are ranked."""
    call_off = lock(offer.call_off)
    require(policies.mark_offer, by, offer)
    if hasattr(call_off, "ranking"):
        raise Refused("The offers are ranked: their marks stand")
    asked = reading.scored_of(call_off, offer.organisation.size)
    if question not in asked:
        raise Refused("This question is not marked", field="question")
    if not 0 <= mark <= HIGHEST_MARK:
        raise Refused(f"A mark is from 0 to {HIGHEST_MARK}", field=f"mark-{question.key}")
    if not reason.strip():
        raise Refused("Enter a reason", field=f"reason-{question.key}")
    anonymous.check(call_off.package, by=by, **{f"reason-{question.key}": reason})
    last = offer.marks.filter(question=question).order_by("number").last()
    if last and (last.mark, last.reason) == (mark, reason):
        return last
    made = OfferMark.objects.create(
        offer=offer,
        question=question,
        number=last.number + 1 if last else 1,
        mark=mark,
        reason=reason,
        by=by,
        at=now(),
    )
    note(offer, "packages.offer.marked", by=by, question=question.key)
    return made


@action
def mark_all(offer: Offer, *, marks: list[tuple[Question, int, str]], by) -> list[OfferMark]:
    """Mark several answers of an offer at once: all of them or none."""
    require(policies.mark_offer, by, offer)
    return [mark(offer, question=q, mark=m, reason=reason, by=by) for q, m, reason in marks]


@action
def rank(call_off: CallOff, *, by) -> Ranking:
    """Rank the offers by the published criteria, once each has a mark for every scored question:
    pass marks before price, those over the budget marked. Written once; the award and the letters
    quote it."""
    call_off = lock(call_off)
    require(policies.decide_call_off, by, call_off)
    if hasattr(call_off, "ranking"):
        raise Refused("The offers are ranked already")
    offers = list(offering.opened(by, call_off))
    if not offers:
        raise Refused("Nobody offered: record that nothing is awarded")
    if missing := offering.unmarked(call_off, offers):
        raise Refused(f"Still to be marked: {', '.join(str(o.organisation) for o in missing)}")
    rows = ranked_rows(call_off, offers, by)
    made = Ranking.objects.create(call_off=call_off, rows=rows, by=by, at=now())
    note(call_off, "packages.calloff.ranked", by=by)
    return made


@part
def ranked_rows(call_off: CallOff, offers: list[Offer], by) -> list[dict]:
    """The rows of a ranking, best first, sums and scores as text to two places."""
    held = offering.marks_of(offers)
    submissions = {o.pk: offering.last_submission(o) for o in offers}
    said = {pk: envelopes.opened(submission, by) for pk, submission in submissions.items()}
    scored: dict = {}
    for offer in offers:
        asked = reading.scored_of(call_off, offer.organisation.size)
        scored[offer.pk] = [(question, held[offer.pk, question.pk]) for question in asked]
    given = [
        ranking.Offer(
            provider=str(offer.pk),
            scored=tuple(
                Scored(q.key, held_mark.mark, q.weight, q.pass_mark)
                for q, held_mark in scored[offer.pk]
            ),
            weekly_cost=Decimal(said[offer.pk]["weekly_cost"]),
        )
        for offer in offers
    ]
    by_id = {str(offer.pk): offer for offer in offers}
    try:
        ranked = ranking.ranked(
            given,
            quality_weight=call_off.quality_weight,
            weekly_budget=call_off.weekly_budget,
        )
    except ValueError as wrong:  # the questionnaire's weights do not add up
        raise Refused(str(wrong)) from wrong
    return [
        _row(call_off, row, by_id[row.offer.provider], scored, said, submissions) for row in ranked
    ]


def _row(call_off, row, offer, scored, said, submissions) -> dict:
    return {
        "offer": str(offer.pk),
        "submission": str(submissions[offer.pk].pk),
        "organisation": offer.organisation.name,
        "service": said[offer.pk]["service"],
        "place": row.place,
        "marks": [
            {
                "key": question.key,
                "question": question.text,
                "title": reading.short(question),
                "mark": held.mark,
                "reason": held.reason,
                "pass_mark": question.pass_mark,
                "score": f"{shown(held.mark * reading.share(call_off, question) / 5)}",
            }
            for question, held in scored[offer.pk]
        ],
        "quality": f"{shown(row.quality)}",
        "price": None if row.price is None else f"{shown(row.price)}",
        "total": None if row.total is None else f"{shown(row.total)}",
        "lines": said[offer.pk]["lines"],
        "weekly_cost": f"{row.offer.weekly_cost:.2f}",
        "over_budget_by": f"{row.over_budget_by:.2f}",
        "qualifies": row.qualifies,
    }


# The preference


@action
def express(
    call_off: CallOff,
    *,
    offer: Offer | None,
    capacity: str,
    why: str,
    by,
    decided_on: date | None = None,
    took_part: str = "",
    family: str = "",
) -> Preference:
    """Put on record what the person prefers among the offers that qualify, who said so and in what
    capacity; without an offer, that there is no preference. Changed by another (rule 8).

    A parent speaks for a child alone. An attorney, a deputy or a best-interests decision speaks
    only for a person who lacks capacity for this, found so on `decided_on`; what the person said
    stands before that day, whatever relatives wish (Mental Capacity Act 2005 s. 1(2)): their wish
    goes into `family`, and decides nothing.
    """
    package = lock(call_off.package)
    call_off = lock(call_off)
    require(policies.decide_call_off, by, call_off)
    not_decided(call_off)
    if not call_off.preference_decides:
        raise Refused("The call-off did not say that the preference decides: the ranking does")
    if not hasattr(call_off, "ranking"):
        raise Refused("Rank the offers first: the preference is among those that qualify")
    if not why.strip():
        raise Refused("Enter what was said, and why", field="why")
    check_capacity(call_off, package, capacity, decided_on, took_part)
    if offer and (problem := why_not(call_off, offer)):
        raise Refused(problem, field="offer")
    made = Preference.objects.create(
        call_off=call_off,
        offer=offer,
        number=call_off.preferences.count() + 1,
        capacity=capacity,
        why=why,
        decided_on=decided_on,
        took_part=took_part,
        family=family,
        by=by,
        at=now(),
    )
    note(call_off, "packages.calloff.preference recorded", by=by)
    return made


@part
def check_capacity(call_off, package: Package, capacity: str, decided_on, took_part: str) -> None:
    """Refuse a preference of somebody who may not speak for the person."""
    if capacity == Capacity.PARENT and package.age_band not in CHILDREN:
        raise Refused(
            "A parent speaks for a child alone. Record what relatives wish as the family's wish",
            field="capacity",
        )
    if capacity in FOR_THE_PERSON and decided_on is None:
        raise Refused(
            "Enter the day on which the person was found to lack capacity for this decision, or "
            "on which the best-interests decision was made",
            field="decided_on",
        )
    if decided_on and decided_on > today():
        raise Refused("Enter a day that is not to come", field="decided_on")
    if capacity == Capacity.BEST_INTERESTS and not took_part.strip():
        raise Refused("Enter who took part in the best-interests decision", field="took_part")
    own = call_off.preferences.filter(capacity__in=THE_PERSON).order_by("number").last()
    since = decided_on and own and decided_on > local_day(own.at)
    if own and capacity not in THE_PERSON and not since:
        raise Refused(
            "The person has said what they prefer, and had capacity for it: nobody's wish "
            "overrides that",
            field="capacity",
        )


def row_of(call_off: CallOff, offer: Offer) -> dict | None:
    rows = [row for row in call_off.ranking.rows if row["offer"] == str(offer.pk)]
    return rows[0] if rows else None


def why_not(call_off: CallOff, offer: Offer) -> str:
    """Why an offer of a ranked call-off cannot be awarded; "" when it can."""
    row = row_of(call_off, offer)
    if row is None:
        return "Choose one of the offers"
    if row["place"] is None:
        return f"{row['organisation']} is below a pass mark: it does not qualify"
    standing = Admission.objects.standing().filter(
        lot=call_off.lot_id, organisation=offer.organisation_id
    )
    admission = standing.first()
    if admission is None:
        return f"{row['organisation']} is no longer on the lot"
    if admission.state == AdmissionState.SUSPENDED:
        return f"{row['organisation']} is suspended: it gets no new placements"
    cost, over = Decimal(row["weekly_cost"]), Decimal(row["over_budget_by"])
    approved = call_off.package.approvals.filter(weekly_limit__gte=cost).exists()
    if over and not approved:
        return (
            f"{row['organisation']} is {pounds(over)} a week over the budget. A budget "
            "holder of the team has to approve it first"
        )
    return ""


# The outcome


@action
def award(call_off: CallOff, *, why: str, by) -> Placement:
    """Award to the offer that what was published calls for: the person's preference where it
    decides and there is one, else the best total among those that qualify (of equal totals the
    lower cost). All who offered get their own marks with the reasons.

    Refused to a suspended provider, over the budget without a budget holder's approval, and before
    the preference is on record where it decides.
    """
    package = lock(call_off.package)
    call_off = lock(call_off)
    require(policies.decide_call_off, by, call_off)
    not_decided(call_off)
    offer, preference = to_award(call_off)
    row = row_of(call_off, offer)
    placement = placements.award(
        package,
        organisation=offer.organisation,
        service=Service.objects.get(pk=row["service"]["id"]),
        lot=call_off.lot,
        route=Route.MINI_COMPETITION,
        award_route=call_off.lot.award_routes.get(route=Route.MINI_COMPETITION),
        lines=[
            Line(line["what"], Decimal(line["units"]), Decimal(line["rate"]))
            for line in row["lines"]
        ],
        from_on=package.starts_on,
        call_off=call_off,
        offer=offer,
        capacity=preference.capacity if preference and preference.offer_id else "",
        decided_on=preference.decided_on if preference and preference.offer_id else None,
        took_part=preference.took_part if preference and preference.offer_id else "",
        why=why,
        by=by,
    )
    ended(call_off, by)
    note(call_off, "packages.calloff.awarded", by=by, why=why)
    return placement


def to_award(call_off: CallOff) -> tuple[Offer, Preference | None]:
    """The offer that what was published calls for, and the preference that decides."""
    if not hasattr(call_off, "ranking"):
        raise Refused("Rank the offers first")
    preference = call_off.preferences.order_by("number").last()
    if call_off.preference_decides and preference is None:
        raise Refused("Record the person's preference first, or that there is none")
    if preference and preference.offer:
        if problem := why_not(call_off, preference.offer):
            raise Refused(problem)
        return preference.offer, preference
    offers = Offer.objects.select_related("organisation").in_bulk(
        [row["offer"] for row in call_off.ranking.rows], field_name="pk"
    )
    by_id = {str(pk): offer for pk, offer in offers.items()}
    for row in call_off.ranking.rows:
        if not why_not(call_off, by_id[row["offer"]]):
            return by_id[row["offer"]], preference
    raise Refused("No offer qualifies: record that nothing is awarded, and why")


@action
def award_nothing(call_off: CallOff, *, why: str, by) -> NoAward:
    """End a call-off without an award, with the reason. All who offered get their marks, if there
    are any, and the reason. The package can be placed again."""
    package = lock(call_off.package)
    call_off = lock(call_off)
    require(policies.decide_call_off, by, call_off)
    not_decided(call_off)
    if not why.strip():
        raise Refused("Enter a reason", field="why")
    anonymous.check(package, by=by, why=why)
    made = NoAward.objects.create(call_off=call_off, why=why, by=by, at=now())
    move(package, PackageState.READY, by=by)
    ended(call_off, by)
    note(call_off, "packages.calloff.not awarded", by=by, why=why)
    return made


def not_decided(call_off: CallOff) -> None:
    if Placement.objects.filter(call_off=call_off).exists() or hasattr(call_off, "no_award"):
        raise Refused("This call-off is decided already")


@part
def ended(call_off: CallOff, by) -> None:
    """Close a decided call-off, if no tick has yet, and owe each that offered its letter."""
    if call_off.state != ProcedureState.CLOSED:
        move(call_off, ProcedureState.CLOSED, by=by)
    for offer in Offer.objects.standing().filter(call_off=call_off):
        promise("packages.offer_decision", offer)
