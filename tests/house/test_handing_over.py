"""What a page hands to the worker gets there."""

import threading

from django.conf import settings

from orders.tasks import run_import
from places.tasks import read_upload


def test_a_page_hands_its_tasks_to_our_broker_from_any_thread():
    """Pages run in threads of their own; a task that knows no application would wait for a broker that nobody has."""
    import dispatch.asgi  # noqa: F401  as the web process does

    brokers = []
    thread = threading.Thread(
        target=lambda: brokers.extend(task.app.conf.broker_url for task in (run_import, read_upload))
    )
    thread.start()
    thread.join()
    assert brokers == [settings.CELERY_BROKER_URL] * 2
