from django.urls import path

from awards.views import agreements, reports, results

app_name = "awards"
urlpatterns = [
    path("portal/agreements/", agreements.agreement_list, name="agreements"),
    path("portal/agreements/<uuid:id>/", agreements.agreement, name="agreement"),
    path("portal/agreements/<uuid:id>/sign/", agreements.agreement_sign, name="agreement_sign"),
    path("portal/agreements/<uuid:id>/pdf/", agreements.agreement_pdf, name="agreement_pdf"),
    path("portal/results/<uuid:id>/", results.result, name="result"),
    path("portal/results/<uuid:id>/pdf/", results.result_pdf, name="result_pdf"),
    path("awards/", reports.index, name="reports"),
    path("awards/<uuid:id>/", reports.report, name="report"),
    path("awards/<uuid:id>/pdf/", reports.report_pdf, name="report_pdf"),
]
