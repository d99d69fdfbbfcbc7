"""The scheme that a member of staff works on: chosen at the top of the workplace."""

from uuid import UUID

from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from dps.pages import page
from dps.policies import use_workplace
from lots.policies import view_scheme

CHOSEN = "scheme"  # in the session: the id of the scheme, if one is chosen


@page(use_workplace)
def choose_scheme(request):
    """Keep the choice for this session and go back to the job; without a scheme, to every one."""
    chosen, next_ = request.GET.get("scheme", ""), request.GET.get("next", "")
    request.session.pop(CHOSEN, None)
    if _may_see(request.user, chosen):
        request.session[CHOSEN] = chosen
    is_ours = url_has_allowed_host_and_scheme(next_, {request.get_host()}, request.is_secure())
    return redirect(next_ if is_ours else "admin:index")


def _may_see(user, chosen: str) -> bool:
    try:
        return view_scheme.rows(user).filter(pk=UUID(chosen)).exists()
    except ValueError:
        return False
