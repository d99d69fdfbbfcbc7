"""A provider's orders, in the portal."""

from django.contrib import messages
from django.shortcuts import redirect, render

from dps.clock import today
from dps.forms import Form, ReasonForm
from dps.pages import listing, page, posted
from packages import policies
from packages.actions import orders
from packages.models import PlacementState
from packages.queries import packages as needs
from packages.queries import placements as reading
from packages.tables import OrderTable
from providers.policies import use_portal

S = PlacementState


@page(use_portal)
def order_list(request):
    table = listing(request, OrderTable, reading.orders_of(request.user, today()))
    return render(request, "packages/orders.html", {"table": table})


@page(policies.view_order)
def order(request, placement):
    """An order: what is wanted, from when, at what price; to be accepted or refused."""
    placement = reading.whole(request.user, placement, today())
    identity = getattr(placement.package, "identity", None)
    may_read = identity is not None and policies.open_identity.allows(request.user, identity)
    context = {
        "placement": placement,
        "package": placement.package,
        "pattern": needs.pattern_said(placement.package),
        "outcomes": placement.package.outcomes.all(),
        "term": reading.term_on(placement, max(today(), placement.starts_on)),
        "terms": placement.terms.all(),
        "identity": identity if may_read else None,
        "may_answer": placement.state == S.ORDERED
        and policies.answer_order.allows(request.user, placement),
        "is_lasting": placement.state in (S.ACCEPTED, S.STARTED),
    }
    return render(request, "packages/order.html", context)


@page(policies.answer_order, posts=True)
def order_accept(request, placement):
    form = Form(posted(request))
    if form.is_valid():
        with form.refusals():
            orders.accept(placement, by=request.user)
            messages.success(request, "Accepted. The council is told by e-mail.")
            return redirect("packages:order", placement.pk)
    context = {"placement": placement, "form": form, "accepts": True}
    return render(request, "packages/order_answer.html", context, status=form.status)


@page(policies.answer_order, posts=True)
def order_refuse(request, placement):
    form = ReasonForm(posted(request))
    if form.is_valid():
        with form.refusals():
            orders.refuse(placement, by=request.user, **form.cleaned_data)
            messages.success(request, "Refused. The council is told by e-mail.")
            return redirect("packages:order", placement.pk)
    context = {"placement": placement, "form": form}
    return render(request, "packages/order_answer.html", context, status=form.status)
