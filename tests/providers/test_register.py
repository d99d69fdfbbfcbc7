"""The public register, and the services that providers keep current on it."""

import pytest
import time_machine
from django.urls import reverse

from lots.models import Activity, Locality
from providers.actions import admissions, services
from providers.models import Admission, Rate
from tests.factories import (
    NOON,
    LotFactory,
    OrganisationFactory,
    SchemeFactory,
    ServiceFactory,
    owner_of,
    rate_of,
    staff,
)
from tests.providers.pages import errors_of, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def service():
    scheme = SchemeFactory()
    lot = LotFactory(scheme=scheme, key="A")
    organisation = OrganisationFactory(name="Harbour Kitchen Trust", staff=4321)
    made = ServiceFactory(
        scheme=scheme, organisation=organisation, name="Cook together", lot=lot, lot__pounds="23.47"
    )
    made.localities.add(
        Locality.objects.create(scheme=scheme, key="t", title="Thanet", column=1, row=1)
    )
    made.activities.add(Activity.objects.create(scheme=scheme, key="c", title="Cooking"))
    owner = owner_of(organisation)
    services.confirm_vacancies(made, vacancies=3, by=owner)
    return made


REGISTER = "public_register"


def test_the_whole_world_sees_who_is_on_the_register_and_what_they_offer(client, service):
    for url in (reverse(REGISTER), reverse("register_service", args=[service.pk])):
        page = words(client.get(url))
        for shown in ("Harbour Kitchen Trust", "Cook together", "Lot A", "Thanet", "Cooking"):
            assert shown in page


def test_the_public_register_has_no_rate_and_no_vacancies(client, service):
    for url in (reverse(REGISTER), reverse("register_service", args=[service.pk])):
        page = words(client.get(url))
        for hidden in ("23.47", "vacanc", "3 places", "4321", "4,321"):
            assert hidden not in page.lower()


def test_a_provider_taken_off_its_lot_or_a_closed_service_is_not_there(client, service):
    page = reverse("register_service", args=[service.pk])
    owner = service.organisation.members.get().user
    services.close(service, by=owner, why="Rebuilding")
    assert client.get(page).status_code == 302  # to sign in: there is no such page for the world
    assert "Cook together" not in words(client.get(reverse(REGISTER)))
    services.reopen(service, by=owner, why="Rebuilt")
    assert client.get(page).status_code == 200
    manager = staff(service.scheme.authority, "contract_manager")
    admissions.suspend(Admission.objects.get(), by=manager, why="Safeguarding")
    assert "Suspended" in words(client.get(page))
    admissions.remove(Admission.objects.get(), by=manager, why="Ended")
    assert client.get(page).status_code == 302


def test_a_lot_is_counted_for_those_who_stand_on_it(client, service):
    """A service may be described for a lot that its provider is no longer on."""
    other = LotFactory(scheme=service.scheme, key="B")
    service.lots.add(other)
    page = client.get(reverse(REGISTER))
    lots = next(facet for facet in page.context["facets"] if facet.field == "lot")
    assert [(option.label[0], option.count) for option in lots.options] == [("A", 1), ("B", 0)]
    assert "0 services" in words(client.get(reverse(REGISTER), {"lot": other.pk}))


def test_what_makes_no_sense_in_the_address_is_left_out(client, service):
    for asked in ({"lot": "x"}, {"scheme": "x"}, {"page": "x"}, {"mode": "1", "tier": "'"}):
        assert "1 service" in words(client.get(reverse(REGISTER), asked))


def test_the_register_asks_as_much_for_three_services_as_for_one(
    client, service, django_assert_num_queries
):
    with django_assert_num_queries(QUERIES):
        client.get(reverse(REGISTER))
    for _ in range(2):
        ServiceFactory(scheme=service.scheme, lot=service.lots.get())
    with django_assert_num_queries(QUERIES):
        page = client.get(reverse(REGISTER))
    assert len(page.context["services"]) == 3


QUERIES = 15


def test_a_member_keeps_a_service_current(client, service):
    client.force_login(service.organisation.members.get().user)
    edit = reverse("providers:service_edit", args=[service.pk])
    said = {"name": "Cook and eat", "modes": ["face_to_face"], "capacity": "8"}
    assert set(errors_of(client.post(edit, said | {"name": ""}))) == {"name"}
    assert client.post(edit, said | {"modes": ["by post"]}).status_code == 422
    assert client.post(edit, said).status_code == 302
    vacancies = reverse("providers:service_vacancies", args=[service.pk])
    page = client.post(vacancies, {"vacancies": "9"})
    assert "Enter 8 or fewer" in words(page)
    assert client.post(vacancies, {"vacancies": "8"}).status_code == 302
    service.refresh_from_db()
    assert (service.name, service.capacity, service.vacancies) == ("Cook and eat", 8, 8)
    assert client.get(reverse("packages:search")).status_code == 403


def test_a_contract_manager_sets_a_rate_and_every_version_stays(client, service):
    manager = staff(service.scheme.authority, "contract_manager")
    tier = service.lots.get().tiers.get()
    client.force_login(manager)
    url = reverse("admin:providers_service_set-rate", args=[service.pk])
    said = {
        "tier": tier.pk,
        "unit": "hour",
        "mode": "face_to_face",
        "pounds": "25.00",
        "from_on_day": "1",
        "from_on_month": "7",
        "from_on_year": "2026",
        "why": "Uplift",
    }
    assert client.post(url, said | {"from_on_month": "6"}).status_code == 422
    assert client.post(url, said).status_code == 302
    page = words(client.get(reverse("admin:providers_service_change", args=[service.pk])))
    assert "£23.47" in page
    assert "£25.00 from 1 July 2026 (Uplift)" in page
    assert [rate.pounds for rate in Rate.objects.on(NOON.date())] == [service.rates.first().pounds]
    client.force_login(service.organisation.members.get().user)
    portal = words(client.get(reverse("providers:service", args=[service.pk])))
    assert "£25.00 from 1 July 2026" in portal


def test_the_list_of_services_asks_as_much_for_three_as_for_one(
    client, service, django_assert_num_queries
):
    client.force_login(service.organisation.members.get().user)
    with django_assert_num_queries(LISTED):
        client.get(reverse("providers:services"))
    for _ in range(2):
        made = ServiceFactory(
            scheme=service.scheme, organisation=service.organisation, lot=service.lots.get()
        )
        rate_of(made, service.lots.get().tiers.get(), "20.00", unit="day")
    with django_assert_num_queries(LISTED):
        page = client.get(reverse("providers:services"))
    assert len(page.context["table"].rows) == 3


LISTED = 8


def test_a_suspension_is_a_step_of_the_workplace(client, service):
    admission = Admission.objects.get()
    client.force_login(staff(service.scheme.authority, "contract_manager"))
    url = reverse("admin:providers_admission_suspend", args=[admission.pk])
    assert client.post(url, {"why": ""}).status_code == 422
    assert client.post(url, {"why": "Safeguarding"}).status_code == 302
    admission.refresh_from_db()
    assert admission.state == "suspended"
    assert "Restore" in words(
        client.get(reverse("admin:providers_admission_change", args=[admission.pk]))
    )
