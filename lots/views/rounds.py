from django.shortcuts import render

from dps.clock import now
from dps.pages import page
from lots import policies
from lots.models import Lot
from lots.queries import lots, rounds


@page(policies.view_round)
def round_(request, round):
    at = now()
    shown = rounds.for_list(request.user, at).get(pk=round.pk)
    opened = Lot.objects.filter(round_lots__round=round.pk)
    context = {
        "round": shown,
        "scheme": shown.scheme,
        "state": rounds.word_of(shown, at),
        "clock": rounds.clock_of(shown, at),
        "lots": lots.with_standing(opened, at),
        "deadlines": rounds.deadlines(shown),
        "shut": rounds.shut_because(shown, at) if shown.opens_at <= at else [],
        "questionnaire": shown.questionnaire,
        "apply_to": str(shown.pk),
    }
    return render(request, "lots/round.html", context)
