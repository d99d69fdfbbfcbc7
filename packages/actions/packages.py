"""Packages: one person's need, written so that nothing in it tells who the person is."""

import secrets
from datetime import date
from decimal import Decimal

from dps.actions import Refused, action, lock, move, note, promise, require
from dps.clock import now
from dps.models import Grant, Role, Team
from lots.models import Scheme
from packages import policies
from packages.actions import anonymous
from packages.models import Approval, Package, PackageState, PatternLine, PaymentRoute
from packages.queries.packages import joined_schemes

S = PackageState
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is read as another
FREE_TEXT = ("need",)


@action
def start(
    team: Team,
    *,
    scheme: Scheme,
    legal_basis: str,
    age_band: str,
    client_group,
    locality,
    starts_on: date,
    weekly_budget: Decimal,
    by,
    ends_on: date | None = None,
    payment_route: str = PaymentRoute.COUNCIL,
    need: str = "",
    outcomes=(),
) -> Package:
    """Start a package of a team under a scheme that its authority takes part in: a draft, under a
    random reference."""
    team = lock(team)
    require(policies.start_package, by, team)
    if not joined_schemes(team).filter(pk=scheme.pk).exists():
        raise Refused("Choose a scheme that your authority takes part in", field="scheme")
    package = Package(
        authority_id=team.authority_id,
        team=team,
        scheme=scheme,
        reference=f"P-{''.join(secrets.choice(LETTERS) for _ in range(6))}",
        legal_basis=legal_basis,
        age_band=age_band,
        client_group=client_group,
        locality=locality,
        need=need,
        starts_on=starts_on,
        ends_on=ends_on,
        weekly_budget=weekly_budget,
        payment_route=payment_route,
        made_by=by,
        made_at=now(),
    )
    check_terms(package)
    anonymous.check(package, by=by, need=need)
    package.save()
    package.outcomes.set(outcomes)
    note(package, "packages.package.started", by=by)
    return package


@action
def change(package: Package, *, by, **details) -> Package:
    """Change what is written of a package before it is placed: any of the arguments of `start`.
    Refused when nothing differs, and for free text that tells who the person is (rule 5)."""
    package = lock(package)
    require(policies.change_package, by, package)
    is_being_written(package)
    outcomes = details.pop("outcomes", None)
    texts = {name: details[name] for name in FREE_TEXT if name in details}
    anonymous.check(package, by=by, **texts)
    changed = [name for name, value in details.items() if getattr(package, name) != value]
    for name in changed:
        setattr(package, name, details[name])
    if outcomes is not None and set(outcomes) != set(package.outcomes.all()):
        package.outcomes.set(outcomes)
        changed.append("outcomes")
    if not changed:
        raise Refused("Nothing has changed")
    check_terms(package)
    package.save(update_fields=[name for name in changed if name != "outcomes"] or ["need"])
    note(package, "packages.package.changed", by=by, fields=sorted(changed))
    return package


def check_terms(package: Package) -> None:
    """Refuse words of another scheme, and an end before the start."""
    for name in ("client_group", "locality"):
        if getattr(package, name).scheme_id != package.scheme_id:
            raise Refused("Choose from the words of the scheme", field=name)
    if package.ends_on and package.ends_on < package.starts_on:
        raise Refused("The last day is before the first", field="ends_on")


@action
def set_pattern(package: Package, *, lines: list[dict], by) -> Package:
    """Write the pattern of a week anew: `lines` of {"unit", "quantity", "supported", "mode",
    "weekday"}, the weekday None for no day in particular. Refused while the package is placed."""
    package = lock(package)
    require(policies.change_package, by, package)
    is_being_written(package)
    if not lines:
        raise Refused("Enter some support of the week")
    PatternLine.objects.filter(package=package).delete()
    PatternLine.objects.bulk_create(
        PatternLine(package=package, position=place, **line) for place, line in enumerate(lines)
    )
    note(package, "packages.package.pattern set", by=by)
    return package


def is_being_written(package: Package) -> None:
    if package.state not in (S.DRAFT, S.READY):
        state = package.get_state_display().lower()
        raise Refused(f"This package is {state}: what providers were told stays as it is")


@action
def mark_ready(package: Package, *, by) -> Package:
    """Say that the package can be placed. Refused while part of it is missing, and while a name of
    the identity stands in its text: it may have been written first."""
    package = lock(package)
    require(policies.change_package, by, package)
    if missing := what_is_missing(package):
        raise Refused(f"Still to be written: {', '.join(missing)}")
    anonymous.check(package, by=by, **{name: getattr(package, name) for name in FREE_TEXT})
    move(package, S.READY, by=by)
    return package


def what_is_missing(package: Package) -> list[str]:
    """What a package still needs before it can be placed, in words."""
    parts = {
        "the need": bool(package.need.strip()),
        "the outcomes": package.outcomes.exists(),
        "the pattern of a week": package.pattern.exists(),
        "who the person is": hasattr(package, "identity"),
    }
    return [name for name, is_there in parts.items() if not is_there]


@action
def write_again(package: Package, *, by) -> Package:
    """Take a package that was ready back to draft."""
    package = lock(package)
    require(policies.change_package, by, package)
    if package.state != S.READY:
        raise Refused(f"This package is {package.get_state_display().lower()}")
    move(package, S.DRAFT, by=by)
    return package


@action
def refer(package: Package, *, broker, by) -> Package:
    """Hand a package to a broker of the authority, who then sees and places it."""
    package = lock(package)
    require(policies.refer_package, by, package)
    brokers = Grant.objects.in_force().filter(authority=package.authority_id, role=Role.BROKER)
    if not brokers.filter(user=broker.pk).exists():
        raise Refused("Choose a broker of your authority", field="broker")
    if package.state == S.CLOSED:
        raise Refused("This package is closed")
    package.broker = broker
    package.save(update_fields=["broker"])
    note(package, "packages.package.referred", by=by, to=str(broker.pk))
    promise("packages.referral", package, str(broker.pk), now().isoformat())
    return package


@action
def approve(package: Package, *, weekly_limit: Decimal, why: str, by) -> Approval:
    """Let a package cost up to so many pounds a week, over its budget: a budget holder of its team.
    Never of one's own package."""
    package = lock(package)
    require(policies.approve_package, by, package)
    if not why.strip():
        raise Refused("Enter a reason", field="why")
    if weekly_limit <= package.weekly_budget:
        raise Refused("That is within the budget: nothing is to be approved", field="weekly_limit")
    if package.state == S.CLOSED:
        raise Refused("This package is closed")
    anonymous.check(package, by=by, why=why)
    approval = Approval.objects.create(
        package=package, weekly_limit=weekly_limit, why=why, by=by, at=now()
    )
    limit = str(weekly_limit)
    note(package, "packages.package.approved over budget", by=by, why=why, limit=limit)
    return approval


@action
def close(package: Package, *, why: str, by) -> Package:
    """End a package that is not being placed or delivered, with the reason."""
    package = lock(package)
    require(policies.close_package, by, package)
    if not why.strip():
        raise Refused("Enter a reason", field="why")
    anonymous.check(package, by=by, why=why)
    if package.state == S.PLACED:
        raise Refused("Its placement still runs: end that first")
    move(package, S.CLOSED, by=by, why=why)
    return package
