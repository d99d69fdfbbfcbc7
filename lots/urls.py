from django.urls import path

from lots.views import questionnaires, rounds, schemes

app_name = "lots"
urlpatterns = [
    path("", schemes.scheme_list, name="schemes"),
    path("<uuid:id>/", schemes.scheme, name="scheme"),
    path("<uuid:id>/specification/", schemes.specification, name="specification"),
    path("<uuid:id>/terms/", schemes.terms, name="terms"),
    path("rounds/<uuid:id>/", rounds.round_, name="round"),
    path("questionnaires/<uuid:id>/", questionnaires.questionnaire, name="questionnaire"),
]
