"""The commissioner's workplace. Records are read here and changed by steps, which call actions."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, path, reverse
from django.views.decorators.http import require_safe

from dps.forms import Form, ReasonForm
from dps.pages import posted
from dps.policies import Policy, history, use_workplace

NEWEST = 20  # events that a record's page shows
FACTS = "Key facts"


class Site(admin.AdminSite):
    site_header = "Commissioning"

    def __init__(self, name):
        super().__init__(name)
        self.pages = []
        self.today = lambda user: {}  # what the first page shows a person: dps.home says
        self.added: dict[type, list[Callable]] = {}  # parts that upper apps add to a record's page

    def has_permission(self, request):
        return use_workplace.allows(request.user)

    def each_context(self, request):
        """What every page is given. The frame asks for its navigation itself (dps.home.frame), so
        none of them pays for Django's list of apps."""
        return {"site_header": self.site_header}

    def index(self, request, extra_context=None):
        """Today: what waits for the person, by when."""
        context = self.each_context(request) | self.today(request.user)
        return TemplateResponse(request, "admin/index.html", context)

    def page(self, path_: str, view: Callable) -> None:
        """Add a page of our own (a queue, a reading pane) in the workplace's frame: a view under
        `@page` that answers with a TemplateResponse extending "admin/base_site.html"."""

        @wraps(view)
        def framed(request, **ids):
            response = view(request, **ids)
            if getattr(response, "context_data", None) is not None:
                response.context_data = self.each_context(request) | response.context_data
            return response

        self.pages.append(path(path_, self.admin_view(framed), name=view.__name__))

    def adds(self, model: type) -> Callable:
        """Decorate a function of a record and a user that yields more parts of the page of a kind
        of record: for an app above the one whose page it is."""

        def decorate(function: Callable) -> Callable:
            self.added.setdefault(model, []).append(function)
            return function

        return decorate

    def get_urls(self):
        return self.pages + super().get_urls()

    def searched(self) -> list[admin.ModelAdmin]:
        """The kinds of record whose lists are looked through by words."""
        return [each for each in self._registry.values() if each.search_fields]


site = Site(name="admin")


@dataclass(frozen=True)
class Step:
    """A button on a record: who may, what it calls, what it asks first.

    `part` is the title of the part of the page that it stands beside ("Lots", "Key facts"); with
    none it is among the main steps. `given` are arguments of the action that nobody is asked
    for, `name` tells apart two steps that call one action. `is_onward` goes on to the page of what
    was made, `is_upward` back to what the record lay in.
    `applies` says of a record whether the step makes sense in its state; `why_not` why it cannot be
    taken now, where people should know ("" when it can); `says` what it will do, beyond its label.
    """

    label: str
    policy: Policy
    action: Callable
    form: type[Form] = ReasonForm
    done: str = "Done."
    part: str = ""
    name: str = ""
    kind: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    is_onward: bool = False
    is_upward: bool = False
    applies: Callable = lambda record: True
    why_not: Callable = lambda record: ""
    says: Callable = lambda record: ""

    @property
    def slug(self):
        return self.name or self.action.__name__.replace("_", "-")


