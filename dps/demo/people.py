"""Who signs in to the demo, one a role."""

from dataclasses import dataclass
from datetime import date

from allauth.account.models import EmailAddress

from dps.clock import now
from dps.models import Authority, Directorate, Grant, Role, Team, User, the_system

PASSWORD = "plainly a demo"  # noqa: S105
SINCE = date(2022, 4, 1)
TEAMS = [
    ("East Kent learning disability team", Directorate.ADULTS),
    ("West Kent learning disability team", Directorate.ADULTS),
    ("Transition team", Directorate.CHILDREN),
]


@dataclass(frozen=True)
class SignIn:
    """A person of the demo: what they are, and the address they sign in with."""

    email: str
    name: str
    what: str
    role: str = ""
    team: int | None = None


STAFF = [
    SignIn("commissioner@kent.example", "Ruth Okafor", "Commissioner", Role.COMMISSIONER),
    SignIn("evaluator1@kent.example", "Ines Marlowe", "Evaluator", Role.EVALUATOR),
    SignIn("evaluator2@kent.example", "Tomasz Bell", "Second evaluator", Role.EVALUATOR),
    SignIn("evaluator3@kent.example", "Rose Tamsin", "Third evaluator", Role.EVALUATOR),
    SignIn("moderator@kent.example", "Grace Amari", "Moderator", Role.MODERATOR),
    SignIn("approver@kent.example", "Helen Stroud", "Approver", Role.APPROVER),
    SignIn("contracts@kent.example", "Dev Anand", "Contract manager", Role.CONTRACT_MANAGER),
    SignIn("legal@kent.example", "Piers Halloran", "Legal officer", Role.LEGAL_OFFICER),
    SignIn("broker@kent.example", "Nia Prosser", "Broker", Role.BROKER, 0),
    SignIn("practitioner@kent.example", "Samira Haddad", "Practitioner", Role.PRACTITIONER, 0),
    SignIn("budget@kent.example", "Oliver Quill", "Budget holder", Role.BUDGET_HOLDER, 0),
    SignIn("finance@kent.example", "Jo Lindqvist", "Finance", Role.FINANCE),
    SignIn("auditor@kent.example", "Mary Eastry", "Auditor", Role.AUDITOR),
    SignIn("administrator@kent.example", "Ade Bankole", "Administrator", Role.ADMINISTRATOR),
]
NEIGHBOURS = [
    SignIn(
        "commissioner@other.example", "Carys Vaughan", "Commissioner elsewhere", Role.COMMISSIONER
    ),
]
PROVIDERS = [
    SignIn("owner@larkspur.example", "Joan Whitlow", "Provider: owner and signatory"),
    SignIn("contributor@larkspur.example", "Sam Birch", "Provider: contributor"),
    SignIn("owner@newcomer.example", "Ellis Marden", "Provider: applying for the first time"),
]


def sign_ins() -> list[SignIn]:
    """Everyone that the demo prints, in the order to try them."""
    return [*PROVIDERS, *STAFF, *NEIGHBOURS]


def person(who: SignIn) -> User:
    """The account, verified, with the demo's password."""
    user = User.objects.filter(email=who.email).first()
    if user is None:
        user = User.objects.create_user(who.email, PASSWORD, name=who.name, joined_at=now())
        EmailAddress.objects.create(user=user, email=who.email, verified=True, primary=True)
    return user


def staff(authority: Authority, people: list[SignIn]) -> dict[str, User]:
    """The authority's teams and people with their grants; the people by address."""
    teams = [
        Team.objects.get_or_create(authority=authority, name=name, defaults={"directorate": where})[
            0
        ]
        for name, where in TEAMS
    ]
    found = {}
    for who in people:
        found[who.email] = person(who)
        Grant.objects.get_or_create(
            user=found[who.email],
            authority=authority,
            role=who.role,
            defaults={
                "team": None if who.team is None else teams[who.team],
                "from_on": SINCE,
                "given_by": the_system(),
            },
        )
    return found
