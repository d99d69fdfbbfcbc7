"""An application, from its first draft to what was submitted."""

from datetime import date, datetime
from uuid import uuid4

from dps import envelopes
from dps.actions import Refused, action, lock, move, note, part, promise, require
from dps.clock import now, today
from dps.words import short_date
from lots.actions import procedures
from lots.actions.rounds import questionnaire_of
from lots.models import Lot, QuestionKind, Round, Scheme
from lots.policies import view_scheme
from lots.queries.lots import open_at_any_time
from providers import policies
from providers.models import (
    Application,
    ApplicationState,
    Document,
    Organisation,
    Result,
    Section,
    Submission,
)
from providers.queries import applications as reading


@action
def start(
    organisation: Organisation,
    *,
    scheme: Scheme,
    round: Round | None = None,
    by,
) -> Application:
    """A draft for a round, or (with none) for the scheme's lots that are open at any time: with
    its own key, and a section for the lots, each part of the questionnaire, and the services."""
    organisation = lock(organisation)
    require(policies.apply_for, by, organisation)
    require(view_scheme, by, scheme)
    if round is None:
        if not open_at_any_time(scheme, now()):
            raise Refused("No lot of this scheme takes applications at any time")
        if not reading.open_lots(scheme, organisation, now()):
            raise Refused("Your organisation is on each open lot, or has applied for it")
        begun = organisation.applications.filter(
            scheme=scheme, round=None, state=ApplicationState.DRAFT
        )
    else:
        if not Round.objects.taking_applications(now()).filter(pk=round.pk).exists():
            raise Refused("This round is not taking applications")
        begun = organisation.applications.filter(round=round)
    if begun.exists():
        raise Refused("Your organisation has started this application already")
    application = Application.objects.create(
        scheme=scheme,
        round=round,
        organisation=organisation,
        questionnaire=round.questionnaire if round else questionnaire_of(scheme),
        started_at=now(),
    )
    envelopes.issue(application, within=round)
    keys = application.questionnaire.sections.values_list("key", flat=True)
    sections = [Section(application=application, key=k) for k in (Section.LOTS, *keys)]
    sections.append(Section(application=application, key=Section.SERVICES))
    carried = carried_over(application, by)
    for section in sections:
        envelopes.seal(section, carried.get(section.key, {}))
    Section.objects.bulk_create(sections)
    note(application, "providers.application.started", by=by)
    return application


@part
def carried_over(application: Application, by) -> dict[str, dict]:
    """{section key: answers} from the organisation's last application to the scheme, for the
    questions that the questionnaire lets carry over, marked to be checked."""
    of_scheme = Application.objects.filter(
        organisation=application.organisation_id, scheme=application.scheme_id
    ).exclude(pk=application.pk)
    earlier = reading.not_erased(of_scheme).order_by("-started_at").first()
    if earlier is None:
        return {}
    old = {}
    for contents in envelopes.opened_many(list(earlier.sections.all()), by).values():
        old |= contents.get("answers", {})
    carried: dict[str, dict] = {}
    for section in application.questionnaire.sections.prefetch_related("questions"):
        asked = [q.key for q in section.questions.all() if q.carries_over]
        kept = {key: old[key] for key in asked if key in old}
        if kept:
            carried[section.key] = {"answers": kept, "carried": sorted(kept)}
    return carried


@action
def save(section: Section, *, contents: dict, seen: int, by) -> Section:
    """Keep what was typed, with who saved it and when; nothing is noted, since a draft is the
    applicant's own.

    `seen` is the revision that the person changed: refused when somebody has saved since.
    """
    section = lock(section)
    require(policies.edit_section, by, section)
    in_time(section.application)
    if section.revision != seen:
        raise Refused("Someone has saved this section since. Compare, then save")
    section.revision += 1
    saved = {"at": now().isoformat(), "by": str(by)}
    envelopes.seal(section, contents | {"saved": saved}).save()
    return section


@action
def open_section(section: Section, *, by) -> dict:
    """What one section of the draft says, and the revision that is `seen`."""
    section = lock(section)
    return envelopes.opened(section, by) | {"seen": section.revision}


@action
def choose_lots(section: Section, *, lots: list[Lot], seen: int, by) -> Section:
    """Choose what the application is for: lots of its round, or lots that are open at any time,
    never both in one application."""
    section = lock(section)
    require(policies.edit_section, by, section)
    allowed = reading.lots_on_offer(section.application, now())
    if not lots:
        raise Refused("Choose at least one lot", field="lots")
    if not {lot.pk for lot in lots} <= {lot.pk for lot in allowed}:
        raise Refused("Choose from the lots that this application can be for", field="lots")
    return save(section, contents={"lots": [lot.key for lot in lots]}, seen=seen, by=by)


