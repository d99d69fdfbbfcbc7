"""What the steps of questionnaires ask."""

from django import forms

from dps.forms import Form
from lots.forms.settings import SettingForm
from lots.models import Purpose, Question, QuestionKind, QuestionSection


class QuestionForm(SettingForm):
    """A question, with the answer to another that it may hang on: cleans to the arguments of
    `terms.add` or `questionnaires.reword`."""

    asked_if_question = forms.ChoiceField(
        label="Asked only after another answer", required=False, choices=()
    )
    asked_if_answer = forms.CharField(
        label="The answer that calls for it",
        required=False,
        help_text="As it is stored: “yes”, “no”, or the value of a choice.",
    )

    def about(self, record, user):
        super().about(record, user)
        questionnaire = questionnaire_of(record)
        others = Question.objects.filter(section__questionnaire=questionnaire).exclude(pk=record.pk)
        named = [(q.key, f"{q.section}: {q.text}"[:120]) for q in others.select_related("section")]
        self.fields["asked_if_question"].choices = [("", "Always asked"), *named]
        if self.is_change:
            self.initial["asked_if_question"] = record.asked_if.get("question", "")
            self.initial["asked_if_answer"] = record.asked_if.get("answer", "")

    def clean(self):
        cleaned = super().clean()
        question = cleaned.pop("asked_if_question", "")
        answer = cleaned.pop("asked_if_answer", "")
        if question and not answer:
            self.add_error("asked_if_answer", "Enter the answer that calls for it")
        cleaned["asked_if"] = {"question": question, "answer": answer} if question else {}
        chooses = cleaned.get("kind") in (QuestionKind.CHOICE, QuestionKind.SEVERAL)
        if chooses and len(cleaned.get("choices", ())) < 2:
            self.add_error("choices", "Enter at least two choices, one a line")
        return cleaned


def questionnaire_of(record):
    """The questionnaire of a section or of a question."""
    section = record if isinstance(record, QuestionSection) else record.section
    return section.questionnaire


class QuestionnaireForm(Form):
    purpose = forms.ChoiceField(label="What it is for", choices=Purpose, widget=forms.RadioSelect)
