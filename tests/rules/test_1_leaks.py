"""Rule 1, from outside. Before the opening no copy of anything tells what is sealed, and nobody but
the applicant sees any sign of it."""

import re
from base64 import b64encode
from datetime import timedelta
from hashlib import sha512
from pathlib import Path
from uuid import uuid4

import pytest
import redis
import time_machine
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Count
from django.test import Client
from django.urls import reverse
from django.utils.module_loading import import_string

from dps import celery
from dps.embedded.places import addresses
from dps.embedded.supervisor import thrown_away
from dps.models import Event, Grant, Role, User
from dps.promises import keep_due
from providers.actions import applications
from providers.models import Application, Declaration, Document, Section, Submission
from tests.access import plain
from tests.access.conftest import Visitor
from tests.access.test_matrix import pages
from tests.factories import (
    LONG_AGO,
    NOON,
    AuthorityFactory,
    TeamFactory,
    UserFactory,
    member_of,
    staff,
)
from tests.providers.world import (
    ANSWERS,
    BEFORE,
    PDF,
    QUESTIONS,
    applicant,
    certificate,
    fill,
    round_of,
    scheme_to_apply_to,
    section_of,
)
from tests.rules.test_10_queue_down import through
from tests.test_envelopes import dump

# Copies


def forms(word: str) -> set[str]:
    """A word as it may stand in a copy: plain, in hexadecimal, and in base64 wherever it begins
    in what was encoded."""
    plain = word.encode()
    encoded = {b64encode(b"." * n + plain).decode()[(0, 2, 3)[n] : -4] for n in range(3)}
    return {word, plain.hex(), plain.hex().upper(), *encoded}


def told(words, copy: bytes) -> set[str]:
    """Those of the words that a copy tells."""
    text = copy.decode("latin-1")
    return {word for word in words if any(form in text for form in forms(word))}


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
@pytest.mark.parametrize("written", [bytes, lambda b: b.hex().encode(), b64encode])
def test_the_search_finds_a_word_however_it_is_written(before, written):
    copy = written(f"{before}PLANTED-WORD and more".encode())
    assert told({"PLANTED-WORD", "PLANTED-OTHER"}, copy) == {"PLANTED-WORD"}


ANSWER, SAVED_OVER, REMARK = "PLANTED-ANSWER", "PLANTED-CLASH", "PLANTED-REMARK"
AMOUNT, RATE, TOO_HIGH = "7312459.61", "1739.46", "8642.97"
SERVICE, DESCRIPTION = "PLANTED-SERVICE", "PLANTED-DESCRIPTION"
TITLE, FILE_NAME, CONTENT = "PLANTED-TITLE", "PLANTED-FILE-NAME", "PLANTED-FILE-CONTENT"
SOON_OVER = "PLANTED-SOON-OVER"
SIGNATORY = "PLANTED-SIGNATORY"
SEALED = {
    *(ANSWER, SAVED_OVER, REMARK, AMOUNT, RATE, TOO_HIGH, SERVICE, DESCRIPTION),
    *(TITLE, FILE_NAME, CONTENT, SOON_OVER, SIGNATORY),
}
LONG = [sha512(bytes([n])).hexdigest() for n in range(40)]  # names of services, one by one
PLAIN = "PLANTED-ORGANISATION"


@pytest.fixture
def queue(settings):
    """A Redis of the test's own, for the cache and for tasks that wait there."""
    usual = celery.conf.broker_url
    with thrown_away("redis") as (folder, _):
        url = addresses(folder, "test")[1]
        settings.REDIS_URL = url
        settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": url}}
        through(url.replace("unix://", "redis+socket://"), eager=False)
        with redis.Redis.from_url(url) as held:
            yield held
        through(usual, eager=True)


def everything_in(held: redis.Redis) -> bytes:
    """All keys of a Redis, with their values as they were put there."""
    reads = {
        b"string": held.get,
        b"list": lambda key: held.lrange(key, 0, -1),
        b"set": held.smembers,
        b"hash": held.hgetall,
        b"zset": lambda key: held.zrange(key, 0, -1, withscores=True),
    }
    return repr([(key, reads[held.type(key)](key)) for key in held.keys("*")]).encode()


