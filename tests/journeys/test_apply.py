"""The whole way of an application, in Chromium, on the real web, worker and beat. The clock is
moved; what is due then comes by itself."""

import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from playwright.sync_api import expect, sync_playwright

from dps.clock import UK, move_by, moved_by, now
from dps.demo.people import PASSWORD, SignIn, staff
from dps.models import Role
from dps.settings import BASE_DIR
from lots.models import Round, Scheme
from tests.journeys import people

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
OWNER, NAME = "wilf@wren.example", "Wilf Harrow"
ORGANISATION = "Wren and Company"
COMMISSIONER = SignIn("ruth@council.example", "Ruth Okafor", "Commissioner", Role.COMMISSIONER)


@dataclass(frozen=True)
class Way:
    """A scheme file and what its schedule comes to: instants on the clocks of the UK."""

    file: str
    before: str
    announced: str
    opens: str
    closes: str
    opens_on: str
    lot: str
    open_lot: str
    answers: dict[str, str]


KENT = Way(
    file="kent-everyday-life.yaml",
    before="2027-02-01T10:00",
    announced="2027-02-18T10:00",
    opens="2027-04-01T09:00",
    closes="2027-04-22T12:00",
    opens_on="Thursday 1 April 2027",
    lot="Lot 1a",
    open_lot="Lot 2",
    answers={"been convicted of": "No", "not paid its tax": "No"},
)
NORTHMERE = Way(
    file="second-example.yaml",
    before="2027-07-01T10:00",
    announced="2027-08-10T10:00",
    opens="2027-09-01T00:00",
    closes="2027-10-01T17:00",
    opens_on="Wednesday 1 September 2027",
    lot="Lot breaks",
    open_lot="Lot at-home",
    answers={},
)


@pytest.fixture
def chromium(monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the driver has a loop of its own
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def move_to(words, **later):
    """Set the clock of everything to a time in the UK, or so much later."""
    there = datetime.fromisoformat(words).replace(tzinfo=UK) + timedelta(**later)
    move_by(there - (now() - moved_by()))


@contextmanager
def council(way):
    """The scheme in force, with a commissioner, while lots that re-open are shut."""
    move_to(way.before)
    call_command("load_bank_holidays")
    call_command("load_scheme", str(BASE_DIR / "schemes" / way.file))
    scheme = Scheme.objects.get()
    staff(scheme.authority, [COMMISSIONER])
    yield scheme


def registered(page):
    people.sign_up(page, OWNER, NAME)
    people.verify(page, OWNER)
    people.sign_in(page, OWNER)
    people.register_organisation(page, ORGANISATION)


def submitted_in_the_round(page, scheme, way):
    """Apply to the lot of the round that the schedule calls for; the address of the receipt."""
    people.eventually(page, f"/schemes/{scheme.pk}/", f"Closed, next opens on {way.opens_on}")
    move_to(way.announced)
    people.eventually(page, f"/schemes/{scheme.pk}/", "Round 1")
    move_to(way.opens, seconds=1)
    people.eventually(page, f"/schemes/{scheme.pk}/", f"Apply for lot {way.lot[4:]}")
    application = people.start_application(page, re.compile("Round 1"))
    people.choose_lots(page, application, re.compile(f"^{way.lot}"))
    assert people.complete(page, application, way.answers) > 2
    return people.submit(page, application, NAME)


def submitted_to_an_open_lot(page, way):
    application = people.start_application(page, re.compile("open lots"))
    people.choose_lots(page, application, re.compile(f"^{way.open_lot}"))
    people.complete(page, application, way.answers)
    return people.submit(page, application, NAME)


def number_of(receipt):
    return receipt.rstrip("/").rsplit("/", 1)[1]


@pytest.mark.xdist_group("live")
def test_an_application_is_sealed_until_its_round_closes_by_itself_and_is_then_read(
    product, chromium
):
    place = {"base_url": product.env["BASE_URL"]}
    with council(KENT) as scheme:
        applicant, commissioner = (chromium.new_context(**place).new_page() for _ in range(2))
        registered(applicant)
        receipt = submitted_in_the_round(applicant, scheme, KENT)
        people.eventually(applicant, f"/outbox/?to={OWNER}", "Application received on")
        received = people.mail(applicant, OWNER, "Application received on 1 April 2027")
        expect(received).to_have_count(1)
        pane = f"/admin/submissions/{number_of(receipt)}/"

        people.sign_in(commissioner, COMMISSIONER.email, PASSWORD)
        commissioner.goto("/admin/submissions/")
        expect(commissioner.locator("main")).to_contain_text("Nothing to read yet")
        assert commissioner.goto(pane).status == 404
        move_to(KENT.closes, minutes=-1)
        assert commissioner.goto(pane).status == 404

        move_to(KENT.closes, seconds=1)
        people.eventually(commissioner, "/admin/submissions/", ORGANISATION)
        people.follow(commissioner, ORGANISATION)
        assert commissioner.url.endswith(pane)
        for words in (people.SAID, people.SERVICE, "£24.50", NAME):
            expect(commissioner.locator("main")).to_contain_text(words)
        round = f"/admin/lots/round/{Round.objects.get(scheme=scheme).pk}/change/"
        people.eventually(commissioner, round, re.compile("^Closed$"))
        people.eventually(commissioner, round, re.compile("^Unsealed$"))
        happened = commissioner.locator("ol.line li b").all_inner_texts()
        assert sorted(happened) == ["Closed", "Open", "Published", "Started", "Unsealed"]
        people.eventually(commissioner, "/admin/dps/event/", "providers.submission.opened")
        read = commissioner.locator("tr", has_text="providers.submission.opened").first
        expect(read).to_contain_text(COMMISSIONER.name)

        later = submitted_to_an_open_lot(applicant, KENT)
        people.eventually(commissioner, f"/admin/submissions/{number_of(later)}/", people.SAID)
        received = people.mail(applicant, OWNER, "Application received on")
        expect(received).to_have_count(2)


@pytest.mark.xdist_group("live")
def test_a_scheme_of_other_lots_and_questions_takes_applications_with_no_change_of_code(
    product, chromium
):
    with council(NORTHMERE) as scheme:
        applicant = chromium.new_context(base_url=product.env["BASE_URL"]).new_page()
        registered(applicant)
        submitted_in_the_round(applicant, scheme, NORTHMERE)
        submitted_to_an_open_lot(applicant, NORTHMERE)
        people.eventually(applicant, f"/outbox/?to={OWNER}", "Application received on")
