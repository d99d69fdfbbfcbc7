from django.urls import include, path
from django.utils.module_loading import autodiscover_modules

from dps.admin import site
from dps.home import admin as _workplace  # noqa: F401 (registers records)
from dps.home import portal, statements, views
from providers.views import register

autodiscover_modules("admin")  # the records and pages of every app

urlpatterns = [
    path("", views.home, name="home"),
    path("authority.css", views.authority_css, name="authority_css"),
    path("outbox/", views.outbox, name="outbox"),
    path("waiting/", views.waiting, name="waiting"),
    path("apply/", views.apply, name="apply"),
    path("accessibility/", statements.accessibility, name="accessibility"),
    path("privacy/", statements.privacy, name="privacy"),
    path("contact/", statements.contact, name="contact"),
    path("accounts/", include("allauth.urls")),
    path("admin/", site.urls),
    path("schemes/", include("lots.urls")),
    path("portal/", portal.home, name="portal"),
    path("portal/", include("providers.urls")),
    path("", include("awards.urls")),
    path("register/", register.register, name="public_register"),
    path("register/services/<uuid:id>/", register.service, name="register_service"),
    path("", include("packages.urls")),
]
