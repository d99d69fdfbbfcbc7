from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class DpsConfig(AppConfig):
    name = "dps"
    verbose_name = "People and record"

    def ready(self):
        import_module("dps.checks")
        autodiscover_modules("tasks")  # every process knows every effect, not only the worker
