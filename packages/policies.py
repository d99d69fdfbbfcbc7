"""Who may do what with packages, placements, call-offs and offers."""

from django.db.models import Exists, OuterRef, Q

from dps.clock import now, today
from dps.models import Grant, Role, Team
from dps.policies import ALL, Gate, policy
from lots.policies import is_the_system, view_scheme_file
from packages.models import (
    CallOff,
    Identity,
    Invitation,
    Look,
    Marker,
    Offer,
    OfferDraft,
    OfferSubmission,
    Package,
    PackageState,
    Placement,
    PlacementState,
    Release,
)
from providers.models import Member, Service, is_clear
from providers.policies import view_service

# Packages, identities, placements

PLACE = (Role.PRACTITIONER, Role.BROKER)
OVERSEE = (Role.FINANCE, Role.CONTRACT_MANAGER, Role.AUDITOR)
LASTING = (PlacementState.ACCEPTED, PlacementState.STARTED)


@Gate
def find_support(user):
    """Search the register with prices: whoever holds a role in an authority."""
    return bool(Grant.objects.authorities(user))


@Gate
def see_packages(user):
    """The list of packages: those who write, place, pay for or audit any."""
    roles = (*PLACE, Role.BUDGET_HOLDER, Role.AUDITOR)
    return bool(Grant.objects.authorities(user, *roles))


@Gate
def see_placements(user):
    """The list of placements: those who place, pay for and oversee them."""
    return bool(Grant.objects.authorities(user, *PLACE, Role.BUDGET_HOLDER, *OVERSEE))


@Gate
def begin_package(user):
    """The page that starts one: practitioners."""
    return bool(Grant.objects.authorities(user, Role.PRACTITIONER))


@policy(Team)
def view_team(user):
    """The staff of its authority."""
    return Q(authority__in=Grant.objects.authorities(user))


@policy(Team, within=view_team)
def start_package(user):
    """Practitioners of the team, or of all teams."""
    return _teams(user, Role.PRACTITIONER)


@policy(Team, within=view_team)
def view_spend(user):
    """What its placements cost, in totals: finance, commissioners, contract managers and auditors
    of its authority, and its own budget holders."""
    overseen = Grant.objects.authorities(user, Role.COMMISSIONER, *OVERSEE)
    return Q(authority__in=overseen) | _teams(user, Role.BUDGET_HOLDER)


@policy(Service, within=view_service)
def price_service(user):
    """See what a pattern costs with it, and compare it: the staff of the scheme's authorities."""
    return Q(scheme__in=view_scheme_file.ids(user))


@policy(Package)
def view_package(user):
    """Its team's practitioners and budget holders, the broker it was referred to, and auditors of
    its authority (rule 6). Of the rest of the authority others see counts only."""
    audited = Grant.objects.authorities(user, Role.AUDITOR)
    return (
        _of_team(user, Role.PRACTITIONER, Role.BUDGET_HOLDER)
        | _referred(user)
        | Q(authority__in=audited)
    )


@policy(Package, within=view_package)
def change_package(user):
    """Write what it says: practitioners of its team."""
    return _of_team(user, Role.PRACTITIONER)


@policy(Package, within=view_package)
def identify_package(user):
    """Write who the person is: practitioners of its team."""
    return _of_team(user, Role.PRACTITIONER) & ~Q(state=PackageState.CLOSED)


@policy(Package, within=view_package)
def refer_package(user):
    """Refer it to a broker: practitioners of its team."""
    return _of_team(user, Role.PRACTITIONER)


@policy(Package, within=view_package)
def close_package(user):
    """Close it: practitioners of its team."""
    return _of_team(user, Role.PRACTITIONER)


@policy(Package, within=view_package)
def place_package(user):
    """Choose a provider for it: practitioners of its team, and the broker it was referred to."""
    return _of_team(user, Role.PRACTITIONER) | _referred(user)


@policy(Package, within=view_package)
def approve_package(user):
    """Approve it over its budget: budget holders of its team, but not who wrote it or places it."""
    return _of_team(user, Role.BUDGET_HOLDER) & ~Q(made_by=user.pk) & ~_referred(user)


@policy(Identity)
def view_identity(user):
    """That there is one: practitioners of the package's team, its broker, auditors of the
    authority, and the provider that it was released to while the placement lasts."""
    audited = Q(package__authority__in=Grant.objects.authorities(user, Role.AUDITOR))
    return _team_or_broker(user) | audited | _released_to(user)


@policy(Identity, within=view_identity, records=True)
def view_identity_file(user):
    """Who read it, and when: practitioners of the package's team, and auditors."""
    audited = Q(package__authority__in=Grant.objects.authorities(user, Role.AUDITOR))
    return _of_team(user, Role.PRACTITIONER, path="package__") | audited


