"""What placements cost, in the workplace."""

from dps.admin import site
from packages.views.spend import spend

site.page("spend/", spend)
