from dps.models.accounts import (
    THE_SYSTEM,
    Authority,
    Directorate,
    Grant,
    Role,
    Team,
    User,
    the_system,
)
from dps.models.audit import Event, Excepted
from dps.models.calendar import BankHoliday, Part
from dps.models.envelopes import Envelope, SealingKey
from dps.models.letters import OutboxMessage
from dps.models.promises import Promise

__all__ = [
    "THE_SYSTEM",
    "Authority",
    "BankHoliday",
    "Directorate",
    "Envelope",
    "Event",
    "Excepted",
    "Grant",
    "OutboxMessage",
    "Part",
    "Promise",
    "Role",
    "SealingKey",
    "Team",
    "User",
    "the_system",
]
