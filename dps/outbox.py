"""Mail where no mail server is named: kept in a table, shown on a page, sent nowhere."""

from django.core.mail.backends.base import BaseEmailBackend

from dps.clock import now
from dps.models import OutboxMessage


class Outbox(BaseEmailBackend):
    """Keeps each message once: sent again with the same Message-ID, it changes nothing."""

    def send_messages(self, messages):
        rows = [
            OutboxMessage(
                message_id=message.message()["Message-ID"],
                to=to,
                subject=message.subject,
                body=message.body,
                sent_at=now(),
            )
            for message in messages
            for to in message.recipients()
        ]
        OutboxMessage.objects.bulk_create(rows, ignore_conflicts=True)
        return len(messages)
