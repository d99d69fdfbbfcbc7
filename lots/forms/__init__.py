"""What the steps of schemes, rounds, questionnaires and decisions ask."""

from lots.forms.decisions import (
    BeginDecisionForm,
    ConsiderForm,
    DecisionForm,
    SignForm,
)
from lots.forms.fields import (
    ChoicesField,
    DescriptorsField,
    LotKeysField,
    OfScheme,
    OneSeenField,
    SeveralSeenField,
    TimeField,
    scheme_of,
)
from lots.forms.questionnaires import QuestionForm, QuestionnaireForm
from lots.forms.rounds import AnnounceForm, CorrectForm, ExtendForm, StartForm
from lots.forms.schemes import DepartForm, ModeForm, TextForm, text_form
from lots.forms.settings import RemoveForm, SettingForm, setting_form

__all__ = [
    "AnnounceForm",
    "BeginDecisionForm",
    "ChoicesField",
    "ConsiderForm",
    "CorrectForm",
    "DecisionForm",
    "DepartForm",
    "DescriptorsField",
    "ExtendForm",
    "LotKeysField",
    "ModeForm",
    "OfScheme",
    "OneSeenField",
    "QuestionForm",
    "QuestionnaireForm",
    "RemoveForm",
    "SettingForm",
    "SeveralSeenField",
    "SignForm",
    "StartForm",
    "TextForm",
    "TimeField",
    "scheme_of",
    "setting_form",
    "text_form",
]
