from django import forms

from awards.models import AssignmentState, Evaluation
from awards.queries import evaluations as reading
from dps.forms import Form
from dps.models import Grant, Role, User
from dps.words import counted
from lots.models import Question

MARKS = [(str(mark), str(mark)) for mark in range(5, -1, -1)]


class MarkForm(Form):
    """A mark from 5 to 0 and its reason. A draft may have either; what is agreed has both."""

    mark = forms.TypedChoiceField(
        label="Mark", choices=MARKS, coerce=int, widget=forms.RadioSelect, required=False
    )
    reason = forms.CharField(
        label="Reason for this mark",
        widget=forms.Textarea(attrs={"rows": 6}),
        required=False,
        help_text="The applicant reads what is agreed. Say what earned the mark and what would "
        "have earned the next.",
    )

    def clean_mark(self):
        return self.cleaned_data["mark"] if self.cleaned_data["mark"] != "" else None

    def clean(self):
        said = super().clean()
        if not self.errors and not self.has_mark and not self.has_note:
            self.add_error("mark", "Choose a mark, or write a reason and choose later")
        return said

    @property
    def has_mark(self) -> bool:
        said = self.cleaned_data
        return said["mark"] is not None or bool(said["reason"].strip())

    has_note = False


class OwnMarkForm(MarkForm):
    """An evaluator's own mark, with what they write down for themself."""

    note = forms.CharField(
        label="My private note",
        widget=forms.Textarea(attrs={"rows": 3, "form": "marking"}),
        required=False,
        help_text="Yours alone: nobody else reads it, the applicant least of all. It stays when "
        "you have handed in.",
    )

    @property
    def has_note(self) -> bool:
        return "note" in self.changed_data


class AgreeForm(MarkForm):
    mark = forms.TypedChoiceField(
        label="Agreed mark", choices=MARKS, coerce=int, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label="Reason for the agreed mark",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="The applicant reads it. Say what earned the mark and what would have earned "
        "the next.",
    )


class EvaluatorsForm(Form):
    """Who marks: people who hold the role in the authority, but for those who mark already."""

    evaluators = forms.ModelMultipleChoiceField(
        label="Evaluators",
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text="Two mark each lot of an application, without seeing each other's marks.",
    )

    def about(self, evaluation, user):
        taken = evaluation.assignments.exclude(state=AssignmentState.RELEASED)
        authority = evaluation.lot.scheme.authority_id
        people = evaluators_of(authority).exclude(pk__in=taken.values("evaluator"))
        choose_among(self.fields["evaluators"], user, evaluation.lot.scheme, people, [evaluation])

    def clean_evaluators(self):
        return list(self.cleaned_data["evaluators"])


class AllocationForm(Form):
    """Which evaluations, and the two who mark each of them."""

    evaluators = forms.ModelMultipleChoiceField(
        label="Evaluators",
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text="Choose two. Each marks without seeing the other's marks.",
    )
    chosen = forms.ModelMultipleChoiceField(
        label="Evaluations", queryset=Evaluation.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, user, scheme, waiting, **kwargs):
        super().__init__(*args, **kwargs)
        people = evaluators_of(scheme.authority_id)
        choose_among(self.fields["evaluators"], user, scheme, people, waiting)
        self.fields["chosen"].queryset = waiting

    def clean_evaluators(self):
        return list(self.cleaned_data["evaluators"])

    def clean_chosen(self):
        return list(self.cleaned_data["chosen"])


def evaluators_of(authority):
    """The people who hold the role of evaluator in an authority today."""
    held = Grant.objects.in_force().filter(authority=authority, role=Role.EVALUATOR)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("name")


def choose_among(field, user, scheme, people, waiting) -> None:
    """Offer these people, each with what to know of them before they are chosen."""
    field.queryset = people
    known = reading.evaluators(user, scheme, people, waiting)
    field.hints = {str(pk): said_of(evaluator) for pk, evaluator in known.items()}


def said_of(evaluator: reading.Evaluator) -> str:
    load = counted(evaluator.load, "set") if evaluator.load else "No set"
    said = [f"{load} of marks to hand in"]
    if evaluator.interests:
        said.append(f"Interest in {', '.join(evaluator.interests)}")
    if evaluator.undeclared:
        said.append(f"Has yet to declare about {counted(evaluator.undeclared, 'applicant')}")
    return f"{'. '.join(said)}."


class ChecksForm(Form):
    """For each pass/fail question whether the answer passes, and why where it does not."""

    PASSES = [("pass", "Passes"), ("fail", "Fails")]

    def __init__(self, *args, questions: list[Question], **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            self.fields[question.key] = forms.ChoiceField(
                label=f"Does the answer to “{question.text}” pass?",
                choices=self.PASSES,
                widget=forms.RadioSelect,
                error_messages={"required": "Select whether it passes or fails"},
            )
            self.fields[f"{question.key}-why"] = forms.CharField(
                label="Why it fails",
                help_text="Needed where it fails. The applicant reads it.",
                widget=forms.Textarea(attrs={"rows": 2}),
                required=False,
            )

    def clean(self):
        cleaned = super().clean()
        for question in self.questions:
            failed = cleaned.get(question.key) == "fail"
            if failed and not cleaned.get(f"{question.key}-why", "").strip():
                self.add_error(f"{question.key}-why", "Enter why it fails")
        return cleaned

    @property
    def checks(self) -> dict:
        """{question: (passes, reason)}, once it is clean."""
        said = self.cleaned_data
        return {
            question: (
                said[question.key] == "pass",
                said[f"{question.key}-why"] if said[question.key] == "fail" else "",
            )
            for question in self.questions
        }


class InterestsForm(Form):
    """In which of these organisations one has an interest."""

    conflicts = forms.ModelMultipleChoiceField(
        label="I, or someone close to me, have an interest in",
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="An interest is anything that could sway you, or look as if it could: money, "
        "work, family, friendship, a board, a dispute. Tick none if you have none.",
    )
    details = forms.CharField(
        label="What your interest is",
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        help_text="Needed if you ticked any. Commissioners and auditors read it.",
    )
    declared = forms.BooleanField(
        label="I have no interest in any that I have not ticked, and will say at once if that "
        "changes"
    )

    def __init__(self, *args, organisations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["conflicts"].queryset = organisations

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("conflicts") and not cleaned.get("details", "").strip():
            self.add_error("details", "Enter what your interest is")
        return cleaned
