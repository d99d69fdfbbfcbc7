"""A picture of every page in every role of the demo, at two widths, of every form in its error
state and of every page of a PDF; all of it looked at by axe. `make screens`, or for some of the
roles `make screens ARGS="commissioner signed-out"`.

Fails on an answer that is not a page, on sideways scrolling and on what axe finds.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dps.settings")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the driver has a loop of its own
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.models import AnonymousUser  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.urls import NoReverseMatch, reverse  # noqa: E402
from django.utils.text import slugify  # noqa: E402

from dps.demo.people import PASSWORD, sign_ins  # noqa: E402
from dps.embedded.supervisor import live  # noqa: E402
from dps.models import User  # noqa: E402
from dps.policies import use_workplace  # noqa: E402
from lots.models import QuestionSection  # noqa: E402
from providers.models import Section  # noqa: E402
from tests.access.test_matrix import ALLAUTHS, pages  # noqa: E402
from tests.browsers import chromium  # noqa: E402
from tests.journeys.people import sign_in  # noqa: E402

FOLDER = settings.BASE_DIR / "screens"
AXE = (settings.BASE_DIR / "vendor/axe-core/axe.min.js").read_text()
LOOK = """async () => (await axe.run({resultTypes: ["violations"]})).violations.map(
    (found) => `${found.id}: ${found.nodes.map((node) => node.target.join(" ")).join(", ")}`)"""
WIDE, NARROW = 1280, 390  # pixels
MANY = 200  # rows among which one is sought that a step is for
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Of a document that the address has to name; an application, which staff do not make; an order
# that was not sent.
NOT_BY_THEMSELVES = (
    "providers-submission_document",
    "admin-submission_document",
    "apply",
    "packages-order_pdf-chosen",
    "packages-order_pdf-costed",
)
OF_A_ROW = 'main a[href*="?service="], main a[href*="?document="]'  # pages that need a query
# Empties a form; false where nothing in it has to be there, so that to send it would be to do it.
EMPTY = """() => {
    const form = document.querySelector("main form[method=post]");
    if (!form) return false;
    const shown = [...form.elements].filter((each) => each.type !== "hidden"
        && !["submit", "button", "fieldset"].includes(each.type) && each.offsetParent);
    const isOptional = (each) => /\\(optional\\)/.test(
        (each.closest("fieldset")?.querySelector("legend") ?? each.labels?.[0])?.textContent ?? "");
    const isAlone = (each) => each.type === "checkbox" && !each.closest("fieldset");
    if (!shown.some((each) => !isOptional(each) && !isAlone(each))) return false;
    for (const each of shown) {
        if (["radio", "checkbox"].includes(each.type)) each.checked = false;
        else if (each.type !== "file") each.value = "";
    }
    return true;
}"""


@dataclass
class Found:
    """What was drawn and what was wrong with it."""

    pages: int = 0
    pictures: int = 0
    forms: dict = field(default_factory=dict)  # by name: the first role that has it, and where
    wrong: list[str] = field(default_factory=list)

    def say(self, words):
        self.wrong.append(words)
        print(f"  {words}", flush=True)


def main(wanted: list[str]) -> int:
    shutil.rmtree(FOLDER, ignore_errors=True)
    call_command("migrate", verbosity=0)
    call_command("load_demo")
    people = {"signed-out": (AnonymousUser(), "")}
    for who in sign_ins():
        people[slugify(who.what)] = (User.objects.get(email=who.email), who.email)
    if unknown := set(wanted) - set(people):
        print(f"No such role: {', '.join(unknown)}. There are {', '.join(people)}")
        return 1
    found = Found()
    with live(settings.VAR_DIR) as running, chromium() as browser:
        windows = {}
        for role in wanted or people:
            user, email = people[role]
            context = browser.new_context(base_url=running.env["BASE_URL"], reduced_motion="reduce")
            windows[role] = context.new_page()
            if email:
                sign_in(windows[role], email, PASSWORD)
            before = found.pages
            walk(windows[role], role, user, found)
            print(f"{role}: {found.pages - before} pages", flush=True)
        erring = 0
        for name, (role, url) in found.forms.items():
            erring += errs(windows[role], role, name, url, found)
        browser.close()
    print(f"{found.pages} pages and {erring} forms in their error state: {found.pictures} pictures")
    print(f"{len(found.wrong)} violations")
    return bool(found.wrong)


def walk(window, role, user, found) -> None:
    """Draw every page that a person may have, and those that lead on from a row of them."""
    seen, left = set(), list(places(user))
    for name, url in left:  # which grows on the way
        if url in seen:
            continue
        seen.add(url)
        answer = window.context.request.get(url, max_redirects=0)
        kind = answer.headers.get("content-type", "")
        if answer.status == 200 and kind.startswith("application/pdf"):
            found.pictures += draw_paper(answer.body(), FOLDER / role / name)
        if answer.status == 200 and kind.startswith("text/html"):
            window.goto(url)
            draw(window, role, name, found)
            found.pages += 1
            if window.locator("main form[method=post]").count():
                found.forms.setdefault(name, (role, url))
            hrefs = window.locator(OF_A_ROW).evaluate_all("(all) => all.map((a) => a.href)")
            left += [(f"{name}-{word(href)}", href) for href in hrefs[:2]]
        elif answer.status >= 400 and name not in NOT_BY_THEMSELVES:
            found.say(f"{role} {name}: {answer.status} at {url}")


def places(user) -> Iterator[tuple[str, str]]:
    """(name of a picture, address) of each page that the person may have: about a row, one of each
    state that there is."""
    in_workplace = use_workplace.allows(user)
    for name in ["admin:index"] * in_workplace + sorted(ALLAUTHS):
        try:
            yield name.replace(":", "-"), reverse(name)
        except NoReverseMatch:  # it is about a key that was mailed
            continue
    for name, callback, arguments in pages():
        if name.startswith("admin:") and not in_workplace:
            continue
        called, policy = name.replace(":", "-"), callback.policy
        if not arguments:
            if policy.allows(user):
                yield called, reverse(name)
            continue
        rows = ready_for(callback, user) if hasattr(callback, "step") else samples(policy, user)
        for state, row in rows:
            yield "-".join(filter(None, [called, state])), reverse(name, args=[row.pk])


def ready_for(callback, user) -> Iterator[tuple[str, object]]:
    """A row that the step of a record's page is for."""
    found, policy = callback.model_admin.found, callback.policy
    rows = (found(policy, user, pk) for pk in policy.ids(user)[:MANY])
    yield from (("", row) for row in islice(filter(callback.step.applies, rows), 1))


