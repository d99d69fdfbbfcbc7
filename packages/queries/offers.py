"""An offer as its own provider's pages show it, and all of a call-off as those who decide do."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet

from packages import policies
from packages.calculations.offering import Offerable, offerable, problem
from packages.models import (
    CallOff,
    NoAward,
    Offer,
    OfferMark,
    OfferSubmission,
    Placement,
    Ranking,
)
from packages.queries import call_offs as reading
from providers.calculations.answers import problem as answer_problem
from providers.calculations.answers import standing
from providers.calculations.answers import state as state_of
from providers.models import Organisation, Service, is_clear
from providers.queries import prices
from providers.queries.applications import asked


@dataclass(frozen=True)
class Candidate:
    """A service of the provider, with what it can be offered for."""

    service: Service
    offerable: Offerable


@dataclass(frozen=True)
class Part:
    """A line of the task list: `state` is complete, error, in_progress or not_started; `problems`
    what is still wrong."""

    key: str
    title: str
    state: str
    problems: tuple[str, ...]
    about: str = ""


QUESTIONS, PRICE = "questions", "price"


def whole(offer: Offer) -> Offer:
    rows = Offer.objects.select_related("call_off__lot", "call_off__scheme", "organisation")
    return rows.get(pk=offer.pk)


def candidates(call_off: CallOff, organisation: Organisation) -> list[Candidate]:
    """The current services of an organisation on the lot, each with its agreed rates for what was
    published."""
    services = Service.objects.current().filter(organisation=organisation, lots=call_off.lot_id)
    found = list(services.order_by("name"))
    on = reading.starts_on(call_off)
    cards, pattern = prices.cards(found, on), reading.pattern_of(call_off)
    return [
        Candidate(
            service,
            offerable(pattern, cards.get((service.pk, call_off.lot_id), prices.NO_RATES), on),
        )
        for service in found
    ]


def laid_out(offer: Offer, contents: dict) -> dict:
    """A draft as its pages have it: {"answers", "questions", "candidates", "chosen" (Candidate or
    None), "rates" {key: Decimal}, "parts" [Part], "problems"}."""
    call_off = offer.call_off
    questions = reading.questions_of(call_off, offer.organisation.size)
    every_answer = contents.get("answers", {})
    answers = standing([asked(q) for q in questions], every_answer)
    offered = candidates(call_off, offer.organisation)
    named = contents.get("service", "")
    chosen = next((each for each in offered if str(each.service.pk) == named), None)
    rates = {key: Decimal(pounds) for key, pounds in contents.get("rates", {}).items()}
    parts = [_questions_part(questions, answers), _price_part(named, chosen, rates)]
    return {
        "answers": answers,
        "every_answer": every_answer,
        "questions": questions,
        "candidates": offered,
        "chosen": chosen,
        "rates": rates,
        "parts": parts,
        "problems": [said for part in parts for said in part.problems],
    }


def _questions_part(questions, answers) -> Part:
    of_all = [asked(question) for question in questions]
    wrong = tuple(said for each in of_all if (said := answer_problem(each, answers)))
    return Part(QUESTIONS, "Questions", state_of(of_all, answers), wrong)


def _price_part(named: str, chosen: Candidate | None, rates: dict) -> Part:
    title = "Service and price"
    if not named:
        return Part(PRICE, title, "not_started", ("Choose the service that you offer",))
    if chosen is None:
        return Part(PRICE, title, "error", ("The service you chose is no longer on the lot",))
    if chosen.offerable.gaps:
        return Part(PRICE, title, "error", (no_rate(chosen.offerable),))
    wrong = tuple(
        f"{each.what}: {said}"
        for each in chosen.offerable.rated
        if (said := problem(each, rates.get(each.key)))
    )
    return Part(PRICE, title, "error" if wrong else "complete", wrong, chosen.service.name)


def no_rate(offered: Offerable) -> str:
    return f"No rate is agreed for: {', '.join(offered.gaps)}"


def own(user, call_off: CallOff, organisation: Organisation | None) -> Offer | None:
    rows = policies.write_offer.rows(user).filter(call_off=call_off, organisation=organisation)
    return rows.select_related("call_off__lot", "call_off__scheme", "organisation").first()


def submissions_of(user, offer: Offer) -> QuerySet:
    """The submissions of an offer that the person may see, the last first."""
    rows = policies.open_offer.rows(user).filter(offer=offer)
    return rows.select_related("submitted_by").order_by("-number")


# Once they are opened


def opened(user, call_off: CallOff) -> QuerySet:
    """The offers of a call-off that the person may see: none before they are opened. Each with
    `is_clear`, whether they have declared that they have no interest in who offers."""
    clear = is_clear(user, "organisation", "call_off__scheme")
    return (
        policies.view_offer.rows(user)
        .filter(call_off=call_off, pk__in=Offer.objects.standing())
        .annotate(
            is_clear=Exists(Offer.objects.filter(clear, pk=OuterRef("pk"))),
        )
        .select_related("organisation")
        .order_by("organisation__name", "pk")
    )


def last_submission(offer: Offer) -> OfferSubmission:
    return offer.submissions.order_by("number").last()


def marks_of(offers) -> dict[tuple, OfferMark]:
    """The marks that hold, by the ids of offer and question: the last number of each."""
    rows = OfferMark.objects.filter(offer__in=offers).select_related("by", "question")
    return {(each.offer_id, each.question_id): each for each in rows.order_by("number")}


def progress(call_off: CallOff, offers: list[Offer]) -> dict:
    """By the id of each offer: how many of its answers are marked, and how many are to be."""
    held = marks_of(offers)
    by_size: dict = {}
    for offer in offers:
        size = offer.organisation.size
        if size not in by_size:
            by_size[size] = reading.scored_of(call_off, size)
    found = {}
    for offer in offers:
        asked = by_size[offer.organisation.size]
        done = [question for question in asked if (offer.pk, question.pk) in held]
        found[offer.pk] = (len(done), len(asked))
    return found


def unmarked(call_off: CallOff, offers: list[Offer]) -> list[Offer]:
    """Those of the offers with a scored question that nobody has marked yet."""
    done = progress(call_off, offers)
    return [offer for offer in offers if done[offer.pk][0] < done[offer.pk][1]]


# Decided


@dataclass(frozen=True)
class Decision:
    """How an offer came out, for the provider whose it is: nothing of the others' marks or prices.
    `row` is its own row of the ranking; None where nothing was ranked."""

    is_won: bool
    winner: str
    no_award: str
    row: dict | None
    offers: int
    decided_at: object
    preference_decides: bool


def decision_on(offer: Offer) -> Decision | None:
    """The decision on a call-off, as one that offered is told; None while there is none."""
    call_off = offer.call_off
    placement = (
        Placement.objects.filter(call_off=call_off.pk).select_related("organisation").first()
    )
    nothing = NoAward.objects.filter(call_off=call_off.pk).first()
    if placement is None and nothing is None:
        return None
    ranking = Ranking.objects.filter(call_off=call_off.pk).first()
    rows = ranking.rows if ranking else []
    own = next((row for row in rows if row["offer"] == str(offer.pk)), None)
    return Decision(
        is_won=placement is not None and placement.offer_id == offer.pk,
        winner=placement.organisation.name if placement else "",
        no_award=nothing.why if nothing else "",
        row=own,
        offers=len(rows),
        decided_at=placement.chosen_at if placement else nothing.at,
        preference_decides=call_off.preference_decides,
    )
