from django.db import migrations

from dispatch.reports import facts


def count_them(apps, schema_editor):
    """Orders from before there were reports. Later ones are written as they change."""
    ids = list(apps.get_model("orders", "Order").objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), facts.BATCH):
        facts.write(ids[start : start + facts.BATCH])


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial"), ("orders", "0004_conveyor")]
    operations = [migrations.RunPython(count_them, migrations.RunPython.noop)]
