"""What the workplace shows of providers: their applications, the register and their returns."""

from providers.admin import register, returns, submissions

__all__ = ["register", "returns", "submissions"]
