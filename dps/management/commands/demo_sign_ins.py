from django.core.management import BaseCommand

from dps.demo.loading import is_loaded
from dps.demo.people import PASSWORD, sign_ins


class Command(BaseCommand):
    help = "Print the demo's sign-ins, one a role."

    def handle(self, **options):
        if not is_loaded():
            return
        self.stdout.write(f"Sign in with the password: {PASSWORD}\n")
        for who in sign_ins():
            self.stdout.write(f"  {who.what:<40} {who.email}")
