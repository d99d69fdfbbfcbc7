"""What the demo's applicants write: an answer to whatever a scheme asks, services for its lots."""

from decimal import Decimal
from random import Random

from dps.demo.names import SAID, SERVICES
from lots.models import Lot, Question, QuestionKind, Scheme
from providers.models import Section
from providers.queries.applications import questions

PRICES = {"hour": 19, "half_day": 38, "day": 72, "session": 24, "week": 310}


def answer(question: Question, at: str, document: str, random: Random):
    """An answer of the question's kind. `at` is a date; `document` the id of one in the library."""
    kind = question.kind
    if kind == QuestionKind.CHOICE:
        return question.passing or question.choices[0]["value"]
    if kind == QuestionKind.SEVERAL:
        return [question.choices[0]["value"]]
    fixed = {
        QuestionKind.YES_NO: question.passing or "no",
        QuestionKind.DECLARATION: "yes",
        QuestionKind.SHORT_TEXT: "See our website and last report",
        QuestionKind.NUMBER: str(random.randint(3, 40)),
        QuestionKind.MONEY: f"{random.randint(80, 900) * 1000}.00",
        QuestionKind.DATE: at,
        QuestionKind.DOCUMENT: document,
    }
    if kind in fixed:
        return fixed[kind]
    paragraphs = random.sample(SAID, 3)
    text = "\n\n".join(paragraphs)
    return " ".join(text.split()[: question.word_limit]) if question.word_limit else text


def services(scheme: Scheme, lots: list[Lot], random: Random, names: list[str]) -> list[dict]:
    """Services with a rate for each level of payment of each lot."""
    localities = list(scheme.localities.values_list("key", flat=True))
    activities = list(scheme.activities.values_list("key", flat=True))
    groups = list(scheme.client_groups.values_list("key", flat=True))
    return [
        {
            "id": str(number),
            "name": name,
            "description": random.choice(SERVICES[name]),
            "lots": [lot.key for lot in lots],
            "modes": lots[0].modes[:1],
            "activities": random.sample(activities, min(3, len(activities))),
            "localities": random.sample(localities, min(3, len(localities))),
            "client_groups": random.sample(groups, min(2, len(groups))),
            "capacity": random.randint(4, 16),
            "rates": [rate for lot in lots for rate in rates(lot, random)],
        }
        for number, name in enumerate(names, 1)
    ]


def rates(lot: Lot, random: Random) -> list[dict]:
    """A rate for each unit at the lot's levels of payment: the more people, the less for each."""
    found = []
    for place, tier in enumerate(lot.tiers.all()):
        for unit in lot.units:
            share = Decimal(PRICES[unit]) / (1 + place) + random.randint(-4, 6)
            amount = max(share, Decimal(6)).quantize(Decimal("0.01"))
            if tier.ceiling is not None:
                amount = min(amount, tier.ceiling)
            found.append(
                {
                    "lot": lot.key,
                    "tier": tier.key,
                    "unit": unit,
                    "mode": lot.modes[0],
                    "amount": str(amount),
                }
            )
    return found


def contents(
    application, lots: list[Lot], at: str, document: str, random: Random, names: list[str] = ()
) -> dict:
    """{section key: contents} of a whole draft, for services with these names."""
    names = names or random.sample(list(SERVICES), random.choice([1, 1, 2]))
    keys = [lot.key for lot in lots]
    said: dict = {
        Section.LOTS: {"lots": keys},
        Section.SERVICES: {"services": services(application.scheme, lots, random, names)},
    }
    for question in questions(application, keys):
        answers = said.setdefault(question.section.key, {"answers": {}})["answers"]
        answers[question.key] = answer(question, at, document, random)
    return said
