"""An organisation's details and people, as its page shows them."""

from decimal import Decimal

from dps.money import pounds
from providers import policies
from providers.models import Organisation


def members(user, organisation: Organisation):
    """The people of an organisation, those who joined first first."""
    rows = policies.view_member.rows(user).filter(organisation=organisation, left_at=None)
    return rows.select_related("user").order_by("joined_at", "pk")


def snapshot_facts(stood: dict) -> list[tuple[str, str]]:
    """The details as they stood when they were submitted: (name, what)."""
    stood = stood | {"turnover": Decimal(stood["turnover"])}
    return [each for each in facts(Organisation(**stood)) if each[0] != "Contact"]


def facts(organisation: Organisation) -> list[tuple[str, str]]:
    """The details in words: (name, what)."""
    contact = (
        organisation.contact_name,
        organisation.contact_email,
        organisation.contact_phone,
    )
    rows = [
        ("Name", organisation.name),
        ("Legal form", organisation.get_legal_form_display()),
        ("Company number", organisation.company_number),
        ("Charity number", organisation.charity_number),
        ("CQC provider ID", organisation.cqc_provider_id),
        ("Staff", f"{organisation.staff:,} full-time equivalents"),
        ("Turnover", f"{pounds(organisation.turnover)} a year"),
        ("Size", organisation.get_size_display()),
        ("VCSE", "Yes" if organisation.is_vcse else "No"),
        ("Registered address", ", ".join(organisation.address.splitlines())),
        ("Contact", ", ".join(filter(None, contact))),
    ]
    return [(name, what or "None") for name, what in rows]
