"""What those who buy support do, and what providers answer."""

import re
from decimal import Decimal

from django.urls import reverse
from playwright.sync_api import expect

from lots.models import Lot, Scheme
from packages.models import CallOff, Offer, Package, Placement
from providers.models import Return, ReturnLine
from tests.journeys import people

NEED = "Likes to be outdoors in the morning, and wants to cook with others."
WHY = "Likes the people there, and can walk to it."


def at(name, record) -> str:
    return reverse(f"packages:{name}", args=[record.pk])


# Packages


def prepare(page, scheme: Scheme, starts_on, hours=4, budget="150") -> Package:
    """A package of mornings a week, ready to place."""
    people.fill_in(
        page,
        reverse("packages:package_start"),
        "Start package",
        legal_basis="care_act",
        age_band="26_64",
        client_group=scheme.client_groups.first().pk,
        locality=scheme.localities.first().pk,
        weekly_budget=budget,
        **people.dated("starts_on", starts_on),
    )
    made = Package.objects.get(state="draft")
    outcomes = [scheme.outcomes.first().pk]
    people.fill_in(page, at("package_need", made), "Save", need=NEED, outcomes=outcomes)
    line = {"quantity-0": hours, "unit-0": "hour", "weekday-0": 1, "supported-0": 1}
    people.fill_in(page, at("package_pattern", made), "Save pattern", **line)
    people.fill_in(page, at("package_identity", made), "Save", name="Wenna Tregale")
    people.fill_in(page, at("package_check", made), "Mark ready")
    return made


def choose(page, package, service, lot: Lot) -> Placement:
    """The person's direct choice of a service on a lot, from the search."""
    page.goto(f"{reverse('packages:search')}?package={package.pk}&scheme={package.scheme_id}")
    people.follow(page, service.name)
    page.get_by_role("link", name="Choose directly").click()
    people.put(page, lot=lot.pk, capacity="person", why=WHY)
    people.press(page, "Choose provider")
    return Placement.objects.get(package=package)


def place(buyer, provider, placement):
    """Order, accept, release who it is for."""
    people.fill_in(buyer, at("placement_order", placement), "Send order")
    people.fill_in(provider, at("order_accept", placement), re.compile("Accept"))
    basis = buyer.goto(at("placement_release", placement))
    assert basis.status == 200
    buyer.get_by_role("radio").first.check()
    people.press(buyer, "Release identity")
    expect(buyer.locator("main")).to_contain_text("It starts by itself")


# Mini-competitions


def compete(page, package, lot: Lot, markers, deadline) -> CallOff:
    """Published to all on the lot. `deadline` is a day and a time."""
    page.goto(at("competition_start", package))
    people.put(page, lot=lot.pk, preference_decides="yes")
    for who in markers:
        page.get_by_label(who.name).check()
    people.press(page, "Start mini-competition")
    made = CallOff.objects.get(package=package)
    people.fill_in(
        page,
        at("competition_publish", made),
        "Publish to all on the lot",
        **people.dated("deadline", *deadline),
    )
    return made


def offer(page, call_off, service, rate, name):
    """Answer all questions, price the week, submit."""
    people.fill_in(page, at("offer_start", call_off), re.compile("Start"))
    made = Offer.objects.get(call_off=call_off, organisation=service.organisation)
    page.goto(at("offer_questions", made))
    people.answer_section(page, {})
    people.put(page, service=service.pk)
    page.locator(f'[name^="rate-{service.pk}-"]').first.fill(rate)
    people.press(page, "Save and continue")
    people.put(page, name=name)
    page.get_by_label(re.compile("^I am authorised")).check()
    people.press(page, "Submit offer")
    expect(page.locator("main")).to_contain_text("Offer received")
    return made


def mark(page, offer, given):
    """The same mark and reason for each answer."""
    page.goto(at("competition_mark", offer))
    for entry in page.locator(f'[name^="mark-"][value="{given}"]').all():
        entry.check()
    for entry in page.locator('[name^="reason-"]').all():
        entry.fill(f"Worth {given}: says how.")
    people.press(page, "Save marks")


def award(page, call_off, preferred) -> Placement:
    """Rank, record whom the person prefers, award."""
    people.fill_in(page, at("competition_declare", call_off), "Declare your", confirmed="on")
    people.fill_in(page, at("competition_rank", call_off), "Rank the offers")
    said = {"offer": preferred.pk, "capacity": "person", "why": WHY}
    path = at("competition_preference", call_off)
    people.fill_in(page, path, "Record the person", **said)
    path = at("competition_award", call_off)
    people.fill_in(page, path, re.compile("^Award"), why="The person prefers it.")
    return Placement.objects.get(call_off=call_off)


# Returns


def file(page, owed: Return, value=Decimal(99)):
    """Every figure, checked and filed."""
    lines = ReturnLine.objects.filter(of=owed)
    figures = {f"value-{line.pk}": value for line in lines}
    path = reverse("providers:return_file", args=[owed.pk])
    people.fill_in(page, path, "Check the figures", **figures)
    people.press(page, "File the return")
    expect(page.locator("main")).to_contain_text("Received on")