@policy(Identity, within=view_identity, opens=True)
def open_identity(user):
    """Read who the person is: practitioners of the package's team, its broker, the provider that it
    was released to while the placement lasts, and an auditor on the day of a recorded reason."""
    looked = Look.objects.filter(by=user.pk, on=today()).values("identity")
    audited = Q(package__authority__in=Grant.objects.authorities(user, Role.AUDITOR))
    return _team_or_broker(user) | _released_to(user) | audited & Q(pk__in=looked)


@policy(Identity, within=view_identity)
def look_into(user):
    """Ask to read it, with the reason: auditors of the authority."""
    return Q(package__authority__in=Grant.objects.authorities(user, Role.AUDITOR))


@policy(Placement)
def view_placement(user):
    """Those who see the package; finance, contract managers and auditors of its authority; the
    provider, once it was sent the order; and the system, which starts and ends it."""
    if is_the_system(user):
        return ALL
    overseen = Q(package__authority__in=Grant.objects.authorities(user, *OVERSEE))
    seen = Q(package__in=view_package.rows(user).values("pk"))
    return seen | overseen | _sent_to(user)


@policy(Placement, within=view_placement, records=True)
def view_placement_file(user):
    """Its history and reasons: those who see the package, and those who oversee."""
    overseen = Q(package__authority__in=Grant.objects.authorities(user, *OVERSEE))
    return Q(package__in=view_package.rows(user).values("pk")) | overseen


@policy(Placement, within=view_placement)
def run_placement(user):
    """Order, change, end it and release the identity: those who may place the package."""
    return Q(package__in=place_package.rows(user).values("pk"))


@policy(Placement, within=view_placement)
def start_placement(user):
    """The system, on its day; those who run it, should it fail."""
    return ALL if is_the_system(user) else Q(package__in=place_package.rows(user).values("pk"))


@policy(Placement, within=view_placement)
def view_order(user):
    """The order: the provider it was sent to."""
    return _sent_to(user)


@policy(Placement, within=view_placement)
def answer_order(user):
    """Accept or refuse the order: owners of the provider, whom it binds."""
    return _sent_to(user, is_owner=True)


def _of_team(user, *roles, path: str = "") -> Q:
    """Packages (at the end of a path) of teams in which the user holds a role; a grant without a
    team is for all teams of its authority."""
    return _teams(user, *roles, team=f"{path}team", authority=f"{path}authority")


def _teams(user, *roles, team: str = "pk", authority: str = "authority") -> Q:
    """What is of a team for which the user holds a role."""
    teams = Grant.objects.teams(user, *roles)
    whole = Grant.objects.whole_authorities(user, *roles)
    return Q(**{f"{team}__in": teams}) | Q(**{f"{authority}__in": whole})


def _referred(user, path: str = "") -> Q:
    """Packages that were referred to the user, who is a broker of their authority."""
    held = Grant.objects.authorities(user, Role.BROKER)
    return Q(**{f"{path}broker": user.pk, f"{path}authority__in": held})


def _team_or_broker(user) -> Q:
    return _of_team(user, Role.PRACTITIONER, path="package__") | _referred(user, "package__")


def _released_to(user) -> Q:
    """Identities released to the user's organisation, while the placement lasts."""
    lasts = Q(placement__ends_on=None) | Q(placement__ends_on__gte=today())
    given = Release.objects.filter(
        lasts,
        organisation__in=Member.objects.organisations(user),
        placement__state__in=LASTING,
    )
    return Q(pk__in=given.values("identity"))


def _sent_to(user, **only) -> Q:
    return Q(organisation__in=Member.objects.organisations(user, **only), ordered_at__isnull=False)


# Call-offs and offers


@Gate
def use_competitions(user):
    """Those who buy, and those who are named to mark."""
    buying = Grant.objects.authorities(user, Role.PRACTITIONER, Role.BROKER)
    return bool(buying) or Marker.objects.filter(user=user.pk).exists()


@policy(CallOff)
def view_call_off(user):
    """Providers that were invited; the package's team, its broker, those named to mark; in the
    package's authority, commissioners and auditors; the system. The need is anonymous (rule 5), and
    of offers it tells nothing."""
    if is_the_system(user):
        return ALL
    return _is_invited(user) | _works_on(user, "") | _oversees(user)


@policy(CallOff, within=view_call_off, records=True)
def view_call_off_file(user):
    """Its history, and the evidence of who was invited: those who work on it, commissioners and
    auditors of the authority."""
    return _works_on(user, "") | _oversees(user)


@policy(CallOff, within=view_call_off)
def work_on_call_off(user):
    """The package's team, its broker, and those named to mark."""
    return _works_on(user, "")


