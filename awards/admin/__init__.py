from awards.admin import agreements, evaluations, reports

__all__ = ["agreements", "evaluations", "reports"]
