"""Packages, placements, call-offs and what they cost, in the workplace."""

from packages.admin import spend
from packages.admin.call_offs import CallOffAdmin
from packages.admin.placements import PlacementAdmin

__all__ = ["CallOffAdmin", "PlacementAdmin", "spend"]
