"""What stands around every page: the authority, the navigation, the person. A navigation shows only
what is there and what the person may use, so that none of its links is dead."""

from dataclasses import dataclass
from functools import cache, cached_property
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef
from django.urls import NoReverseMatch, resolve, reverse

from dps.calendar import Calendar
from dps.home.schemes import CHOSEN
from dps.home.waiting import numbers
from dps.models import Authority, BankHoliday, Grant, Part, Role
from dps.policies import Gate, Policy, Public, use_workplace
from lots.models import Scheme
from lots.policies import view_scheme
from providers.models import Organisation

SERVICE = "Care and support purchasing"


@dataclass(frozen=True)
class Place:
    """An entry of a navigation: a page by the name of its URL.

    It is shown to those whom the page's own policy allows, or `gate` where the page asks more than
    the list of it. `part` gathers entries under a rule; `views` are beginnings of the names of the
    other pages that belong to it ("admin:lots_round_"); `count` names what waits there for a person
    (dps.home.waiting).
    """

    label: str
    url: str
    views: tuple[str, ...] = ()
    gate: Policy | None = None
    count: str = ""
    part: int = 0


@dataclass(frozen=True)
class Item:
    """A link of a navigation as one person sees it on one page."""

    label: str
    url: str
    count: int | None = None
    current: bool = False
    part: int = 0


ASSESS = (Role.COMMISSIONER, Role.EVALUATOR, Role.MODERATOR, Role.APPROVER, Role.AUDITOR)


@Gate
def assess(user):
    """Those who evaluate, moderate, approve and audit: others would never find anything there."""
    return bool(Grant.objects.authorities(user, *ASSESS))


NAVIGATION: dict[str, list[Place]] = {
    "public": [
        Place("Schemes", "lots:schemes", ("lots:",)),
        Place("Register", "public_register", ("register",)),
        Place("Awards", "awards:reports", ("awards:report",)),
        Place("Your applications", "providers:applications"),
        Place("Find support", "packages:search"),
        Place("Workplace", "admin:index", gate=use_workplace),
    ],
    "portal": [
        Place("Home", "portal"),
        Place(
            "Applications",
            "providers:applications",
            (
                "providers:application",
                "providers:apply",
                "providers:section",
                "providers:submission",
                "providers:submit",
            ),
        ),
        Place("Services and rates", "providers:services", ("providers:service", "providers:rate")),
        Place("Call-offs", "packages:call_offs", ("packages:call_off", "packages:offer")),
        Place("Orders", "packages:orders", ("packages:order", "packages:identity")),
        Place("Agreements", "awards:agreements", ("awards:agreement", "awards:result")),
        Place("Returns", "providers:returns", ("providers:return",)),
        Place(
            "Organisation",
            "providers:organisations",
            ("providers:organisation", "providers:member", "providers:document"),
        ),
    ],
    "work": [
        Place("Find support", "packages:search", ("packages:compare", "packages:service")),
        Place(
            "My packages",
            "packages:packages",
            ("packages:package", "packages:choose", "packages:identity"),
        ),
        Place("Competitions", "packages:competitions", ("packages:competition",)),
        Place("Placements", "packages:placements", ("packages:placement",)),
    ],
    "workplace": [
        Place("Today", "admin:index", gate=use_workplace),
        Place("Schemes", "admin:lots_scheme_changelist", ("admin:lots_scheme_", "admin:lots_lot_")),
        Place("Rounds", "admin:lots_round_changelist", ("admin:lots_round_",)),
        Place(
            "Evaluation",
            "admin:awards_evaluation_changelist",
            (
                "admin:awards_evaluation_",
                "admin:awards_assignment_",
                "admin:queue",
                "admin:reading_pane",
                "admin:mark",
                "admin:hand_in",
                "admin:moderate",
                "admin:check",
                "admin:interests",
                "admin:allocation",
            ),
            gate=assess,
            count="evaluation",
        ),
        Place(
            "Award reports",
            "admin:awards_report_changelist",
            ("admin:awards_report_", "admin:appendix", "admin:start_report"),
            count="reports",
        ),
        Place(
            "Decisions",
            "admin:lots_decision_changelist",
            ("admin:lots_decision_",),
            count="decisions",
        ),
        Place(
            "Register",
            "admin:providers_admission_changelist",
            (
                "admin:providers_admission_",
                "admin:providers_service_",
                "admin:providers_organisation_",
            ),
        ),
        Place("Call-offs", "admin:packages_calloff_changelist", ("admin:packages_calloff_",)),
        Place(
            "Contracts",
            "admin:awards_agreement_changelist",
            ("admin:awards_agreement_",),
            count="contracts",
        ),
        Place(
            "Returns",
            "admin:kpi_periods",
            ("admin:kpi", "admin:providers_return_"),
            count="returns",
        ),
        Place("Money", "admin:spend", ("admin:packages_budget_",)),
        Place(
            "Audit",
            "admin:dps_event_changelist",
            ("admin:dps_event_", "admin:dps_excepted_"),
            part=1,
        ),
        Place("Set-up", "admin:set_up", ("admin:app_list",), part=1),
    ],
    "footer": [
        Place("Accessibility statement", "accessibility"),
        Place("Privacy", "privacy"),
        Place("Contact the commissioning team", "contact"),
        Place("Open data", "open_data"),
    ],
    "own": [
        Place("Find support", "packages:search"),
        Place("Workplace", "admin:index", gate=use_workplace),
        Place("Your e-mail addresses", "account_email"),
        Place("Change your password", "account_change_password"),
        Place("Two-step sign-in", "mfa_index"),
    ],
}


