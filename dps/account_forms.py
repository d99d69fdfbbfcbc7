"""allauth's forms with our labels and our errors. Named in the settings (ACCOUNT_FORMS)."""

from allauth.account import forms

from dps.forms import Plain

LABELS = {
    "login": "E-mail address",
    "email": "E-mail address",
    "password": "Password",
    "password1": "Password",
    "password2": "Password again",
    "oldpassword": "Your password now",
}
ERRORS = {
    "login": "Enter your e-mail address",
    "email": "Enter an e-mail address",
    "password": "Enter your password",
    "password1": "Enter a password",
    "password2": "Enter the password again",
}
HINTS = {"password1": "At least 12 characters. Three words that do not belong together do well."}


class Labelled(Plain):
    """Ours are the words; what the form does is allauth's."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.help_text = HINTS.get(name, "")
            if name in ERRORS:
                field.error_messages["required"] = ERRORS[name]


class LoginForm(Labelled, forms.LoginForm):
    pass


class SignupForm(Labelled, forms.SignupForm):
    pass


class AddEmailForm(Labelled, forms.AddEmailForm):
    pass


class ChangePasswordForm(Labelled, forms.ChangePasswordForm):
    pass


class SetPasswordForm(Labelled, forms.SetPasswordForm):
    pass


class ResetPasswordForm(Labelled, forms.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(Labelled, forms.ResetPasswordKeyForm):
    pass


class ReauthenticateForm(Labelled, forms.ReauthenticateForm):
    pass
