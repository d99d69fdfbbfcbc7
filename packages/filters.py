import django_filters as filters
from django import forms

from packages.models import PackageState, PlacementState

# Packages and placements


class PackageFilter(filters.FilterSet):
    words = filters.CharFilter(field_name="reference", lookup_expr="icontains", label="Reference")
    state = filters.MultipleChoiceFilter(
        choices=PackageState, widget=forms.CheckboxSelectMultiple, label="State"
    )


class PlacementFilter(filters.FilterSet):
    words = filters.CharFilter(
        field_name="package__reference", lookup_expr="icontains", label="Package"
    )
    state = filters.MultipleChoiceFilter(
        choices=PlacementState, widget=forms.CheckboxSelectMultiple, label="State"
    )


# Call-offs and offers
