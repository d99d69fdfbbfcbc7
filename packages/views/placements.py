"""Choosing a provider for a package, and the placement that comes of it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header

from dps import pdf
from dps.clock import now, today
from dps.forms import Form, ReasonForm
from dps.pages import listing, page, posted
from dps.policies import history
from dps.words import uk_date
from packages import policies
from packages.actions import orders, placements
from packages.filters import PlacementFilter
from packages.forms.placements import ChooseForm, CostForm, EndForm, ReleaseForm, TermsForm
from packages.models import PaymentRoute, Placement, PlacementState
from packages.queries import packages as needs
from packages.queries import placements as reading
from packages.queries import searching
from packages.tables import PlacementTable
from packages.views.packages import NEWEST, Way, asking, to
from providers.models import Admission

S = PlacementState


@page(policies.place_package, posts=True)
def choose(request, package):
    """Choose a service directly, at its agreed rates; for a direct payment, cost it."""
    package = needs.whole(request.user, package)
    chosen = searching.compared(request.user, [request.GET.get("service", "")])
    if not chosen:
        return redirect(f"{reverse('packages:search')}?package={package.pk}")
    service = chosen[0]
    card = searching.found([service], searching.of_package(package), {}, {})[0]
    routes = searching.direct_routes([standing.lot for standing in card.standings])
    is_direct_payment = package.payment_route == PaymentRoute.DIRECT_PAYMENT
    open_to = [q for q in card.quotes if is_direct_payment or q.lot.pk in routes]
    initial = {"lot": str(open_to[0].lot.pk) if len(open_to) == 1 else None}
    form = ChooseForm(posted(request), quotes=open_to, initial=initial)
    if form.is_valid():
        with form.refusals():
            act = placements.cost if is_direct_payment else placements.choose
            made = act(package, service=service, by=request.user, **form.cleaned_data)
            done = (
                "Costed. No order follows: the person pays."
                if is_direct_payment
                else "Chosen. Next, order it."
            )
            messages.success(request, done)
            return redirect("packages:placement", made.pk)
    context = {
        "package": package,
        "service": service,
        "card": card,
        "form": form,
        "open_to": open_to,
        "routes": [(q, routes.get(q.lot.pk)) for q in card.quotes],
        "is_direct_payment": is_direct_payment,
        "is_over": bool(open_to) and all(is_over(package, quote.cost) for quote in open_to),
    }
    return render(request, "packages/choose.html", context, status=form.status)


def is_over(package, cost) -> bool:
    """Whether a weekly cost needs a budget holder first. (The package's approvals are fetched.)"""
    limits = [package.weekly_budget, *(each.weekly_limit for each in package.approvals.all())]
    return cost is not None and cost > max(limits)


@page(policies.place_package, posts=True)
def package_cost(request, package):
    """A direct payment to somebody off the register."""
    form = CostForm(posted(request))
    if form.is_valid():
        with form.refusals():
            made = placements.cost(package, by=request.user, **form.cleaned_data)
            messages.success(request, "Costed. No order follows: the person pays.")
            return redirect("packages:placement", made.pk)
    says = "The contract is the person's own: no order, no award, no competition."
    return asking(request, package, form, "Cost a direct payment", "Record cost", says=says)


@page(policies.see_placements)
def placement_list(request):
    filters = PlacementFilter(request.GET, queryset=reading.for_list(request.user, today()))
    table = listing(request, PlacementTable, filters.qs)
    return render(request, "packages/placements.html", {"filter": filters, "table": table})


@page(policies.view_placement)
def placement(request, placement):
    """The placement, to staff; a provider has the page of its order."""
    if not policies.view_placement_file.allows(request.user, placement):
        return redirect("packages:order", placement.pk)
    placement = reading.whole(request.user, placement, today())
    package, user = placement.package, request.user
    context = {
        "placement": placement,
        "package": package,
        "term": reading.term_on(placement, today()),
        "terms": placement.terms.all(),
        "steps": steps(placement, policies.run_placement.allows(user, placement)),
        "facts": facts(placement),
        "path": path_of(placement),
        "release": next(iter(placement.releases.all()), None),
        "may_see_package": policies.view_package.allows(user, package),
        "shut": why_not_start(placement),
        "waits": what_comes(placement),
        "pattern": needs.pattern_said(package),
        "events": history(user, placement).order_by("-at", "-id")[:NEWEST],
    }
    return render(request, "packages/placement.html", context)


def path_of(placement: Placement) -> list[str]:
    if placement.payment_route == PaymentRoute.DIRECT_PAYMENT:
        return [state.label for state in (S.CHOSEN, S.COSTED, S.ENDED)]
    return [s.label for s in (S.CHOSEN, S.ORDERED, S.ACCEPTED, S.STARTED, S.ENDED)]


def facts(placement: Placement) -> list[tuple[str, str]]:
    route = placement.get_route_display() if placement.route else "Off the scheme"
    rows = [
        ("Provider", placement.payee or str(placement.organisation)),
        ("Service", str(placement.service or "")),
        ("Lot", str(placement.lot or "")),
        ("How it was chosen", route),
        ("Paid by", placement.get_payment_route_display()),
        ("First day", uk_date(placement.starts_on)),
        ("Last day", uk_date(placement.ends_on) if placement.ends_on else "Not set"),
        ("Who chose", placement.get_chosen_by_capacity_display()),
        ("Best-interests decision", best_interests(placement)),
        ("Why", placement.why),
        ("Order", placement.order_number),
    ]
    return [(name, words) for name, words in rows if words]


def what_comes(placement: Placement) -> str:
    """What others or the clock do next; "" where the next step is one's own."""
    if placement.state == S.ORDERED:
        return f"{placement.organisation} accepts the order or refuses it. You are told by e-mail."
    if placement.state == S.ACCEPTED and placement.releases.all():
        return f"It starts by itself on {uk_date(max(placement.starts_on, today()))}."
    return ""


def best_interests(placement: Placement) -> str:
    if not placement.decided_on:
        return ""
    return f"{uk_date(placement.decided_on)}, with {placement.took_part}"


def why_not_start(placement: Placement) -> str:
    """What keeps an accepted placement from starting; "" when nothing does."""
    if placement.state not in (S.CHOSEN, S.ORDERED, S.ACCEPTED) or placement.lot_id is None:
        return ""
    if placement.is_suspended:
        return "The provider is suspended on the lot: no new placement starts."
    day = max(today(), placement.starts_on)
    in_force = Admission.objects.in_force(day).filter(
        lot=placement.lot_id, organisation=placement.organisation_id
    )
    if not in_force.exists():
        return "No placement starts under an unsigned agreement: the provider's is not in force."
    return ""


def steps(placement: Placement, may_run: bool) -> list[Way]:
    if not may_run:
        return []
    state = placement.state
    is_direct_payment = placement.payment_route == PaymentRoute.DIRECT_PAYMENT
    is_lasting, is_released = state in (S.ACCEPTED, S.STARTED), placement.releases.all()
    wait = why_not_start(placement)
    if today() < placement.starts_on:
        wait = wait or f"It starts by itself on {uk_date(placement.starts_on)}."
    ways = [
        (
            state == S.CHOSEN and not is_direct_payment,
            Way("Send the order", to("placement_order", placement)),
        ),
        (
            is_lasting and not is_released and placement.organisation_id,
            Way("Release the identity", to("placement_release", placement)),
        ),
        (
            state == S.ACCEPTED,
            Way("Start the placement", to("placement_start", placement), "2", wait),
        ),
        (is_lasting, Way("Change the terms", to("placement_terms", placement), "2")),
        (
            state in (S.STARTED, S.COSTED),
            Way("End the placement", to("placement_end", placement), "stop"),
        ),
        (
            state in (S.CHOSEN, S.ORDERED, S.ACCEPTED),
            Way("Take the choice back", to("placement_cancel", placement), "stop"),
        ),
    ]
    return [way for applies, way in ways if applies]


# Its steps


def stepped(request, placement, form, act, title, button, done, *, then=None, **more):
    """A page that asks a form and takes a step with a placement, or with it its package: `then` is
    the address to go on to, if not the placement's."""
    if form.is_valid():
        with form.refusals():
            act(form)
            messages.success(request, done)
            return redirect(then or reverse("packages:placement", args=[placement.pk]))
    context = {"placement": placement, "form": form, "title": title, "button": button, **more}
    return render(request, "packages/step.html", context, status=form.status)


@page(policies.run_placement, posts=True)
def placement_order(request, placement):
    says = f"{placement.organisation} is told by e-mail, and accepts or refuses it in the portal."
    return stepped(
        request,
        placement,
        Form(posted(request)),
        lambda form: orders.send(placement, by=request.user),
        "Send the order",
        "Send order",
        "Order sent. The provider is told by e-mail.",
        says=says,
    )


@page(policies.start_placement, posts=True)
def placement_start(request, placement):
    return stepped(
        request,
        placement,
        Form(posted(request)),
        lambda form: placements.start(placement, by=request.user),
        "Start the placement",
        "Start placement",
        "Started.",
    )


@page(policies.run_placement, posts=True)
def placement_release(request, placement):
    says = (
        f"{placement.organisation} may then read who the person is while the placement lasts. "
        "Your name, the basis and every reading are on record."
    )
    return stepped(
        request,
        placement,
        ReleaseForm(posted(request)),
        lambda form: placements.release(placement, by=request.user, **form.cleaned_data),
        "Release the identity",
        "Release identity",
        "Released. The provider is told by e-mail.",
        says=says,
    )


@page(policies.run_placement, posts=True)
def placement_terms(request, placement):
    term = placement.terms.order_by("from_on", "number").last()
    form = TermsForm(posted(request), lines=term.lines if term else [])

    def change(form):
        said = {name: form.cleaned_data[name] for name in ("from_on", "why")}
        placements.change_terms(placement, units=form.units, by=request.user, **said)

    done = "Terms changed. What held before stays on the page."
    return stepped(request, placement, form, change, "Change the terms", "Change terms", done)


@page(policies.run_placement, posts=True)
def placement_end(request, placement):
    return stepped(
        request,
        placement,
        EndForm(posted(request)),
        lambda form: placements.end(placement, by=request.user, **form.cleaned_data),
        "End the placement",
        "Set last day",
        "The last day is set.",
    )


@page(policies.run_placement, posts=True)
def placement_cancel(request, placement):
    return stepped(
        request,
        placement,
        ReasonForm(posted(request)),
        lambda form: orders.cancel(placement, by=request.user, **form.cleaned_data),
        "Take the choice back",
        "Take choice back",
        "Taken back. The package can be placed again.",
        then=reverse("packages:package", args=[placement.package_id]),
        kind="stop",
    )


@page(policies.view_placement)
def order_pdf(request, placement):
    """The order on paper: by reference only."""
    if not placement.order_number:
        raise Http404
    placement = reading.whole(request.user, placement, today())
    first = min(placement.terms.all(), key=lambda term: (term.from_on, term.number))
    admission = Admission.objects.filter(
        lot=placement.lot_id, organisation=placement.organisation_id
    ).exclude(agreement_reference="")
    contents = pdf.made(
        "packages/pdf/order.html",
        placement=placement,
        package=placement.package,
        term=first,
        pattern=needs.pattern_said(placement.package),
        agreement=admission.order_by("-admitted_at").first(),
        made_at=now(),
    )
    name = content_disposition_header(True, f"order {placement.order_number}.pdf")
    headers = {"Content-Disposition": name, "Cache-Control": "private, no-store"}
    return HttpResponse(contents, content_type="application/pdf", headers=headers)
