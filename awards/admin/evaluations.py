from django.contrib import admin
from django.db.models import Case, When
from django.urls import reverse
from django.utils.html import format_html

from awards import policies
from awards.actions import assignments, evaluations
from awards.forms.evaluations import EvaluatorsForm
from awards.models import (
    RESTS,
    Assignment,
    AssignmentState,
    Check,
    Evaluation,
    EvaluationState,
    last_of,
)
from awards.queries import evaluations as reading
from awards.queries import questions as asking
from awards.queries import reports
from awards.views import evaluations as views
from awards.views.interests import interests
from dps.admin import Cell, Part, RecordAdmin, Step, list_of, page_of, site
from dps.clock import now
from dps.forms import Form, ReasonForm
from dps.words import clock, counted, short_date, uk_instant
from lots.calculations.scoring import shown
from lots.models import Lot, Round
from lots.policies import view_scheme_file
from providers.policies import declare_interests

S = EvaluationState
site.page("marking/<uuid:id>/", views.mark)
site.page("marking/<uuid:id>/hand-in/", views.hand_in)
site.page("moderation/<uuid:id>/", views.moderate)
site.page("checks/<uuid:id>/", views.check)
site.page("interests/<uuid:id>/", interests)
site.page("allocation/<uuid:id>/", views.allocation)


class LotFilter(admin.SimpleListFilter):
    """The lots of the schemes that the person sees."""

    title = "lot"
    parameter_name = "lot"

    def lookups(self, request, model_admin):
        seen = Lot.objects.filter(scheme__in=view_scheme_file.rows(request.user).values("pk"))
        ordered = seen.select_related("scheme").order_by("scheme__title", "position")
        return [(str(lot.pk), f"Lot {lot.key}, {lot.scheme.short_title}") for lot in ordered]

    def queryset(self, request, queryset):
        known = {value for value, _ in self.lookup_choices}
        return queryset.filter(lot=self.value()) if self.value() in known else queryset


class MineFilter(admin.SimpleListFilter):
    title = "whose"
    parameter_name = "whose"

    def lookups(self, request, model_admin):
        return [("mine", "Mine to mark")]

    def queryset(self, request, queryset):
        mine = queryset.filter(my_assignment__isnull=False)
        return mine if self.value() == "mine" else queryset


