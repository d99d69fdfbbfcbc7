import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dps.settings")  # `celery -A dps` has no manage.py
app = Celery("dps")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