class Frame:
    """Asked for by templates piece by piece: what a page does not show costs it nothing."""

    service = SERVICE

    def __init__(self, request):
        self.request, self._answers = request, {}

    @cached_property
    def user(self):
        """Nobody, where a request came to grief before it was known whose it is."""
        return getattr(self.request, "user", None) or AnonymousUser()

    @cached_property
    def authority(self) -> Authority | str:
        """The authority a member of staff works for; for others the first there is."""
        return authority_of(self.user) or SERVICE

    @cached_property
    def organisation(self) -> Organisation | None:
        """The provider a person acts for."""
        if not self.user.is_authenticated:
            return None
        held = Organisation.objects.filter(members__user=self.user.pk, members__left_at=None)
        return held.order_by("name").first()

    @cached_property
    def role(self) -> str:
        """What a member of staff is, in words."""
        held = Grant.objects.in_force().filter(user=self.user.pk).order_by("from_on").first()
        return held.get_role_display().lower() if held else ""

    @cached_property
    def calendar(self) -> Calendar:
        """By which the clocks of the page count working days."""
        return BankHoliday.objects.calendar(Part.ENGLAND)

    @cached_property
    def public(self) -> list[Item]:
        items = self._items("public")
        if not self.user.is_authenticated:
            items += self._items_of([Place("Sign in", "account_login")])
        return items

    @cached_property
    def least(self) -> list[Item]:
        """Of the public navigation what the whole world may use: for a page that only says no,
        and is not to cost more than the page would have."""
        return self._items_of(
            [place for place in NAVIGATION["public"] if isinstance(gate_of(place), Public)]
        )

    @cached_property
    def portal(self) -> list[Item]:
        return self._items("portal")

    @cached_property
    def work(self) -> list[Item]:
        return self._items("work")

    @cached_property
    def workplace(self) -> list[list[Item]]:
        """The rail, in its parts."""
        items = self._items("workplace")
        parts = sorted({item.part for item in items})
        return [[item for item in items if item.part == part] for part in parts]

    @cached_property
    def waiting(self) -> dict[str, int]:
        """{address of an entry of the rail: how much waits there}. Today shows it at once; the
        other pages ask for it when they are there (static/product.js), for it costs as much as
        many of them."""
        found = numbers(self.user)
        places = [place for place in NAVIGATION["workplace"] if place.count in found]
        return {url_of(place.url): found[place.count] for place in places}

    @cached_property
    def is_today(self) -> bool:
        match = self.request.resolver_match
        return bool(match) and match.view_name == "admin:index"

    @cached_property
    def footer(self) -> list[Item]:
        return self._items("footer")

    @cached_property
    def own(self) -> list[Item]:
        """What is a person's own: the other places they may work in, and their account."""
        return [item for item in self._items("own") if item.url != self.request.path]

    @cached_property
    def find_url(self) -> str:
        """Where the box at the top looks; none while there is no such page."""
        return url_of("admin:find") or ""

    @cached_property
    def scheme(self):
        """The scheme chosen at the top, of those the person may see."""
        chosen = self.request.session.get(CHOSEN)
        return next((s for s in self._schemes if str(s.pk) == chosen), None)

    @cached_property
    def schemes(self) -> list[Item]:
        """The schemes one may switch to; the job stays the same."""
        if not url_of("choose_scheme"):
            return []
        return [
            Item(scheme.title, self._choosing(scheme.pk), current=scheme == self.scheme)
            for scheme in self._schemes
        ]

    @cached_property
    def every_scheme_url(self) -> str:
        return self._choosing(None)

    @cached_property
    def _schemes(self):
        return list(view_scheme.rows(self.user).order_by("title"))

    def _choosing(self, pk) -> str:
        jobs = [item.url for part in self.workplace for item in part if item.current]
        asked = {"next": jobs[0] if jobs else self.request.path} | ({"scheme": pk} if pk else {})
        return f"{reverse('choose_scheme')}?{urlencode(asked)}"

    def _items(self, name: str) -> list[Item]:
        return self._items_of(NAVIGATION[name])

    def _items_of(self, places: list[Place]) -> list[Item]:
        shown = [(place, url) for place in places if (url := url_of(place.url))]
        shown = [(place, url) for place, url in shown if self._may_use(place, url)]
        here = self._here(shown)
        return [
            Item(place.label, url, self._count(place, url), place is here, place.part)
            for place, url in shown
        ]

    def _may_use(self, place: Place, url: str) -> bool:
        gate = gate_of(place)
        if gate is None:
            return True
        if gate not in self._answers:
            self._answers[gate] = gate.allows(self.user)
        return self._answers[gate]

    def _here(self, shown: list[tuple[Place, str]]) -> Place | None:
        """The entry that this page belongs to: it, the job it is named for, or what is above."""
        match, path = self.request.resolver_match, self.request.path
        name = match.view_name if match else ""
        exact = [place for place, url in shown if url == path]
        named = [place for place, _ in shown if name.startswith(place.views or ("-",))]
        above = [place for place, url in shown if path.startswith(url) and url.count("/") > 2]
        return next(iter(exact + named + above), None)

    def _count(self, place: Place, url: str) -> int | None:
        return self.waiting.get(url) if place.count and self.is_today else None


@cache
def gate_of(place: Place) -> Policy | None:
    """Who may use the page of an entry; None where it does not say, or there is no such page."""
    url = url_of(place.url)
    return place.gate or (getattr(resolve(url).func, "policy", None) if url else None)


def url_of(name: str) -> str | None:
    """The address of a page that is there."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def authority_of(user) -> Authority | None:
    """Whose look the pages have: the authority a person works for, else the first by name of those
    that lead a scheme."""
    leads = Scheme.objects.filter(authority=OuterRef("pk"))
    if held := Grant.objects.authorities(user):
        return Authority.objects.filter(pk__in=held).order_by("name").first()
    return Authority.objects.order_by(Exists(leads).desc(), "name").first()


def frame(request) -> dict:
    """The context processor. Nothing is looked up until a template asks for it."""
    return {"frame": Frame(request)}
