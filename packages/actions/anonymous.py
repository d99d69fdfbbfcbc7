"""What is written about a package is read before it is kept: nothing in it tells who the person is
(rule 5)."""

from dps import envelopes
from dps.actions import Refused, part
from dps.clock import today
from packages import policies
from packages.calculations.anonymity import Finding, findings
from packages.models import Identity, Package

AROUND = 24  # characters shown on either side of what was found


@part
def check(package: Package, *, by, **texts: str) -> None:
    """Refuse free text about a package, by the name of its field, that has an NHS number, National
    Insurance number, e-mail address, phone number, full postcode, date of birth or a name of the
    identity in it; the refusal marks the place. The record says only what kind of thing it was.

    The names are compared for those who may read the identity: that is a reading, and is noted.
    """
    named = names(package, by=by)
    for field, text in texts.items():
        if found := findings(text or "", on=today(), names=named):
            kinds = " and ".join(dict.fromkeys(f"a {each.kind}" for each in found))
            kinds = kinds.replace("a NHS", "an NHS").replace("a e-mail", "an e-mail")
            places = "; ".join(marked(text, each) for each in found[:3])
            raise Refused(
                f"Take out {kinds}: {places}. Providers read this, and nothing in it may tell "
                "who the person is",
                field=field,
                on_record=f"The text has {kinds} in it",
            )


def marked(text: str, found: Finding) -> str:
    """The words around what was found, with it in square brackets."""
    before, after = text[: found.start], text[found.end :]
    start = f"…{before[-AROUND:]}" if len(before) > AROUND else before
    end = f"{after[:AROUND]}…" if len(after) > AROUND else after
    words = f"{start}[{text[found.start : found.end]}]{end}"
    return f"“{' '.join(words.split())}”"


@part
def names(package: Package, *, by) -> list[str]:
    """The names that are in the identity, for those who may read it; none for others."""
    identity = Identity.objects.filter(package=package.pk).first()
    if identity is None or not policies.open_identity.allows(by, identity):
        return []
    said = envelopes.opened(identity, by)
    return [each for each in (said["name"], *said.get("family", [])) if each]
