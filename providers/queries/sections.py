"""What the sections of a draft say of their saving."""

from datetime import datetime


def saved_at(contents: dict) -> dict:
    """Who saved a section and when: {"at": instant, "by": name}; {} when nobody has yet."""
    saved = contents.get("saved")
    return saved | {"at": datetime.fromisoformat(saved["at"])} if saved else {}