def in_folder(folder: Path) -> bytes:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return b"\n".join(str(path).encode() + b"\n" + path.read_bytes() for path in files)


class Applicant:
    """An owner at work in a browser, on one application."""

    def __init__(self, organisation, owner):
        self.organisation, self.client = organisation, Client()
        self.client.force_login(owner)

    def post(self, page, pk=None, status=302, query="", **data):
        url = reverse(f"providers:{page}", args=[pk] if pk else []) + query
        response = self.client.post(url, data)
        assert response.status_code == status, response.content.decode()
        return response

    @property
    def application(self):
        return self.organisation.applications.get()

    def section(self, key) -> Section:
        return section_of(self.application, key)

    def save(self, key, status=302, seen=None, **data):
        section = self.section(key)
        return self.post("section", section.pk, status, seen=seen or section.revision, **data)

    def add_document(self, **changed):
        upload = SimpleUploadedFile(f"{FILE_NAME}.pdf", PDF + CONTENT.encode())
        said = {"kind": "public_liability", "title": TITLE, "upload": upload}
        there = list(self.organisation.documents.values_list("pk", flat=True))
        self.post("document_add", self.organisation.pk, **said | changed)
        return self.organisation.documents.exclude(pk__in=there).get()

    def answer(self, key, **changed):
        answers = ANSWERS | {"choice": ANSWER, "cover-amount": AMOUNT, "else": REMARK} | changed
        asked = [q["key"] for q in QUESTIONS[key] if q["key"] in answers]
        sent = {f"q-{name}": answers[name] for name in asked if name != "renewed"}
        renewed = {"q-renewed_day": 31, "q-renewed_month": 1, "q-renewed_year": 2026}
        self.save(key, **sent, **(renewed if key == "standing" else {}))

    def serve(self, name=SERVICE, query="", **rates):
        section = self.section(Section.SERVICES)
        terms = {"activities": "cooking", "localities": "thanet", "client_groups": "autism"}
        said = {"name": name, "description": DESCRIPTION, "lots": "A", "capacity": 6} | terms
        sent = said | {"modes": "face_to_face", "seen": section.revision} | rates
        self.post("section_service", section.pk, query=query, **sent)

    def submit(self, status):
        declared = {"name": SIGNATORY, "is_my_name": "on", "declaration": "on"}
        self.post("submit", self.application.pk, status, **declared)


HOURLY, IN_A_GROUP = "rate-A-one-hour-face_to_face", "rate-A-few-hour-face_to_face"


@pytest.mark.django_db(transaction=True)
def test_no_copy_of_anything_tells_what_was_written_before_the_deadline(
    queue, settings, tmp_path, caplog
):
    settings.MEDIA_ROOT = tmp_path
    caplog.set_level("INFO")
    round = round_of(scheme_to_apply_to())
    organisation, owner = applicant(name=PLAIN)
    at_work = Applicant(organisation, owner)
    with time_machine.travel(BEFORE, tick=False):
        document = at_work.add_document()
        expires = {"expires_on_day": 8, "expires_on_month": 6, "expires_on_year": 2026}
        soon_over = at_work.add_document(title=SOON_OVER, **expires)
        at_work.post("apply", to=str(round.pk))
        lot = round.round_lots.get(lot__key="A").lot
        at_work.save(Section.LOTS, lots=[str(lot.pk)])
        at_work.answer("standing", certificate=str(soon_over.pk))
        at_work.answer("quality")
        at_work.save("quality", 422, seen=1, **{"q-choice": SAVED_OVER})
        at_work.answer("declarations")
        at_work.serve(**{HOURLY: RATE, IN_A_GROUP: TOO_HIGH})
        at_work.submit(422)  # over the ceiling
        [kept] = applications.open_section(at_work.section(Section.SERVICES), by=owner)["services"]
        at_work.serve(query=f"?service={kept['id']}", **{HOURLY: RATE})
    with time_machine.travel(BEFORE + timedelta(days=2), tick=False):
        at_work.submit(422)  # what was chosen has expired
        at_work.answer("standing", certificate=str(document.pk))
        at_work.submit(302)
        at_work.post("document_remove", soon_over.pk)
        for name in LONG:  # what the next page is to say of them waits somewhere
            at_work.serve(name, f"?service={kept['id']}", **{HOURLY: RATE})
        waiting = everything_in(queue)
        celery.conf.task_always_eager = True
        keep_due()
    submission = Submission.objects.get()
    assert {event.verb for event in Event.objects.filter(verb__endswith="refused")} == {
        "providers.applications.save refused",
        "providers.applications.submit refused",
    }

    sent = [m.message().as_string() + m.subject + m.body for m in mail.outbox]
    sessions = [str(session.get_decoded()) for session in Session.objects.all()]
    copies = {  # each with something that is not sealed, which is found
        "database": (dump().encode(), PLAIN),
        "sessions": (" ".join(sessions).encode(), str(owner.pk)),
        "media": (in_folder(tmp_path), document.file),
        "outbox": ("".join(sent).encode(), owner.email),
        "log": (caplog.text.encode(), f"/applications/{submission.application_id}/submit/"),
        "queue": (waiting + everything_in(queue), str(submission.pk)),
    }
    for name, (copy, open_) in copies.items():
        assert told({open_, *SEALED, *LONG}, copy) == {open_}, name


