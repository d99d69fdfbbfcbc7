from django.shortcuts import render

from awards import policies
from awards.queries import results as reading
from awards.views.agreements import as_pdf
from dps.pages import page


@page(policies.read_result)
def result(request, evaluation):
    """The decision on one lot of an application, with its marks and reasons: to the applicant."""
    return render(request, "awards/result.html", reading.laid_out(request.user, evaluation))


@page(policies.read_result)
def result_pdf(request, evaluation):
    name = f"decision-lot-{evaluation.lot.key}.pdf"
    return as_pdf("awards/pdf/result.html", name, **reading.laid_out(request.user, evaluation))
