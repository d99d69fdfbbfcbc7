"""What was submitted, as lists and pages show it."""

from providers import policies
from providers.models import Application, Submission
from providers.queries import services
from providers.queries.answers import by_section, document_said
from providers.queries.applications import lots_chosen, questions, weight_of
from providers.queries.documents import validity_said
from providers.queries.organisations import snapshot_facts


def to_read(user):
    """The submissions that the person may open, by round."""
    rows = policies.open_submission.rows(user)
    return rows.select_related(
        "application__organisation", "application__round", "application__scheme"
    ).order_by("application__round", "pk")


def of_application(user, application: Application):
    """The submissions of an application that the person may see, the last first."""
    rows = policies.open_submission.rows(user).filter(application=application)
    return rows.select_related("submitted_by").order_by("-number")


def laid_out(submission: Submission, contents: dict) -> dict:
    """What an opened submission says, in the order of the questionnaire: what its page, and the PDF
    of it, show."""
    application = submission.application
    lots = lots_chosen(application.scheme_id, contents["lots"])
    size = contents["organisation"].get("size", "")
    asked = questions(application, contents["lots"], size)
    sections = by_section(asked, contents["answers"], contents["documents"])
    for each in sections:
        of_section = [answer.question for answer in each["answers"]]
        each["weight"] = weight_of(of_section, contents["lots"])
    return {
        "organisation": contents["organisation"],
        "organisation_facts": snapshot_facts(contents["organisation"]),
        "lots": lots,
        "sections": sections,
        "services": services.in_words(
            contents["services"], lots, services.terms_of(application.scheme)
        ),
        "documents": [
            said
            | {
                "id": id,
                "title": document_said(said),
                "validity": validity_said(said["expires_on"]),
            }
            for id, said in contents["documents"].items()
        ],
        "declared_by": contents["declared_by"],
        "questionnaire": contents["questionnaire"],
    }