@dataclass(frozen=True)
class Button:
    """A step as it stands on a page (components/steps.html)."""

    label: str
    url: str
    kind: str = ""
    why_not: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell of a part: words that may lead somewhere, with more beneath; or the state of a record,
    or a word with its kind and shape (components/tag.html)."""

    text: str = ""
    url: str = ""
    sub: str = ""
    record: Any = None
    kind: str | None = None
    shape: str = ""


@dataclass
class Part:
    """A section of a record's page: a table whose cells are words or `Cell`s, the first of each row
    its name; a column whose name begins with # holds figures. `empty` says what would be here.
    `links` are (label, URL). Another `template` is given the part and shows it in its own way."""

    title: str
    head: tuple[str, ...] = ()
    rows: list = field(default_factory=list)
    empty: str = ""
    links: list = field(default_factory=list)
    template: str = "admin/part.html"


class RecordAdmin(admin.ModelAdmin):
    """Read-only but for its steps. Subclasses name `policy` (who sees a row) and `steps`, and may
    give more of the page: `facts`, `parts`, `beside`, `tag`, `clock`, `path` and `crumbs`."""

    policy: Policy
    steps: tuple[Step, ...] = ()
    list_per_page = 25
    list_max_show_all = 100
    show_full_result_count = False
    actions = None
    change_form_template = "admin/record.html"

    def facts(self, record, user) -> list | None:
        """Pairs of words and value; None for the model's own fields."""
        return None

    def parts(self, record, user) -> Iterable[Part]:
        """More sections, in their order."""
        return []

    def beside(self, record, user) -> Iterable[Part]:
        """What stands in the margin, above the time line."""
        return []

    def tag(self, record):
        """Its state as `word`, `kind` and `shape` where the record's own does not say it."""
        return None

    def clock(self, record):
        """How long is left of what runs: a dps.words.Clock."""
        return None

    def path(self, record) -> list[str]:
        """The states in words; none for those of its moves."""
        return []

    def crumbs(self, record) -> list:
        """What the record lies in: pairs of words and URL. None for the list of its kind."""
        return []

    def happened(self, record, user):
        """The events that its page tells."""
        return history(user, record)

    def get_queryset(self, request):
        """The rows that the person may see, in the list's order."""
        rows = self.policy.rows(request.user)
        return rows.order_by(*ordering) if (ordering := self.get_ordering(request)) else rows

    def get_object(self, request, object_id, from_field=None):
        return self.policy.find(request.user, object_id)[0]

    def has_module_permission(self, request):
        return request.user.is_active

    def has_view_permission(self, request, obj=None):
        return request.user.is_active and (obj is None or self.policy.allows(request.user, obj))

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        """The list, the record and its steps; there is no page to add or to delete."""
        wrap, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
        listed = wrap(require_safe(self.changelist_view))
        shown = wrap(require_safe(self.change_view))
        listed.policy, shown.policy = use_workplace, self.policy
        listed.posts = shown.posts = False
        urls = [
            path("", listed, name=f"{name}_changelist"),
            path("<uuid:object_id>/change/", shown, name=f"{name}_change"),
        ]
        for step in self.steps:
            if step.slug == "change":
                raise ValueError(f"“{step.label}” needs a name: change/ is the record's page")
            view = wrap(self.step_view(step))
            view.policy, view.posts, view.step = step.policy, True, step
            urls.append(path(f"<uuid:object_id>/{step.slug}/", view, name=f"{name}_{step.slug}"))
        for url in urls:
            url.callback.model_admin = self
        return urls

    def found(self, policy: Policy, user, pk):
        """The record; 404 unless the person sees it, 403 unless the policy allows."""
        record, allowed = policy.find(user, pk)
        if record is None:
            raise Http404
        if not allowed:
            raise PermissionDenied
        return record

    def step_view(self, step):
        def view(request, object_id):
            record = self.found(step.policy, request.user, object_id)
            applies = step.applies(record)
            if not applies and request.method != "POST":  # an old link; somebody was quicker
                messages.warning(request, f"“{step.label}” cannot be done as this stands now.")
                return redirect(page_of(record))
            form = step.form(posted(request), request.FILES or None)
            form.about(record, request.user)
            crumbs = self.crumbs(record)
            if form.is_valid():
                with form.refusals():
                    made = step.action(record, by=request.user, **step.given, **form.cleaned_data)
                    messages.success(request, step.done)
                    return redirect(self.after(step, record, made, crumbs))
            here = [(str(record), page_of(record)), (step.label, "")]
            context = self.admin_site.each_context(request)
            context |= {
                "record": record,
                "step": step,
                "form": form,
                "title": step.label,
                "says": step.says(record) if applies else "",
                "crumbs": [*crumbs, *here] if crumbs else [],
            }
            return render(request, "admin/step.html", context, status=form.status)

        return view

    def after(self, step, record, made, crumbs) -> str:
        """Where one is after a step."""
        if step.is_upward:
            return crumbs[-1][1] if crumbs else list_of(self.model)
        return (step.is_onward and page_of(made)) or page_of(record)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        user = request.user
        record = self.found(self.policy, user, object_id)
        buttons = self.buttons(record, user)
        parts = list(self.parts(record, user))
        for more in self.admin_site.added.get(self.model, ()):
            parts += more(record, user)
        for part in parts:
            part.links += [(b.label, b.url) for b in buttons.pop(part.title, [])]
        facts = buttons.pop(FACTS, [])
        events = self.happened(record, user).order_by("-at", "-id")
        crumbs = self.crumbs(record)
        shown = {
            "steps": [button for group in buttons.values() for button in group],
            "facts": self.facts(record, user),
            "parts": parts,
            "beside": list(self.beside(record, user)),
            "fact_links": [(b.label, b.url) for b in facts],
            "tag": self.tag(record),
            "clock": self.clock(record),
            "path": self.path(record),
            "crumbs": [*crumbs, (str(record), "")] if crumbs else [],
            "events": events[:NEWEST],
        }
        if shown["facts"] is None:  # the model's own fields, as Django's admin lays them out
            return super().change_view(request, str(object_id), form_url, shown)
        context = self.admin_site.each_context(request) | shown
        context |= {"original": record, "opts": self.opts, "title": str(record)}
        return render(request, self.change_form_template, context)

    def buttons(self, record, user) -> dict[str, list[Button]]:
        """The steps that the person may take with the record, by the part that they stand beside:
        a policy is asked once, however many steps it is for."""
        may = {policy: policy.allows(user, record) for policy in {s.policy for s in self.steps}}
        shown: dict[str, list[Button]] = {"": []}
        for step in self.steps:
            if may[step.policy] and step.applies(record):
                button = Button(step.label, f"../{step.slug}/", step.kind, step.why_not(record))
                shown.setdefault(step.part, []).append(button)
        return shown


def page_of(record) -> str:
    """The address of a record's page in the workplace; "" where it has none."""
    if getattr(record, "_meta", None) is None:
        return ""
    name = f"{record._meta.app_label}_{record._meta.model_name}_change"
    try:
        return reverse(f"{site.name}:{name}", args=[record.pk])
    except NoReverseMatch:
        return ""


def list_of(model) -> str:
    """The address of the list of a kind of record."""
    return reverse(f"{site.name}:{model._meta.app_label}_{model._meta.model_name}_changelist")
