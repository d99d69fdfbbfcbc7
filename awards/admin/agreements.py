from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from awards import policies
from awards.actions import agreements
from awards.forms.agreements import SealForm
from awards.models import Agreement, AgreementState, Side, Signature
from awards.queries import agreements as reading
from awards.views.agreements import agreement_pdf
from dps.admin import Cell, Part, RecordAdmin, Step, page_of, site
from dps.filters import belonging_to
from dps.forms import Form
from dps.words import short_date, uk_instant
from lots.policies import view_scheme_file

S = AgreementState
SEND = policies.send_agreement
site.page("agreements/<uuid:id>/pdf/", agreement_pdf)


def is_unsealed(agreement: Agreement) -> bool:
    return agreement.state in (S.DRAFTED, S.SENT, S.SIGNED)


def why_not_sealed(agreement: Agreement) -> str:
    return reading.why_barred(reading.to_seal(agreement))


def revising(agreement: Agreement) -> str:
    said = "It is written anew from the terms and rates as they stand. The version before it stays."
    if agreement.state == S.SENT:
        return f"{said} It goes back to drafted: send it again."
    if agreement.state == S.SIGNED:
        return f"{said} The provider has signed the one before, and is asked to sign the new one."
    return said


def sealing(agreement: Agreement) -> str:
    """Under which decision, on whose signature, what follows."""
    found = reading.to_seal(agreement)
    signed = reading.latest(agreement).signatures.filter(side=Side.PROVIDER)
    signed = signed.select_related("by").first()
    if signed is None:
        return "The provider has not signed the latest version."
    under = reading.why_barred(found) or f"Sealed under decision {found[-1][1].number}"
    return (
        f"{under}. {signed.name}, {signed.role}, signed it for {agreement.organisation} on "
        f"{uk_instant(signed.at)}, {signed_in_as(signed)}. Sealed, it is in force and placements "
        "may start under it."
    )


