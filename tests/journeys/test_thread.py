"""The whole thread, in Chromium, on the real web, worker and beat: from a provider's registration
to placed packages and a return. The clock is moved; what is due then comes by itself."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from awards.models import Agreement, Evaluation
from lots.models import Round
from providers.models import Admission, Return, Service
from tests.journeys import buying, people, workplace
from tests.journeys.people import WREN
from tests.journeys.stage import (
    APPROVER,
    COMMISSIONER,
    EVALUATORS,
    KENT,
    LAWYER,
    MODERATOR,
    PRACTITIONER,
    council,
    move_to,
)

TERN = people.Provider("tess@tern.example", "Tess Arun", "Tern Trails", "Tern mornings", "22.00")
OF_TERN = {"application__organisation__name": TERN.organisation}
DAY = timedelta(days=1)
SIGNED = "2027-05-24T10:00"  # 28 clear days after the decision was published, and a weekend
EFFECTIVE = "2027-06-02T00:00"  # 5 clear working days later, over a bank holiday
CHOSEN, COMPETED = date(2027, 6, 7), date(2027, 6, 21)  # first days of the two packages
OFFERS = date(2027, 6, 18), "12 noon"


@pytest.mark.xdist_group("live")
def test_from_a_providers_registration_to_placed_packages_and_a_return(product, window):
    scheme = council(KENT)
    wren, tern, commissioner = window(), window(), window(COMMISSIONER)
    applied(wren, tern, commissioner, scheme)
    report = decided(window, commissioner, scheme)
    admitted(window, wren, tern, report)
    buyer = window(PRACTITIONER)
    placed_by_choice(buyer, wren, scheme)
    placed_by_competition(buyer, wren, tern, window(EVALUATORS[0]), scheme)
    returned(wren, commissioner)


def applied(wren, tern, commissioner, scheme):
    """Two apply to lot 1a in its round, whose applications open by its end and not before."""
    for page, who in ((wren, WREN), (tern, TERN)):
        people.register(page, who)
    page = f"/schemes/{scheme.pk}/"
    people.eventually(wren, page, f"Closed, next opens on {KENT.opens_on}")
    move_to(KENT.announced)
    people.eventually(wren, page, "Round 1")
    move_to(KENT.opens, seconds=1)
    people.eventually(wren, page, f"Apply for lot {KENT.lot[4:]}")
    receipt = people.apply(wren, re.compile("Round 1"), KENT.lot, KENT.answers, WREN)
    people.apply(tern, re.compile("Round 1"), KENT.lot, KENT.answers, TERN)
    received = "Application received on 1 April 2027"
    people.eventually(wren, f"/outbox/?to={WREN.email}", received)
    expect(people.mail(wren, WREN.email, received)).to_have_count(1)
    pane = f"/admin/submissions/{number_of(receipt)}/"

    commissioner.goto("/admin/submissions/")
    expect(commissioner.locator("main")).to_contain_text("Nothing to read yet")
    assert commissioner.goto(pane).status == 404
    move_to(KENT.closes, minutes=-1)
    assert commissioner.goto(pane).status == 404
    move_to(KENT.closes, seconds=1)
    people.eventually(commissioner, workplace.address("interests", scheme), TERN.organisation)
    commissioner.goto("/admin/submissions/")
    expect(commissioner.locator("main")).to_contain_text("Nothing to read yet")
    workplace.declare(commissioner, scheme=scheme)
    people.eventually(commissioner, "/admin/submissions/", WREN.organisation)
    people.follow(commissioner, WREN.organisation)
    assert commissioner.url.endswith(pane)
    for words in (people.SAID, WREN.service, "£24.50", WREN.name):
        expect(commissioner.locator("main")).to_contain_text(words)
    page = workplace.page_of(Round.objects.get(scheme=scheme))
    people.eventually(commissioner, page, re.compile("^Round closed$"))
    people.eventually(commissioner, page, re.compile("^Applications unsealed$"))
    happened = commissioner.locator("ol.line li b").all_inner_texts()
    assert sorted(happened) == [
        "Applications unsealed",
        "Round announced",
        "Round closed",
        "Round opened to applications",
        "Round started as a draft",
    ]
    read = commissioner.locator("tr", has_text="Submission read")
    own = read.filter(has_text=COMMISSIONER.name).first
    people.again(commissioner, "/admin/dps/event/", own)

    later = people.apply(wren, re.compile("open lots"), KENT.open_lot, KENT.answers, WREN)
    people.eventually(commissioner, f"/admin/submissions/{number_of(later)}/", people.SAID)
    workplace.evaluations_begin(commissioner, 3)


def number_of(receipt):
    return receipt.rstrip("/").rsplit("/", 1)[1]


def decided(window, commissioner, scheme):
    """Marked, moderated and reported; both decisions taken. That of the open lot takes effect at
    once, that of the round after its call-in."""
    markers = {window(who): who for who in EVALUATORS}
    moderator, approver = window(MODERATOR), window(APPROVER)
    workplace.declare(*markers, moderator, approver, scheme=scheme)
    workplace.evaluate(commissioner, markers, moderator, scheme)
    assert Evaluation.objects.filter(state="decided").count() == 3

    maker = {"decision_maker": "Cabinet Member for Adult Social Care and Public Health"}
    held = Round.objects.get(scheme=scheme)
    of_round = workplace.report(commissioner, scheme, held, "27/00031", **maker)
    appendix = of_round.versions.get().appendix
    for path in (reverse("awards:report", args=[of_round.pk]), "/awards/"):
        public = commissioner.request.get(path).text()
        assert not re.search("Wren|Tern|24.50", public)
    approver.goto(workplace.address("appendix", appendix))
    expect(approver.locator("main")).to_contain_text(TERN.organisation)
    plan, done = "Put on the forward plan", "On the forward plan."
    workplace.step(commissioner, of_round.decision, "publish", plan, done)

    maker = {"decision_maker": "Corporate Director Adult Social Care and Health"}
    of_open = workplace.report(commissioner, scheme, None, "OD/27/0044", **maker)
    assert of_open.decision.delegation.number == "OD/22/0118"
    workplace.sign(approver, of_open)
    people.eventually(commissioner, workplace.page_of(of_open), re.compile("^In effect since$"))

    move_to(SIGNED)
    considered, done = "Record that it was considered", "On record as considered."
    workplace.step(commissioner, of_round.decision, "consider", considered, done)
    workplace.sign(approver, of_round)
    return of_round


def admitted(window, wren, tern, report):
    """At the effective instant they are on the register; agreements are signed and sealed."""
    public, lawyer = window(), window(LAWYER)
    register = reverse("public_register")
    move_to(EFFECTIVE, seconds=-10)
    public.goto(register)
    expect(public.locator("main")).to_contain_text(WREN.organisation)
    expect(public.locator("main")).not_to_contain_text(TERN.organisation)
    move_to(EFFECTIVE)
    people.eventually(public, register, TERN.organisation)
    assert Admission.objects.filter(lot__key="1a").count() == 2
    letter = "Decision of 2 June 2027 on your application"
    people.eventually(tern, f"/outbox/?to={TERN.email}", letter)
    expect(people.mail(tern, TERN.email, letter)).to_have_count(1)
    tern.goto(reverse("awards:result", args=[report.evaluations.get(**OF_TERN).pk]))
    for words in ("Admitted to", "27/00031", "4 of 5", workplace.SAID):
        expect(tern.locator("main")).to_contain_text(words)

    workplace.send_agreements(lawyer)
    for agreement in Agreement.objects.order_by("reference"):
        is_wrens = agreement.organisation.name == WREN.organisation
        page, who = (wren, WREN) if is_wrens else (tern, TERN)
        workplace.sign_agreement(page, agreement, who)
        workplace.seal(lawyer, agreement)
    people.eventually(wren, f"/outbox/?to={WREN.email}", "Your agreement is in force")


def placed_by_choice(buyer, wren, scheme):
    """The price of a pattern; then a package that the person chooses a provider for."""
    service = service_of(WREN)
    buyer.goto(f"{buying.at('service', service)}?quantity=4&unit=hour&supported=1")
    expect(buyer.locator("main")).to_contain_text("£98.00")
    package = buying.prepare(buyer, scheme, CHOSEN)
    placement = buying.choose(buyer, package, service, lot_of(scheme))
    buying.place(buyer, wren, placement)
    buyer.goto(buying.at("placement", placement))
    expect(buyer.locator("main")).to_contain_text("£98.00")
    move_to(f"{CHOSEN - DAY}T23:59")
    assert placed(placement) == "accepted"
    move_to(f"{CHOSEN}T00:00")
    people.becomes(buyer, buying.at("placement", placement), "Running")
    return placement


def placed_by_competition(buyer, wren, tern, marker, scheme):
    """All on the lot are invited; the cheapest offer loses on quality."""
    package = buying.prepare(buyer, scheme, COMPETED, hours=6)
    named = [EVALUATORS[0], PRACTITIONER]
    call_off = buying.compete(buyer, package, lot_of(scheme), named, OFFERS)
    offers = {}
    for page, who, rate in ((wren, WREN, "24.00"), (tern, TERN, "20.00")):
        people.eventually(page, f"/outbox/?to={who.email}", call_off.title)
        offers[who] = buying.offer(page, call_off, service_of(who), rate, who.name)
    sealed = buyer.goto(buying.at("competition", call_off)).text()
    assert not re.search("Wren|Tern|144.00|120.00", sealed)
    move_to(f"{OFFERS[0]}T12:00", seconds=1)
    for who, given in ((WREN, 5), (TERN, 3)):
        buying.mark(marker, offers[who], given)
    placement = buying.award(buyer, call_off, offers[WREN])
    buyer.goto(buying.at("competition", call_off))
    first = buyer.locator("table.offer tbody tr").first
    expect(first).to_contain_text(WREN.organisation)
    expect(buyer.locator("tr", has_text="lowest price")).to_contain_text(TERN.organisation)
    for page, who in ((wren, WREN), (tern, TERN)):
        people.eventually(page, f"/outbox/?to={who.email}", "The decision on your offer")
    tern.goto(buying.at("offer_decision", offers[TERN]))
    expect(tern.locator("main")).to_contain_text("Worth 3: says how.")
    expect(tern.locator("main")).not_to_contain_text("Worth 5")
    buying.place(buyer, wren, placement)
    move_to(f"{COMPETED}T00:00")
    people.becomes(buyer, buying.at("placement", placement), "Running")


def returned(wren, commissioner):
    """The quarter ends: both owe a return; one files, and the commissioner sees who has."""
    move_to("2027-07-01T09:00")
    people.eventually(wren, f"/outbox/?to={WREN.email}", "KPI return due on 31 July 2027")
    owed = Return.objects.get(organisation__name=WREN.organisation)
    buying.file(wren, owed)
    commissioner.goto(reverse("admin:kpi_periods"))
    people.follow(commissioner, "April to June 2027")
    main = commissioner.locator("main")
    expect(main.locator("tr", has_text=WREN.organisation)).to_contain_text("99")
    expect(main.locator("tr", has_text=TERN.organisation)).not_to_contain_text("99")


def lot_of(scheme):
    return scheme.lots.get(key="1a")


def service_of(who):
    return Service.objects.get(organisation__name=who.organisation)


def placed(placement):
    placement.refresh_from_db()
    return placement.state