@admin.register(Evaluation, site=site)
class EvaluationAdmin(RecordAdmin):
    """What is evaluated: one lot of one application a row, the first due first."""

    policy = policies.view_evaluation
    list_display = ["applicant", "of_lot", "of_round", "state", "marked", "due", "result"]
    list_filter = [MineFilter, "state", LotFilter]
    search_fields = ["application__organisation__name"]
    ordering = [Case(When(state__in=RESTS, then=1), default=0), "due_on", "lot__position", "pk"]
    steps = (
        Step(
            "Choose who marks it",
            policies.allocate_evaluation,
            evaluations.allocate,
            EvaluatorsForm,
            "Evaluators chosen.",
            applies=lambda e: e.wanted > 0,
        ),
        Step(
            "Record the outcome",
            policies.moderate_evaluation,
            evaluations.decide,
            Form,
            "Outcome recorded.",
            says=lambda e: outcome_to_be(e),
            why_not=lambda e: why_undecided(e),
        ),
        Step(
            "Back to moderation",
            policies.reopen_evaluation,
            evaluations.reopen,
            ReasonForm,
            "Back to moderation. The outcome so far stays on record.",
            kind="2",
        ),
    )

    def get_queryset(self, request):
        return reading.for_list(request.user)

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"links": list(links(request.user))})

    def found(self, policy, user, pk):
        super().found(policy, user, pk)
        evaluation = reading.for_list(user).get(pk=pk)
        standing = evaluation.assignments.exclude(state=AssignmentState.RELEASED).count()
        evaluation.wanted = max(2 - standing, 0)
        return evaluation

    @admin.display(description="Applicant", ordering="application__organisation__name")
    def applicant(self, evaluation):
        return str(evaluation.application.organisation)

    @admin.display(description="Lot", ordering="lot__position")
    def of_lot(self, evaluation):
        return evaluation.lot.key

    @admin.display(description="Round", ordering="application__round")
    def of_round(self, evaluation):
        return str(evaluation.application.round or "Open lots")

    @admin.display(description="Marks in")
    def marked(self, evaluation):
        return f"{evaluation.handed_in} of 2"

    @admin.display(description="Due", ordering="due_on")
    def due(self, evaluation):
        if evaluation.my_assignment and evaluation.marks_due_on:
            return str(clock(evaluation.marks_due_on, now(), verb="Mark by", past="Mark by"))
        if evaluation.due_on and evaluation.state in (S.ALLOCATING, S.MARKING, S.MODERATING):
            return str(clock(evaluation.due_on, now(), verb="Decide by", past="Decide by"))
        return ""

    @admin.display(description="Outcome")
    def result(self, evaluation):
        if evaluation.admits is None:
            return ""
        return "Admitted" if evaluation.admits else "Not admitted"

    def crumbs(self, evaluation):
        return [("Evaluation", list_of(Evaluation))]

    def clock(self, evaluation):
        if evaluation.due_on and evaluation.state in (S.ALLOCATING, S.MARKING, S.MODERATING):
            return clock(
                evaluation.due_on, now(), verb="To be decided by", past="Was to be decided by"
            )
        return None

    def facts(self, evaluation, user):
        application = evaluation.application
        facts = [
            ("Scheme", application.scheme.short_title),
            ("Round", str(application.round or "Open lots")),
            ("Received", uk_instant(evaluation.received_at)),
            ("Marks due", evaluation.marks_due_on and short_date(evaluation.marks_due_on)),
            ("Decide by", evaluation.due_on and short_date(evaluation.due_on)),
            ("Pass mark of the lot", f"{evaluation.lot.pass_mark.normalize():f} of 100"),
            ("Report", self.report_of(evaluation)),
        ]
        return [(label, words) for label, words in facts if words]

    def report_of(self, evaluation):
        if evaluation.report is None:
            return ""
        page = page_of(evaluation.report)
        return format_html('<a href="{}">{}</a>', page, evaluation.report)

    def beside(self, evaluation, user):
        scheme = evaluation.application.scheme_id
        url = reverse("admin:interests", args=[scheme])
        if reading.is_declared(user, evaluation):
            rows = [Cell("No interest declared", url, "Something has changed?", shape="tick")]
        else:
            rows = [Cell("Declare your interests first", url, "Nothing is opened before.")]
        yield Part("Your interests", rows=rows, template="lots/authority.html")
        work = list(self.work(evaluation, user))
        if work:
            yield Part("Yours to do", rows=work, template="lots/authority.html")

    def work(self, evaluation, user):
        """Where the person goes on."""
        if evaluation.my_assignment and reading.is_declared(user, evaluation):
            yield Cell("Mark it", reverse("admin:mark", args=[evaluation.my_assignment]))
        if policies.check_evaluation.allows(user, evaluation) and asking.checked(evaluation):
            page = reverse("admin:check", args=[evaluation.pk])
            yield Cell("Check what passes or fails", page)
        if policies.moderate_evaluation.allows(user, evaluation) and asking.scored(evaluation):
            yield Cell("Agree the marks", reverse("admin:moderate", args=[evaluation.pk]))

    def parts(self, evaluation, user):
        yield from self.outcome_parts(evaluation)
        seen = policies.view_assignment.rows(user).filter(evaluation=evaluation)
        yield Part(
            "Evaluators",
            ("Evaluator", "State", "Handed in"),
            [
                [
                    Cell(str(each.evaluator), page_of(each)),
                    Cell(record=each),
                    uk_instant(each.handed_in_at) if each.handed_in_at else "",
                ]
                for each in seen.select_related("evaluator")
            ],
            "Nobody yet." if evaluation.state == S.ALLOCATING else "Shown once both are in.",
        )
        yield self.marks_part(evaluation, user)
        checks = last_of(Check.objects.filter(evaluation=evaluation).select_related("by"))
        yield Part(
            "Checks",
            ("Question", "Result", "By"),
            [
                [
                    question.text,
                    Cell(
                        "Passes" if checks[question.pk].passes else "Fails",
                        sub=checks[question.pk].reason,
                    )
                    if question.pk in checks
                    else "Not checked",
                    str(checks[question.pk].by) if question.pk in checks else "",
                ]
                for question in asking.checked(evaluation)
            ],
            "Nothing of this lot passes or fails by itself.",
        )

    def outcome_parts(self, evaluation):
        outcomes = evaluation.outcomes.select_related("by").order_by("-number")
        rows = [
            [
                Cell(
                    "Admitted" if each.admits else "Not admitted",
                    sub=". ".join([*each.reasons, ""]).strip(),
                ),
                f"{shown(each.score)}" if each.score is not None else "",
                Cell(str(each.by), sub=uk_instant(each.at)),
            ]
            for each in outcomes
        ]
        if rows:
            yield Part("Outcome, every version", ("Outcome", "#Score of 100", "Recorded"), rows)

    def marks_part(self, evaluation, user):
        pairs, agreed = reading.pairs_of_marks(user, evaluation), reading.agreed(evaluation)
        rows = [
            [
                Cell(question.text, sub=f"Weight {question.weight.normalize():f}%"),
                "; ".join(
                    f"{mark.assignment.evaluator}: {mark.mark}"
                    for mark in pairs.get(question.pk, [])
                ),
                Cell(str(agreed[question.pk].mark), sub=agreed[question.pk].reason)
                if question.pk in agreed
                else "",
            ]
            for question in asking.scored(evaluation)
        ]
        return Part("Marks", ("Question", "Evaluators", "Agreed"), rows, "Nothing is marked.")


