"""Whoever was marked as being on shift has an open one from now on."""

from django.db import migrations
from django.utils import timezone


def open_shifts(apps, schema_editor):
    Driver, DriverShift = (apps.get_model("orders", name) for name in ("Driver", "DriverShift"))
    taken = set()
    for driver in Driver.objects.filter(on_shift=True, shifts=None).order_by("pk"):
        vehicle = None if driver.vehicle_id in taken else driver.vehicle_id
        taken.add(vehicle)
        DriverShift.objects.create(driver=driver, vehicle_id=vehicle, started_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("orders", "0008_offers")]
    operations = [migrations.RunPython(open_shifts, migrations.RunPython.noop)]
