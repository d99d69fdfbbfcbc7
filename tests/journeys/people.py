"""What people do in a browser, each by what the page offers. `page` is a window of Chromium."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from playwright.sync_api import TimeoutError as NotYet
from playwright.sync_api import expect
from weasyprint import HTML

PASSWORD = "a long way round by the river"
PATIENCE = 60  # seconds, for what a worker does; half a second a look
SAID = "Mornings begin when each person chooses, and Wren the dog comes too."  # in every answer
PAPER = "<title>Paper</title><h1>Invented paper</h1><p>For whatever is asked.</p>"
ENTRIES = "main form :is(input:not([type=hidden]):not([type=file]), textarea)"


@dataclass(frozen=True)
class Provider:
    """Somebody who applies alone: what they call their work and ask for an hour of it."""

    email: str
    name: str
    organisation: str
    service: str
    rate: str


WREN = Provider("wilf@wren.example", "Wilf Harrow", "Wren and Company", "Kingfisher walks", "24.50")


def eventually(page, path, words):
    """Open a page again and again until it says so."""
    again(page, path, page.locator("main").get_by_text(words).first)


def becomes(page, path, state):
    """Open a record's page again and again until that is its state."""
    again(page, path, page.locator(".title .state", has_text=state).first)


def again(page, path, sought):
    for _ in range(PATIENCE * 2):
        page.goto(path)
        try:
            return sought.wait_for(timeout=500)
        except NotYet:
            continue
    raise AssertionError(f"{path} does not come to show {sought}, but {words_of(page.content())}")


def press(page, name):
    """Send a form; the answer."""
    with page.expect_navigation() as sent:
        page.get_by_role("button", name=name).first.click()
    return sent.value


def send(page, path, **fields):
    """Send what the form at an address asks, by the names of its fields, without showing it: for a
    step that a page is shown for elsewhere. Where it leads is shown no more than it is."""
    [token] = [each["value"] for each in page.context.cookies() if each["name"] == "csrftoken"]
    answer = page.request.post(
        path,
        data=urlencode({"csrfmiddlewaretoken": token, **fields}, doseq=True),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        max_redirects=0,
    )
    assert answer.status == 302, f"{path}: {answer.status} {words_of(answer.text())}"
    return answer.headers["location"]


def words_of(text) -> str:
    """What stands in the main part of a page, for a message."""
    main = re.sub(r"(?s).*<main\b|</main>.*|<(script|style|svg)\b.*?</\1>", " ", text)
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())[:1500]


def put(page, **fields):
    """Fill in fields by their names: words, one of a list or of radios, several of checkboxes."""
    for name, wanted in fields.items():
        for value in wanted if isinstance(wanted, list) else [wanted]:
            entries = page.locator(f'main form [name="{name}"]')
            kind = entries.first.get_attribute("type")
            if kind in ("radio", "checkbox"):
                one = "" if value == "on" else f'[value="{value}"]'
                page.locator(f'main form [name="{name}"]{one}').check()
            elif entries.first.evaluate("entry => entry.tagName") == "SELECT":
                entries.first.select_option(str(value))
            else:
                entries.first.fill(str(value))


def dated(name, day, time=None) -> dict:
    """The fields of a day, and of its time."""
    said = {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}
    return said | ({f"{name}_time": time} if time else {})


def fill_in(page, path, button, **fields):
    """Open a page, fill in its form and send it: the page that it leads to."""
    opened = page.goto(path)
    assert opened.status == 200, f"{path}: {opened.status} {words_of(opened.text())}"
    put(page, **fields)
    sent = press(page, button)
    assert sent.status == 200, words_of(sent.text())
    return page.url


def follow(page, name):
    page.locator("main").get_by_role("link", name=name).first.click()


# Accounts


