"""The register: what providers that stand on a lot offer now, narrowed and counted."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db.models import CharField, Count, Exists, F, Func, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast

from dps.clock import today
from lots.models import Activity, ClientGroup, Locality, Lot, Mode, Scheme, Tier
from providers import policies
from providers.models import Admission, AdmissionState, Organisation, Rate, Service, ServiceState

ENGLISH = "english"
FACETS = ("lot", "activity", "locality", "client_group", "mode", "tier")
LABELS = {
    "lot": "Lot",
    "activity": "Activity",
    "locality": "District",
    "client_group": "Who it is for",
    "mode": "How",
    "tier": "Level of payment",
}
PATHS = {
    "lot": "lots",
    "activity": "activities",
    "locality": "localities",
    "client_group": "client_groups",
}


def offered(user, scheme: Scheme | None = None) -> QuerySet:
    """Services that are offered now: current, of providers that stand on one of their lots."""
    admitted = Admission.objects.standing().filter(
        lot__services=OuterRef("pk"), organisation=OuterRef("organisation")
    )
    rows = policies.view_service.rows(user).filter(state=ServiceState.CURRENT)
    rows = rows.filter(Exists(admitted))
    return rows.filter(scheme=scheme.pk) if scheme else rows


def narrowed(rows: QuerySet, asked: dict, but: str = "") -> QuerySet:
    """Those that have one of the choices of each facet that was asked for, and one of the words.
    `but` names a facet that is left out, to count its own choices."""
    for facet in FACETS:
        if facet != but and (chosen := asked.get(facet)):
            rows = rows.filter(HAVE[facet](chosen))
    if query := query_of(asked.get("words", "")):
        rows = rows.filter(_says(query))
    return rows


def _through(path: str):
    def have(chosen) -> Q:
        model = getattr(Service, path).through
        column = f"{model._meta.get_field(SINGULAR[path]).name}__in"
        return Q(pk__in=model.objects.filter(**{column: chosen}).values("service"))

    return have


SINGULAR = {
    "activities": "activity",
    "localities": "locality",
    "client_groups": "clientgroup",
}


def _on_lot(chosen) -> Q:
    stands = Admission.objects.standing().filter(
        lot__in=chosen, lot__services=OuterRef("pk"), organisation=OuterRef("organisation")
    )
    return Q(Exists(stands))


def _at_tier(chosen) -> Q:
    return Q(pk__in=Rate.objects.on(today()).filter(tier__key__in=chosen).values("service"))


HAVE = {
    "lot": _on_lot,
    "activity": _through("activities"),
    "locality": _through("localities"),
    "client_group": _through("client_groups"),
    "mode": lambda chosen: Q(modes__overlap=list(chosen)),
    "tier": _at_tier,
}


def query_of(words: str) -> SearchQuery | None:
    """Any of the words; which have the most comes first."""
    queries = [SearchQuery(word, config=ENGLISH) for word in (words or "").split()[:12]]
    whole = None
    for query in queries:
        whole = query if whole is None else whole | query
    return whole


def _says(query) -> Q:
    """The words are in the name or the description, an activity's name or the provider's."""
    vector = SearchVector("title", config=ENGLISH)
    activities = Activity.objects.annotate(said=vector).filter(said=query).values("pk")
    doing = Service.activities.through.objects.filter(activity__in=activities).values("service")
    name = SearchVector("name", config=ENGLISH)
    called = Organisation.objects.annotate(said=name).filter(said=query).values("pk")
    itself = Service.objects.filter(words=query).values("pk")
    return Q(pk__in=itself) | Q(pk__in=doing) | Q(organisation__in=called)


def search(user, asked: dict, scheme: Scheme | None = None) -> QuerySet:
    """The services that were asked for, best fit first: a queryset of one statement, which a page
    takes a part of; what its rows show is fetched in four more."""
    rows = narrowed(offered(user, scheme), asked)
    order = ("name", "pk")
    if query := query_of(asked.get("words", "")):
        rows = rows.annotate(fit=SearchRank(F("words"), query))
        order = ("-fit", *order)
    rows = rows.select_related("organisation", "scheme")
    return rows.prefetch_related("lots", "localities", "activities", "client_groups").order_by(
        *order
    )


# Facets


@dataclass
class Option:
    """A choice of a facet, and how many services it would leave."""

    value: str
    label: str
    count: int = 0
    is_chosen: bool = False


@dataclass
class Facet:
    name: str
    field: str
    options: list[Option] = field(default_factory=list)

    @property
    def shown(self) -> list[Option]:
        """The choices that would leave something, and those that are made."""
        return [option for option in self.options if option.count or option.is_chosen]


def facets(user, asked: dict, scheme: Scheme, choices_of_scheme: dict) -> dict[str, Facet]:
    """Every facet of a scheme with its choices (`choices_of`) and their counts: one statement."""
    counts = counted(user, asked, scheme)
    found = {}
    for name, choices in choices_of_scheme.items():
        chosen = {str(each) for each in asked.get(name) or ()}
        options = [
            Option(value, label, counts[name].get(value, 0), value in chosen)
            for value, label in choices
        ]
        found[name] = Facet(LABELS[name], name, options)
    return found


def choices_of(scheme: Scheme) -> dict[str, list[tuple[str, str]]]:
    """What there is to choose from in a scheme, by facet: value and words."""
    lots = list(Lot.objects.filter(scheme=scheme.pk))
    tiers = Tier.objects.filter(lot__scheme=scheme.pk).order_by("lot__position", "position")
    modes = [mode for mode in Mode.values if any(mode in lot.modes for lot in lots)]
    return {
        "lot": [(str(lot.pk), f"{lot.key} {lot.title}") for lot in lots],
        "activity": _terms(Activity, scheme),
        "locality": _terms(Locality, scheme),
        "client_group": _terms(ClientGroup, scheme),
        "mode": [(mode, Mode(mode).label) for mode in modes],
        "tier": list({tier.key: (tier.key, tier.title) for tier in tiers}.values()),
    }


def _terms(model, scheme) -> list[tuple[str, str]]:
    return [(str(term.pk), term.title) for term in model.objects.filter(scheme=scheme.pk)]


def counted(user, asked: dict, scheme: Scheme) -> dict[str, dict[str, int]]:
    """How many services each choice of each facet would leave, by the others that were asked for:
    one statement."""
    rows = offered(user, scheme)
    parts = [_count(narrowed(rows, asked, but=name), name) for name in FACETS]
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for name, key, number in parts[0].union(*parts[1:], all=True):
        if key:
            found[name][key] = number
    return found


def _count(rows: QuerySet, facet: str) -> QuerySet:
    """Rows of (facet, choice, number) of services."""
    ids = rows.values("pk")
    within = Service.objects.filter(pk__in=ids).order_by()
    if facet == "mode":
        within = within.annotate(key=Func(F("modes"), function="unnest", output_field=CharField()))
    elif facet == "tier":
        within = Rate.objects.on(today()).filter(service__in=ids).order_by()
        within = within.annotate(key=F("tier__key"))
    elif facet == "lot":
        within = Admission.objects.standing().filter(
            lot__services__in=ids, organisation=F("lot__services__organisation")
        )
        within = within.order_by().annotate(key=F("lot"))
    else:
        within = within.annotate(key=F(PATHS[facet]))
    what = {"tier": "service", "lot": "lot__services"}.get(facet, "pk")
    return (
        within.annotate(facet=Value(facet), choice=Cast("key", CharField()))
        .values("facet", "choice")
        .annotate(number=Count(what, distinct=True))
        .values_list("facet", "choice", "number")
    )


# Standing


@dataclass(frozen=True)
class Standing:
    """A lot on which the provider of a service stands, and since when it is suspended, if it is."""

    lot: Lot
    is_suspended: bool
    is_in_force: bool


def standings(services) -> dict:
    """By the id of each service, its lots with the provider's standing: those it stands on, in
    order. One statement. (Their lots are fetched.)"""
    day = today()
    held = {}
    rows = Admission.objects.standing().filter(
        organisation__in={service.organisation_id for service in services}
    )
    for admission in rows:
        covers = admission.agreement_until is None or admission.agreement_until >= day
        begun = admission.agreement_from is not None and admission.agreement_from <= day
        held[admission.lot_id, admission.organisation_id] = Standing(
            None, admission.state == AdmissionState.SUSPENDED, covers and begun
        )
    return {
        service.pk: [
            Standing(lot, found.is_suspended, found.is_in_force)
            for lot in service.lots.all()
            if (found := held.get((lot.pk, service.organisation_id)))
        ]
        for service in services
    }


def shown(user, service: Service) -> Service:
    """A service with what its page shows."""
    rows = policies.view_service.rows(user).select_related("organisation", "scheme__authority")
    return rows.prefetch_related("lots", "localities", "activities", "client_groups").get(
        pk=service.pk
    )


def others_of(user, service: Service) -> QuerySet:
    """What else the provider offers under the scheme."""
    rows = offered(user, service.scheme).filter(organisation=service.organisation_id)
    return rows.exclude(pk=service.pk).order_by("name")[:25]
