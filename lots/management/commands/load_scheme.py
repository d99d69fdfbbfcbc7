from pathlib import Path

from django.core.management import BaseCommand, CommandError

from dps.models import the_system
from dps.words import counted
from lots.actions import loading
from lots.actions.loading import NotLoaded
from lots.loading.documents import Unreadable
from lots.loading.files import read


class Command(BaseCommand):
    help = "Put a scheme file in force. Safe to run again; see docs/scheme-file.md."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, file, **options):
        try:
            scheme_file = read(file.read_bytes())
            lead = loading.lead_of(scheme_file)
            loaded = loading.load(lead, file=scheme_file, by=the_system())
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from error
        except (Unreadable, NotLoaded) as error:
            raise CommandError("\n".join([f"{file} is not loaded.", *error.sentences])) from error
        self.report(loaded, scheme_file.contents)

    def report(self, loaded, contents):
        if loaded.is_new:
            self.stdout.write(f"{loaded.scheme}: set up, with {counts(contents)}")
        elif loaded.changes:
            self.stdout.write("\n".join([f"{loaded.scheme}: changed", *loaded.changes]))
        else:
            self.stdout.write(f"{loaded.scheme}: nothing changed")
        if loaded.left:
            self.stdout.write("\n".join(["Left as it is:", *loaded.left]))


def counts(contents):
    sections = contents.questionnaires.admission.sections
    questions = sum(len(section.questions) for section in sections)
    return ", ".join(
        [
            counted(len(contents.lots), "lot"),
            counted(len(contents.localities), "locality", "localities"),
            counted(questions, "question"),
            counted(len(contents.indicators), "indicator"),
            counted(len(contents.decisions), "decision"),
        ]
    )
