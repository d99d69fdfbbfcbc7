"""Rule 8. What was decided, set, said or submitted is never edited away: a change is a new version,
with who, when and why."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import InternalError, connection, transaction
from django.urls import reverse

from awards.models import Agreement, Assignment, Evaluation, Report
from dps.actions import note
from dps.models import Event, Excepted, Role
from dps.models.base import Entry, Record
from lots.actions import questionnaires, rounds, schemes
from lots.models import (
    Authorisation,
    Deadline,
    Departure,
    Lot,
    ModeChange,
    Opening,
    ProcedureState,
    Question,
    QuestionnaireState,
    QuestionSection,
    RoundLot,
    SchemeLoad,
    TextVersion,
)
from packages.models import CallOff, Offer, Package, Placement
from providers.models import Application, ApplicationState, Return, Service, Submission
from tests.factories import (
    LONG_AGO,
    NOON,
    ApplicationFactory,
    PackageFactory,
    RoundFactory,
    ServiceFactory,
    UserFactory,
    decided,
    staff,
    submitted,
)
from tests.lots.world import departing

BEFORE = NOON - timedelta(days=1)


@pytest.fixture
def entries(db):
    """One of each kind of entry, by its model."""
    application = submitted()
    round, scheme = application.round, application.scheme
    by = UserFactory()
    note(round, "lots.round.extended", by=by, why="Portal outage")
    about = {"subject_kind": "lots.round", "subject_id": round.pk, "at": NOON, "by": by}
    set_so = {"set_at": LONG_AGO, "set_by": by}
    loaded = {"loaded_at": LONG_AGO, "loaded_by": by}
    made = [
        application.submissions.get(),
        round.deadlines.get(),
        round.round_lots.get(),
        Authorisation.objects.get(decision__scheme=scheme),
        ModeChange.objects.get(lot__scheme=scheme),
        Event.objects.get(),
        Excepted.objects.create(rule="shortest_window", why="A provider has failed", **about),
        TextVersion.objects.create(
            scheme=scheme, kind="terms", number=1, title="Terms", body="We pay.", **set_so
        ),
        SchemeLoad.objects.create(scheme=scheme, contents={}, fingerprint="f", **loaded),
        Opening.objects.create(procedure=round, by=by, at=NOON),
        departing(scheme),
    ]
    return {type(entry): entry for entry in made}


KINDS = [model for model in apps.get_models() if issubclass(model, Entry)]
HERE = (
    *(Submission, Deadline, Opening, RoundLot, Authorisation, ModeChange, TextVersion),
    *(Departure, SchemeLoad, Event, Excepted),
)


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_delete_an_entry(entries, statement):
    assert set(entries) == set(HERE)
    for model, entry in entries.items():
        sql = statement.format(model._meta.db_table) + " WHERE id = %s"
        with (
            pytest.raises(InternalError, match="Cannot update or delete rows"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql, [entry.pk])
        assert model.objects.filter(pk=entry.pk).exists()


def test_no_kind_of_entry_is_without_its_guard(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger"
            " WHERE tgname LIKE 'pgtrigger_append_only_%' AND tgenabled = 'O'"
        )
        guarded = {table for (table,) in cursor.fetchall()}
    assert {model._meta.db_table for model in KINDS} <= guarded
    assert set(HERE) <= set(KINDS)


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        (Deadline, {"at": NOON + timedelta(days=1)}),
        (Submission, {"fingerprint": "another"}),
        (Authorisation, {"until_on": None, "is_standing": True}),
        (TextVersion, {"body": "We pay less."}),
        (ModeChange, {"mode": "open"}),
        (Event, {"why": "Nothing happened"}),
        (Departure, {"number": Decimal(1)}),
        (RoundLot, {"lot": None}),
    ],
)
def test_no_code_of_ours_edits_an_entry(entries, model, changes):
    with pytest.raises(InternalError, match="Cannot update or delete rows"), transaction.atomic():
        model.objects.filter(pk=entries[model].pk).update(**changes)


def test_the_history_of_a_record_cannot_be_changed_either(db):
    application = ApplicationFactory()
    versions = Application.application_versions.rel.related_model
    for statement in ("UPDATE {} SET state = 'withdrawn'", "DELETE FROM {}"):
        with (
            pytest.raises(InternalError, match="Cannot update or delete rows"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement.format(versions._meta.db_table))
    with connection.cursor() as cursor:  # not even by SQL goes a change unrecorded
        sql = "UPDATE providers_application SET state = 'submitted' WHERE id = %s"
        cursor.execute(sql, [application.pk])
    states = versions.objects.filter(pgh_obj=application.pk).order_by("pgh_id")
    assert [version.state for version in states] == ["draft", "submitted"]


# States

RECORDS = [
    model
    for model in apps.get_models()
    if issubclass(model, Record) and "state" in {field.name for field in model._meta.local_fields}
]


def states_of(model):
    return [value for value, _ in model._meta.get_field("state").choices]


STATES = [
    pytest.param(model, state, id=f"{model.__name__}-{state}")
    for model in RECORDS
    for state in states_of(model)
]
EVERY_COLUMN = {"signed_at": NOON, "effective_at": NOON}  # what states ask for


@pytest.mark.parametrize(("model", "start"), STATES)
def test_a_state_moves_along_its_table_and_no_other_way(db, model, start):
    rows = model._base_manager.filter(pk=in_state(model, start).pk)
    reached = {end for end in states_of(model) if end != start and moves(rows, end)}
    assert reached == set(model.MOVES.get(start, ()))
    assert rows.get().state == start


def moves(rows, end):
    """Whether the database moves a record to a state; it is then as it was."""
    try:
        with transaction.atomic():
            rows.update(state=end)
            is_there = rows.get().state == end
            transaction.set_rollback(True)
    except InternalError as refusal:
        if "Invalid transition" not in str(refusal):
            raise
        return False
    return is_there


def in_state(model, state):
    """A record of a kind as it was first stored, in a state."""
    name = model.__name__
    if model._meta.app_label == "awards":
        return award_in_state(model, state)
    if model in BOUGHT:
        return BOUGHT[model](state)
    application = ApplicationFactory()
    made = {
        "Application": application,
        "Procedure": application.round.procedure_ptr,
        "Questionnaire": application.questionnaire,
        "Decision": decided(application.scheme, []),
    }
    if name == "Admission":
        return model.objects.create(
            scheme=application.scheme,
            lot=Lot.objects.get(scheme=application.scheme),
            organisation=application.organisation,
            decision=made["Decision"],
            state=state,
            admitted_at=NOON,
        )
    return copied(made[name], state)


def return_in_state(state):
    application = ApplicationFactory()
    return Return.objects.create(
        scheme=application.scheme,
        organisation=application.organisation,
        frequency="quarterly",
        from_on=date(2026, 1, 1),
        until_on=date(2026, 3, 31),
        due_on=date(2026, 4, 30),
        made_at=NOON,
        filed_at=NOON,
        state=state,
    )


def offer_in_state(state):
    package = PackageFactory()
    application = ApplicationFactory()
    call_off = CallOff.objects.create(
        scheme=package.scheme,
        title="C-TEST",
        opens_at=LONG_AGO,
        package=package,
        lot=Lot.objects.get(scheme=application.scheme),
        questionnaire=application.questionnaire,
        quality_weight=60,
        weekly_budget=package.weekly_budget,
    )
    organisation = application.organisation
    return Offer.objects.create(
        call_off=call_off, organisation=organisation, started_at=NOON, state=state
    )


def placement_in_state(state):
    package = PackageFactory()
    return Placement.objects.create(
        package=package,
        payee="Somebody",
        payment_route="council",
        starts_on=package.starts_on,
        why="Liked them",
        chosen_at=NOON,
        chosen_by=UserFactory(),
        state=state,
    )


BOUGHT = {
    Offer: offer_in_state,
    Package: lambda state: PackageFactory(state=state),
    Placement: placement_in_state,
    Return: return_in_state,
    Service: lambda state: ServiceFactory(state=state),
}


def award_in_state(model, state):
    """A record of an award as it was first stored, in a state."""
    application, by = submitted(), UserFactory()
    scheme, states = application.scheme, {model: {"state": state}}
    report = Report.objects.create(
        scheme=scheme,
        title="Award report 1",
        decision=decided(scheme, []),
        started_at=NOON,
        started_by=by,
        effective_at=NOON,
        **states.get(Report, {}),
    )
    agreement = Agreement.objects.create(
        scheme=scheme,
        organisation=application.organisation,
        reference="A-0001",
        from_on=LONG_AGO.date(),
        until_on=NOON.date(),
        drafted_at=NOON,
        in_force_at=NOON,
        **states.get(Agreement, {}),
    )
    evaluation = Evaluation.objects.create(
        application=application,
        submission=application.submissions.get(),
        lot=Lot.objects.get(scheme=scheme),
        size="micro",
        report=report,
        received_at=NOON,
        started_at=NOON,
        **states.get(Evaluation, {}),
    )
    assignment = Assignment.objects.create(
        evaluation=evaluation,
        evaluator=by,
        assigned_at=NOON,
        assigned_by=by,
        **states.get(Assignment, {}),
    )
    made = (report, agreement, evaluation, assignment)
    return next(record for record in made if type(record) is model)


def copied(record, state):
    """A row like another, first stored in a state: so a state is reached that no move leads to."""
    values = {f.attname: getattr(record, f.attname) for f in record._meta.concrete_fields}
    del values["id"]
    values["state"] = state
    for name in ("number", "organisation_id"):
        if name in values:
            fresh = {"number": 77, "organisation_id": None}[name]
            values[name] = fresh or ApplicationFactory().organisation_id
    return type(record).objects.create(**values)


# Questionnaires and prices asked


def test_a_published_questionnaire_is_refused_every_change_and_a_new_version_takes_it(client, db):
    application = ApplicationFactory()
    published = application.questionnaire
    commissioner = staff(application.scheme.authority, Role.COMMISSIONER)
    question = Question.objects.filter(section__questionnaire=published).first()
    section = question.section
    with pytest.raises(PermissionDenied):
        questionnaires.reword(question, by=commissioner, text="Another question?")
    with pytest.raises(PermissionDenied):
        questionnaires.publish(published, by=commissioner)
    client.force_login(commissioner)
    page = reverse("admin:lots_question_reword", args=[question.pk])
    assert client.post(page, {"text": "Another question?"}).status_code == 403

    with time_machine.travel(BEFORE, tick=False):
        draft = questionnaires.revise(published, by=commissioner)
        ours = Question.objects.get(section__questionnaire=draft, key=question.key)
        questionnaires.reword(ours, by=commissioner, text="Another question?")
        questionnaires.publish(draft, by=commissioner)
    question.refresh_from_db()
    assert question.text != "Another question?"
    assert (draft.number, Event.objects.get(subject_id=ours.pk).by) == (
        published.number + 1,
        commissioner,
    )
    application.refresh_from_db()
    assert application.questionnaire == published
    assert section.questions.count() == 1


@pytest.mark.parametrize("model", [Question, QuestionSection])
def test_the_database_refuses_to_change_what_is_asked_once_it_is_published(db, model):
    questionnaire = RoundFactory().questionnaire
    assert questionnaire.state == QuestionnaireState.PUBLISHED
    path = "section__questionnaire" if model is Question else "questionnaire"
    row = model.objects.filter(**{path: questionnaire}).first()
    for change in (
        lambda: model.objects.filter(pk=row.pk).update(position=9),
        lambda: Question.objects.filter(section__questionnaire=questionnaire).delete(),
        lambda: questionnaires.copy(row, model, key="more"),
    ):
        with pytest.raises(InternalError, match="published questionnaire"), transaction.atomic():
            change()


# Who, when and why


def test_a_deadline_put_off_keeps_the_one_before_with_who_when_and_why(db):
    round = RoundFactory()
    first = round.deadlines.get()
    commissioner = staff(round.scheme.authority, Role.COMMISSIONER)
    later = NOON + timedelta(days=2)
    with time_machine.travel(BEFORE, tick=False):
        rounds.extend(round, deadline=later, by=commissioner, why="Portal outage")
    kept = list(round.deadlines.values_list("at", "set_at", "set_by", "why"))
    assert kept == [
        (first.at, first.set_at, first.set_by_id, ""),
        (later, BEFORE, commissioner.pk, "Portal outage"),
    ]
    event = Event.objects.get(subject_id=round.pk)
    assert (event.by, event.at, event.why) == (commissioner, BEFORE, "Portal outage")


def test_a_text_written_again_is_a_version_with_who_when_and_why(db):
    scheme = RoundFactory().scheme
    commissioner = staff(scheme.authority, Role.COMMISSIONER)
    with time_machine.travel(BEFORE, tick=False):
        for body in ("We pay monthly.", "We pay weekly."):
            schemes.write(
                scheme, kind="terms", title="Terms", body=body, by=commissioner, why="As agreed"
            )
    versions = scheme.texts.order_by("number").values_list("number", "body", "set_by", "why")
    assert list(versions) == [
        (1, "We pay monthly.", commissioner.pk, "As agreed"),
        (2, "We pay weekly.", commissioner.pk, "As agreed"),
    ]


def test_a_cancelled_round_and_a_withdrawn_application_stay_on_record(db):
    round = submitted().round
    commissioner = staff(round.scheme.authority, Role.COMMISSIONER)
    with time_machine.travel(BEFORE, tick=False):
        rounds.cancel(round, by=commissioner, why="The need has gone")
    round.refresh_from_db()
    event = Event.objects.get(subject_id=round.pk)
    assert (round.state, event.why) == (ProcedureState.CANCELLED, "The need has gone")
    assert round.applications.get().state == ApplicationState.SUBMITTED
