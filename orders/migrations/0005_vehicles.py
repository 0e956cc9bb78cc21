from django.db import migrations, models


def give_each_driver_his_car(apps, _schema_editor):
    """The car was two texts on the driver's card; the same plate is the same car."""
    Driver, Vehicle = apps.get_model("orders", "Driver"), apps.get_model("orders", "Vehicle")
    for driver in Driver.objects.exclude(plate="").order_by("pk"):
        described = {"description": driver.written_vehicle}
        driver.vehicle = Vehicle.objects.get_or_create(plate=driver.plate, defaults=described)[0]
        driver.save(update_fields=["vehicle"])


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_conveyor")]

    operations = [
        migrations.RenameField("driver", "vehicle", "written_vehicle"),
        migrations.AddField(
            "driver",
            "vehicle",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.deletion.SET_NULL,
                related_name="drivers",
                to="orders.vehicle",
                verbose_name="vehicle",
            ),
        ),
        migrations.RunPython(give_each_driver_his_car, migrations.RunPython.noop),
        migrations.RemoveField("driver", "written_vehicle"),
        migrations.RemoveField("driver", "plate"),
    ]
