"""Packages being delivered: by whom, chosen how, at what weekly cost."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from dps.models.base import Entry, Record, keeps_to, one_of, tracked
from lots.models import AwardRoute, Lot, Route
from packages.models.call_offs import CallOff, Capacity, Offer
from packages.models.packages import Package, PaymentRoute
from providers.models import Organisation, Service


class PlacementState(models.TextChoices):
    CHOSEN = "chosen", "Chosen"
    COSTED = "costed", "Costed for a direct payment"
    ORDERED = "ordered", "Ordered"
    ACCEPTED = "accepted", "Accepted by the provider"
    STARTED = "started", "Running"
    ENDED = "ended", "Ended"
    CANCELLED = "cancelled", "Cancelled"


S = PlacementState
PLACEMENT_MOVES = {
    S.CHOSEN: [S.COSTED, S.ORDERED, S.CANCELLED],
    S.COSTED: [S.ENDED],
    S.ORDERED: [S.ACCEPTED, S.CANCELLED],
    S.ACCEPTED: [S.STARTED, S.CANCELLED],
    S.STARTED: [S.ENDED],
}


@tracked()
class Placement(Record):
    """A package with the provider chosen for it.

    `route` is how it was chosen, under the words of `award_route`, or none: off the scheme (an
    individual contract, or what a direct payment buys). `organisation` is null where a direct
    payment names a `payee` that is not here. `service` is null off the register.
    """

    package = models.ForeignKey(Package, models.PROTECT, related_name="placements")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="placements"
    )
    payee = models.CharField(max_length=200, blank=True)
    service = models.ForeignKey(Service, models.PROTECT, null=True, related_name="placements")
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="placements")
    route = models.CharField(choices=Route, blank=True)
    award_route = models.ForeignKey(AwardRoute, models.PROTECT, null=True, related_name="+")
    call_off = models.OneToOneField(CallOff, models.PROTECT, null=True, related_name="placement")
    offer = models.OneToOneField(Offer, models.PROTECT, null=True, related_name="placement")
    payment_route = models.CharField(choices=PaymentRoute)
    state = models.CharField(choices=PlacementState, default=PlacementState.CHOSEN)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    chosen_by_capacity = models.CharField(choices=Capacity, blank=True)
    decided_on = models.DateField(null=True)  # a best-interests decision
    took_part = models.TextField(blank=True)  # in it, by role and without a name
    why = models.TextField()
    chosen_at = models.DateTimeField()
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    order_number = models.CharField(max_length=20, blank=True)  # random, once ordered
    ordered_at = models.DateTimeField(null=True)

    MOVES = PLACEMENT_MOVES

    class Meta:
        triggers = [keeps_to(PLACEMENT_MOVES)]
        constraints = [
            one_of("state", PlacementState),
            one_of("payment_route", PaymentRoute),
            models.CheckConstraint(
                name="placement_route_known", condition=Q(route="") | Q(route__in=Route.values)
            ),
            models.CheckConstraint(
                name="placement_names_who_is_paid",
                condition=Q(organisation__isnull=False) | ~Q(payee=""),
            ),
            models.CheckConstraint(
                name="placement_of_a_direct_payment_is_not_ordered",
                condition=~Q(payment_route=PaymentRoute.DIRECT_PAYMENT)
                | ~Q(state__in=[S.ORDERED, S.ACCEPTED, S.STARTED]),
            ),
            models.CheckConstraint(
                name="placement_ends_after_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="placement_best_interests_is_dated",
                condition=~Q(chosen_by_capacity=Capacity.BEST_INTERESTS)
                | Q(decided_on__isnull=False) & ~Q(took_part=""),
            ),
            models.UniqueConstraint(
                fields=["package"],
                condition=Q(state__in=[S.CHOSEN, S.ORDERED, S.ACCEPTED, S.STARTED, S.COSTED]),
                name="placement_one_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["order_number"],
                condition=~Q(order_number=""),
                name="placement_one_each_order_number",
            ),
        ]
        ordering = ["-chosen_at"]

    def __str__(self):
        return f"{self.package.reference}, {self.organisation or self.payee}"


class PlacementTermQuerySet(models.QuerySet):
    def on(self, day):
        """The terms that hold on a day: of those begun by it, the last set of each placement."""
        later = Q(from_on__gt=OuterRef("from_on")) | Q(
            from_on=OuterRef("from_on"), number__gt=OuterRef("number")
        )
        newer = PlacementTerm.objects.filter(
            later, placement=OuterRef("placement"), from_on__lte=day
        )
        return self.filter(~Exists(newer), from_on__lte=day)


class PlacementTerm(Entry):
    """What a placement costs from a day on: its lines, and their sum in pounds a week. `lines` are
    [{"what", "units", "rate", "cost"}], sums as text. To change it, write another."""

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="terms")
    number = models.PositiveSmallIntegerField()
    from_on = models.DateField()
    lines = models.JSONField()
    weekly_cost = models.DecimalField(max_digits=12, decimal_places=2)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    why = models.TextField(blank=True)

    objects = PlacementTermQuerySet.as_manager()

    class Meta(Entry.Meta):
        constraints = [
            models.UniqueConstraint(fields=["placement", "number"], name="placement_term_numbered"),
            models.CheckConstraint(
                name="placement_term_is_not_negative", condition=Q(weekly_cost__gte=0)
            ),
        ]
        ordering = ["from_on", "number"]