@policy(CallOff, within=view_call_off)
def run_call_off(user):
    """Publish, extend, cancel, open: practitioners of the team, the broker."""
    return _buys(user)


@policy(CallOff, within=view_call_off)
def close_call_off(user):
    """The system, on time; practitioners of the team and the broker, should it fail."""
    return ALL if is_the_system(user) else _buys(user)


@policy(CallOff, within=view_call_off)
def answer_call_off(user):
    """Offer or decline: members of an organisation that was invited."""
    return _is_invited(user)


@policy(CallOff, within=view_call_off)
def read_ranking(user):
    """All the offers side by side, once they are opened: those who work on the call-off and have
    declared that they have no interest in any that offered (rule 7), and auditors."""
    audited = Q(package__authority__in=Grant.objects.authorities(user, Role.AUDITOR))
    opened = Q(pk__in=CallOff.objects.opened(now()).values("pk"))
    return opened & (_works_on(user, "") & _is_clear_of_all(user) | audited)


@policy(CallOff, within=view_call_off)
def decide_call_off(user):
    """Rank, record the preference, award: practitioners of the team and the broker, clear of every
    interest in any that offered (rule 7)."""
    opened = Q(pk__in=CallOff.objects.opened(now()).values("pk"))
    return opened & _buys(user) & _is_clear_of_all(user)


@policy(Offer)
def view_offer(user):
    """The provider, always; those who work on the call-off and auditors, what was submitted once it
    is opened (rule 1)."""
    own = Q(organisation__in=Member.objects.organisations(user))
    audited = Grant.objects.authorities(user, Role.AUDITOR)
    reading = _works_on(user, "call_off__") | Q(call_off__package__authority__in=audited)
    opened = Offer.objects.opened(now()).filter(reading)
    return own | Q(pk__in=opened.values("pk"))


@policy(Offer, within=view_offer)
def write_offer(user):
    """Any member of the provider."""
    return Q(organisation__in=Member.objects.organisations(user))


@policy(Offer, within=view_offer)
def submit_offer(user):
    """An owner of the provider: it binds the organisation."""
    return Q(organisation__in=Member.objects.organisations(user, is_owner=True))


@policy(Offer, within=view_offer)
def mark_offer(user):
    """Those named to mark, once it is opened, who have declared no interest in who offers
    (rule 7)."""
    named = Marker.objects.filter(user=user.pk).values("call_off")
    opened = Q(pk__in=Offer.objects.opened(now()).values("pk"))
    return opened & Q(call_off__in=named) & is_clear(user, "organisation", "call_off__scheme")


@policy(OfferDraft, opens=True)
def edit_offer(user):
    """Any member of the provider, and never anyone else."""
    return Q(offer__organisation__in=Member.objects.organisations(user))


@policy(OfferSubmission, opens=True)
def open_offer(user):
    """The provider, each of its own; the one that counts, those who work on the call-off, once they
    have declared that they have no interest in who offers (rule 7), and auditors."""
    own = Q(offer__organisation__in=Member.objects.organisations(user))
    standing = Q(pk__in=OfferSubmission.objects.standing().values("pk"))
    seen = Q(offer__in=view_offer.rows(user).values("pk"))
    audited = Grant.objects.authorities(user, Role.AUDITOR)
    is_auditor = Q(offer__call_off__package__authority__in=audited)
    clear = is_clear(user, "offer__organisation", "offer__call_off__scheme")
    return own | standing & seen & (clear | is_auditor)


def _buys(user, path: str = "package__") -> Q:
    """Rows whose package (at the end of the path) the person buys for."""
    return _of_team(user, Role.PRACTITIONER, path=path) | _referred(user, path)


def _works_on(user, path: str) -> Q:
    """Rows whose call-off the person buys for, or was named to mark."""
    named = Marker.objects.filter(user=user.pk).values("call_off")
    return _buys(user, f"{path}package__") | Q(**{f"{path}pk__in": named})


def _oversees(user) -> Q:
    overseen = Grant.objects.authorities(user, Role.COMMISSIONER, Role.AUDITOR)
    return Q(package__authority__in=overseen)


def _is_invited(user) -> Q:
    organisations = Member.objects.organisations(user)
    invited = Invitation.objects.filter(organisation__in=organisations, withheld="")
    return Q(pk__in=invited.values("call_off"))


def _is_clear_of_all(user) -> Q:
    """Call-offs on which the person has said of each that offered that they have no interest."""
    unclear = Offer.objects.standing().exclude(is_clear(user, "organisation", "call_off__scheme"))
    return ~Q(Exists(unclear.filter(call_off=OuterRef("pk"))))
