"""What people declare of their interests, before they open what an organisation sent in."""

from dps.actions import Refused, action, lock, note, require
from dps.clock import now
from lots.models import Scheme
from providers import policies
from providers.models import Declaration, Organisation


@action
def declare(
    scheme: Scheme, *, about: list[Organisation], conflicts: list[Organisation], details: str, by
) -> list[Declaration]:
    """Declare for each of the organisations in `about` whether one has an interest in it: in those
    of `conflicts`, and in no other. An interest shuts all that the organisation sends in to the
    person, from now on (rule 7; PCR 2015 reg. 24, Procurement Act 2023 ss. 81 to 83).

    Refused when an interest is not said in `details`. Declaring again replaces what was said.
    """
    scheme = lock(scheme)
    require(policies.declare_interests, by, scheme)
    if not about:
        raise Refused("There is nobody to declare about")
    if conflicts and not details.strip():
        raise Refused("Enter what your interest is", field="details")
    last = dict(
        Declaration.objects.standing(by)
        .filter(scheme=scheme, organisation__in=about)
        .values_list("organisation", "number")
    )
    made = Declaration.objects.bulk_create(
        Declaration(
            scheme=scheme,
            organisation=organisation,
            by=by,
            number=last.get(organisation.pk, 0) + 1,
            has_conflict=organisation in conflicts,
            details=details if organisation in conflicts else "",
            at=now(),
        )
        for organisation in about
    )
    for declaration in made:
        said = "interest declared" if declaration.has_conflict else "no interest declared"
        note(declaration, f"providers.declaration.{said}", by=by)
    return made
