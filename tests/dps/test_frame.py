"""What stands around every page: who sees which links, that none is dead, and what they cost."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import resolve

from dps.home.frame import NAVIGATION, Frame, url_of
from dps.home.schemes import CHOSEN, choose_scheme
from dps.models import Role
from dps.once import asks_once
from tests.factories import (
    ApplicationFactory,
    AuthorityFactory,
    RoundFactory,
    SchemeFactory,
    UserFactory,
    member_of,
    staff,
)

pytestmark = pytest.mark.django_db


def frame_of(user, path="/"):
    request = RequestFactory().get(path)
    request.user, request.session = user, {}
    request.resolver_match = resolve(path)
    return Frame(request)


def labels(items):
    return [item.label for item in items]


def rail(user, path="/admin/"):
    return [item for part in frame_of(user, path).workplace for item in part]


def current(items):
    return [item.label for item in items if item.current]


def test_the_signed_out_are_shown_what_is_public_and_the_way_in():
    shown = labels(frame_of(AnonymousUser()).public)
    assert "Schemes" in shown
    assert shown[-1] == "Sign in"
    assert not {"Workplace", "Your applications", "Find support"} & set(shown)


def test_a_person_with_no_role_is_shown_no_way_into_the_workplace():
    assert rail(UserFactory()) == []
    assert "Workplace" not in labels(frame_of(UserFactory()).public)


def test_a_commissioner_is_shown_the_jobs_in_their_order_and_the_rest_apart():
    frame = frame_of(staff(AuthorityFactory(), Role.COMMISSIONER), "/admin/")
    jobs = [place.label for place in NAVIGATION["workplace"]]
    jobs_shown, apart = labels(frame.workplace[0]), labels(frame.workplace[1])
    assert jobs_shown[:3] == ["Today", "Schemes", "Rounds"]
    assert jobs_shown + apart == [label for label in jobs if label in jobs_shown + apart]
    assert "Audit" in apart


@pytest.mark.parametrize("role", Role)
def test_evaluation_is_shown_to_those_who_assess_alone(role):
    assess = {Role.COMMISSIONER, Role.EVALUATOR, Role.MODERATOR, Role.APPROVER, Role.AUDITOR}
    shown = labels(rail(staff(AuthorityFactory(), role)))
    assert ("Evaluation" in shown) == (role in assess)


@pytest.mark.parametrize("role", Role)
def test_no_link_of_the_workplace_is_dead(client, role):
    user = staff(AuthorityFactory(), role)
    client.force_login(user)
    frame = frame_of(user)
    urls = urls_of(rail(user), frame.public, frame.own) - shown_to_all()
    assert urls
    for url in urls:
        assert client.get(url, follow=True).status_code == 200, url


@pytest.mark.parametrize("role", [None, Role.COMMISSIONER])
def test_no_link_that_all_are_shown_is_dead(client, role):
    user = AnonymousUser()
    if role:
        user = staff(AuthorityFactory(), role)
        client.force_login(user)
    urls = shown_to_all()
    assert urls <= urls_of(frame_of(user).public, frame_of(user).footer) | {url_of("account_login")}
    for url in urls:
        assert client.get(url, follow=True).status_code == 200, url


def shown_to_all():
    frame = frame_of(AnonymousUser())
    return urls_of(frame.public, frame.footer)


def urls_of(*navigations):
    return {item.url for items in navigations for item in items}


def test_no_link_of_the_portal_is_dead(client):
    user = member_of(ApplicationFactory().organisation)
    client.force_login(user)
    items = frame_of(user, "/portal/").portal
    assert labels(items)[:2] == ["Home", "Applications"]
    for item in items:
        assert client.get(item.url, follow=True).status_code == 200, item


def test_the_job_that_a_page_belongs_to_is_marked_and_no_other():
    round = RoundFactory()
    user = staff(round.scheme.authority, Role.COMMISSIONER)
    assert current(rail(user, "/admin/")) == ["Today"]
    assert current(rail(user, "/admin/lots/round/")) == ["Rounds"]
    assert current(rail(user, f"/admin/lots/round/{round.pk}/change/")) == ["Rounds"]
    assert current(rail(user, f"/admin/lots/round/{round.pk}/close/")) == ["Rounds"]


def test_staff_see_the_authority_that_they_work_for_and_others_the_first():
    first, second = AuthorityFactory(name="Aylesmere"), AuthorityFactory(name="Brackwater")
    assert frame_of(staff(second, Role.EVALUATOR)).authority == second
    assert frame_of(AnonymousUser()).authority == first
    leader = SchemeFactory(authority__name="Zennor").authority
    assert frame_of(AnonymousUser()).authority == leader  # whose scheme it is, before a partner
    assert frame_of(UserFactory()).authority == leader


def test_a_member_is_shown_the_organisation_they_act_for():
    organisation = ApplicationFactory().organisation
    assert frame_of(member_of(organisation)).organisation == organisation
    assert frame_of(UserFactory()).organisation is None
    assert frame_of(AnonymousUser()).organisation is None


def test_what_a_page_does_not_show_costs_it_nothing(django_assert_num_queries):
    user = staff(AuthorityFactory(), Role.COMMISSIONER)
    with django_assert_num_queries(0):
        frame = frame_of(user)
        assert frame.service


def test_a_policy_is_asked_once_however_many_links_depend_on_it(django_assert_max_num_queries):
    user = staff(AuthorityFactory(), Role.COMMISSIONER)
    with django_assert_max_num_queries(6):
        asks_once(lambda request: rail(user))(None)


def chosen(user, session, **asked):
    request = RequestFactory().get("/choose/", asked)
    request.user, request.session = user, session
    return choose_scheme(request)


def test_a_scheme_is_chosen_for_the_session_and_the_job_goes_on():
    scheme, session = SchemeFactory(), {}
    user = staff(scheme.authority, Role.COMMISSIONER)
    response = chosen(user, session, scheme=str(scheme.pk), next="/admin/lots/round/")
    assert (response.status_code, response.url) == (302, "/admin/lots/round/")
    assert session == {CHOSEN: str(scheme.pk)}
    chosen(user, session, next="/admin/")
    assert session == {}


@pytest.mark.parametrize("scheme", ["", "not an id", "00000000-0000-4000-8000-000000000000"])
def test_what_is_no_scheme_of_theirs_is_not_chosen(scheme):
    session = {}
    chosen(staff(AuthorityFactory(), Role.COMMISSIONER), session, scheme=scheme)
    assert session == {}


def test_choosing_a_scheme_never_leads_elsewhere():
    user = staff(AuthorityFactory(), Role.COMMISSIONER)
    assert chosen(user, {}, next="//elsewhere.example/").url == url_of("admin:index")


def test_signing_in_wrongly_keeps_the_address_and_says_what_is_wrong(client):
    page = client.get("/accounts/login/").content.decode()
    assert 'autocomplete="email"' in page
    assert 'autocomplete="current-password"' in page
    page = client.post("/accounts/login/", {"login": "joan@example.org"}).content.decode()
    assert "<title>Error: Sign in - " in page
    assert 'value="joan@example.org"' in page
    assert re.search(r'href="#id_password">Enter your password<', page)


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/", "/nowhere/"])
def test_a_page_names_the_council_and_loads_nothing_from_elsewhere(client, path):
    AuthorityFactory(name="Aylesmere")
    page = client.get(path).content.decode()
    assert re.search(r"<title>[^<]+ - Care and support purchasing - Aylesmere</title>", page)
    assert not re.search(r'<(?!a )[^>]*(?:src|href)="https?:', page)