def samples(policy, user) -> Iterator[tuple[str, object]]:
    """(its state, a row that the person may do this to)."""
    rows = policy.rows(user)
    if policy.model is Section:
        own = {Section.LOTS: "lots", Section.SERVICES: "services"}
        for key, called in own.items():
            yield from ((called, row) for row in rows.filter(key=key)[:1])
        for assessment in ("scored", "pass_fail"):
            of_all = {"questions__lots": [], "questions__sizes": []}
            asked = QuestionSection.objects.filter(questions__assessment=assessment, **of_all)
            yield from ((assessment, row) for row in rows.filter(key__in=asked.values("key"))[:1])
        return
    has_states = policy.within is None and any(f.name == "state" for f in policy.model._meta.fields)
    if not has_states:
        yield from (("", row) for row in rows[:1])
        return
    for state in rows.order_by("state").values_list("state", flat=True).distinct():
        yield state, rows.filter(state=state).first()


def draw(window, role, name, found) -> None:
    """A picture at each width, and what is wrong."""
    for width in (WIDE, NARROW):
        window.set_viewport_size({"width": width, "height": 900})
        file = FOLDER / role / f"{name}-{width}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        window.screenshot(path=file, full_page=True)
        found.pictures += 1
        if over := window.evaluate(SIDEWAYS):
            found.say(f"{role} {name}: scrolls sideways by {over} at {width}")
        if width == WIDE:
            window.evaluate(AXE)
            for problem in window.evaluate(LOOK):
                found.say(f"{role} {name}: {problem}")


def errs(window, role, name, url, found) -> bool:
    """Send a form empty and draw what it says. These come last, since a draft keeps what is
    sent."""
    window.set_viewport_size({"width": WIDE, "height": 900})
    window.goto(url)
    if not window.evaluate(EMPTY):
        return False
    with window.expect_navigation():
        window.evaluate("() => document.querySelector('main form[method=post]').requestSubmit()")
    if not window.locator(".govuk-error-summary").count():
        found.say(f"{role} {name}: says nothing when it is sent empty")
        return False
    draw(window, role, f"{name}-errors", found)
    return True


def draw_paper(contents: bytes, stem: Path) -> int:
    """A picture of each page of a PDF: how many."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    paper = stem.with_suffix(".pdf")
    paper.write_bytes(contents)
    subprocess.run(["pdftoppm", "-r", "72", "-png", paper, stem], check=True)
    return len(list(stem.parent.glob(f"{stem.name}-*.png")))


def word(href: str) -> str:
    """What the page of a row is, from its address."""
    parts = urlsplit(href)
    return slugify(f"{parts.path.rstrip('/').rsplit('/', 1)[1]}-{parts.query.split('=')[0]}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
