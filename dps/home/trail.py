"""The record in the workplace: what was done, and where a rule was departed from."""

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.utils.html import format_html
from django.utils.text import capfirst

from dps import policies
from dps.admin import RecordAdmin, site
from dps.home.named import Named, name_subjects
from dps.models import Event, Excepted
from dps.templatetags.words import spoken_verb
from dps.told import verbs_like
from dps.words import uk_instant


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


class NamedList(ChangeList):
    """A list of entries that knows what each of those it shows is about."""

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        name_subjects(request.user, self.result_list)


class EntryAdmin(RecordAdmin):
    """Entries about things of any kind."""

    ordering = ["-at"]
    list_filter = [AboutFilter]
    list_select_related = ["by"]

    def get_changelist(self, request, **kwargs):
        return NamedList

    @admin.display(description="About", ordering="subject_kind")
    def about(self, entry):
        """Its name, with its kind beneath it and the way to its page; else its kind."""
        return said(entry.subject)

    @admin.display(description="By", ordering="by")
    def who(self, entry):
        return "The system" if entry.by.is_the_system else str(entry.by)

    def happened(self, entry, user):
        """What else was done to what it is about."""
        return policies.history(user, apps.get_model(entry.subject_kind)(pk=entry.subject_id))

    def entry_facts(self, entry, user):
        name_subjects(user, [entry])
        yield "About", to(entry.subject)
        yield "Which is", entry.subject.kind
        yield "When", uk_instant(entry.at)
        yield "By", self.who(entry)
        if entry.why:
            yield "Why", entry.why


def to(subject: Named):
    """Its name, or its kind where it has none to tell, with the way to its page."""
    name = subject.name or subject.kind
    return format_html('<a href="{}">{}</a>', subject.url, name) if subject.url else name


def said(subject: Named):
    if not subject.name:
        return to(subject)
    return format_html('{}<span class="sub">{}</span>', to(subject), subject.kind)


@admin.register(Event, site=site)
class EventAdmin(EntryAdmin):
    """The audit trail: each event to those who may see what it is about."""

    policy = policies.view_event
    list_display = ["at", "who", "what", "about", "why"]
    search_fields = ["verb", "why"]

    def get_search_results(self, request, queryset, search_term):
        """By the words that the list shows, too."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if not search_term:
            return found, may_repeat
        told = queryset.filter(verb__in=verbs_like(search_term))
        return found | told, may_repeat

    @admin.display(description="What", ordering="verb")
    def what(self, event):
        return spoken_verb(event.verb)

    def facts(self, event, user):
        return [("What", self.what(event)), *self.entry_facts(event, user)]


@admin.register(Excepted, site=site)
class ExceptionAdmin(EntryAdmin):
    """The register of exceptions."""

    policy = policies.view_exception
    list_display = ["at", "rule_said", "about", "who", "why"]
    search_fields = ["rule", "why"]

    @admin.display(description="Rule", ordering="rule")
    def rule_said(self, entry):
        return capfirst(entry.rule.replace("_", " "))

    def facts(self, entry, user):
        return [("Rule", self.rule_said(entry)), *self.entry_facts(entry, user)]