# What others see

AT = NOON - timedelta(days=1)
SAMPLES = 2  # of each kind of new row, of which a page may be about one
ROLES = [role.value for role in Role]
# Somebody with every role sees what anybody with one of them sees, but for the first pages; and a
# partner's commissioner sees what one of a neighbour sees, and more.
OTHERS = ["signed_out", "rival", "partner", "of_every_role"]
FIRST_PAGES = ["home", "admin:index", "portal", "packages:competitions", "admin:queue"]


@pytest.fixture
def others(db, settings, tmp_path):
    """A round with the draft of a rival in it, three more organisations, and everyone else."""
    settings.MEDIA_ROOT, settings.HAS_OUTBOX = tmp_path, False  # as in production
    settings.DEBUG_PROPAGATE_EXCEPTIONS = True
    settings.ROOT_URLCONF = plain.__name__  # thousands are turned away
    round = round_of(scheme_to_apply_to())
    authority = round.scheme.authority
    team, partner = TeamFactory(authority=authority), AuthorityFactory()
    round.scheme.partners.add(partner)
    organisation, rival = applicant(name="A rival")
    with time_machine.travel(BEFORE, tick=False):
        draft = applications.start(organisation, scheme=round.scheme, round=round, by=rival)
        fill(draft, rival)
    people = {role.value: staff(authority, role, team=team) for role in Role}
    people |= {
        "of_every_role": of_every_role(authority, team),
        "rival": rival,
        "neighbour": staff(AuthorityFactory(), Role.COMMISSIONER),
        "partner": staff(partner, Role.COMMISSIONER),
    }
    three = [applicant(name=f"PLANTED-{n}") for n in range(3)]
    for each, _ in three:
        member_of(each)
    clients = {"signed_out": Visitor()} | {name: Visitor() for name in people}
    for name, person in people.items():
        clients[name].force_login(person)
    return round, three, clients


def of_every_role(authority, team):
    person = UserFactory()
    for role in Role:
        held = {"authority": authority, "team": team, "role": role}
        Grant.objects.create(user=person, given_by=person, from_on=LONG_AGO.date(), **held)
    return person


def all_ticks(settings):
    for tick in settings.TICKS:
        import_string(tick)()


def apply_in_three_ways(round, three):
    """A draft, a submission after a refused one, and one that was withdrawn."""
    for number, (organisation, owner) in enumerate(three):
        begun = applications.start(organisation, scheme=round.scheme, round=round, by=owner)
        certificate(organisation, owner)
        if number:
            Applicant(organisation, owner).submit(422)
            fill(begun, owner)
            Applicant(organisation, owner).submit(302)
        if number == 2:
            applications.withdraw(begun, by=owner)


def addresses_of_pages() -> list[str]:
    """Every page without an argument, lists also searched; and the pages about a row of each
    kind."""
    found = [reverse("admin:index"), f"{reverse('admin:find')}?q=PLANTED"]
    found += [*(f"/admin/{app}/" for app in ("dps", "lots", "providers"))]
    for name, callback, arguments in pages():
        if not arguments:
            url = reverse(name)
            found.append(url)
            if name.endswith("_changelist"):
                found.append(f"{url}?o=-1&q=PLANTED-1")
        elif row := callback.policy.model._default_manager.order_by("pk").first():
            found.append(reverse(name, args=[row.pk]))
    return found


