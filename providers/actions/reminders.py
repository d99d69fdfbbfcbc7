from dps.actions import Refused, action, lock, note, promise, require
from dps.clock import now
from providers import policies
from providers.models import Application, ApplicationState
from providers.queries import reminders as reading
from providers.queries.applications import deadline_of


@action
def remind(application: Application, *, by) -> Application:
    """Owe the applicant the reminder that is due now: 7, 2 or 1 days before its round closes, of
    several missed only the last. Owed once for each deadline."""
    application = lock(application)
    require(policies.remind_application, by, application)
    deadline = deadline_of(application)
    days = deadline and reading.due_days(deadline, now())
    if days is None or application.state != ApplicationState.DRAFT:
        raise Refused("No reminder is due")
    promise("providers.reminder", application, str(days), deadline.isoformat())
    note(application, "providers.application.reminded", by=by, days=days)
    return application


@action
def tell_of_extension(application: Application, *, by) -> Application:
    """Owe the applicant the letter that the deadline of its round was put off. Owed once for each
    deadline."""
    application = lock(application)
    require(policies.remind_application, by, application)
    deadline = deadline_of(application)
    if deadline is None or now() > deadline or application.round.deadlines.count() < 2:
        raise Refused("No deadline was put off")
    promise("providers.extension", application, deadline.isoformat())
    note(application, "providers.application.told of the extension", by=by)
    return application