@site.adds(Round)
def evaluation_of(round, user):
    """On the page of a round: how far its evaluation is. Nothing before it is opened."""
    url = list_of(Evaluation)
    rows = [
        [
            Cell(f"{row['lot__key']} {row['lot__title']}", f"{url}?lot={row['lot']}"),
            str(row["all"]),
            str(row["to_allocate"]),
            f"{row['both_in']} of {row['all']}",
            str(row["decided"]),
            str(row["reported"]),
        ]
        for row in reading.by_lot(user, round)
    ]
    if rows:
        head = ("Lot", "#Applications", "#To allocate", "#Both marks in", "#Decided", "#Reported")
        yield Part("Evaluation", head, rows, links=list(onward(round, user)))


def onward(round, user):
    """Where the evaluation of a round goes on."""
    scheme = round.scheme
    if policies.allocate_in.allows(user, scheme) and reading.to_allocate(user, scheme).exists():
        yield "Choose evaluators", reverse("admin:allocation", args=[scheme.pk])
    if policies.report_on.allows(user, scheme):
        over = {str(key) for key, _, why in reports.to_start(scheme) if not why}
        if str(round.pk) in over:
            yield "Start the award report", reverse("admin:start_report", args=[scheme.pk])


def links(user):
    """What can be begun from the list: pairs of words and address."""
    yield "Read what was opened", reverse("admin:queue")
    for scheme in declare_interests.rows(user).order_by("title"):
        if waiting := reading.to_declare(user, scheme).count():
            about = counted(waiting, "organisation")
            yield f"Declare your interests in {about}", reverse("admin:interests", args=[scheme.pk])
    for scheme in policies.allocate_in.rows(user).order_by("title"):
        if waiting := reading.to_allocate(user, scheme).count():
            url = reverse("admin:allocation", args=[scheme.pk])
            yield f"Choose evaluators for {counted(waiting, 'evaluation')}", url


def outcome_to_be(evaluation) -> str:
    score = reading.score_so_far(evaluation)
    if score is None:
        return ""
    mark = f"{evaluation.lot.pass_mark.normalize():f}"
    return f"The agreed marks come to {shown(score)} of 100. The pass mark of the lot is {mark}."


def why_undecided(evaluation) -> str:
    if asking.scored(evaluation) and reading.score_so_far(evaluation) is None:
        return "Agree a mark for each question first."
    return ""


@admin.register(Assignment, site=site)
class AssignmentAdmin(RecordAdmin):
    """Who marks what."""

    policy = policies.view_assignment
    list_display = ["evaluator", "of", "state", "assigned_at", "handed_in_at"]
    list_select_related = ["evaluator", "evaluation__application__organisation", "evaluation__lot"]
    list_filter = ["state"]
    ordering = ["-assigned_at", "pk"]
    steps = (
        Step(
            "Take this evaluator off",
            policies.release_assignment,
            assignments.release,
            ReasonForm,
            "Taken off. Choose another.",
            kind="stop",
        ),
    )

    @admin.display(description="Evaluation", ordering="evaluation")
    def of(self, assignment):
        return str(assignment.evaluation)

    def crumbs(self, assignment):
        evaluation = assignment.evaluation
        return [("Evaluation", list_of(Evaluation)), (str(evaluation), page_of(evaluation))]

    def facts(self, assignment, user):
        handed_in = assignment.handed_in_at
        facts = [
            ("Evaluator", str(assignment.evaluator)),
            ("Named by", str(assignment.assigned_by)),
            ("Named", uk_instant(assignment.assigned_at)),
            ("Handed in", handed_in and uk_instant(handed_in)),
        ]
        return [(label, words) for label, words in facts if words]

    def parts(self, assignment, user):
        if notes := [
            [note.question.text, note.text] for note in reading.notes_of(user, assignment)
        ]:
            yield Part("My private notes", ("Question", "What I wrote down"), notes)
        marks = reading.marks_seen(user, assignment.evaluation).filter(assignment=assignment)
        yield Part(
            "Marks",
            ("Question", "#Mark", "Reason"),
            [[mark.question.text, str(mark.mark), mark.reason] for mark in marks],
            "None that you may see: marks are blind until both evaluators have handed in.",
        )
