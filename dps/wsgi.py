import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dps.settings")
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 (loads every page before the first is asked for)
import_module("dps.paper")
