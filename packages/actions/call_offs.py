"""Mini-competitions: started for a package, published to everybody on the lot at once, closed by
the clock, awarded by what was published."""

import secrets
from datetime import date, datetime
from decimal import Decimal

from dps import envelopes
from dps.actions import Refused, action, excepted, lock, move, note, part, promise, require
from dps.clock import UK, now
from dps.models import User
from dps.words import uk_date
from lots.actions import procedures
from lots.calculations import regimes
from lots.models import (
    AwardRoute,
    Lot,
    ProcedureState,
    Purpose,
    Questionnaire,
    QuestionnaireState,
    Route,
    Scheme,
)
from lots.queries.lots import calendar_of
from packages import policies
from packages.actions import anonymous
from packages.models import (
    CallOff,
    Invitation,
    Marker,
    Package,
    PackageState,
    PaymentRoute,
)
from packages.queries import call_offs as reading
from packages.queries.packages import pattern_of
from providers.actions import conflicts as declaring
from providers.models import Admission, AdmissionState, Declaration, Organisation

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is read as another
LONGEST_YEARS = 4  # by which a package without an end is valued
WEEK = 7


@action
def start(
    package: Package,
    *,
    lot: Lot,
    markers: list[User],
    quality_weight: Decimal | None = None,
    preference_decides: bool = True,
    by,
) -> CallOff:
    """A mini-competition for a package that is ready, as a draft with the key that will seal its
    offers. It asks the scheme's last published questionnaire for mini-competitions. The weight of
    quality is the lot's unless told.

    Refused for a direct payment, on a lot whose notice does not allow it, without anybody to mark,
    and with a marker who has declared an interest in a provider of the lot (rule 7).
    """
    package = lock(package)
    require(policies.place_package, by, package)
    if package.payment_route == PaymentRoute.DIRECT_PAYMENT:
        raise Refused("A direct payment is never called off: the contract is the person's own")
    if package.state != PackageState.READY:
        raise Refused(f"This package is {package.get_state_display().lower()}, not ready to place")
    if lot.scheme_id != package.scheme_id or not _route_of(lot):
        raise Refused(f"The notice allows no mini-competition on lot {lot.key}", field="lot")
    if _running(package).exists():
        raise Refused("A mini-competition has been started for this package already")
    check_markers(package, lot, markers)
    call_off = CallOff.objects.create(
        scheme=package.scheme,
        title=f"C-{''.join(secrets.choice(LETTERS) for _ in range(6))}",
        opens_at=now(),
        package=package,
        lot=lot,
        questionnaire=questionnaire_of(package.scheme),
        quality_weight=lot.quality_weight if quality_weight is None else quality_weight,
        weekly_budget=package.weekly_budget,
        preference_decides=preference_decides,
        is_rehearsal=package.scheme.is_rehearsal,
    )
    envelopes.issue(call_off)
    Marker.objects.bulk_create(Marker(call_off=call_off, user=u, at=now()) for u in markers)
    note(call_off, "packages.calloff.started", by=by, markers=sorted(str(u.pk) for u in markers))
    return call_off


def _running(package: Package):
    over = (ProcedureState.CLOSED, ProcedureState.CANCELLED)
    return package.call_offs.exclude(state__in=over)


def _route_of(lot: Lot) -> AwardRoute | None:
    return AwardRoute.objects.filter(lot=lot, route=Route.MINI_COMPETITION).first()


def questionnaire_of(scheme: Scheme) -> Questionnaire:
    """What those who offer are asked: the last version published."""
    published = scheme.questionnaires.filter(
        purpose=Purpose.CALL_OFF, state=QuestionnaireState.PUBLISHED
    )
    if found := published.order_by("-number").first():
        return found
    raise Refused("Publish a questionnaire for mini-competitions first: there is nothing to answer")


@part
def check_markers(package: Package, lot: Lot, markers: list[User]) -> None:
    """Refuse nobody, people without a role that marks, and those with a declared interest in a
    provider of the lot."""
    if not markers:
        raise Refused("Name at least one person to mark", field="markers")
    allowed = set(reading.may_mark(package.authority_id).values_list("pk", flat=True))
    on_lot = Admission.objects.standing().filter(lot=lot).values("organisation")
    for user in markers:
        if user.pk not in allowed:
            raise Refused(f"{user} holds no role that marks offers", field="markers")
        held = Declaration.objects.standing(user).filter(scheme=lot.scheme_id, has_conflict=True)
        if held.filter(organisation__in=on_lot).exists():
            raise Refused(
                f"{user} has declared an interest in a provider of this lot. Name another",
                field="markers",
            )


