"""Sums as people here read them: pounds and pence, always both."""

from decimal import ROUND_HALF_UP, Decimal

PENNY = Decimal("0.01")
MINUS = "\N{MINUS SIGN}"


def to_the_penny(sum_: Decimal) -> Decimal:
    """Pounds rounded to the penny, halves up (away from nought)."""
    return sum_.quantize(PENNY, ROUND_HALF_UP)


def pounds(sum_: Decimal) -> str:
    """Pounds as they are written: "£1,234.50", with a minus before the sign below nought. Rounded
    to the penny, halves up."""
    if not isinstance(sum_, Decimal | int):
        raise TypeError(f"money is Decimal, not {type(sum_).__name__}")
    rounded = to_the_penny(Decimal(sum_))
    return f"{MINUS if rounded < 0 else ''}£{abs(rounded):,.2f}"
