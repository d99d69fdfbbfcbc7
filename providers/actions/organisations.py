"""Organisations and the people in them."""

from django.db import IntegrityError, transaction

from dps import envelopes
from dps.actions import Refused, action, lock, note, promise, require
from dps.actions.accounts import account_for
from dps.clock import now
from dps.models import User
from providers import policies
from providers.calculations.sizes import size_of
from providers.models import Member, Organisation


@action
def register(user: User, *, by, **details) -> Organisation:
    """A new organisation, of which the person is the first owner and signatory. `details` are the
    fields of the record; its size class is worked out from staff and turnover.

    Refused for staff of an authority, and when the company or charity number is registered here
    already: ask an owner of it for an invitation.
    """
    require(policies.register_organisation, by)
    organisation = Organisation(**details, registered_at=now())
    organisation.size = size_of(organisation.staff, organisation.turnover)
    store(organisation)
    envelopes.issue(organisation)
    Member.objects.create(
        organisation=organisation, user=by, is_owner=True, is_signatory=True, joined_at=now()
    )
    note(organisation, "providers.organisation.registered", by=by)
    return organisation


@action
def change(organisation: Organisation, *, by, **details) -> Organisation:
    """Keep the organisation's details current. Refused when nothing differs."""
    organisation = lock(organisation)
    require(policies.run_organisation, by, organisation)
    changed = sorted(k for k, v in details.items() if getattr(organisation, k) != v)
    if not changed:
        raise Refused("Nothing has changed")
    for name in changed:
        setattr(organisation, name, details[name])
    organisation.size = size_of(organisation.staff, organisation.turnover)
    store(organisation)
    note(organisation, "providers.organisation.changed", by=by, fields=changed)
    return organisation


def store(organisation: Organisation) -> None:
    try:
        with transaction.atomic():
            organisation.save()
    except IntegrityError as problem:
        for field in ("company_number", "charity_number"):
            if f"one_each_{field}" in str(problem):
                raise Refused(
                    "An organisation with this number is registered already. Ask one of its "
                    "owners to invite you",
                    field=field,
                ) from problem
        raise


@action
def invite(
    organisation: Organisation,
    *,
    email: str,
    name: str,
    is_owner: bool = False,
    is_signatory: bool = False,
    by,
) -> Member:
    """Add a colleague. One without an account gets one, and an e-mail to choose a password."""
    organisation = lock(organisation)
    require(policies.run_organisation, by, organisation)
    email = email.strip().lower()
    user = account_for(email, name, by)
    if Member.objects.filter(organisation=organisation, user=user, left_at=None).exists():
        raise Refused(f"{user} is in your organisation already", field="email")
    member = Member.objects.create(
        organisation=organisation,
        user=user,
        is_owner=is_owner,
        is_signatory=is_signatory,
        joined_at=now(),
    )
    note(organisation, "providers.organisation.colleague added", by=by, who=str(user.pk))
    promise("providers.invitation", member)
    return member
