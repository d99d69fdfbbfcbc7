"""The register in the workplace: who is on which lot, and what they deliver at what rates."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from dps.admin import Cell, Part, RecordAdmin, Step, page_of, site
from dps.clock import today
from dps.filters import belonging_to
from dps.money import pounds
from dps.words import short_date, uk_instant
from lots.models import Mode, Unit
from lots.policies import view_scheme_file
from providers import policies
from providers.actions import admissions, services
from providers.forms.kept import RateForm
from providers.models import Admission, AdmissionState, Service, ServiceState
from providers.queries import kept

S = AdmissionState


@admin.register(Admission, site=site)
class AdmissionAdmin(RecordAdmin):
    """The register: an organisation's standing on a lot."""

    policy = policies.view_admission_file
    list_display = ["organisation", "lot", "state", "admitted_at", "agreement_reference"]
    list_filter = [belonging_to(view_scheme_file, "scheme"), "state"]
    search_fields = ["organisation__name", "agreement_reference"]
    list_select_related = ["organisation", "lot"]
    ordering = ["organisation__name", "lot__position"]
    steps = (
        Step(
            "Suspend",
            policies.change_admission,
            admissions.suspend,
            done="Suspended: no new placements.",
            kind="stop",
            applies=lambda admission: admission.state == S.ADMITTED,
            says=lambda admission: (
                "No new placement until it is restored. Running placements go on, flagged."
            ),
        ),
        Step(
            "Restore",
            policies.change_admission,
            admissions.restore,
            done="Restored.",
            applies=lambda admission: admission.state == S.SUSPENDED,
        ),
        Step(
            "Remove from the lot",
            policies.change_admission,
            admissions.remove,
            done="Removed.",
            name="remove",
            kind="stop",
            applies=lambda admission: admission.state in (S.ADMITTED, S.SUSPENDED),
            says=lambda admission: "It goes for good: no placements, no invitations.",
        ),
    )

    def path(self, admission):
        return []

    def facts(self, admission, user):
        covers = [admission.agreement_from, admission.agreement_until]
        days = " to ".join(short_date(day) for day in covers if day)
        return [
            ("Organisation", str(admission.organisation)),
            ("Lot", str(admission.lot)),
            ("Admitted", uk_instant(admission.admitted_at)),
            ("Decision", to(admission.decision)),
            ("Agreement", admission.agreement_reference or "Not in force: nothing may be placed"),
            ("In force", days or "Not yet"),
        ]

    def parts(self, admission, user):
        offered = policies.view_rates.rows(user).filter(
            organisation=admission.organisation_id, lots=admission.lot_id
        )
        yield Part(
            "Services on this lot",
            ("Service", "State", "#People at a time"),
            [
                [
                    Cell(service.name, page_of(service)),
                    Cell(record=service),
                    str(service.capacity),
                ]
                for service in offered.order_by("name")
            ],
            "None yet.",
        )


@admin.register(Service, site=site)
class ServiceAdmin(RecordAdmin):
    """What a provider delivers, with its rates and every version of them."""

    policy = policies.view_rates
    list_display = ["name", "organisation", "state", "capacity", "vacancies"]
    list_filter = [belonging_to(view_scheme_file, "scheme"), "state"]
    search_fields = ["name", "organisation__name"]
    list_select_related = ["organisation"]
    ordering = ["name"]
    steps = (
        Step(
            "Set a rate",
            policies.set_rate,
            services.set_rate,
            RateForm,
            "Rate set. Earlier ones stay on the page.",
            part="Rates",
            name="set-rate",
            applies=lambda service: service.state == ServiceState.CURRENT,
        ),
    )

    def path(self, service):
        return []

    def facts(self, service, user):
        public = reverse("register_service", args=[service.pk])
        confirmed = service.vacancies_confirmed_at
        return [
            ("Provider", str(service.organisation)),
            ("Description", service.description),
            ("Lots", ", ".join(str(lot) for lot in service.lots.all())),
            ("How", ", ".join(Mode(mode).label for mode in service.modes)),
            ("Activities", ", ".join(str(each) for each in service.activities.all())),
            ("Districts", ", ".join(str(each) for each in service.localities.all())),
            ("Who it is for", ", ".join(str(each) for each in service.client_groups.all())),
            ("People at a time", str(service.capacity)),
            (
                "Vacancies",
                f"{service.vacancies}, confirmed {short_date(confirmed)}"
                if confirmed
                else "Never confirmed",
            ),
            ("Public page", format_html('<a href="{}">What everyone sees</a>', public)),
        ]

    def parts(self, service, user):
        yield Part(
            "Rates",
            ("Level of payment", "Unit", "#In force today", "Other versions"),
            [row_of(group) for group in kept.rates(service, today())],
            "None agreed yet.",
        )


def row_of(group: dict) -> list:
    rate, current = group["first"], group["current"]
    others = [version_said(other) for other in group["others"]]
    now = pounds(current.pounds) if current else "None"
    return [
        Cell(f"Lot {rate.lot.key}: {rate.tier}", sub=Mode(rate.mode).label),
        Unit(rate.unit).label,
        Cell(now, sub=f"from {short_date(current.from_on)}" if current else ""),
        "; ".join(others) or "None",
    ]


def version_said(rate) -> str:
    said = pounds(rate.pounds) if rate.pounds is not None else "offered no longer"
    return f"{said} from {short_date(rate.from_on)} ({rate.why})"


def to(record):
    url = page_of(record)
    return format_html('<a href="{}">{}</a>', url, str(record)) if url else str(record)
