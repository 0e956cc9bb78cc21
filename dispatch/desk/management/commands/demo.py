from typing import Any

from django.core.management.base import BaseCommand

from dispatch.desk import demo


class Command(BaseCommand):
    help = "Lay out the demo town: people, telephones, drivers, clients, orders. What is there already stays as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        laid_out = demo.lay_out()
        if options["verbosity"]:
            self.stdout.write("The demo town is laid out." if laid_out else "The demo town was there already.")
