"""What placements cost in a financial year, against the year before."""

from django.template.response import TemplateResponse

from dps.clock import today
from dps.pages import page
from dps.words import uk_date
from packages import policies
from packages.calculations.years import said, year_from, year_of
from packages.queries import spend as reading


@page(policies.view_spend)
def spend(request):
    """In the workplace: a financial year as far as it has come, against the same days of the year
    before, by directorate, lot and team."""
    day = today()
    first = reading.first_day(request.user)
    now = year_of(day).from_on.year
    begins = range(now, min(year_of(first).from_on.year if first else now, now) - 1, -1)
    asked = request.GET.get("year", "")
    year = year_from(int(asked) if asked in map(str, begins) else now)
    until = min(day, year.until_on)
    context = reading.tables(request.user, year.from_on, until) | {
        "title": "Spend",
        "year": said(year),
        "before": said(year_from(year.from_on.year - 1)),
        "until": uk_date(until),
        "is_whole": until == year.until_on,
        "years": [(said(year_from(n)), f"?year={n}", n == year.from_on.year) for n in begins],
    }
    return TemplateResponse(request, "packages/spend.html", context)
