"""An organisation's library: what it takes, what it gives back, and to whom."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dps import files
from providers.actions import documents
from providers.models import Document
from tests.factories import NOON, OrganisationFactory, member_of, owner_of
from tests.providers.pages import errors_of, words
from tests.providers.world import PDF, certificate

KIND = {"kind": "safeguarding", "title": "Our policy"}


def parts(name, day, month, year):
    """A date as it is sent."""
    return {f"{name}_day": day, f"{name}_month": month, f"{name}_year": year}


@pytest.fixture
def organisation(db):
    return OrganisationFactory()


@pytest.fixture
def adding(client, organisation):
    client.force_login(member_of(organisation))
    return reverse("providers:document_add", args=[organisation.pk])


def test_a_document_is_added_listed_and_given_back_as_a_file(client, organisation, adding):
    dates = parts("issued_on", 1, 2, 2026)
    upload = SimpleUploadedFile("Our policy, 2026.pdf", PDF)
    with time_machine.travel(NOON, tick=False):
        response = client.post(adding, KIND | dates | {"upload": upload}, follow=True)
    assert "Safeguarding policy, Our policy, 2026.pdf, 48" in words(response)
    assert "1 February 2026" in words(response)

    document = Document.objects.get()
    response = client.get(reverse("providers:document", args=[document.pk]))
    assert response.content == PDF
    assert {name: response[name] for name in ("Content-Type", "X-Content-Type-Options")} == {
        "Content-Type": "application/pdf",
        "X-Content-Type-Options": "nosniff",
    }
    disposition = response["Content-Disposition"]
    assert disposition == 'attachment; filename="Our policy, 2026.pdf"'
    assert PDF[:20] not in default_storage.open(document.file).read()


@pytest.mark.parametrize(
    ("name", "contents", "message"),
    [
        ("policy.pdf", b"", "The file is empty. Choose another"),
        ("policy.pdf", b"MZ not a PDF at all", "The file must be a PDF, Word, Excel"),
        ("policy.exe", PDF, "The file must be a PDF, Word, Excel"),
        ("policy.pdf", PDF + b"0" * files.LARGEST, "The file must be smaller than 10 MB"),
    ],
)
def test_a_file_that_is_not_taken_is_refused_at_the_field_and_the_rest_stays(
    client, adding, name, contents, message
):
    response = client.post(adding, KIND | {"upload": SimpleUploadedFile(name, contents)})
    assert response.status_code == 422
    assert list(errors_of(response)) == ["upload"]
    assert message in errors_of(response)["upload"][0]
    assert 'value="Our policy"' in response.content.decode()
    assert not Document.objects.exists()


def test_what_is_no_longer_valid_is_refused_and_dates_are_in_order(client, adding):
    yesterday = NOON.date() - timedelta(days=1)
    expires = parts("expires_on", yesterday.day, yesterday.month, yesterday.year)
    with time_machine.travel(NOON, tick=False):
        response = client.post(
            adding, KIND | expires | {"upload": SimpleUploadedFile("policy.pdf", PDF)}
        )
    assert errors_of(response) == {
        "expires_on": ["That day has passed. Add a document that is still valid"]
    }
    issued = parts("issued_on", 17, 6, 2026)
    response = client.post(
        adding, KIND | expires | issued | {"upload": SimpleUploadedFile("policy.pdf", PDF)}
    )
    assert errors_of(response) == {"expires_on": ["“Valid until” must be after the date of issue"]}


def test_one_goes_back_to_the_section_one_came_from_and_nowhere_else(client, adding):
    def sent(after):
        upload = SimpleUploadedFile("policy.pdf", PDF)
        return client.post(f"{adding}?next={after}", KIND | {"upload": upload}).url

    assert sent("/portal/sections/1/") == "/portal/sections/1/"
    assert "evil" not in sent("https://evil.example/")
    assert "evil" not in sent("//evil.example/")


def test_until_when_it_is_valid_is_said_before_the_day_and_after(client, organisation, adding):
    with time_machine.travel(NOON, tick=False):
        certificate(organisation, owner_of(organisation), expires_on=date(2026, 7, 1))
    listing = reverse("providers:documents", args=[organisation.pk])
    for day, word in ((17, "1 July 2026: soon"), (60, "1 July 2026: no longer valid")):
        with time_machine.travel(NOON + timedelta(days=day - 17), tick=False):
            client.force_login(owner_of(organisation))
            assert word in words(client.get(listing))


def test_a_document_is_its_organisations_alone(client, organisation):
    document = certificate(organisation, owner_of(organisation))
    client.force_login(owner_of(OrganisationFactory()))
    for name in ("document", "document_remove"):
        assert client.get(reverse(f"providers:{name}", args=[document.pk])).status_code == 404
    for name in ("documents", "document_add"):
        assert client.get(reverse(f"providers:{name}", args=[organisation.pk])).status_code == 404


def test_a_removed_document_is_out_of_the_library(client, organisation):
    owner = owner_of(organisation)
    document = certificate(organisation, owner)
    client.force_login(owner)
    url = reverse("providers:document_remove", args=[document.pk])
    assert "certificate.pdf is taken out" in words(client.get(url))
    assert documents.library(organisation, by=owner) != []
    assert "is taken out of your library" in words(client.post(url, follow=True))
    assert documents.library(organisation, by=owner) == []
    assert client.post(url).status_code == 403


def test_a_name_cannot_break_out_of_its_header(client, organisation):
    owner = owner_of(organisation)
    upload = SimpleUploadedFile("x.pdf", PDF)
    upload.name = 'a"b;\r\nSet-Cookie: c.pdf'
    document = documents.add(organisation, upload=upload, kind="other", title="", by=owner)
    client.force_login(owner)
    response = client.get(reverse("providers:document", args=[document.pk]))
    assert response["Content-Disposition"] == 'attachment; filename="a_b___Set-Cookie_ c.pdf"'
