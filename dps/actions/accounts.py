"""Who may do what, from when until when: grants given and ended by an administrator."""

from datetime import date

from allauth.account.models import EmailAddress

from dps import policies
from dps.actions import Refused, action, lock, note, part, promise, require
from dps.clock import now, today
from dps.models import Authority, Grant, Role, Team, User


@action
def give(
    authority: Authority,
    *,
    email: str,
    name: str,
    role: str,
    team: Team | None,
    from_on: date,
    until_on: date | None = None,
    by,
) -> Grant:
    """Give a person a role in the authority, and perhaps in one team of it.

    Someone without an account gets one and an e-mail that asks them to choose a password.
    Refused when they hold the role already, for oneself, and for a team of another authority.
    """
    authority = lock(authority)
    require(policies.run_authority, by, authority)
    email = email.strip().lower()
    if by.email == email:
        raise Refused("Another administrator must give you a role", field="email")
    if team and team.authority_id != authority.pk:
        raise Refused(f"Choose a team of {authority}", field="team")
    if until_on and until_on < from_on:
        raise Refused("The last day must be on or after the first", field="until_on")
    user = account_for(email, name, by)
    held = Grant.objects.in_force(from_on).filter(user=user, authority=authority, role=role)
    if held.filter(team=team).exists():
        raise Refused(f"{user} is {Role(role).label.lower()} already", field="role")
    grant = Grant.objects.create(
        user=user,
        authority=authority,
        team=team,
        role=role,
        from_on=from_on,
        until_on=until_on,
        given_by=by,
    )
    note(grant, "dps.grant.given", by=by, role=role)
    promise("dps.invitation", grant)
    return grant


@part
def account_for(email: str, name: str, by) -> User:
    """The account with an address, or a new one without a password. The only way into that is a
    link that is mailed to the address, so the address needs no other proof."""
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User.objects.create_user(email, name=name, joined_at=now())
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        note(user, "dps.user.invited", by=by)
    return user


@action
def end(grant: Grant, *, until_on: date, by, why: str) -> Grant:
    """Set the last day of a grant. It stays on record; a day before today is not rewritten."""
    grant = lock(grant)
    require(policies.end_grant, by, grant)
    if until_on < max(grant.from_on, today()):
        raise Refused("The last day can be today at the earliest", field="until_on")
    grant.until_on = until_on
    grant.save(update_fields=["until_on"])
    note(grant, "dps.grant.ended", by=by, why=why, until_on=until_on.isoformat())
    return grant