def sign_up(page, who):
    page.goto("/accounts/signup/")
    page.get_by_label("Your full name").fill(who.name)
    page.get_by_label("E-mail address").fill(who.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Make an account")
    expect(page.get_by_role("heading", name="Confirm your e-mail address")).to_be_visible()


def verify(page, email):
    """Follow the link in the mail."""
    eventually(page, f"/outbox/?to={email}", "Confirm your e-mail address")
    page.locator("article .letter a").first.click()
    press(page, "Confirm this address")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def sign_in(page, email, password=PASSWORD):
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    press(page, "Sign in")
    expect(page).not_to_have_url(re.compile("/accounts/login/"))


def arrive(page, who, password):
    """Sign in without looking around."""
    page.request.get("/accounts/login/")
    send(page, "/accounts/login/", login=who.email, password=password)


def mail(page, email, subject):
    """The letters in the outbox to an address, by the beginning of their subject."""
    page.goto(f"/outbox/?to={email}")
    letters = page.locator("article")
    return letters.filter(has=page.locator("h2", has_text=re.compile(f"^{subject}")))


# Applying


def register(page, who):
    """An account, its address confirmed, and an organisation of one's own."""
    sign_up(page, who)
    verify(page, who.email)
    sign_in(page, who.email)
    register_organisation(page, who)


def register_organisation(page, who):
    page.goto("/portal/register/")
    page.get_by_label("Name of the organisation").fill(who.organisation)
    page.get_by_label("Sole trader").check()
    page.get_by_label("Number of staff").fill("4")
    page.get_by_label("Turnover in the last financial year").fill("120,000")
    page.get_by_label("Registered address").fill("2 Invented Row\nInvented Town")
    page.get_by_label("Name of the person to contact").fill(who.name)
    press(page, "Register organisation")
    expect(page.get_by_text(f"{who.organisation} is registered.")).to_be_visible()


def start_application(page, to):
    """Begin an application to what is called so; the address of its task list."""
    page.goto("/portal/apply/")
    page.get_by_role("radio", name=to).check()
    press(page, "Start application")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Apply to "))
    return page.url


def choose_lots(page, application, *lots):
    page.goto(application)
    follow(page, "Lots you are applying for")
    for lot in lots:
        page.get_by_label(lot).check()
    press(page, "Save and come back later")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Apply to "))


def complete(page, application, answers, who):
    """Do what the task list has left, going on as saving leads: how many sections were done."""
    done = []
    while (task := next_task(page, application)) is not None:
        task.click()
        while "/sections/" in page.url:
            assert page.url not in done, f"{page.title()} stays unfinished"
            done.append(page.url)
            page.wait_for_load_state()
            if page.get_by_role("link", name="Add a service").count():
                add_service(page, who)
                break
            answer_section(page, answers)
    return len(done)


def next_task(page, application):
    """The first line of the task list that is not complete, above the last one."""
    page.goto(application)
    lines = page.locator("ul.tasks li").filter(has_not_text="Check answers and submit")
    left = lines.filter(has_not=page.locator(".state", has_text="Complete"))
    return left.first.locator("a") if left.count() else None


def answer_section(page, answers):
    """Answer what is asked and still empty, follow-ups as they come; papers from the library."""
    # counting does not wait: the page has come, and its script has shown what is asked
    page.wait_for_load_state()
    expect(page.get_by_role("button", name="Save and continue")).to_be_visible()
    if page.get_by_text("Your library is empty").count():
        press(page, "Save and add a document")
        add_document(page)
    entries = page.locator(ENTRIES)
    for place in range(entries.count()):
        entry = entries.nth(place)
        if entry.is_visible():
            answer(page, entry, answers)
    saved = press(page, "Save and continue")
    assert saved.status == 200, page.locator(".govuk-error-summary").inner_text()


def answer(page, entry, answers):
    """One box or button of a section, if its question has no answer yet. `answers` say which of
    the choices is theirs where it is not the first."""
    kind, name = entry.get_attribute("type"), entry.get_attribute("name")
    if kind in ("radio", "checkbox"):
        group = page.locator(f'main form input[name="{name}"]')
        if any(each.is_checked() for each in group.all()):
            return
        fieldset = entry.locator("xpath=ancestor::fieldset[1]")
        asked = fieldset.inner_text()
        theirs = [words for question, words in answers.items() if question in asked]
        (fieldset.get_by_label(theirs[0], exact=True) if theirs else entry).check()
    elif not entry.input_value():
        entry.fill(written(entry, name))


def written(entry, name):
    """What goes into a box: a day in parts, a figure, an address or words."""
    parts = {"day": "14", "month": "1", "year": "2024"}
    if (part := name.rpartition("_")[2]) in parts:
        return parts[part]
    if entry.get_attribute("type") == "number" or entry.get_attribute("inputmode"):
        return "40"
    return "aunt@family.example" if "email" in name else SAID


def add_document(page):
    file = HTML(string=PAPER).write_pdf()
    paper = {"name": "wren-and-co.pdf", "mimeType": "application/pdf", "buffer": file}
    page.get_by_label("File").set_input_files(paper)
    page.get_by_role("radio").first.check()
    press(page, "Add document")


def add_service(page, who):
    """A service in the first of everything, with one rate for each lot."""
    follow(page, "Add a service")
    page.get_by_label("Name of the service").fill(who.service)
    page.get_by_label("Description").fill(SAID)
    page.get_by_label("How many people can it support at one time?").fill("6")
    for fieldset in page.locator("main form fieldset").all():
        fieldset.get_by_role("checkbox").first.check()
    page.get_by_label(re.compile("^Rate for lot .*face to face$")).first.fill(who.rate)
    press(page, "Save service")
    expect(page.get_by_text(f"“{who.service}” is saved.")).to_be_visible()


def submit(page, application, name):
    """Check and submit; the address of the receipt."""
    page.goto(application)
    follow(page, "Check answers and submit")
    expect(page.locator("main")).to_contain_text(SAID)
    page.get_by_label("Your full name").fill(name)
    page.get_by_label("I am authorised to submit").check()
    press(page, "Submit application")
    expect(page.get_by_role("heading", name="Application received")).to_be_visible()
    return page.url


def apply(page, to, lot, answers, who):
    """Apply for a lot of a round or of those that are open; the address of the receipt."""
    application = start_application(page, to)
    choose_lots(page, application, re.compile(f"^{lot}"))
    assert complete(page, application, answers, who) > 2
    return submit(page, application, who.name)
