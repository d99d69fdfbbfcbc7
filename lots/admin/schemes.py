from collections.abc import Iterator

from django.contrib import admin
from django.urls import reverse

from dps.admin import FACTS, Cell, Part, RecordAdmin, Step, list_of, page_of, site
from dps.clock import now
from dps.forms import Form
from dps.words import counted, short_date, uk_date, uk_instant
from lots import policies
from lots.actions import decisions, questionnaires, rounds, schemes, terms
from lots.admin.shapes import add, link, plain, to
from lots.calculations import regimes
from lots.forms import (
    BeginDecisionForm,
    DecisionForm,
    DepartForm,
    QuestionnaireForm,
    StartForm,
    setting_form,
    text_form,
)
from lots.models import (
    Activity,
    AdmissionMode,
    ClientGroup,
    Indicator,
    Locality,
    Lot,
    Outcome,
    ReportHeading,
    Round,
    Schedule,
    Scheme,
    SchemeText,
    Zone,
)
from lots.queries import decisions as decided
from lots.queries import lots as standing
from lots.queries import rounds as running
from lots.queries.lots import listed

RUN = policies.run_scheme
LATEST = 12  # rounds that a scheme's page shows
DEPARTURES = "Departures from the rules of its law"
TEXTS = "Specification and terms"
HEADINGS = "Headings of the award report"


