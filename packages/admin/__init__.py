"""Packages, placements and call-offs in the workplace."""

from packages.admin.call_offs import CallOffAdmin
from packages.admin.placements import PlacementAdmin

__all__ = ["CallOffAdmin", "PlacementAdmin"]