@admin.register(Agreement, site=site)
class AgreementAdmin(RecordAdmin):
    """Agreements with admitted providers: those that wait for the authority come first."""

    policy = policies.view_agreement
    list_display = ["reference", "organisation", "of_scheme", "of_lots", "state", "sent", "force"]
    list_select_related = ["organisation", "scheme"]
    list_filter = ["state", belonging_to(view_scheme_file, "scheme")]
    search_fields = ["reference", "organisation__name"]
    ordering = [
        reading.by_state(S.SIGNED, S.DRAFTED, S.SENT, S.IN_FORCE),
        "organisation__name",
        "reference",
    ]
    steps = (
        Step(
            "Send it to be signed",
            SEND,
            agreements.send,
            Form,
            "Sent. The provider's signatories have a letter.",
            applies=lambda agreement: agreement.state == S.DRAFTED,
            says=lambda agreement: (
                f"The signatories of {agreement.organisation} are asked to sign."
            ),
        ),
        Step(
            "Seal the agreement",
            policies.seal_agreement,
            agreements.seal,
            SealForm,
            "Sealed. It is in force, and the provider has a letter.",
            applies=lambda agreement: agreement.state == S.SIGNED,
            why_not=why_not_sealed,
            says=sealing,
        ),
        Step(
            "Write a new version",
            SEND,
            agreements.revise,
            done="New version written.",
            kind="2",
            applies=is_unsealed,
            says=revising,
        ),
        Step(
            "End the agreement",
            SEND,
            agreements.end,
            done="Ended.",
            kind="stop",
            applies=is_unsealed,
            says=lambda agreement: "It never comes into force. The admission stays without one.",
        ),
    )

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("lots")

    @admin.display(description="Scheme", ordering="scheme__title")
    def of_scheme(self, agreement):
        return agreement.scheme.short_title

    @admin.display(description="Lots")
    def of_lots(self, agreement):
        return ", ".join(lot.key for lot in agreement.lots.all())

    @admin.display(description="Sent", ordering="sent_at")
    def sent(self, agreement):
        return agreement.sent_at and short_date(agreement.sent_at)

    @admin.display(description="In force since", ordering="in_force_at")
    def force(self, agreement):
        return agreement.in_force_at and short_date(agreement.in_force_at)

    def path(self, agreement):
        return [S(state).label for state in (S.DRAFTED, S.SENT, S.SIGNED, S.IN_FORCE)]

    def facts(self, agreement, user):
        sent, in_force = agreement.sent_at, agreement.in_force_at
        report = agreement.report
        facts = [
            ("Scheme", to(agreement.scheme)),
            ("Provider", agreement.organisation.name),
            ("Runs", f"{short_date(agreement.from_on)} to {short_date(agreement.until_on)}"),
            ("Award report", report and to(report)),
            ("Drafted", uk_instant(agreement.drafted_at)),
            ("Sent", sent and uk_instant(sent)),
            ("In force since", in_force and uk_instant(in_force)),
            ("Sealed under", agreement.sealed_under_id and to(agreement.sealed_under)),
        ]
        return [(label, words) for label, words in facts if words]

    def parts(self, agreement, user):
        yield self.signatures(agreement)
        yield Part(
            "Versions",
            ("Version", "Written", "Fingerprint"),
            [
                [
                    Cell(
                        f"Version {version.number} (PDF)",
                        f"{reverse('admin:agreement_pdf', args=[agreement.pk])}"
                        f"?version={version.number}",
                        "replaced" if place else "in force" if agreement.in_force_at else "latest",
                    ),
                    Cell(uk_instant(version.at), sub=written_by(version.by)),
                    in_eights(version.fingerprint),
                ]
                for place, version in enumerate(
                    agreement.versions.select_related("by").order_by("-number")
                )
            ],
        )
        yield Part(
            "Lots",
            ("Lot",),
            [[Cell(str(lot), page_of(lot))] for lot in agreement.lots.order_by("position")],
        )
        rates = reading.latest(agreement).contents["rates"]
        yield Part(
            "Rates in the latest version",
            ("Service", "Lot", "Level of payment", "Delivered", "#Rate"),
            [
                [r["service"], r["lot"], r["tier"], r["mode"], Cell(r["rate"], sub=r["unit"])]
                for r in rates
            ],
            "None.",
        )

    def signatures(self, agreement):
        rows = [
            [
                Cell(each.name, sub=f"{each.role}, {signed_in_as(each)}"),
                each.get_side_display(),
                Cell(uk_instant(each.at), sub=f"version {version.number}"),
                each.seal_number or "None",
            ]
            for version in agreement.versions.prefetch_related("signatures__by").order_by("-number")
            for each in version.signatures.all()
        ]
        head = ("Signed by", "For the", "When", "Seal number")
        return Part("Signatures", head, rows, "Nobody has signed yet.")

    def beside(self, agreement, user):
        if not is_unsealed(agreement):
            return
        found = reading.to_seal(agreement)
        covering = {decision for _, decision in found if decision}
        rows = [
            Cell(each.number, page_of(each), f"{each.title}. Covers sealing today.")
            for each in sorted(covering, key=lambda decision: decision.number)
        ]
        if barred := reading.why_barred(found):
            rows.append(Cell(f"{barred}.", kind="stop", shape="lock"))
        yield Part("Authorised by", rows=rows, template="lots/authority.html")


def signed_in_as(signature: Signature) -> str:
    """Whose account signed: the name beside it is as it was typed."""
    return f"signed in as {signature.by.name}, {signature.by.email}"


def in_eights(fingerprint: str) -> str:
    """A fingerprint in groups of eight, which a narrow column can break."""
    return " ".join(fingerprint[at : at + 8] for at in range(0, len(fingerprint), 8))


def to(record):
    """A fact that leads to a record's page."""
    return format_html('<a href="{}">{}</a>', page_of(record), record)


def written_by(user) -> str:
    return "As the award took effect" if user.is_the_system else str(user)