@action
def keep_service(section: Section, *, service: dict, seen: int, by) -> Section:
    """Write a service of the draft: the one with the same id in its place, or a new one (no id)."""
    section = lock(section)
    require(policies.edit_section, by, section)
    services = envelopes.opened(section, by).get("services", [])
    if service.get("id"):
        services = [service if kept["id"] == service["id"] else kept for kept in services]
    else:
        services.append(service | {"id": uuid4().hex})
    return save(section, contents={"services": services}, seen=seen, by=by)


@action
def remove_service(section: Section, *, service: str, seen: int, by) -> Section:
    """Take a service, by its id, out of the draft."""
    section = lock(section)
    require(policies.edit_section, by, section)
    services = envelopes.opened(section, by).get("services", [])
    kept = [each for each in services if each["id"] != service]
    return save(section, contents={"services": kept}, seen=seen, by=by)


@action
def open_draft(application: Application, *, library_for: str = "", by) -> dict:
    """All that the draft says: {"lots": keys, "chosen": [Lot], "questions": [Question] that it is
    asked, "answers": {question key: answer} to those called for, "documents": [keys of questions
    answered by one], "services": [...] as far as they are for its lots, "parts": [Part], "seen":
    {section key: revision}, "carried": [question keys], "every_answer": {question key: answer},
    asked or not, "contents": {section key: what it holds}, "library": {id of a document: what it
    says of itself}}. The library is opened where the section with the key `library_for` asks for
    a document, or, with "*", where any does."""
    opened = envelopes.opened_many(list(application.sections.all()), by)
    draft = reading.drafts({application: opened})[application]
    asking = [q for q in draft["questions"] if library_for in ("*", q.section.key)]
    needed = any(question.kind == QuestionKind.DOCUMENT for question in asking)
    draft["library"] = library(application.organisation, by) if needed else {}
    return draft


@part
def library(organisation: Organisation, by) -> dict[str, dict]:
    """What the documents that an organisation keeps say of themselves, by id, the newest first."""
    kept = list(organisation.documents.filter(removed_at=None).order_by("-added_at"))
    return {str(each.pk): said for each, said in envelopes.opened_many(kept, by).items()}


@action
def open_drafts(organisation: Organisation, *, by) -> list[tuple[Application, dict]]:
    """What the organisation has begun and not submitted, the first due first, each as
    `open_draft` has it: a number of statements that does not grow."""
    require(policies.apply_for, by, organisation)
    begun = list(reading.drafts_of(organisation, by, now()))
    of_each: dict = {application: {} for application in begun}
    by_id = {application.pk: application for application in begun}
    sections = list(Section.objects.filter(application__in=begun))
    for section in sections:
        section.application = by_id[section.application_id]
    for section, said in envelopes.opened_many(sections, by).items():
        of_each[section.application][section] = said
    return list(reading.drafts(of_each).items())


@action
def submit(application: Application, *, name: str, by) -> Submission:
    """Submit what is in the draft, declared by a named person. Until the round's deadline the draft
    may be changed and submitted again; the earlier submission stands until then, and the last one
    counts. To open lots it is submitted once: it opens at that instant (rule 1).

    Refused after the deadline, while an answer is missing, and when nothing has changed. Received
    means that the whole of it is here and the row is ours: server time, not the browser's.
    """
    application = lock(application)
    require(policies.submit_application, by, application)
    received_at = in_time(application)
    contents = complete(application, by)
    fingerprint = envelopes.fingerprint(application, contents)
    earlier = application.submissions.order_by("number").last()
    if application.state != ApplicationState.SUBMITTED:
        move(application, ApplicationState.SUBMITTED, by=by)
    elif earlier.fingerprint == fingerprint:
        raise Refused("This version is already submitted")
    else:
        note(application, "providers.application.submitted again", by=by)
    submission = Submission(
        application=application,
        number=earlier.number + 1 if earlier else 1,
        fingerprint=fingerprint,
        submitted_at=received_at,
        submitted_by=by,
    )
    envelopes.seal(submission, contents | {"declared_by": name}).save()
    if application.round is None:
        envelopes.keep_open(application)  # it is opened: a lost master must not lose it
        application.lots.set(reading.lots_chosen(application.scheme_id, contents["lots"]))
    promise("providers.receipt", submission)
    return submission


