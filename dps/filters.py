"""Narrowing a list of the workplace."""

from django.contrib import admin

from dps.policies import Policy


class BelongingFilter(admin.SimpleListFilter):
    """To what belongs to one of the records that the person sees."""

    sees: Policy
    path: str

    def lookups(self, request, model_admin):
        seen = self.sees.rows(request.user)
        return [(str(each.pk), getattr(each, "short_title", str(each))) for each in seen]

    def queryset(self, request, queryset):
        known = {value for value, _ in self.lookup_choices}
        return queryset.filter(**{self.path: self.value()}) if self.value() in known else queryset


def belonging_to(sees: Policy, path: str) -> type[BelongingFilter]:
    """The filter of rows by those that `sees` shows, which lie along a path of fields."""
    meta = sees.model._meta
    said = {"title": str(meta.verbose_name), "parameter_name": meta.model_name}
    return type("Belonging", (BelongingFilter,), said | {"sees": sees, "path": path})
