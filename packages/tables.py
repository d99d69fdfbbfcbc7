from datetime import date

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse

from dps.clock import now
from dps.money import pounds
from dps.words import short_date, uk_instant
from packages.models import CallOff, Invitation, Package, Placement
from packages.queries import call_offs

NUMBERS = {"td": {"class": "num"}, "th": {"class": "num"}}

# Packages and placements


def tag_of(record) -> str:
    return render_to_string("components/tag.html", {"record": record})


class PackageTable(tables.Table):
    reference = tables.Column(
        linkify=lambda record: reverse("packages:package", args=[record.pk]),
        verbose_name="Package",
    )
    state = tables.Column()
    team = tables.Column(order_by="team__name")
    locality = tables.Column(verbose_name="District", order_by="locality__title")
    starts_on = tables.Column(verbose_name="Starts")
    weekly_budget = tables.Column(verbose_name="Budget a week", attrs=NUMBERS)

    class Meta:
        model = Package
        fields = ["reference", "state", "team", "locality", "starts_on", "weekly_budget"]
        order_by = "-starts_on"
        empty_text = "No packages yet. Those of your teams and those referred to you come here."

    def render_state(self, record):
        return tag_of(record)

    def render_starts_on(self, value):
        return short_date(value)

    def render_weekly_budget(self, value):
        return pounds(value)


class PlacementTable(tables.Table):
    reference = tables.Column(
        accessor="package__reference",
        verbose_name="Package",
        linkify=lambda record: reverse("packages:placement", args=[record.pk]),
    )
    provider = tables.Column(
        accessor="organisation", order_by="organisation__name", empty_values=()
    )
    lot = tables.Column(order_by="lot__position", default="Off the scheme")
    state = tables.Column()
    starts_on = tables.Column(verbose_name="Starts")
    cost = tables.Column(accessor="cost_now", verbose_name="A week", attrs=NUMBERS, empty_values=())

    class Meta:
        model = Placement
        fields = ["reference", "provider", "lot", "state", "starts_on", "cost"]
        empty_text = "No placements yet. A package that is placed comes here."

    def render_provider(self, record):
        name = record.payee or str(record.organisation)
        return render_to_string(
            "packages/provider.html", {"name": name, "is_suspended": record.is_suspended}
        )

    def render_lot(self, value):
        return f"Lot {value.key}"

    def render_state(self, record):
        return tag_of(record)

    def render_starts_on(self, value):
        return short_date(value)

    def render_cost(self, record):
        return pounds(record.cost_first if record.cost_now is None else record.cost_now)


class OrderTable(PlacementTable):
    """The orders of a provider."""

    reference = tables.Column(
        accessor="order_number",
        verbose_name="Order",
        linkify=lambda record: reverse("packages:order", args=[record.pk]),
    )
    provider = tables.Column(accessor="service", order_by="service__name")

    class Meta:
        fields = ["reference", "provider", "lot", "state", "starts_on", "cost"]
        empty_text = "No orders yet. One comes here when a council places a package with you."

    def render_provider(self, record):
        return str(record.service or "")


# Call-offs and offers


# Call-offs


def said_of(word) -> str:
    return render_to_string(
        "components/tag.html", {"word": word.word, "kind": word.kind, "shape": word.shape}
    )


class InvitedTable(tables.Table):
    """What a provider was invited to."""

    title = tables.Column(
        verbose_name="Call-off",
        linkify=lambda record: reverse("packages:call_off", args=[record.pk]),
    )
    lot = tables.Column(order_by="lot__position", accessor="lot__key", verbose_name="Lot")
    need = tables.Column(accessor="published", verbose_name="Where and from when", orderable=False)
    deadline = tables.Column(verbose_name="Offers close")
    state = tables.Column(verbose_name="Your offer", orderable=False)

    class Meta:
        model = CallOff
        fields = ["title", "lot", "need", "deadline", "state"]
        empty_text = (
            "No call-offs yet. You are invited to every mini-competition of the lots that you are "
            "admitted to, by e-mail and here."
        )

    def render_need(self, value):
        starts_on = short_date(date.fromisoformat(value["starts_on"]))
        return f"{value['locality']}, from {starts_on}"

    def render_deadline(self, value):
        return uk_instant(value)

    def render_state(self, record):
        return said_of(call_offs.word_for_provider(record, now()))


class CompetitionTable(tables.Table):
    """What a person works on. Before the deadline a row tells nothing of offers."""

    title = tables.Column(
        verbose_name="Call-off",
        linkify=lambda record: reverse("packages:competition", args=[record.pk]),
    )
    package = tables.Column(accessor="package__reference", order_by="package__reference")
    lot = tables.Column(order_by="lot__position", accessor="lot__key", verbose_name="Lot")
    weekly_budget = tables.Column(verbose_name="Budget a week", attrs=NUMBERS)
    deadline = tables.Column(verbose_name="Deadline", default="Not published yet")
    state = tables.Column(orderable=False)

    class Meta:
        model = CallOff
        fields = ["title", "package", "lot", "weekly_budget", "deadline", "state"]
        empty_text = (
            "No competitions yet. Start one from a package that is ready, on a lot whose notice "
            "allows it."
        )

    def render_weekly_budget(self, value):
        return pounds(value)

    def render_deadline(self, value):
        return uk_instant(value)

    def render_state(self, record):
        return said_of(call_offs.word_of(record, now()))


class EvidenceTable(tables.Table):
    """Who was invited to a call-off."""

    organisation = tables.Column(order_by="organisation__name")
    at = tables.Column(verbose_name="Instant")
    standing = tables.Column(
        accessor="admission__state", verbose_name="On the lot now", orderable=False
    )
    withheld = tables.Column(verbose_name="Invited", empty_values=[], orderable=False)

    class Meta:
        model = Invitation
        fields = ["organisation", "at", "standing", "withheld"]
        empty_text = "Nobody yet: the list is made when the call-off is published."

    def render_at(self, value):
        return uk_instant(value)

    def render_standing(self, record):
        return record.admission.get_state_display()

    def render_withheld(self, value):
        return f"No. {value}" if value else "Yes"
