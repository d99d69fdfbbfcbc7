"""What the whole world may see, and that it may do nothing with it."""

import pytest
from django.contrib.auth.models import AnonymousUser

from dps.policies import policy
from lots import policies
from lots.models import Scheme
from tests.factories import SchemeFactory, staff


def test_the_signed_out_see_what_is_announced_and_only_that(client, db):
    announced, planned = SchemeFactory(), SchemeFactory(published_at=None)
    assert set(policies.view_scheme.rows(AnonymousUser())) == {announced}
    statuses = [client.get(f"/schemes/{s.pk}/").status_code for s in (announced, planned)]
    assert statuses == [200, 302]


def test_what_may_be_seen_by_all_is_not_acted_on_by_the_signed_out(db):
    scheme = SchemeFactory()
    assert policies.run_scheme.find(AnonymousUser(), scheme.pk) == (scheme, False)
    assert not policies.run_scheme.allows(AnonymousUser(), scheme)


def test_one_who_has_left_is_the_public(db):
    planned = SchemeFactory(published_at=None)
    commissioner = staff(planned.authority, "commissioner")
    assert policies.view_scheme.allows(commissioner, planned)
    commissioner.is_active = False
    assert not policies.view_scheme.allows(commissioner, planned)


def test_one_policy_says_who_sees_a_table():
    with pytest.raises(LookupError, match=r"Scheme has lots\.view_scheme already"):
        policy(Scheme)(lambda user: None)