def seen_by(client, urls) -> dict:
    """What a person is answered, page by page, but for tokens."""
    return {url: answer(client, url) for url in urls}


def assert_hidden(client, name, row):
    """A page about a row answers as if the row were not there."""
    nowhere = uuid4()
    found = answer(client, reverse(name, args=[row.pk]), without=row.pk)
    not_found = answer(client, reverse(name, args=[nowhere]), without=nowhere)
    assert found == not_found, name


def answer(client, url, without=""):
    response = client.get(url)
    body = b"".join(response) if response.streaming else response.content
    text = re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]*"', r"\1", body.decode("latin-1"))
    headers = {k: v for k, v in response.headers.items() if k != "Content-Length"}
    words = (response.status_code, str(headers), text)
    return tuple(str(part).replace(str(without), "") if without else part for part in words)


def test_nobody_else_sees_whether_anyone_applies_before_the_opening(
    others, settings, django_capture_on_commit_callbacks
):
    round, three, clients = others
    with time_machine.travel(AT, tick=False):
        with django_capture_on_commit_callbacks(execute=True):
            all_ticks(settings)
        every, first = addresses_of_pages(), [reverse(page) for page in FIRST_PAGES]
        urls = dict.fromkeys(OTHERS, every) | dict.fromkeys([*ROLES, "neighbour"], first)
        before = {name: seen_by(clients[name], asked) for name, asked in urls.items()}
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            apply_in_three_ways(round, three)
            all_ticks(settings)
        for name, asked in urls.items():
            after = seen_by(clients[name], asked)
            assert [url for url in asked if before[name][url] != after[url]] == [], name
        theirs = {owner.email for _, owner in three}
        theirs |= {member.user.email for each, _ in three for member in each.members.all()}
        assert mail.outbox
        assert {to for message in mail.outbox for to in message.recipients()} <= theirs

        organisations = [organisation for organisation, _ in three]
        sealed = Application.objects.filter(organisation__in=organisations)
        new = {
            Application: sealed,
            Section: Section.objects.filter(application__in=sealed),
            Submission: Submission.objects.filter(application__in=sealed),
            Document: Document.objects.filter(organisation__in=organisations),
            Event: Event.objects.filter(subject_kind="providers.application"),
        }
        hidden = 0
        for name, callback, arguments in pages():
            rows = new.get(callback.policy.model) if arguments else None
            for row in rows[:SAMPLES] if rows else ():
                for who in (*OTHERS, "neighbour"):
                    assert_hidden(clients[who], name, row)
                hidden += 1
        assert hidden >= SAMPLES * len(new)


def test_after_the_opening_the_commissioner_sees_that_they_applied(others):
    round, three, clients = others
    held = Grant.objects.filter(role=Role.COMMISSIONER, authority=round.scheme.authority)
    commissioner = User.objects.alias(roles=Count("grants")).get(roles=1, grants__in=held)
    for organisation, _ in three:  # rule 7: nobody reads who has not said whether they may
        Declaration.objects.create(
            scheme=round.scheme,
            organisation=organisation,
            by=commissioner,
            number=1,
            at=AT,
            has_conflict=False,
        )
    queue = [reverse("admin:queue")]
    opened = NOON + timedelta(seconds=1)
    seen = []
    for at in (AT, NOON, opened):
        with time_machine.travel(at, tick=False):
            seen.append(seen_by(clients["commissioner"], queue))
    with time_machine.travel(AT, tick=False):
        apply_in_three_ways(round, three)
    for at in (AT, NOON, opened):
        with time_machine.travel(at, tick=False):
            seen.append(seen_by(clients["commissioner"], queue))
    assert seen[:2] == seen[3:5]
    assert seen[2] != seen[5]
    page = seen[5][queue[0]][-1]
    assert [f"PLANTED-{n}" in page for n in range(3)] == [False, True, False]


@pytest.mark.parametrize(("has_outbox", "status"), [(True, 200), (False, 404)])
def test_no_outbox_is_shown_where_there_is_a_mail_server(client, db, settings, has_outbox, status):
    settings.HAS_OUTBOX = has_outbox
    assert client.get(reverse("outbox")).status_code == status