@action
def open_submission(submission: Submission, *, by) -> dict:
    """Read what was submitted. That it was read is on record before anything is shown."""
    return envelopes.opened(submission, by)


@action
def withdraw(application: Application, *, by) -> Application:
    """Take part no longer. Until the deadline, submitting again undoes it. From open lots it can be
    withdrawn until it is decided, and another application made. No reason is asked: it would lie
    open in the record, and what is withdrawn never opens to others."""
    application = lock(application)
    require(policies.submit_application, by, application)
    if application.results.exists():
        raise Refused("It has been decided, so it can no longer be withdrawn")
    if application.round:
        in_time(application)
    move(application, ApplicationState.WITHDRAWN, by=by)
    promise("providers.withdrawal", application, str(application.submissions.count()))
    return application


@part
def decided(application: Application, *, lot: Lot, admits: bool) -> Result:
    """Keep that a decision on one of its lots took effect."""
    return Result.objects.create(application=application, lot=lot, admits=admits, at=now())


@action
def erase(application: Application, *, by, why: str) -> Application:
    """Make all that was written in the application unreadable, for ever, in every backup."""
    application = lock(application)
    require(policies.erase_application, by, application)
    envelopes.erase(application)
    note(application, "providers.application.erased", by=by, why=why)
    return application


def in_time(application: Application) -> datetime:
    """The present instant, while what the applicant does is taken."""
    if application.round:
        return procedures.in_time(application.round)
    if application.state == ApplicationState.SUBMITTED and application.results.exists():
        raise Refused("This application was decided, so it cannot change")
    if application.state != ApplicationState.DRAFT:
        raise Refused(
            "This application was submitted and opened, so it cannot change. Withdraw it to make "
            "another"
        )
    if today() > application.scheme.ends_on:
        raise Refused("The scheme has ended. Your draft has been kept.")
    return now()


def why_shut(application: Application) -> str:
    """Why nothing in the application can be changed any more; "" while it can."""
    try:
        in_time(application)
    except Refused as refusal:
        return refusal.message
    return ""


@part
def complete(application: Application, by) -> dict:
    """What is to be submitted, with nothing missing: the lots, the answers, the services, who
    applies, and each document pinned with the key and fingerprint of the version."""
    said = open_draft(application, by=by)
    for line in said["parts"]:
        if line.problems:
            raise Refused(
                f"{line.title}: {line.problems[0]}",
                field="declaration",
                on_record="Something in the draft is missing or wrong",
            )
    on_offer = {lot.key for lot in reading.lots_on_offer(application, now())}
    if gone := [key for key in said["lots"] if key not in on_offer]:
        raise Refused(
            f"Lot {gone[0]} takes no application from you now: it has closed, or you are on it or "
            "have applied for it. Take it out of your lots",
            field="declaration",
            on_record="A lot in the draft takes no application from the applicant now",
        )
    return {
        "organisation": reading.snapshot(application.organisation),
        "questionnaire": application.questionnaire.number,
        "lots": said["lots"],
        "answers": said["answers"],
        "services": said["services"],
        "documents": pinned(application, said, by),
    }


@part
def pinned(application: Application, said: dict, by) -> dict[str, dict]:
    """The documents that a draft names, by id: what each says of itself, and what opens its file.
    Refused when one has left the library, or is no longer valid."""
    ids = {said["answers"][key] for key in said["documents"] if said["answers"].get(key)}
    chosen = Document.objects.filter(
        organisation=application.organisation_id, pk__in=ids, removed_at=None
    )
    opened = envelopes.opened_many(list(chosen), by)
    there = {str(each.pk) for each in opened}
    for question in said["questions"]:
        if question.key in said["documents"] and said["answers"][question.key] not in there:
            raise Refused(
                f"{question.text}: the document is no longer in your library. Choose another",
                field="declaration",
            )
    for contents in opened.values():
        expires_on = contents["expires_on"] and date.fromisoformat(contents["expires_on"])
        if expires_on and expires_on < today():
            raise Refused(
                f"“{contents['title']}” was valid until {short_date(expires_on)}. Choose one that "
                "is still valid",
                field="declaration",
                on_record="A document in the draft is no longer valid",
            )
    return {str(each.pk): sealed | {"file": each.file} for each, sealed in opened.items()}
