"""What the tests of schemes and rounds share: working days, steps taken in the workplace, and what
forms are sent."""

from datetime import timedelta

from django.urls import reverse

from dps.clock import UK
from dps.models import BankHoliday
from lots.models import Departure
from tests.calendars import worked_out
from tests.factories import LONG_AGO, UserFactory

SECOND = timedelta(seconds=1)


def bank_holidays(*parts: str) -> None:
    """England's bank holidays of ten years and more, or those of the parts named."""
    BankHoliday.objects.bulk_create(
        BankHoliday(part=part, day=day, name="A bank holiday")
        for part in parts or ("england",)
        for day in worked_out(part)
    )


def departing(scheme, rule="opens_throughout", **more) -> Departure:
    """A scheme whose notice departs from a rule: by default from taking applications throughout."""
    said = {"notice_reference": "2022/S 1, II.2.14", "why": "Light touch", "set_at": LONG_AGO}
    return Departure.objects.create(
        scheme=scheme, rule=rule, set_by=UserFactory(), **said | {"lots": []} | more
    )


def page(record) -> str:
    """A record's page in the workplace."""
    return reverse(f"admin:lots_{record._meta.model_name}_change", args=[record.pk])


def step(record, name) -> str:
    """A step of a record, by the end of its address."""
    return page(record).replace("/change/", f"/{name}/")


def instant(name, at) -> dict:
    """An instant as it is typed into the four boxes of a field."""
    local = at.astimezone(UK)
    return day(name, local.date()) | {f"{name}_time": f"{local:%H:%M}"}


def day(name, on) -> dict:
    return {f"{name}_day": on.day, f"{name}_month": on.month, f"{name}_year": on.year}


def typed(response) -> dict:
    """What a form's page would send back as it stands: every field as it is filled in."""
    sent: dict = {}
    for bound in response.context["form"]:
        value = bound.value()
        widget = bound.field.widget
        if hasattr(widget, "widgets_names"):  # typed in parts
            parts = zip(widget.widgets_names, widget.decompress(value), strict=True)
            sent |= {bound.name + part: said for part, said in parts if said is not None}
        elif value is not None and value is not False:
            sent[bound.name] = "on" if value is True else value
    return sent


def errors(response) -> dict:
    """What a page says is wrong, by field."""
    return {name: list(said) for name, said in response.context["form"].errors.items()}
