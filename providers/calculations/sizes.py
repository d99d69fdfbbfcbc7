"""The size class of an organisation, as in the Companies Act 2006 and Recommendation 2003/361/EC:
staff (full-time equivalents) and yearly turnover in pounds, both under the limit."""

from decimal import Decimal

CLASSES = [
    ("micro", 10, Decimal(1_000_000)),
    ("small", 50, Decimal(15_000_000)),
    ("medium", 250, Decimal(54_000_000)),
]


def size_of(staff: int, turnover: Decimal) -> str:
    """micro, small, medium or large."""
    for name, fewer_than, at_most in CLASSES:
        if staff < fewer_than and turnover <= at_most:
            return name
    return "large"
