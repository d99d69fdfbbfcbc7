from dps import letters
from dps.clock import now, today
from dps.promises import effect
from dps.ticks import for_each
from dps.words import short_date
from providers.actions import reminders, returns
from providers.models import (
    Application,
    ApplicationState,
    Figure,
    Member,
    Return,
    ReturnState,
    Submission,
)
from providers.queries import reminders as reading
from providers.queries import returns as returned
from providers.queries.applications import closing, deadline_of


def remind_drafts(limit=100):
    """Remind of drafts whose round is about to close. Missed while the worker was down, the last
    of several goes out alone."""
    for_each(reading.due(now())[:limit], reminders.remind)


def tell_of_extensions(limit=100):
    """Tell all who had begun that the deadline of their round was put off."""
    for_each(reading.put_off(now())[:limit], reminders.tell_of_extension)


def make_returns(limit=100):
    """Ask for the returns of periods that are over. Missed while the worker was down, all of them
    come."""
    for_each(returned.schemes_to_make(today())[:limit], returns.make)


def remind_returns(limit=200):
    """Remind of returns before they are due, on the day and after it. Missed while the worker was
    down, the last of several goes out alone."""
    for_each(returned.to_remind(today())[:limit], returns.remind)


@effect
def receipt(submission_id):
    """Tell the person who submitted that it arrived, and when to the second."""
    submission = Submission.objects.select_related(
        "submitted_by", "application__round", "application__scheme", "application__organisation"
    ).get(pk=submission_id)
    application = submission.application
    letters.send(
        f"receipt.{submission_id}",
        [submission.submitted_by.email],
        f"Application received on {short_date(submission.submitted_at)}",
        "providers/letters/receipt.txt",
        submission=submission,
        application=application,
        deadline=deadline_of(application),
        link=letters.link("providers:submission", submission.pk),
    )


@effect
def withdrawal(application_id, submissions):
    """Tell the owners that their application takes part no longer."""
    application = Application.objects.select_related("round", "scheme", "organisation").get(
        pk=application_id
    )
    letters.send(
        f"withdrawal.{application_id}.{submissions}",
        _addresses(application, is_owner=True),
        f"Application withdrawn on {short_date(now())}",
        "providers/letters/withdrawal.txt",
        application=application,
        deadline=deadline_of(application),
        link=letters.link("providers:application", application.pk),
    )


@effect
def reminder(application_id, days, deadline):
    """Remind all who write the draft of its deadline; nobody, when it was submitted or put off
    meanwhile."""
    application = Application.objects.select_related("round", "scheme", "organisation").get(
        pk=application_id
    )
    closes_at = deadline_of(application)
    if application.state != ApplicationState.DRAFT or closes_at.isoformat() != deadline:
        return
    letters.send(
        f"reminder.{application_id}.{days}.{closes_at:%Y%m%dT%H%M%S}",
        _addresses(application),
        f"Your application closes on {short_date(closes_at)}",
        "providers/letters/reminder.txt",
        application=application,
        deadline=closes_at,
        closing=closing(closes_at, application.scheme),
        link=letters.link("providers:application", application.pk),
    )


@effect
def extension(application_id, deadline):
    """Tell all who write an application of its new deadline; nobody, when it was put off again
    meanwhile: they are told of that one."""
    application = Application.objects.select_related("round", "scheme", "organisation").get(
        pk=application_id
    )
    closes_at = deadline_of(application)
    if closes_at.isoformat() != deadline:
        return
    letters.send(
        f"extension.{application_id}.{closes_at:%Y%m%dT%H%M%S}",
        _addresses(application),
        f"The deadline is now {short_date(closes_at)}",
        "providers/letters/extension.txt",
        application=application,
        deadlines=application.round.deadlines.order_by("-at"),
        link=letters.link("providers:application", application.pk),
    )


@effect
def return_due(return_id):
    """Tell an organisation that a return is asked of it, and by when."""
    owed = _return(return_id)
    letters.send(
        f"return-due.{return_id}",
        _people_of(owed.organisation_id),
        f"KPI return due on {short_date(owed.due_on)}",
        "providers/letters/return_due.txt",
        owed=owed,
        lines=owed.lines.all(),
        link=letters.link("providers:return_file", owed.pk),
    )


@effect
def return_reminder(return_id, days, due_on):
    """Remind an organisation of a return; nobody, when it was filed meanwhile."""
    owed = _return(return_id)
    if owed.state != ReturnState.DUE or owed.due_on.isoformat() != due_on:
        return
    is_overdue = today() > owed.due_on
    letters.send(
        f"return-reminder.{return_id}.{days}.{owed.due_on:%Y%m%d}",
        _people_of(owed.organisation_id),
        f"KPI return {'was due' if is_overdue else 'due'} on {short_date(owed.due_on)}",
        "providers/letters/return_reminder.txt",
        owed=owed,
        is_overdue=is_overdue,
        is_today=today() == owed.due_on,
        link=letters.link("providers:return_file", owed.pk),
    )


@effect
def return_receipt(return_id, figures):
    """Tell the person who filed a return, or corrected it, that it is here and when."""
    owed = _return(return_id)
    figure = Figure.objects.filter(line__of=owed).select_related("by").order_by("at", "number")
    last = list(figure)[int(figures) - 1]
    letters.send(
        f"return-receipt.{return_id}.{figures}",
        [last.by.email],
        f"KPI return received on {short_date(last.at)}",
        "providers/letters/return_receipt.txt",
        owed=owed,
        last=last,
        link=letters.link("providers:return", owed.pk),
    )


@effect
def invitation(member_id):
    """Tell a person that they were added to an organisation; one without a password is asked to
    choose one."""
    member = Member.objects.select_related("user", "organisation").get(pk=member_id)
    link, chooses = letters.way_in(member.user)
    letters.send(
        f"invitation.{member_id}",
        [member.user.email],
        f"You were added to an organisation on {short_date(member.joined_at)}",
        "providers/letters/invitation.txt",
        member=member,
        link=link,
        chooses=chooses,
    )


def _return(return_id) -> Return:
    return Return.objects.select_related("organisation", "scheme").get(pk=return_id)


def _addresses(application: Application, **only) -> list[str]:
    """The people of the applicant who are written to."""
    return _people_of(application.organisation_id, **only)


def _people_of(organisation_id, **only) -> list[str]:
    members = Member.objects.filter(
        organisation=organisation_id, left_at=None, user__is_active=True, **only
    )
    return list(members.order_by("joined_at").values_list("user__email", flat=True))
