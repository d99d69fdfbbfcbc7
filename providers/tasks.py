from celery import shared_task

from dps import letters
from dps.clock import now
from dps.promises import effect
from dps.ticks import for_each
from dps.words import short_date
from providers.actions import reminders
from providers.models import Application, ApplicationState, Member, Submission
from providers.queries import reminders as reading
from providers.queries.applications import closing, deadline_of


@shared_task
def remind_drafts(limit=100):
    """Remind of drafts whose round is about to close. Missed while the worker was down, the last
    of several goes out alone."""
    for_each(reading.due(now())[:limit], reminders.remind)


@shared_task
def tell_of_extensions(limit=100):
    """Tell all who had begun that the deadline of their round was put off."""
    for_each(reading.put_off(now())[:limit], reminders.tell_of_extension)


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


def _addresses(application: Application, **only) -> list[str]:
    """The people of the applicant who are written to."""
    members = Member.objects.filter(
        organisation=application.organisation_id, left_at=None, user__is_active=True, **only
    )
    return list(members.order_by("joined_at").values_list("user__email", flat=True))
