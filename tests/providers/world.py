"""A scheme to apply to, with a question of every kind, and answers that are enough."""

from datetime import date, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from dps import envelopes
from lots.models import (
    Activity,
    ClientGroup,
    Locality,
    Question,
    Questionnaire,
    QuestionnaireState,
    QuestionSection,
    Tier,
    Unit,
)
from providers.actions import applications, documents
from providers.models import Section
from tests.factories import (
    LONG_AGO,
    NOON,
    LotFactory,
    OrganisationFactory,
    RoundFactory,
    SchemeFactory,
    owner_of,
)

BEFORE = NOON - timedelta(days=10)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"

QUESTIONS = {
    "standing": [
        {"key": "bankrupt", "kind": "yes_no", "text": "Have you been insolvent?"},
        {
            "key": "bankrupt-how",
            "kind": "long_text",
            "text": "What happened, and when?",
            "word_limit": 20,
            "asked_if": {"question": "bankrupt", "answer": "yes"},
        },
        {
            "key": "framework",
            "kind": "choice",
            "text": "Which accounts do you publish?",
            "choices": [
                {"value": "full", "label": "Full accounts"},
                {"value": "small", "label": "Small company accounts"},
            ],
        },
        {
            "key": "cover",
            "kind": "several",
            "text": "Which insurance do you hold?",
            "choices": [
                {"value": "public", "label": "Public liability"},
                {"value": "employer", "label": "Employer's liability"},
            ],
            "carries_over": True,
        },
        {
            "key": "cover-amount",
            "kind": "money",
            "text": "Up to which amount?",
            "carries_over": True,
        },
        {"key": "renewed", "kind": "date", "text": "When was it last renewed?"},
        {"key": "certificate", "kind": "document", "text": "Your insurance certificate"},
        {
            "key": "large-only",
            "kind": "number",
            "text": "How many sites have you?",
            "sizes": ["large"],
        },
    ],
    "quality": [
        {
            "key": "choice",
            "kind": "long_text",
            "text": "How do you help people decide what they do with their week?",
            "guidance": "Tell us how choices are offered.",
            "why": "People told us that choosing matters most.",
            "criterion": "Choice is real and recorded.",
            "descriptors": {"0": "Nothing", "5": "Excellent"},
            "assessment": "scored",
            "weight": Decimal(100),
            "pass_mark": 2,
            "word_limit": 10,
        }
    ],
    "indoors": [
        {
            "key": "building",
            "kind": "short_text",
            "text": "Where is your building?",
            "lots": ["B"],
        },
        {"key": "rooms", "kind": "number", "text": "How many rooms has it?", "lots": ["B"]},
    ],
    "declarations": [
        {"key": "terms", "kind": "declaration", "text": "We accept the terms of the scheme"},
        {"key": "else", "kind": "short_text", "text": "Anything else", "is_required": False},
    ],
}
TITLES = {
    "standing": "Money and insurance",
    "quality": "Choice and control",
    "indoors": "Your building",
    "declarations": "Declarations",
}
ANSWERS = {
    "bankrupt": "no",
    "framework": "small",
    "cover": ["public", "employer"],
    "cover-amount": "10000000.00",
    "renewed": "2026-01-31",
    "choice": "With pictures, every Friday, with the same worker.",
    "terms": "yes",
}


def scheme_to_apply_to(**kwargs):
    """A scheme with lots A (two tiers, one with a ceiling) and B (face to face only), a word of
    each kind, and the questionnaire above."""
    scheme = SchemeFactory(title="Everyday Life Activities", short_title="Everyday Life", **kwargs)
    a = LotFactory(scheme=scheme, key="A", title="One to one", position=1)
    Tier.objects.create(
        lot=a, key="few", position=2, title="Small group", least=2, greatest=4, ceiling=Decimal(20)
    )
    LotFactory(
        scheme=scheme,
        key="B",
        title="Building based",
        position=2,
        modes=["face_to_face"],
        units=[Unit.DAY],
    )
    for kind, key, title in (
        (Locality, "thanet", "Thanet"),
        (Locality, "dover", "Dover"),
        (Activity, "cooking", "Cooking"),
        (ClientGroup, "autism", "Autistic people"),
    ):
        kind.objects.create(scheme=scheme, key=key, title=title)
    return scheme


def questionnaire_of(scheme, number=1) -> Questionnaire:
    questionnaire = Questionnaire.objects.create(
        scheme=scheme, number=number, published_at=LONG_AGO
    )
    for place, (key, questions) in enumerate(QUESTIONS.items()):
        section = QuestionSection.objects.create(
            questionnaire=questionnaire,
            key=key,
            position=place,
            title=TITLES[key],
            group="Your organisation" if key == "standing" else "Questions",
        )
        for position, question in enumerate(questions):
            Question.objects.create(section=section, position=position, **question)
    questionnaire.state = QuestionnaireState.PUBLISHED
    questionnaire.save(update_fields=["state"])
    return questionnaire


def round_of(scheme, **kwargs):
    """A round of both lots, that closes at NOON."""
    return RoundFactory(scheme=scheme, questionnaire=questionnaire_of(scheme), **kwargs)


def applicant(**kwargs):
    """An organisation and its owner."""
    organisation = OrganisationFactory(staff=4, **kwargs)
    return organisation, owner_of(organisation)


def started(**kwargs):
    """A draft in a round of both lots with nothing said yet, and the owner who began it."""
    organisation, owner = applicant(**kwargs)
    round = round_of(scheme_to_apply_to())
    return applications.start(organisation, scheme=round.scheme, round=round, by=owner), owner


def section_of(application, key) -> Section:
    return application.sections.get(key=key)


def certificate(organisation, by, **kwargs):
    upload = SimpleUploadedFile("certificate.pdf", PDF)
    said = {
        "kind": "public_liability",
        "title": "Public liability",
        "expires_on": date(2027, 1, 31),
    }
    return documents.add(organisation, upload=upload, by=by, **(said | kwargs))


def service(**changed) -> dict:
    """A service for lot A, as it is stored."""
    rate = {"lot": "A", "tier": "one", "unit": "hour", "mode": "face_to_face", "amount": "18.50"}
    return {
        "id": "",
        "name": "Friday cooking",
        "description": "We cook together and eat it",
        "lots": ["A"],
        "modes": ["face_to_face"],
        "activities": ["cooking"],
        "localities": ["thanet"],
        "client_groups": ["autism"],
        "capacity": 6,
        "rates": [rate],
    } | changed


def said(application, key, contents) -> None:
    """Put contents into a section of a draft."""
    section = section_of(application, key)
    section.revision += 1
    envelopes.seal(section, contents).save()


def completed(lots=("A",), **kwargs):
    """A draft with everything said that is asked for lot A, and its owner."""
    application, owner = started(**kwargs)
    fill(application, owner, lots)
    return application, owner


def fill(application, owner, lots=("A",)) -> None:
    document = certificate(application.organisation, owner)
    answers = ANSWERS | {"certificate": str(document.pk)}
    said(application, Section.LOTS, {"lots": list(lots)})
    for key, questions in QUESTIONS.items():
        names = [question["key"] for question in questions]
        said(application, key, {"answers": {k: answers[k] for k in names if k in answers}})
    said(application, Section.SERVICES, {"services": [service(id="one")]})
