from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse

from dps.clock import now, today
from dps.pages import listing, page, posted
from dps.policies import use_workplace
from dps.words import short_date
from lots.policies import view_lot
from providers import policies
from providers.actions import returns
from providers.calculations.targets import meets, said_figure, said_target
from providers.forms.returns import FiguresForm
from providers.models import ReturnState
from providers.queries import returns as reading
from providers.tables import PeriodTable, ReturnTable

PROVIDERS = 25  # on a page of figures


@page(policies.use_portal)
def return_list(request):
    """What is due, the longest due first, and what was filed."""
    table = listing(request, ReturnTable, reading.for_list(request.user))
    return render(request, "providers/returns.html", {"table": table})


@page(policies.view_return)
def return_page(request, owed):
    """What a return asks and what was filed, every version."""
    context = {
        "owed": owed,
        "lines": [shown(line) for line in reading.lines_of(owed)],
        "is_late": reading.is_late(owed),
        "may_file": policies.file_return.allows(request.user, owed),
    }
    return render(request, "providers/return.html", context)


def shown(line) -> dict:
    """A line in words."""
    return {
        "title": line.title,
        "guidance": line.guidance,
        "target": said_target(line.target, line.measure, line.better),
        "value": line.latest and said_figure(line.latest.value, line.measure),
        "comment": line.latest and line.latest.comment,
        "is_met": line.is_met,
        "last": line.last and said_figure(line.last.value, line.measure),
        "versions": [
            {
                "what": said_version(figure, line.measure),
                "by": figure.by,
                "at": figure.at,
                "why": figure.why or "As first filed",
            }
            for figure in line.versions
            if len(line.versions) > 1
        ],
    }


def said_version(figure, measure: str) -> str:
    """A figure with its remark: a correction may have changed either."""
    said = said_figure(figure.value, measure)
    return f"{said}: {figure.comment}" if figure.comment else said


@page(policies.file_return, posts=True)
def return_file(request, owed):
    """Enter the figures, check them, file them; later, correct them the same way."""
    is_correction = owed.state == ReturnState.FILED
    lines = reading.lines_of(owed)
    form = FiguresForm(posted(request), lines=lines, is_correction=is_correction)
    is_checking = form.is_valid() and "change" not in request.POST
    if is_checking and "confirm" in request.POST:
        act = returns.correct if is_correction else returns.file
        with form.refusals():
            act(owed, by=request.user, **form.arguments)
            messages.success(request, f"Received on {short_date(now())}. Thank you.")
            return redirect(owed)
    is_checking = is_checking and not form.errors
    context = {"owed": owed, "form": form, "is_correction": is_correction}
    template = "providers/return_check.html" if is_checking else "providers/return_file.html"
    return render(request, template, context, status=form.status)


@page(use_workplace)
def kpi_periods(request):
    """In the workplace: the periods that returns were asked for, and how many have filed."""
    table = listing(request, PeriodTable, reading.periods(request.user, today()))
    return TemplateResponse(
        request, "providers/kpi_periods.html", {"table": table, "title": "KPI returns"}
    )


@page(policies.view_return_period)
def kpi(request, period):
    """In the workplace: the figures of a period against target, by indicator and by provider."""
    lots = list(view_lot.rows(request.user).filter(scheme=period.scheme_id).order_by("position"))
    lot = next((each for each in lots if each.pk == as_id(request.GET.get("lot"))), None)
    state = request.GET.get("state", "")
    state = state if state in ReturnState.values else ""
    everyone = reading.of_period(request.user, period, lot)
    totals = reading.totals(everyone)
    found = reading.of_period(request.user, period, lot, state)
    shown_now = Paginator(found, PROVIDERS).get_page(request.GET.get("page"))
    lines = reading.with_values(shown_now)
    counts = everyone.order_by().values_list("state", flat=True)
    filed = sum(each == ReturnState.FILED for each in counts)
    context = {
        "title": f"KPI returns: {period}",
        "period": period,
        "counts": {"asked": len(counts), "filed": filed, "due": len(counts) - filed},
        "head": ("Providers", "Number"),
        "is_over": period.due_on < today(),
        "lots": choices(lots, lot, "lot", {"state": state}),
        "states": choices(STATES, state, "state", {"lot": lot and lot.pk}),
        "indicators": [indicator(each) for each in totals],
        "page": shown_now,
        "rows": [row(each, lines[each.pk], totals) for each in shown_now],
    }
    return TemplateResponse(request, "providers/kpi.html", context)


STATES = [(ReturnState.DUE, "Not filed"), (ReturnState.FILED, "Filed")]


def as_id(text) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def choices(options, chosen, name: str, others: dict) -> list[tuple[str, str, bool]]:
    """What a list may be narrowed to: words, query string, whether it is now."""
    pairs = [("", "All"), *(o if isinstance(o, tuple) else (o.pk, str(o)) for o in options)]
    at = getattr(chosen, "pk", chosen) or ""
    kept = {key: value for key, value in others.items() if value}
    return [
        (label, f"?{urlencode(kept | ({name: value} if value else {}))}", str(value) == str(at))
        for value, label in pairs
    ]


def indicator(total: dict) -> dict:
    """An indicator's totals in words, with the bars of how providers stand on it."""
    missed, not_filed = total["filed"] - total["met"], total["asked"] - total["filed"]
    return total | {
        "said_target": said_target(total["target"], total["measure"], total["better"]),
        "says": f"{total['met']} of {total['filed']} that have filed met the target.",
        "bars": [("Met", total["met"]), ("Not met", missed), ("Not filed", not_filed)],
    }


def row(owed, lines: dict, totals: list[dict]) -> dict:
    """A provider's figures, in the order of the indicators; None where it was not asked."""
    cells = []
    for total in totals:
        line = lines.get(total["indicator"])
        if line is None or line.value is None:
            cells.append({"title": total["title"], "is_asked": line is not None})
            continue
        cells.append(
            {
                "title": total["title"],
                "is_asked": True,
                "value": said_figure(line.value, line.measure),
                "is_met": meets(line.value, line.target, line.better),
            }
        )
    return {"owed": owed, "cells": cells, "is_late": reading.is_late(owed)}
