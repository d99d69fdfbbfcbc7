from urllib.parse import urlencode

from django.shortcuts import render

from dps.pages import page
from lots import policies
from lots.models import Size
from lots.queries.questionnaires import sheet


@page(policies.view_questionnaire)
def questionnaire(request, questionnaire):
    """All that is asked; of applicants for one lot with `?lot=1a`, of one size with
    `?size=micro`."""
    scheme = questionnaire.scheme
    lots = {lot.key: lot for lot in scheme.lots.all()}
    lot = request.GET.get("lot", "") if request.GET.get("lot") in lots else ""
    size = request.GET.get("size", "") if request.GET.get("size") in Size.values else ""
    context = {
        "questionnaire": questionnaire,
        "scheme": scheme,
        "lot": lot,
        "by_lot": narrowings("lot", [(key, f"Lot {key}") for key in lots], lot, {"size": size}),
        "by_size": narrowings("size", Size.choices, size, {"lot": lot}),
        "has_pass_marks": any(each.pass_mark for each in lots.values()),
        "sheet": sheet(questionnaire, lot, size),
    }
    return render(request, "lots/questionnaire.html", context)


def narrowings(name: str, choices, chosen: str, others: dict) -> list[tuple[str, str, bool]]:
    """Links that narrow the page: words, query string, and whether it is this one. The last is for
    all of them."""
    kept = {other: value for other, value in others.items() if value}
    links = [(label, f"?{urlencode(kept | {name: key})}", key == chosen) for key, label in choices]
    return [*links, ("All", f"?{urlencode(kept)}", not chosen)]
