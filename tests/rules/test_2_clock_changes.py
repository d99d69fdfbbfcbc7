"""Rule 2, across the clock changes: a deadline is a time on the clocks of the United Kingdom, and a
working day is one where the regime's own law has it."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.urls import reverse

from dps.actions import Refused
from dps.models import BankHoliday, Role
from lots.calculations import regimes
from lots.calculations.regimes import PROFILES, decision_due
from lots.models import Deadline, ProcedureState, Round
from lots.tasks import close_rounds, plan_rounds
from providers.actions import applications
from providers.models import ApplicationState
from tests.factories import (
    ApplicationFactory,
    LotFactory,
    QuestionnaireFactory,
    RoundFactory,
    ScheduleFactory,
    SchemeFactory,
    owner_of,
    staff,
)
from tests.lots.world import bank_holidays, instant, step
from tests.providers.pages import words

SECOND = timedelta(seconds=1)
IN_SUMMER = datetime(2026, 10, 1, 11, tzinfo=UTC)  # noon: the clocks go back on 25 October
IN_WINTER = datetime(2026, 11, 5, 12, tzinfo=UTC)


def noon_on(day: str) -> dict:
    """Noon, as it is typed."""
    year, month, number = day.split("-")
    parts = {"day": number, "month": month, "year": year, "time": "12:00"}
    return {f"deadline_{name}": value for name, value in parts.items()} | {"why": "As planned"}


@pytest.mark.parametrize(
    ("day", "hour", "says"),
    [
        ("2026-10-23", 11, "Friday 23 October 2026 at 12 noon"),
        ("2026-10-26", 12, "Monday 26 October 2026 at 12 noon"),
        ("2027-03-26", 12, "Friday 26 March 2027 at 12 noon"),
        ("2027-03-29", 11, "Monday 29 March 2027 at 12 noon"),
    ],
)
def test_noon_is_typed_and_shown_as_noon_whatever_the_clocks_do(client, db, day, hour, says):
    round = RoundFactory(state=ProcedureState.DRAFT, opens_at=datetime(2026, 9, 1, 8, tzinfo=UTC))
    client.force_login(staff(round.scheme.authority, Role.COMMISSIONER))
    with time_machine.travel(datetime(2026, 8, 1, tzinfo=UTC), tick=False):
        sent = client.post(reverse("admin:lots_round_announce", args=[round.pk]), noon_on(day))
        assert sent.status_code == 302
        shown = client.get(round.get_absolute_url())
    at = Deadline.objects.get().at
    assert (at.date().isoformat(), at.hour, at.minute) == (day, hour, 0)
    assert says in words(shown)


@pytest.mark.parametrize(
    ("after_noon", "state"),
    [
        (-3600 * SECOND, ApplicationState.SUBMITTED),  # when it would close, were days 24 hours
        (-3599 * SECOND, ApplicationState.SUBMITTED),
        (0 * SECOND, ApplicationState.SUBMITTED),
        (SECOND, ApplicationState.DRAFT),
    ],
)
def test_a_round_over_the_25th_of_october_closes_at_noon_by_the_clocks_of_winter(
    db, after_noon, state
):
    application = ApplicationFactory(round__opens_at=IN_SUMMER, round__closes=IN_WINTER)
    owner = owner_of(application.organisation)
    with time_machine.travel(IN_WINTER + after_noon, tick=False):
        if state == ApplicationState.SUBMITTED:
            applications.submit(application, name="A", by=owner)
        else:
            with pytest.raises(Refused, match="Thursday 5 November 2026 at 12 noon"):
                applications.submit(application, name="A", by=owner)
        close_rounds()
    application.refresh_from_db()
    assert application.state == state
    round = Round.objects.get()
    is_over = state == ApplicationState.DRAFT
    assert round.state == (ProcedureState.CLOSED if is_over else ProcedureState.PUBLISHED)


def test_a_schedule_opens_and_closes_at_noon_on_both_sides_of_the_change(db):
    bank_holidays()
    scheme = SchemeFactory()
    QuestionnaireFactory(scheme=scheme)
    LotFactory(scheme=scheme)
    ScheduleFactory(scheme=scheme, first_opens_on=date(2026, 10, 1), open_days=35)
    with time_machine.travel(datetime(2026, 9, 10, tzinfo=UTC), tick=False):
        plan_rounds()
    deadline = Deadline.objects.get()
    assert (deadline.procedure.opens_at, deadline.at) == (IN_SUMMER, IN_WINTER)


@pytest.mark.parametrize(
    ("regime", "received_at", "last_on"),
    [
        ("pcr_2015_dps", datetime(2026, 12, 18, 12, tzinfo=UTC), date(2027, 1, 6)),
        # half past midnight on the 23rd by the clocks of summer
        ("pcr_2015_dps", datetime(2026, 10, 22, 23, 30, tzinfo=UTC), date(2026, 11, 6)),
        ("pcr_2015_dps", datetime(2026, 10, 22, 22, 30, tzinfo=UTC), date(2026, 11, 5)),
        # half past eleven at night on the 29th by the clocks of winter
        ("pcr_2015_dps", datetime(2026, 10, 29, 23, 30, tzinfo=UTC), date(2026, 11, 12)),
    ],
)
def test_working_days_are_counted_from_the_day_on_the_clocks(db, regime, received_at, last_on):
    bank_holidays()
    profile = PROFILES[regime]
    assert decision_due(profile, received_at, BankHoliday.objects.calendar(*profile.parts)) == (
        last_on
    )


@pytest.mark.parametrize(
    ("regime", "is_one"),
    [
        ("pcr_2015_dps", True),
        ("pa_2023_dynamic_market", False),
        ("pa_2023_light_touch_framework", False),
    ],
)
def test_a_holiday_of_northern_ireland_alone_is_no_working_day_of_the_2023_act(db, regime, is_one):
    bank_holidays("england", "wales", "scotland", "northern_ireland")
    calendar = BankHoliday.objects.calendar(*regimes.PROFILES[regime].parts)
    assert calendar.is_working_day(date(2026, 7, 13)) == is_one
    assert not calendar.is_working_day(date(2026, 12, 28))  # instead of Boxing Day, everywhere


def test_the_window_of_a_round_is_counted_in_whole_days_over_the_change(client, db):
    bank_holidays()
    scheme = SchemeFactory()
    round = RoundFactory(
        scheme=scheme, state=ProcedureState.DRAFT, is_initial=True, opens_at=IN_SUMMER
    )
    client.force_login(staff(scheme.authority, Role.COMMISSIONER))
    with time_machine.travel(datetime(2026, 9, 1, tzinfo=UTC), tick=False):
        for days, status in ((29, 422), (32, 302)):
            at = datetime.combine((IN_SUMMER + timedelta(days=days)).date(), time(12), UTC)
            sent = instant("deadline", at) | {"why": "As planned"}
            assert client.post(step(round, "announce"), sent).status_code == status
