import django_filters as filters
from django import forms

from dps.policies import Policy
from lots.models import Scheme
from providers.queries import register


class RegisterFilter(filters.FilterSet):
    """What is asked of the register. `scheme` is always one; the choices of the others are its."""

    words = filters.CharFilter(label="Words")
    lot = filters.MultipleChoiceFilter(label="Lot")
    activity = filters.MultipleChoiceFilter(label="Activity")
    locality = filters.MultipleChoiceFilter(label="District")
    client_group = filters.MultipleChoiceFilter(label="Who it is for")
    mode = filters.MultipleChoiceFilter(label="How")
    tier = filters.MultipleChoiceFilter(label="Level of payment")

    def __init__(self, data, *, user, scheme: Scheme, **kwargs):
        self.user, self.scheme = user, scheme
        super().__init__(data, queryset=register.offered(user, scheme), **kwargs)
        self.choices = register.choices_of(scheme)
        for name, choices in self.choices.items():
            self.filters[name].extra["choices"] = choices
            self.filters[name].extra["widget"] = forms.CheckboxSelectMultiple

    @property
    def asked(self) -> dict:
        """What was asked for, cleaned; what makes no sense is left out."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    @property
    def qs(self):
        return register.search(self.user, self.asked, self.scheme)


def schemes_of(policy: Policy, user) -> list[Scheme]:
    """The schemes whose register a person may see, or see with its prices, as the policy says."""
    return list(policy.rows(user).filter(is_rehearsal=False).order_by("title", "pk"))


def chosen_scheme(request, seen: list[Scheme]) -> Scheme | None:
    """The scheme whose register is shown: the one asked for, else the first of those there are."""
    asked = request.GET.get("scheme")
    return next((s for s in seen if str(s.pk) == asked), seen[0] if seen else None)
