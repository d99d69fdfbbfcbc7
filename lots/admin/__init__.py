"""Schemes and rounds in the workplace: what there is, and the steps that change it."""

from lots.admin import decisions, lots, questionnaires, rounds, schemes, terms

__all__ = ["decisions", "lots", "questionnaires", "rounds", "schemes", "terms"]
