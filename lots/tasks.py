"""What a scheme's calendar calls for. Each tick finds what is due and not done, however late it
comes, and twice comes out the same."""

from dps.clock import now
from dps.models import SealingKey
from dps.ticks import for_each
from lots.actions import decisions, rounds
from lots.models import Decision, DecisionState, Round
from lots.queries.rounds import due_to_begin, due_to_close, due_to_plan

LIMIT = 100  # of each kind in a tick: the rest come with the next


def plan_rounds(limit=LIMIT):
    """Start and announce the rounds that schedules call for."""
    for_each(due_to_plan(now())[:limit], rounds.plan)


def begin_rounds(limit=LIMIT):
    """Put on record that rounds have opened. One that no decision covers stays shut."""
    for_each(due_to_begin(now()).order_by("opens_at")[:limit], rounds.begin)


def close_rounds(limit=LIMIT):
    """Put on record that rounds have closed. Nobody waits for it: time has closed them."""
    for_each(due_to_close(now()).order_by("deadline")[:limit], rounds.close)


def unseal_rounds(limit=LIMIT):
    """Keep the keys of opened rounds where a lost master key does not take them along."""
    sealed = SealingKey.objects.filter(plain=None, within=None).values("pk")
    due = Round.objects.opened(now()).filter(pk__in=sealed)
    for_each(due.order_by("deadline")[:limit], rounds.unseal)


def take_effect(limit=LIMIT):
    """Put on record that decisions have taken effect."""
    due = Decision.objects.effective(now()).filter(state=DecisionState.SIGNED)
    for_each(due.order_by("effective_at")[:limit], decisions.take_effect)
