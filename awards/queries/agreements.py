"""What an agreement says, and lists of them."""

from django.db.models import Case, QuerySet, Value, When

from awards import policies
from awards.models import Agreement, AgreementState, AgreementText, Side
from dps.clock import now, today
from dps.money import pounds
from dps.words import uk_date
from lots.models import Act, Decision, Lot, Mode, Scheme, SchemeText, Unit
from lots.queries.schemes import blocks
from providers.models import Member, Rate
from providers.policies import view_member

S = AgreementState


def next_reference(scheme: Scheme) -> str:
    """The reference of the scheme's next agreement: "KENT-EVERYDAY-0012". Called while the row of
    the report that it rests on is locked, and held unique by the database."""
    short = "-".join(scheme.slug.upper().split("-")[:2])
    return f"{short}-{Agreement.objects.filter(scheme=scheme).count() + 1:04}"


def contents_of(agreement: Agreement) -> dict:
    """The document: who agrees with whom on what, the rates, the specification and the terms, all
    as they stand."""
    scheme, organisation = agreement.scheme, agreement.organisation
    lots = list(agreement.lots.order_by("position"))
    return {
        "authority": scheme.authority.name,
        "provider": {
            "name": organisation.name,
            "legal_form": organisation.get_legal_form_display(),
            "company_number": organisation.company_number,
            "charity_number": organisation.charity_number,
            "address": organisation.address,
        },
        "reference": agreement.reference,
        "scheme": scheme.title,
        "notice_reference": scheme.notice_reference,
        "decision": str(agreement.report.decision) if agreement.report else "",
        "from_on": uk_date(agreement.from_on),
        "until_on": uk_date(agreement.until_on),
        "lots": [str(lot) for lot in lots],
        "rates": rates_of(agreement, lots),
        "texts": [texts_of(scheme, kind) for kind in SchemeText.values],
    }


def rates_of(agreement: Agreement, lots: list) -> list[dict]:
    """The rates that the agreement is for, in words, from its first day."""
    rates = Rate.objects.on(agreement.from_on).filter(
        service__organisation=agreement.organisation_id, lot__in=lots
    )
    ordered = rates.select_related("service", "lot", "tier").order_by(
        "lot__position", "service__name", "tier__position", "unit", "mode"
    )
    return [
        {
            "lot": rate.lot.key,
            "service": rate.service.name,
            "tier": rate.tier.title,
            "unit": Unit(rate.unit).label,
            "mode": Mode(rate.mode).label,
            "rate": pounds(rate.pounds),
        }
        for rate in ordered
    ]


def texts_of(scheme: Scheme, kind: str) -> dict:
    found = scheme.texts.filter(kind=kind).order_by("-number").first()
    return {"title": str(found) if found else "", "body": found.body if found else ""}


def of_organisations(user) -> QuerySet:
    """The agreements that a person of the portal sees: what is to be signed, then what the council
    is to seal, then the rest, the newest first."""
    own = Member.objects.organisations(user)
    rows = policies.view_agreement.rows(user).filter(organisation__in=own)
    rows = rows.select_related("organisation", "scheme").prefetch_related("lots")
    return rows.order_by(by_state(S.SENT, S.SIGNED, S.IN_FORCE), "-drafted_at", "reference")


def by_state(*states: str) -> Case:
    """The order in which a list shows agreements: by these states, then all others."""
    places = [When(state=state, then=Value(place)) for place, state in enumerate(states)]
    return Case(*places, default=Value(len(states)))


def to_seal(agreement: Agreement) -> list[tuple[Lot, Decision | None]]:
    """Each of its lots, with the effective decision that authorises sealing it today."""
    at, on = now(), today()
    return [
        (lot, Decision.objects.covering(Act.SEAL, lot, on, at).order_by("-effective_at").first())
        for lot in agreement.lots.order_by("position")
    ]


def why_barred(found: list[tuple[Lot, Decision | None]]) -> str:
    """Which acts on which lots no decision covers; "" when all are covered."""
    lacking = [f"“Seal lot {lot.key}”" for lot, decision in found if decision is None]
    return f"No effective decision covers {' and '.join(lacking)} today" if lacking else ""


def latest(agreement: Agreement) -> AgreementText:
    """The version that holds."""
    return agreement.versions.latest("number")


def laid_out(version: AgreementText) -> dict:
    """A version for its page and its PDF: its contents and nothing else, and who signed it."""
    contents = version.contents
    texts = [
        {"title": text["title"], "blocks": blocks(text["body"])}
        for text in contents["texts"]
        if text["body"]
    ]
    signed = {each.side: each for each in version.signatures.select_related("by")}
    sides = [
        {"party": contents["provider"]["name"], "signature": signed.get(Side.PROVIDER)},
        {"party": contents["authority"], "signature": signed.get(Side.AUTHORITY)},
    ]
    return {"version": version, "contents": contents, "texts": texts, "sides": sides}


def signatories(user, agreement: Agreement) -> list[str]:
    """The names of those who may sign for the organisation, for its own people."""
    seen = view_member.rows(user).filter(
        organisation=agreement.organisation_id, is_signatory=True, left_at=None
    )
    return list(seen.order_by("joined_at").values_list("user__name", flat=True))
