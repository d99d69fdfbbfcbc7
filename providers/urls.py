from django.urls import path

from providers.views import (
    applications,
    documents,
    kept,
    organisations,
    returns,
    sections,
    submissions,
)

app_name = "providers"
urlpatterns = [
    path("register/", organisations.register, name="register"),
    path("organisations/", organisations.organisation_list, name="organisations"),
    path("organisations/<uuid:id>/", organisations.organisation, name="organisation"),
    path(
        "organisations/<uuid:id>/change/",
        organisations.organisation_edit,
        name="organisation_edit",
    ),
    path("organisations/<uuid:id>/invite/", organisations.member_add, name="member_add"),
    path("organisations/<uuid:id>/documents/", documents.document_list, name="documents"),
    path("organisations/<uuid:id>/documents/add/", documents.document_add, name="document_add"),
    path("documents/<uuid:id>/", documents.document, name="document"),
    path("documents/<uuid:id>/remove/", documents.document_remove, name="document_remove"),
    path("apply/", applications.apply, name="apply"),
    path("applications/", applications.application_list, name="applications"),
    path("applications/<uuid:id>/", applications.application, name="application"),
    path("applications/<uuid:id>/check/", applications.application_check, name="application_check"),
    path("applications/<uuid:id>/submit/", applications.submit, name="submit"),
    path(
        "applications/<uuid:id>/withdraw/",
        applications.application_withdraw,
        name="application_withdraw",
    ),
    path("sections/<uuid:id>/", sections.section, name="section"),
    path("sections/<uuid:id>/service/", sections.section_service, name="section_service"),
    path(
        "sections/<uuid:id>/service/remove/",
        sections.section_remove_service,
        name="section_remove_service",
    ),
    path("submissions/<uuid:id>/", submissions.submission, name="submission"),
    path("submissions/<uuid:id>/pdf/", submissions.submission_pdf, name="submission_pdf"),
    path(
        "submissions/<uuid:id>/document/",
        submissions.submission_document,
        name="submission_document",
    ),
    path("returns/", returns.return_list, name="returns"),
    path("returns/<uuid:id>/", returns.return_page, name="return"),
    path("returns/<uuid:id>/figures/", returns.return_file, name="return_file"),
    path("services/", kept.service_list, name="services"),
    path("services/<uuid:id>/", kept.service, name="service"),
    path("services/<uuid:id>/edit/", kept.service_edit, name="service_edit"),
    path("services/<uuid:id>/vacancies/", kept.service_vacancies, name="service_vacancies"),
    path("services/<uuid:id>/close/", kept.service_close, name="service_close"),
    path("services/<uuid:id>/open/", kept.service_reopen, name="service_reopen"),
]
