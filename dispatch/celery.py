"""The Celery application of the house: `celery -A dispatch.celery worker -B`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dispatch.settings")
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")  # as the link: `prepare`, `migrate` and bin/lint make Django's checks

app = Celery("dispatch")
app.set_default()  # for the threads of the web, too: there a task would else be handed to nobody
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["consumer"].add("dispatch.worker:SignOfLife")
