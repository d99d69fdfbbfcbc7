"""The audit events of what the demo loads in bulk."""

from datetime import datetime

from dps.models import Event


def record(subject, verbs: list[tuple[str, datetime]], by) -> None:
    """The audit events of a thing, as the actions write them."""
    Event.objects.bulk_create(events(subject, verbs, by))


def events(subject, verbs: list[tuple[str, datetime]], by) -> list[Event]:
    return [
        Event(
            at=at,
            by=by,
            subject_kind=subject._meta.label_lower,
            subject_id=subject.pk,
            verb=verb,
            data={"demo": True},
        )
        for verb, at in verbs
    ]
