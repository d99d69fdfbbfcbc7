"""Decisions, and what they authorise in words."""

from django.db.models import QuerySet

from dps.words import short_date
from lots import policies
from lots.models import Act, Authorisation, Scheme
from lots.queries.lots import listed

DOING = {
    Act.ESTABLISH: "establishing",
    Act.REOPEN: "re-opening",
    Act.AWARD: "awarding",
    Act.SEAL: "sealing the agreements of",
}


def for_scheme(user, scheme: Scheme) -> QuerySet:
    """The decisions of a scheme that the person may see, with the acts that each authorises."""
    seen = policies.view_decision.rows(user).filter(scheme=scheme.pk)
    return seen.prefetch_related("authorisations__lot")


def covers(authorisations: list[Authorisation]) -> str:
    """What is authorised, in words: "re-opening lots 1a and 2, from 1 April 2027"."""
    grouped: dict[tuple, list[str]] = {}
    for each in authorisations:
        key = (each.act, each.from_on, each.until_on, each.is_standing)
        grouped.setdefault(key, []).append(each.lot.key)
    said = [
        f"{DOING[Act(act)]} {lots_said(keys)}, {days_said(first, last)}"
        + (", as a standing delegation" if standing else "")
        for (act, first, last, standing), keys in grouped.items()
    ]
    return "; ".join(said)


def days_said(first, last) -> str:
    if last is None:
        return f"from {short_date(first)}"
    return f"{short_date(first)} to {short_date(last)}"


def lots_said(keys: list[str]) -> str:
    said = listed(keys)
    return said[0].lower() + said[1:]
