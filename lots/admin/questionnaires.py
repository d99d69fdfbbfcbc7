from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from dps.admin import Part, RecordAdmin, Step, list_of, page_of, site
from dps.forms import Form
from dps.words import counted, uk_instant
from lots import policies
from lots.actions import questionnaires
from lots.admin.shapes import SettingAdmin, add, by_scheme, change, link, plain, said, take_away, to
from lots.forms import QuestionForm, setting_form
from lots.models import (
    Assessment,
    Question,
    Questionnaire,
    QuestionSection,
    Scheme,
    Size,
)
from lots.queries.lots import listed
from lots.queries.questionnaires import sheet

WRITE = policies.change_questionnaire


@admin.register(Questionnaire, site=site)
class QuestionnaireAdmin(RecordAdmin):
    policy = policies.view_questionnaire_file
    list_display = ["__str__", "scheme", "purpose", "state", "published_at"]
    list_select_related = ["scheme"]
    list_filter = [by_scheme("scheme"), "purpose", "state"]
    ordering = ["scheme__title", "purpose", "-number"]
    steps = (
        Step(
            "Publish this version",
            WRITE,
            questionnaires.publish,
            Form,
            "Published. Rounds that start from now on ask it.",
            says=lambda version: (
                "Rounds that start from now on ask this version. Those that have "
                "started keep theirs. It cannot be changed afterwards."
            ),
        ),
        Step(
            "Begin the next version",
            policies.revise_questionnaire,
            questionnaires.revise,
            Form,
            "Draft begun, with every question of the version before.",
            is_onward=True,
        ),
        add(QuestionSection, "Add a section", WRITE, "Sections and questions"),
    )

    def crumbs(self, version):
        scheme = version.scheme
        return [("Schemes", list_of(Scheme)), (scheme.short_title, page_of(scheme))]

    def facts(self, version, user):
        published = version.published_at
        return [
            ("Scheme", to(version.scheme)),
            ("For", version.get_purpose_display()),
            ("Published", uk_instant(published) if published else "Not yet"),
            ("Asked in", counted(version.rounds.count(), "round")),
        ]

    def parts(self, version, user):
        asked = sheet(version)
        weights = [
            [
                link(item.question, f"{item.number}. {item.question}"),
                *(plain(w) if w is not None else "Not asked" for w in of_lots),
            ]
            for item, of_lots in asked.weights
        ]
        if asked.totals:
            weights.append(["Together", *(plain(total) or "0" for total in asked.totals)])
        head = ("Scored question", *(f"#Lot {lot.key}" for lot in asked.lots))
        yield Part("Weights, of 100 for each lot", head, weights, "No scored question yet.")
        questions = {part.section: part.questions for part in asked.parts}
        rows = [
            [
                link(section, section.title, section.group),
                counted(len(questions.get(section, ())), "question"),
            ]
            for section in version.sections.order_by("position")
        ]
        empty = "No sections yet. Each is a line of the applicant's task list."
        yield Part("Sections and questions", ("Section", "Asks"), rows, empty)


@admin.register(QuestionSection, site=site)
class QuestionSectionAdmin(SettingAdmin):
    policy = policies.view_question_section
    list_display = ["title", "questionnaire", "group", "position"]
    list_select_related = ["questionnaire"]
    list_filter = [by_scheme("questionnaire__scheme")]
    search_fields = ["title"]
    ordering = ["questionnaire", "position"]
    steps = (
        add(
            Question,
            "Add a question",
            policies.change_question_section,
            "Questions",
            form=setting_form(Question, change=False, base=QuestionForm),
        ),
        change(QuestionSection, "Change the section", policies.change_question_section),
        take_away(policies.change_question_section),
    )

    def facts(self, section, user):
        return [
            ("Questionnaire", to(section.questionnaire)),
            ("Heading in the task list", section.group or "None"),
            ("Above its questions", section.intro or "Nothing"),
        ]

    def parts(self, section, user):
        rows = [
            [
                link(question),
                question.get_kind_display(),
                counts(question),
                listed(question.lots) if question.lots else "All lots",
            ]
            for question in section.questions.order_by("position")
        ]
        head = ("Question", "Answer", "How it counts", "Asked for")
        yield Part("Questions", head, rows, "No questions yet.")


def counts(question: Question) -> str:
    if question.assessment == Assessment.SCORED:
        least = f", pass mark {question.pass_mark} of 5" if question.pass_mark else ""
        return f"Weighs {plain(question.weight)} per cent{least}"
    return question.get_assessment_display()


@admin.register(Question, site=site)
class QuestionAdmin(SettingAdmin):
    policy = policies.view_question
    list_display = ["text", "section", "kind", "assessment"]
    list_select_related = ["section"]
    list_filter = [by_scheme("section__questionnaire__scheme"), "kind", "assessment"]
    search_fields = ["text", "key"]
    ordering = ["section__questionnaire", "section__position", "position"]
    steps = (
        Step(
            "Change the question",
            policies.change_question,
            questionnaires.reword,
            setting_form(Question, change=True, base=QuestionForm),
            "Changed.",
        ),
        take_away(policies.change_question),
    )

    def facts(self, question, user):
        choices = ", ".join(choice["label"] for choice in question.choices)
        marks = sorted(question.descriptors.items(), reverse=True)
        after = question.asked_if
        facts = [
            ("Section", to(question.section)),
            ("Kind of answer", question.get_kind_display() + (f": {choices}" if choices else "")),
            ("Has to be answered", "Yes" if question.is_required else "No"),
            ("How it counts", counts(question)),
            ("Guidance", question.guidance),
            ("Why it is asked", question.why),
            ("What evaluators look for", question.criterion),
            ("What each mark means", format_html_join(mark_safe("<br>"), "{} {}", marks)),
            ("Answer that passes", question.passing),
            ("Most words", question.word_limit),
            ("Lots", listed(question.lots) if question.lots else "All lots"),
            ("Sizes", said(question.sizes, Size) or "All sizes"),
            ("Asked only if", after and f"“{after['question']}” is “{after['answer']}”"),
        ]
        return [(label, words) for label, words in facts if words]
