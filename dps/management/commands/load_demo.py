from datetime import date

from django.core.management import BaseCommand, CommandError

from dps.clock import today
from dps.demo import loading


class Command(BaseCommand):
    help = "Load the demo: a scheme in mid-life, placed relative to a day (today's, unless told)."

    def add_arguments(self, parser):
        parser.add_argument("--day", type=date.fromisoformat, help="the demo's day, as 2026-11-21")
        parser.add_argument("--once", action="store_true", help="do nothing where it is loaded")

    def handle(self, *, day, once, **options):
        if loading.is_loaded():
            if once:
                return
            raise CommandError("The demo is loaded already. Start from an empty database.")
        try:
            loading.load(day or today(), say=self.stdout.write)
        except loading.NotThatDay as problem:
            raise CommandError(str(problem)) from problem
