"""The name that a person signs or declares with."""

import unicodedata

from django import forms

from dps.forms import Form


class NamedForm(Form):
    """A form that binds an organisation: the name is typed, and compared with that of the account
    (`user`). Both are kept and shown. Cleans to `name`."""

    name = forms.CharField(
        label="Your full name",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
    )
    is_my_name = forms.BooleanField(
        label="It is my own name: I do this for myself, not in the name of somebody else",
        required=False,
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        said = f"You are signed in as {user.name}, {user.email}. Both are kept with what you sign."
        self.fields["name"].help_text = said

    @property
    def differs(self) -> bool:
        """Whether the name as typed is another than the account's, and so to be confirmed."""
        typed = self.data.get("name", "").strip()
        return bool(typed) and bare(typed) != bare(self.user.name)

    def clean(self):
        cleaned = super().clean()
        # confirmed, not refused: a maiden name, a title or a misspelt account keeps nobody out
        if not cleaned.pop("is_my_name", False) and self.differs and "name" in cleaned:
            self.add_error(
                "name",
                f"Your account has the name {self.user.name}. Enter that name, or confirm below "
                "that this one is yours",
            )
        return cleaned


def bare(name: str) -> str:
    """A name without what people write now so, now so: capitals, accents, points, spaces."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if letter.isalnum())