@action
def publish(
    call_off: CallOff, *, deadline: datetime, by, exception: str = "", tender_notice: str = ""
) -> CallOff:
    """Publish the anonymous package to everybody on the lot at once, with the deadline (UTC
    instant). The list of those invited is made of the register at this instant and kept; nobody is
    taken out of it by hand (PCR 2015 reg. 34(21); rule 3).

    A window shorter than the law's least, or the notice's, is refused, naming the rule; where the
    regime allows, a reason departs from it and goes on the register of exceptions.
    """
    package, lot = lock(call_off.package), lock(call_off.lot)
    call_off = lock(call_off)
    require(policies.run_call_off, by, call_off)
    if package.state != PackageState.READY:
        raise Refused(f"This package is {package.get_state_display().lower()}, not ready to place")
    admissions = list(
        Admission.objects.standing()
        .filter(lot=lot)
        .select_related("organisation")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    if not admissions:
        raise Refused(f"Nobody is admitted to lot {lot.key}: there is nobody to invite")
    anonymous.check(package, by=by, need=package.need)
    check_window(call_off, deadline, exception, tender_notice, by)
    call_off.opens_at = now()
    call_off.weekly_budget = package.weekly_budget
    call_off.published = reading.snapshot(call_off, pattern_of(package))
    call_off.save(update_fields=["opens_at", "weekly_budget", "published"])
    procedures.set_first_deadline(call_off, deadline, by)
    invite(call_off, admissions)
    move(package, PackageState.CALLED_OFF, by=by)
    return call_off


@part
def check_window(call_off: CallOff, deadline: datetime, exception: str, notice: str, by) -> None:
    """Refuse what the regime does not allow, or put on record why it was departed from."""
    scheme, profile = call_off.scheme, reading.profile_of(call_off.lot)
    closes_on = deadline.astimezone(UK).date()
    if closes_on > scheme.ends_on:
        raise Refused(f"The scheme ends on {uk_date(scheme.ends_on)}", field="deadline")
    if problem := regimes.call_off_problem(profile, now(), value_of(call_off), notice):
        _depart(problem, call_off, exception, "tender_notice", by)
    problem = regimes.tender_window_problem(profile, now(), deadline, calendar_of(scheme))
    if problem:
        _depart(problem, call_off, exception, "deadline", by)


@part
def _depart(problem, call_off: CallOff, exception: str, field: str, by) -> None:
    """Refuse what the regime does not allow; a reason departs from it where it does."""
    if not problem.may_depart:
        raise Refused(problem.message, field=field)
    if not exception.strip():
        raise Refused(
            f"{problem.message} Enter why this call-off departs from it", field="exception"
        )
    excepted(problem.rule, call_off, by=by, why=exception)


def value_of(call_off: CallOff) -> Decimal:
    """Pounds that the package is worth at its budget until it ends, or for four years."""
    package = call_off.package
    begins = package.starts_on
    ends = package.ends_on or date(begins.year + LONGEST_YEARS, begins.month, min(begins.day, 28))
    return call_off.weekly_budget * ((ends - begins).days + 1) / WEEK


@part
def invite(call_off: CallOff, admissions: list[Admission]) -> None:
    """Invite each of the admissions of the lot, and write to them. A suspended provider is invited
    like the others, unless the scheme's terms say otherwise: then it is on the list with the
    clause. One removed is on no lot."""
    clause = withheld_by(call_off)
    made = Invitation.objects.bulk_create(
        Invitation(
            call_off=call_off,
            organisation=admission.organisation,
            admission=admission,
            withheld=clause if admission.state == AdmissionState.SUSPENDED else "",
            at=now(),
        )
        for admission in admissions
    )
    for invitation in made:
        if not invitation.withheld:
            promise("packages.call_off_invitation", invitation)


def withheld_by(call_off: CallOff) -> str:
    """The clause of the scheme's terms by which suspended providers are not invited; "" if none."""
    said = call_off.scheme.departures.filter(rule="invites_suspended").order_by("-set_at")
    mine = [each for each in said if not each.lots or call_off.lot.key in each.lots]
    return f"{mine[0].notice_reference}: {mine[0].why}" if mine else ""


@action
def extend(call_off: CallOff, *, deadline: datetime, by, why: str) -> CallOff:
    """Give everybody longer, with the reason; all who were invited are told. Refused once the
    deadline has passed: it is never made shorter."""
    call_off = lock(call_off)
    require(policies.run_call_off, by, call_off)
    if call_off.state == ProcedureState.DRAFT:
        raise Refused("This call-off is not published yet")
    if not why.strip():
        raise Refused("Enter a reason", field="why")
    anonymous.check(call_off.package, by=by, why=why)
    if deadline.astimezone(UK).date() > call_off.scheme.ends_on:
        raise Refused(f"The scheme ends on {uk_date(call_off.scheme.ends_on)}", field="deadline")
    procedures.put_off_deadline(call_off, deadline, by, why)
    for invitation in reading.invited(call_off):
        promise("packages.call_off_extension", invitation, deadline.isoformat())
    return call_off


@action
def cancel(call_off: CallOff, *, by, why: str) -> CallOff:
    """End a call-off before its deadline, with the reason; all who were invited are told. What was
    offered is never opened. The package can be placed again."""
    package = lock(call_off.package)
    call_off = lock(call_off)
    require(policies.run_call_off, by, call_off)
    if not why.strip():
        raise Refused("Enter a reason", field="why")
    anonymous.check(package, by=by, why=why)
    if procedures.has_passed(call_off):
        raise Refused("The deadline has passed: award, or record that nothing is awarded")
    was_published = call_off.state != ProcedureState.DRAFT
    move(call_off, ProcedureState.CANCELLED, by=by, why=why)
    if was_published:
        move(package, PackageState.READY, by=by)
    for invitation in reading.invited(call_off):
        promise("packages.call_off_cancelled", invitation)
    return call_off


@action
def close(call_off: CallOff, *, by) -> CallOff:
    """Put on record that the deadline has passed, and tell those who mark. What may be read does
    not wait for this."""
    call_off = lock(call_off)
    require(policies.close_call_off, by, call_off)
    if not procedures.has_passed(call_off):
        raise Refused("The deadline has not passed yet")
    move(call_off, ProcedureState.CLOSED, by=by)
    for marker in call_off.markers.all():
        promise("packages.call_off_to_mark", marker)
    return call_off


@action
def open(call_off: CallOff, *, by):
    """One person's part in opening the offers, where the scheme asks for two."""
    call_off = lock(call_off)
    require(policies.work_on_call_off, by, call_off)
    return procedures.record_opening(call_off, by)


@action
def unseal(call_off: CallOff, *, by) -> CallOff:
    """Keep the key of an opened call-off where it cannot be lost with the master keys."""
    call_off = lock(call_off)
    require(policies.close_call_off, by, call_off)
    if not CallOff.objects.opened(now()).filter(pk=call_off.pk).exists():
        raise Refused("This call-off is not opened yet")
    envelopes.keep_open(call_off)
    note(call_off, "packages.calloff.unsealed", by=by)
    return call_off


@action
def remind(call_off: CallOff, *, by) -> CallOff:
    """Owe the reminder that is due now to all who were invited and have not submitted: 2 or 1
    working days before the deadline, of several missed only the last. Nothing is put on record: it
    would tell how many."""
    call_off = lock(call_off)
    require(policies.close_call_off, by, call_off)
    deadline = procedures.deadline_of(call_off)
    days = reading.due_reminder(deadline, now(), calendar_of(call_off.scheme))
    if days is None or call_off.state == ProcedureState.CANCELLED:
        raise Refused("No reminder is due")
    for invitation in reading.invited(call_off):
        promise("packages.call_off_reminder", invitation, str(days), deadline.isoformat())
    return call_off


@action
def declare(
    call_off: CallOff, *, conflicts: list[Organisation], details: str = "", by
) -> list[Declaration]:
    """Declare for each organisation that was invited whether one has an interest in it. All of
    them, whether they offer or not: before the deadline nobody knows."""
    call_off = lock(call_off)
    require(policies.work_on_call_off, by, call_off)
    about = reading.to_declare_about(by, call_off)
    return declaring.declare(
        call_off.scheme, about=about, conflicts=conflicts, details=details, by=by
    )
