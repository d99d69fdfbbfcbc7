"""People, in the workplace, and its first page."""

from importlib import import_module

from django.contrib import admin

from dps import policies
from dps.actions import accounts
from dps.admin import RecordAdmin, Step, site
from dps.home.find import find
from dps.home.forms import EndForm, GiveForm
from dps.home.todos import today_page
from dps.models import Authority, Grant, User
from lots.actions import terms
from lots.forms import setting_form
from lots.models import Scheme
from lots.policies import begin_scheme

import_module("dps.home.trail")  # the record
site.today = today_page
site.page("find/", find)


@admin.register(Authority, site=site)
class AuthorityAdmin(RecordAdmin):
    policy = policies.view_authority
    list_display = ["name", "contact_email"]
    fields = ["name", "contact_email", "colour"]
    steps = (
        Step("Give a role", policies.run_authority, accounts.give, GiveForm, "Role given."),
        Step(
            "Start a scheme",
            begin_scheme,
            terms.add,
            setting_form(Scheme, change=False),
            "Scheme started. Add its lots, its questions and its terms.",
            name="start-scheme",
            given={"model": Scheme},
            is_onward=True,
        ),
    )


@admin.register(Grant, site=site)
class GrantAdmin(RecordAdmin):
    """Who holds which role, from when until when; and who once did."""

    policy = policies.view_grant
    list_display = ["user", "role", "team", "from_on", "until_on", "given_by"]
    list_filter = ["role"]
    search_fields = ["user__name", "user__email"]
    list_select_related = ["user", "team", "given_by"]
    steps = (Step("End the role", policies.end_grant, accounts.end, EndForm, "Last day set."),)


@admin.register(User, site=site)
class UserAdmin(RecordAdmin):
    policy = policies.view_user
    list_display = ["name", "email", "joined_at"]
    search_fields = ["name", "email"]
    fields = ["name", "email", "joined_at", "is_active"]
