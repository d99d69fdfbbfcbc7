"""An organisation is registered by someone who signed up, and kept by its owners."""

import pytest
from django.core import mail
from django.urls import reverse

from dps.models import Event, User
from providers.models import Member, Organisation
from tests.factories import (
    AuthorityFactory,
    OrganisationFactory,
    UserFactory,
    member_of,
    owner_of,
    staff,
)
from tests.providers.pages import errors_of, words

DETAILS = {
    "name": "Larkspur Lane Activities CIC",
    "legal_form": "cic",
    "company_number": "12 34 56 78",
    "charity_number": "",
    "cqc_provider_id": "1-101614751",
    "staff": "12",
    "turnover": "312,000",
    "is_vcse": "on",
    "address": "1 Larkspur Lane\nInvented Town",
    "contact_name": "Joan Whitlow",
    "contact_email": "joan@larkspur.example",
    "contact_phone": "01622 000000",
}
REGISTER = reverse("providers:register")


def test_registering_makes_an_organisation_of_which_one_is_owner_and_signatory(client, db):
    person = UserFactory()
    client.force_login(person)
    assert client.get("/").url == REGISTER
    response = client.post(REGISTER, DETAILS, follow=True)

    organisation = Organisation.objects.get()
    assert response.redirect_chain[-1][0] == reverse("portal")
    assert (organisation.company_number, organisation.size) == ("12345678", "small")
    member = Member.objects.get()
    assert (member.user, member.is_owner, member.is_signatory) == (person, True, True)
    assert Event.objects.get(subject_id=organisation.pk).verb == (
        "providers.organisation.registered"
    )


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"company_number": ""}, "company_number", "Enter the company number"),
        ({"company_number": "1234"}, "company_number", "Company number must be 8 characters"),
        ({"legal_form": "charity"}, "charity_number", "Enter the charity number"),
        ({"charity_number": "12345"}, "charity_number", "Charity number must be 6 or 7 figures"),
        ({"cqc_provider_id": "101614751"}, "cqc_provider_id", "CQC provider ID must be 1- and"),
        ({"staff": "a few"}, "staff", "Number of staff must be a whole number"),
        ({"staff": "-1"}, "staff", "Number of staff must be 0 or more"),
        ({"turnover": "12.345"}, "turnover", "Turnover in the last financial year must have"),
        ({"contact_email": "joan"}, "contact_email", "must be in the right format"),
        ({"contact_phone": "123"}, "contact_phone", "Telephone number must have at least 10"),
        ({"name": ""}, "name", "Enter the name of the organisation"),
        ({"legal_form": ""}, "legal_form", "Select the legal form"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    client, db, changed, field, message
):
    client.force_login(UserFactory())
    response = client.post(REGISTER, DETAILS | changed)
    assert response.status_code == 422
    assert list(errors_of(response)) == [field]
    assert message in errors_of(response)[field][0]
    assert "1 Larkspur Lane" in response.content.decode()
    assert not Organisation.objects.exists()


@pytest.mark.parametrize("number", ["company_number", "charity_number"])
def test_an_organisation_is_registered_once(client, db, number):
    OrganisationFactory(company_number="12345678", charity_number="1234567")
    numbers = {"company_number": "87654321", "charity_number": "7654321"}
    theirs = {"company_number": "12345678", "charity_number": "1234567"}
    client.force_login(UserFactory())
    response = client.post(REGISTER, DETAILS | numbers | {number: theirs[number]})
    assert response.status_code == 422
    assert errors_of(response) == {
        number: [
            (
                "An organisation with this number is registered already. Ask one of its owners to "
                "invite you"
            )
        ]
    }


def test_staff_of_an_authority_do_not_register(client, db):
    client.force_login(staff(AuthorityFactory(), "commissioner"))
    assert client.get(REGISTER).status_code == 403


def test_an_owner_changes_details_and_size_follows(client, db):
    organisation = OrganisationFactory(name="Old name")
    owner = owner_of(organisation)
    client.force_login(owner)
    url = reverse("providers:organisation_edit", args=[organisation.pk])
    assert "Old name" in client.get(url).content.decode()
    assert client.post(url, DETAILS | {"staff": "300"}).status_code == 302
    page = words(client.get(reverse("providers:organisation", args=[organisation.pk])))
    assert "Large (250 staff or more)" in page
    assert "£312,000.00 a year" in page
    response = client.post(url, DETAILS | {"staff": "300"})
    assert (response.status_code, "Nothing has changed" in words(response)) == (422, True)


def test_a_contributor_sees_the_details_and_may_not_change_them(client, db):
    organisation = OrganisationFactory()
    client.force_login(member_of(organisation))
    page = reverse("providers:organisation", args=[organisation.pk])
    assert "Change details" not in words(client.get(page))
    for name in ("organisation_edit", "member_add"):
        assert client.get(reverse(f"providers:{name}", args=[organisation.pk])).status_code == 403


def test_a_colleague_is_added_once_and_told_with_a_way_in(
    client, db, django_capture_on_commit_callbacks
):
    organisation = OrganisationFactory(name="O'Hara & Sons")
    client.force_login(owner_of(organisation))
    url = reverse("providers:member_add", args=[organisation.pk])
    colleague = {"name": "Sam Birch", "email": "Sam@Birch.example", "is_owner": "on"}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url, colleague).status_code == 302

    user = User.objects.get(email="sam@birch.example")
    assert [(m.is_owner, m.is_signatory) for m in user.memberships.all()] == [(True, False)]
    letter = mail.outbox[0]
    assert letter.to == ["sam@birch.example"]
    assert "O'Hara & Sons as an owner" in letter.body
    assert "O'Hara" not in letter.subject
    path = next(line for line in letter.body.splitlines() if line.startswith("http"))
    client.logout()
    chosen = client.get("/" + path.split("/", 3)[3], follow=True)
    assert "password" in words(chosen).lower()
    assert chosen.status_code == 200

    client.force_login(organisation.members.first().user)
    response = client.post(url, colleague)
    assert errors_of(response) == {"email": ["Sam Birch is in your organisation already"]}


def test_the_only_organisation_is_shown_at_once_and_several_are_listed(client, db):
    organisation = OrganisationFactory()
    owner = owner_of(organisation)
    client.force_login(owner)
    url = reverse("providers:organisations")
    assert client.get(url).url == reverse("providers:organisation", args=[organisation.pk])
    other = OrganisationFactory()
    Member.objects.create(organisation=other, user=owner, joined_at=other.registered_at)
    page = words(client.get(url))
    assert other.name in page
    assert organisation.name in page
