"""What people see of a page, and what they send."""

import html
import re


def words(response) -> str:
    """The words of a page, as read: no tags, no runs of space."""
    text = response.content.decode()
    text = re.sub(r"(?s)<(script|style|svg)\b.*?</\1>", " ", text)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


def errors_of(response, name="form") -> dict[str, list[str]]:
    """The messages beside the fields of the page's form."""
    return {field: list(said) for field, said in response.context[name].errors.items()}
