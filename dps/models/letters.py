from django.db import models

from dps.models.base import Random


class OutboxMessage(Random):
    """An e-mail as it was handed over, where no mail server is named: development and tests.

    Written in the transaction that keeps the promise, so it is there once or not at all.
    """

    message_id = models.CharField(max_length=300)
    to = models.EmailField(db_index=True)
    subject = models.CharField(max_length=500)
    body = models.TextField()
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["-sent_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["message_id", "to"], name="outbox_message_once")
        ]

    def __str__(self):
        return self.subject
