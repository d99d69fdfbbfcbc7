"""The product's URLs without its pages: twenty thousand are asked for."""

from django.http import HttpResponseForbidden, HttpResponseNotFound
from django.template.backends.base import BaseEngine

from dps.urls import urlpatterns

__all__ = ["TEMPLATES", "handler403", "handler404", "urlpatterns"]


def handler403(request, exception):
    return HttpResponseForbidden("no")


def handler404(request, exception):
    return HttpResponseNotFound("no")


class Blank(BaseEngine):
    """Templates with nothing in them: who may is asked here, not what a page looks like."""

    app_dirname = "templates"

    def __init__(self, params):
        super().__init__({key: params[key] for key in ("NAME", "DIRS", "APP_DIRS")})

    def get_template(self, name):
        return self

    def render(self, context=None, request=None):
        return ""


TEMPLATES = [{"BACKEND": "tests.access.plain.Blank"}]
