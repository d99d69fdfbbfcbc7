"""People and the record, in the workplace."""

from django.apps import apps
from django.contrib import admin
from django.utils.html import format_html
from django.utils.text import capfirst

from dps import policies
from dps.actions import accounts
from dps.admin import RecordAdmin, Step, page_of, site
from dps.home.find import find
from dps.home.forms import EndForm, GiveForm
from dps.home.todos import today_page
from dps.models import Authority, Event, Grant, User
from dps.templatetags.words import spoken_verb
from lots.actions import terms
from lots.forms import setting_form
from lots.models import Scheme
from lots.policies import begin_scheme

site.today = today_page
site.page("find/", find)


@admin.register(Authority, site=site)
class AuthorityAdmin(RecordAdmin):
    policy = policies.view_authority
    list_display = ["name", "contact_email"]
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


class AboutFilter(admin.SimpleListFilter):
    """By the kind of what they are about: the kinds that have a page here, whether or not anything
    of theirs is on record, for that there is may be sealed."""

    title, parameter_name = "about", "about"

    def lookups(self, request, model_admin):
        models = [sees.model for sees in policies.subjects().values()]
        shown = [model._meta for model in models if site.is_registered(model)]
        kinds = [(meta.label_lower, capfirst(meta.verbose_name)) for meta in shown]
        return sorted(kinds, key=lambda kind: kind[1])

    def queryset(self, request, queryset):
        return queryset.filter(subject_kind=self.value()) if self.value() else queryset


@admin.register(Event, site=site)
class EventAdmin(RecordAdmin):
    """The audit trail: each event to those who may see what it is about."""

    policy = policies.view_event
    list_display = ["at", "by", "what", "about", "why"]
    ordering = ["-at"]
    list_filter = [AboutFilter]
    search_fields = ["verb", "why"]
    list_select_related = ["by"]

    @admin.display(description="What", ordering="verb")
    def what(self, event):
        return spoken_verb(event.verb)

    @admin.display(description="About", ordering="subject_kind")
    def about(self, event):
        """Its kind, with the way to its page. What it is called would be a query a row."""
        model = apps.get_model(event.subject_kind)
        name = capfirst(model._meta.verbose_name)
        if site.is_registered(model) and (url := page_of(model(pk=event.subject_id))):
            return format_html('<a href="{}">{}</a>', url, name)
        return name
