from django.core.management import BaseCommand

from dps.actions.calendar import load_bank_holidays
from dps.models import the_system


class Command(BaseCommand):
    help = "Add the bank holidays of the United Kingdom to the calendar. Safe to run again."

    def handle(self, **options):
        loaded = load_bank_holidays(by=the_system())
        self.stdout.write(f"{len(loaded.added)} bank holidays added")
        for difference in loaded.differences:
            self.stdout.write(difference)
