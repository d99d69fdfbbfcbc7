"""What applicants are asked: a questionnaire in versions, its sections and questions."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from dps.models.base import Record, Setting, all_of, keeps_to, one_of, tracked
from lots.models.schemes import Scheme


class QuestionnaireState(models.TextChoices):
    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"


class QuestionKind(models.TextChoices):
    YES_NO = "yes_no", "Yes or no"
    CHOICE = "choice", "One choice"
    SEVERAL = "several", "Several choices"
    SHORT_TEXT = "short_text", "Short text"
    LONG_TEXT = "long_text", "Long text"
    NUMBER = "number", "Number"
    MONEY = "money", "Money"
    DATE = "date", "Date"
    DOCUMENT = "document", "Document"
    DECLARATION = "declaration", "Declaration"


class Assessment(models.TextChoices):
    INFORMATION = "information", "For information"
    PASS_FAIL = "pass_fail", "Pass or fail"
    SCORED = "scored", "Scored"


class Purpose(models.TextChoices):
    ADMISSION = "admission", "Applications"
    CALL_OFF = "call_off", "Mini-competitions"


class Size(models.TextChoices):
    MICRO = "micro", "Micro (fewer than 10 staff)"
    SMALL = "small", "Small (10 to 49 staff)"
    MEDIUM = "medium", "Medium (50 to 249 staff)"
    LARGE = "large", "Large (250 staff or more)"


QUESTIONNAIRE_MOVES = {QuestionnaireState.DRAFT: [QuestionnaireState.PUBLISHED]}


def frozen_once_published(questionnaire: str) -> pgtrigger.Trigger:
    """Questions and sections change only while their questionnaire is a draft. `questionnaire` is
    the SQL that finds its id from a row called `asked`."""
    return pgtrigger.Trigger(
        name="frozen_once_published",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("asked", "RECORD")],
        func=f"""
            IF TG_OP = 'DELETE' THEN asked := OLD; ELSE asked := NEW; END IF;
            IF EXISTS (SELECT 1 FROM lots_questionnaire
                       WHERE id = ({questionnaire}) AND state = 'published') THEN
                RAISE EXCEPTION 'Cannot change a published questionnaire';
            END IF;
            RETURN asked;
        """,  # noqa: S608 (the argument is ours, never typed)
    )


@tracked()
class Questionnaire(Record):
    """A version of what a scheme asks. Published, it never changes: rounds opened later are
    served by a later version."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="questionnaires")
    purpose = models.CharField(choices=Purpose, default=Purpose.ADMISSION)
    number = models.PositiveSmallIntegerField()
    state = models.CharField(choices=QuestionnaireState, default=QuestionnaireState.DRAFT)
    published_at = models.DateTimeField(null=True)

    MOVES = QUESTIONNAIRE_MOVES

    class Meta:
        triggers = [keeps_to(QUESTIONNAIRE_MOVES)]
        constraints = [
            one_of("state", QuestionnaireState),
            one_of("purpose", Purpose),
            models.UniqueConstraint(
                fields=["scheme", "purpose", "number"], name="questionnaire_numbered"
            ),
        ]
        ordering = ["purpose", "-number"]

    def __str__(self):
        return f"Questionnaire, version {self.number}"


@tracked()
class QuestionSection(Setting):
    """A part of a questionnaire: one line of the applicant's task list."""

    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="sections")
    key = models.SlugField(max_length=60)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    intro = models.TextField(blank=True)
    group = models.CharField(max_length=100, blank=True)  # heading of the task list

    class Meta:
        triggers = [frozen_once_published("asked.questionnaire_id")]
        constraints = [
            models.UniqueConstraint(
                fields=["questionnaire", "key"], name="question_section_one_each_key"
            )
        ]
        ordering = ["position"]

    def __str__(self):
        return self.title


@tracked()
class Question(Setting):
    """One question. `lots` and `sizes` empty means that all are asked.

    `weight` is a percentage of the marks of each lot it is asked for; `pass_mark` the least mark
    (0 to 5) that passes a scored question; `passing` the answer that passes a pass/fail one, when
    it decides by itself. `descriptors` are the meanings of marks 0 to 5.
    `asked_if` holds `{"question": key, "answer": value}`: asked only when that was answered.
    """

    section = models.ForeignKey(QuestionSection, models.PROTECT, related_name="questions")
    key = models.SlugField(max_length=60)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(choices=QuestionKind)
    text = models.TextField()
    guidance = models.TextField(blank=True)
    why = models.TextField(blank=True)
    is_required = models.BooleanField(default=True)
    assessment = models.CharField(choices=Assessment, default=Assessment.INFORMATION)
    weight = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    pass_mark = models.PositiveSmallIntegerField(default=0)
    passing = models.CharField(max_length=200, blank=True)
    criterion = models.TextField(blank=True)
    descriptors = models.JSONField(default=dict, blank=True)
    word_limit = models.PositiveSmallIntegerField(null=True, blank=True)
    choices = models.JSONField(default=list, blank=True)  # [{"value": , "label": }]
    lots = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    sizes = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    asked_if = models.JSONField(default=dict, blank=True)
    carries_over = models.BooleanField(default=False)

    class Meta:
        triggers = [
            frozen_once_published(
                "SELECT questionnaire_id FROM lots_questionsection WHERE id = asked.section_id"
            )
        ]
        constraints = [
            one_of("kind", QuestionKind),
            one_of("assessment", Assessment),
            all_of("sizes", Size),
            models.UniqueConstraint(fields=["section", "key"], name="question_one_each_key"),
            models.CheckConstraint(
                name="question_marked_of_five", condition=Q(pass_mark__gte=0, pass_mark__lte=5)
            ),
        ]
        ordering = ["section__position", "position"]

    def __str__(self):
        return self.text

    def is_asked(self, lots, size: str) -> bool:
        """Whether an applicant of this size, for lots with these keys, is asked."""
        return (not self.lots or bool(set(self.lots) & set(lots))) and (
            not self.sizes or size in self.sizes
        )