@admin.register(Scheme, site=site)
class SchemeAdmin(RecordAdmin):
    policy = policies.view_scheme_file
    list_display = ["title", "authority", "regime", "starts_on", "ends_on"]
    list_select_related = ["authority"]
    search_fields = ["title", "notice_reference"]
    ordering = ["title"]
    steps = (
        Step(
            "Start a round",
            RUN,
            rounds.start,
            StartForm,
            "Round started. Announce it when its deadline is settled.",
            name="start-round",
            is_onward=True,
        ),
        Step(
            "Publish the scheme",
            RUN,
            schemes.publish,
            Form,
            "Published.",
            applies=lambda scheme: scheme.published_at is None,
            says=lambda scheme: "Everyone will see its lots, questions and rounds.",
        ),
        Step(
            "Change the facts",
            RUN,
            terms.change,
            setting_form(Scheme, change=True, without=("slug",)),
            "Changed.",
            FACTS,
            "edit",
        ),
        add(Lot, "Add a lot", RUN, "Lots", is_onward=True),
        add(
            Schedule,
            "Set a schedule",
            RUN,
            "Rounds",
            applies=lambda scheme: getattr(scheme, "schedule", None) is None,
        ),
        Step(
            "Begin a questionnaire",
            RUN,
            questionnaires.start,
            QuestionnaireForm,
            "Questionnaire begun. Add its sections.",
            "Questionnaires",
            "begin-questionnaire",
            is_onward=True,
        ),
        Step(
            "Draft a decision",
            RUN,
            decisions.begin,
            BeginDecisionForm,
            "Decision drafted. Take it through its steps.",
            "Decisions",
            "draft-decision",
            is_onward=True,
            says=lambda scheme: (
                "To establish, re-open or seal, or to delegate. An award is decided on its report."
            ),
        ),
        Step(
            "Record a decision",
            RUN,
            schemes.record_decision,
            DecisionForm,
            "Decision recorded.",
            "Decisions",
            is_onward=True,
            says=lambda scheme: "For a decision that was taken and signed elsewhere.",
        ),
        Step(
            "Write the specification",
            RUN,
            schemes.write,
            text_form(SchemeText.SPECIFICATION),
            "New version saved.",
            TEXTS,
            "write-specification",
            given={"kind": SchemeText.SPECIFICATION},
        ),
        Step(
            "Write the terms",
            RUN,
            schemes.write,
            text_form(SchemeText.TERMS),
            "New version saved.",
            TEXTS,
            "write-terms",
            given={"kind": SchemeText.TERMS},
        ),
        Step(
            "Record a departure", RUN, schemes.depart, DepartForm, "Departure recorded.", DEPARTURES
        ),
        add(Outcome, "Add an outcome", RUN, "Outcomes"),
        add(Zone, "Add a zone", RUN, "Zones"),
        add(Locality, "Add a locality", RUN, "Localities"),
        add(Activity, "Add an activity", RUN, "Activities"),
        add(ClientGroup, "Add a client group", RUN, "Client groups"),
        add(Indicator, "Add an indicator", RUN, "Indicators"),
        add(ReportHeading, "Add a heading", RUN, HEADINGS),
    )

    def crumbs(self, scheme):
        return [("Schemes", list_of(Scheme))]

    def clock(self, scheme):
        calendar = standing.calendar_of(scheme)
        return standing.time_left(scheme.ends_on, now(), calendar, "Ends", "Ended")

    def facts(self, scheme, user):
        partners = ", ".join(str(partner) for partner in scheme.partners.all())
        published = scheme.published_at and uk_instant(scheme.published_at)
        return [
            ("Law", scheme.get_regime_display()),
            ("Notice", f"{scheme.notice_reference}, {uk_date(scheme.notice_on)}"),
            ("Runs", f"{short_date(scheme.starts_on)} to {short_date(scheme.ends_on)}"),
            ("Schedule", schedule_said(scheme)),
            ("Authority", f"{scheme.authority}" + (f", with {partners}" if partners else "")),
            ("Questions go to", scheme.contact_email),
            ("Rounds are opened by", "two people" if scheme.is_opened_by_two else "the clock"),
            ("Public", f"Since {published}" if published else "Not published yet"),
        ]

    def parts(self, scheme, user) -> Iterator[Part]:
        at = now()
        yield self.lots(scheme, user, at)
        yield self.rounds(scheme, user, at)
        yield self.questionnaires(scheme, user)
        yield self.decisions(scheme, user)
        yield self.texts(scheme)
        yield self.departures(scheme)
        for title, policy, also in LISTS:
            seen = policy.rows(user).filter(scheme=scheme)
            if also == "zone":
                seen = seen.select_related("zone")
            rows = [link(row, sub=str((also and getattr(row, also)) or "")) for row in seen]
            yield Part(title, rows=rows, empty="None yet.", template="admin/words.html")

    def lots(self, scheme, user, at):
        rows = [
            [
                link(lot, f"{lot.key} {lot.title}"),
                Cell(lot.standing.says, kind=lot.standing.kind, shape=lot.standing.shape),
                AdmissionMode(lot.mode).label if lot.mode else "Not set yet",
            ]
            for lot in standing.for_scheme(user, scheme, at)
        ]
        empty = "No lots yet. A scheme needs at least one before it is published."
        return Part("Lots", ("Lot", "Now", "How it admits"), rows, empty)

    def rounds(self, scheme, user, at):
        rows = [
            round_row(round, running.word_of(round, at))
            for round in running.for_scheme(user, scheme, at)[:LATEST]
        ]
        empty = "No rounds yet. Start one, or set a schedule and they start by themselves."
        links = [("All rounds", f"{list_of(Round)}?scheme={scheme.pk}")] if rows else []
        return Part("Rounds", ("Round", "Now", "Lots", "Opens", "Closes"), rows, empty, links)

    def questionnaires(self, scheme, user):
        seen = policies.view_questionnaire.rows(user).filter(scheme=scheme)
        rows = [
            [
                link(version, f"{version.get_purpose_display()}, version {version.number}"),
                Cell(record=version),
                uk_instant(version.published_at) if version.published_at else "",
            ]
            for version in seen.order_by("purpose", "-number")
        ]
        return Part("Questionnaires", ("Version", "State", "Published"), rows, "None yet.")

    def decisions(self, scheme, user):
        rows = [
            [
                link(decision, decision.number, decision.title),
                Cell(record=decision),
                decided.covers(decision.authorisations.all()) or "Nothing",
            ]
            for decision in decided.for_scheme(user, scheme)
        ]
        empty = "No decisions yet. No round opens without one that covers it."
        return Part("Decisions", ("Decision", "State", "Authorises"), rows, empty)

    def texts(self, scheme):
        in_force: dict = {}
        for text in scheme.texts.select_related("set_by").order_by("-kind", "number"):
            in_force[text.kind] = text
        rows = [
            [
                Cell(str(text), reverse(f"lots:{kind}", args=[scheme.pk])),
                f"{uk_instant(text.set_at)} by {text.set_by}",
                text.why,
            ]
            for kind, text in in_force.items()
        ]
        return Part(TEXTS, ("In force", "Written", "Why"), rows, "Neither is written yet.")

    def departures(self, scheme):
        rules = regimes.PROFILES[scheme.regime].rules
        rows = [
            [
                Cell(rules[each.rule].text, sub=rules[each.rule].source),
                plain(each.number) or "No",
                listed(each.lots) if each.lots else "All lots",
                Cell(each.why, sub=each.notice_reference),
            ]
            for each in scheme.departures.all()
        ]
        head = ("Rule", "#Instead", "For", "Why")
        return Part(DEPARTURES, head, rows, "None: its rules hold as they stand.")


LISTS = (
    ("Outcomes", policies.view_outcome, "text"),
    ("Zones", policies.view_zone, ""),
    ("Localities", policies.view_locality, "zone"),
    ("Activities", policies.view_activity, ""),
    ("Client groups", policies.view_client_group, ""),
    ("Indicators", policies.view_indicator, "measure"),
    (HEADINGS, policies.view_report_heading, ""),
)


def schedule_said(scheme: Scheme):
    schedule = getattr(scheme, "schedule", None)
    if schedule is None:
        return "None: rounds are started by hand"
    return to(schedule, f"{schedule}, for {counted(schedule.open_days, 'day')}")


def round_row(round: Round, word) -> list:
    return [
        Cell(str(round), page_of(round)),
        Cell(word.word, kind=word.kind, shape=word.shape),
        ", ".join(row.lot.key for row in round.round_lots.all()),
        uk_instant(round.opens_at),
        uk_instant(round.deadline) if round.deadline else "Not set yet",
    ]
