"""Who a package is about: apart from it, encrypted, and every reading on record (rule 5)."""

from datetime import date

from dps import envelopes
from dps.actions import Refused, action, lock, note, require
from dps.clock import now, today
from packages import policies
from packages.models import Identity, Look, Package


@action
def write(
    package: Package,
    *,
    name: str,
    by,
    born_on: date | None = None,
    address: str = "",
    nhs_number: str = "",
    contact: str = "",
    family: str = "",
) -> Identity:
    """Write who the person is, in place of what was written before. `family` are names of people
    close to the person, one a line: they are looked for in what is written of the package too."""
    package = lock(package)
    require(policies.identify_package, by, package)
    if not name.strip():
        raise Refused("Enter the person's name", field="name")
    identity = Identity.objects.filter(package=package).first()
    if identity is None:
        identity = Identity(package=package)
        if not envelopes.is_issued(package):
            envelopes.issue(package)
    else:
        identity = lock(identity)
        identity.revision += 1
    contents = {
        "name": name.strip(),
        "born_on": born_on.isoformat() if born_on else "",
        "address": address,
        "nhs_number": nhs_number,
        "contact": contact,
        "family": [line.strip() for line in family.splitlines() if line.strip()],
    }
    envelopes.seal(identity, contents).save()
    note(package, "packages.package.identity written", by=by)
    return identity


@action
def read(identity: Identity, *, by) -> dict:
    """Who the person is. The reading is on record before anything is shown, the team's own too."""
    said = envelopes.opened(identity, by)
    born_on = said.get("born_on")
    return {"family": [], **said, "born_on": date.fromisoformat(born_on) if born_on else None}


@action
def look(identity: Identity, *, why: str, by) -> Look:
    """Ask to read an identity, as an auditor, with the reason: it lets one read it that day."""
    identity = lock(identity)
    require(policies.look_into, by, identity)
    if not why.strip():
        raise Refused("Enter a reason", field="why")
    made = Look.objects.create(identity=identity, by=by, why=why, on=today(), at=now())
    note(identity, "packages.identity.look asked for", by=by, why=why)
    return made
