"""Finding a record by words, whatever its kind: the box at the top of the workplace."""

from urllib.parse import urlencode

from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst

from dps.admin import page_of, site
from dps.pages import page
from dps.policies import use_workplace
from packages.models import Package
from packages.policies import view_package

EACH = 10  # shown of a kind; its list has the rest
LONGEST = 100  # letters of what is looked for
APART = ("dps.event", "dps.excepted")  # long lists, looked through on pages of their own


@page(use_workplace)
def find(request):
    """What the person may see whose name or reference has these words; where one record is all
    that was found, its page."""
    words = request.GET.get("q", "").strip()[:LONGEST]
    groups = [group for group in searched(request, words) if group["rows"]] if words else []
    if len(groups) == 1 and len(groups[0]["rows"]) == 1:
        return redirect(groups[0]["rows"][0]["url"])
    context = {"title": "Find", "sought": words, "groups": groups}
    return TemplateResponse(request, "admin/find.html", context)


def searched(request, words):
    """{title, rows, more: where the rest is} of each kind, packages first."""
    packages = view_package.rows(request.user).filter(reference__icontains=words)
    yield shown("Packages", packages.order_by("reference"), of_package, "")
    kinds = sorted(site.searched(), key=lambda admin: str(admin.opts.verbose_name_plural))
    for admin in kinds:
        if admin.opts.label_lower not in APART:
            rows, _ = admin.get_search_results(request, admin.get_queryset(request), words)
            if related := admin.list_select_related:
                rows = rows.select_related(*related)
            url = reverse(f"admin:{admin.opts.app_label}_{admin.opts.model_name}_changelist")
            title = capfirst(admin.opts.verbose_name_plural)
            yield shown(title, rows, page_of, f"{url}?{urlencode({'q': words})}")


def shown(title, rows, address, more):
    found = list(rows[: EACH + 1])
    return {
        "title": title,
        "rows": [{"record": row, "url": address(row)} for row in found[:EACH]],
        "more": more if len(found) > EACH else "",
    }


def of_package(package: Package) -> str:
    return reverse("packages:package", args=[package.pk])
