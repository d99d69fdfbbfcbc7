from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from dps.admin import Cell, Part, RecordAdmin, Step, list_of, page_of, site
from dps.clock import now
from dps.forms import Form
from dps.words import counted, uk_instant
from lots import policies
from lots.actions import rounds
from lots.admin.shapes import by_scheme, link, to
from lots.forms import AnnounceForm, CorrectForm, ExtendForm
from lots.models import AdmissionMode, Lot, Opening, ProcedureState, Round, Scheme
from lots.queries import decisions as decided
from lots.queries import lots as standing
from lots.queries import rounds as running

S = ProcedureState
RUN, CLOSE = policies.run_round, policies.close_round


def is_running(round: Round) -> bool:
    return round.state in (S.PUBLISHED, S.OPEN) and now() <= round.deadline


def is_over(round: Round) -> bool:
    return round.state in (S.PUBLISHED, S.OPEN, S.CLOSED) and now() > round.deadline


def why_shut(round: Round) -> str:
    return " ".join(running.shut_because(round, now()))


@admin.register(Round, site=site)
class RoundAdmin(RecordAdmin):
    policy = policies.view_round_file
    list_display = ["title", "of_scheme", "opens_at", "closes", "state"]
    list_select_related = ["scheme"]
    list_filter = [by_scheme("scheme"), "state"]
    search_fields = ["title"]
    ordering = ["-opens_at"]
    steps = (
        Step(
            "Announce the round",
            RUN,
            rounds.publish,
            AnnounceForm,
            "Announced.",
            name="announce",
            applies=lambda round: round.state == S.DRAFT,
            says=lambda round: f"It opens {uk_instant(round.opens_at)}. Everyone sees its dates.",
        ),
        Step(
            "Correct the draft",
            RUN,
            rounds.correct,
            CorrectForm,
            "Corrected.",
            kind="2",
            applies=lambda round: round.state == S.DRAFT,
            says=lambda round: (
                "Until it is announced, its title and opening can change. Its deadline is set when "
                "it is announced; from then on it can only be put off."
            ),
        ),
        Step(
            "Put the deadline off",
            RUN,
            rounds.extend,
            ExtendForm,
            "Deadline put off, for everyone.",
            applies=is_running,
            says=lambda round: (
                f"The deadline is {uk_instant(round.deadline)}. A later one holds "
                "for everyone; all who have begun an application are told."
            ),
        ),
        Step(
            "Open the round now",
            CLOSE,
            rounds.begin,
            Form,
            "On record as open.",
            applies=lambda round: (
                round.state == S.PUBLISHED and round.opens_at <= now() <= round.deadline
            ),
            why_not=why_shut,
        ),
        Step(
            "Put on record that it has closed",
            CLOSE,
            rounds.close,
            Form,
            "On record as closed.",
            applies=lambda round: is_over(round) and round.state != S.CLOSED,
        ),
        Step(
            "Open the applications",
            RUN,
            rounds.open,
            Form,
            "Your part in the opening is on record.",
            name="open-applications",
            applies=lambda round: is_over(round) and round.scheme.is_opened_by_two,
            says=lambda round: "Two people open them, each with their own sign-in.",
        ),
        Step(
            "Cancel the round",
            RUN,
            rounds.cancel,
            done="Round cancelled.",
            kind="stop",
            applies=lambda round: round.state == S.DRAFT or is_running(round),
            says=lambda round: "Nothing that was submitted is ever opened.",
        ),
    )

    def get_queryset(self, request):
        return super().get_queryset(request).with_deadline()

    @admin.display(description="Closes", ordering="deadline")
    def closes(self, round):
        return round.deadline

    @admin.display(description="Scheme", ordering="scheme__title")
    def of_scheme(self, round):
        return round.scheme.short_title

    def found(self, policy, user, pk):
        super().found(policy, user, pk)
        return running.for_list(user, now()).get(pk=pk)

    def crumbs(self, round):
        scheme = round.scheme
        rounds = f"{list_of(Round)}?scheme={scheme.pk}"
        return [
            ("Schemes", list_of(Scheme)),
            (scheme.short_title, page_of(scheme)),
            ("Rounds", rounds),
        ]

    def tag(self, round):
        return running.word_of(round, now())

    def clock(self, round):
        return running.clock_of(round, now())

    def facts(self, round, user):
        at, deadline = now(), round.deadline
        how = "by schedule" if round.schedule_id else "started by hand"
        facts = [
            ("Scheme", to(round.scheme)),
            (opens_said(round, at), f"{uk_instant(round.opens_at)}, {how}"),
            (
                "Closed" if deadline and deadline < at else "Closes",
                uk_instant(deadline) if deadline else "No deadline yet: announce the round",
            ),
            ("Opening", opening_said(round)),
            ("Questionnaire", to(round.questionnaire)),
            ("Initial round", "Yes, under the notice" if round.is_initial else ""),
            ("Public page", public_page(round)),
        ]
        return [(label, words) for label, words in facts if words]

    def parts(self, round, user):
        yield Part(
            "Lots in this round",
            ("Lot", "Now", "How it admits"),
            [
                [
                    link(lot, f"{lot.key} {lot.title}"),
                    Cell(lot.standing.says, kind=lot.standing.kind, shape=lot.standing.shape),
                    AdmissionMode(lot.mode).label if lot.mode else "Not set yet",
                ]
                for lot in standing.with_standing(
                    Lot.objects.filter(round_lots__round=round.pk), now()
                )
            ],
        )
        deadlines = round.deadlines.select_related("set_by").order_by("-at")
        yield Part(
            "Deadline, every version",
            ("Deadline", "Set", "Why"),
            [
                [
                    Cell(uk_instant(each.at), sub="replaced" if place else "in force"),
                    Cell(set_by(each.set_by), sub=uk_instant(each.set_at)),
                    each.why or "As published",
                ]
                for place, each in enumerate(deadlines)
            ],
            "None yet: it is set when the round is announced.",
        )

    def beside(self, round, user):
        covered: dict = {}
        for each in running.authorised_by(round, now()):
            covered.setdefault(each.decision, []).append(each)
        rows = [
            Cell(
                decision.number,
                page_of(decision),
                f"{decision.title}. Covers {decided.covers(authorisations)}.",
            )
            for decision, authorisations in covered.items()
        ]
        lacking = running.shut_because(round, now())
        rows += [Cell(sentence, kind="stop", shape="lock") for sentence in lacking]
        if lacking:
            rows.append(Cell("Record a decision that covers it", decide_url(round)))
        yield Part("Authorised by", rows=rows, template="lots/authority.html")


def opens_said(round: Round, at) -> str:
    if round.opens_at > at:
        return "Opens"
    return "Was to open" if round.is_uncovered else "Opened"


def set_by(user) -> str:
    return "The schedule" if user.is_the_system else str(user)


def opening_said(round: Round) -> str:
    """Who opens the applications, or who has."""
    if not round.scheme.is_opened_by_two:
        return "At its deadline, by the clock"
    made = Opening.objects.filter(procedure=round.pk).select_related("by").order_by("at")
    said = [f"{opening.by}, {uk_instant(opening.at)}" for opening in made]
    if len(said) < 2:
        said.append(f"{counted(2 - len(said), 'person', 'people')} to come, after the deadline")
    return "; ".join(said)


def public_page(round: Round):
    if round.state == S.DRAFT:
        return "Not announced yet"
    return format_html('<a href="{}">What everyone sees</a>', round.get_absolute_url())


def decide_url(round: Round) -> str:
    return reverse("admin:lots_scheme_record-decision", args=[round.scheme_id])
