"""Long work with files of addresses."""

from celery import shared_task

from places.services import uploads


@shared_task(name="places.tasks.read_upload")
def read_upload(upload_id: int) -> None:
    uploads.read(upload_id=upload_id)


@shared_task(name="places.tasks.take_upload")
def take_upload(upload_id: int) -> None:
    uploads.take(upload_id=upload_id)
