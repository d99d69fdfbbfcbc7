// What the pages gain from a script; each of them works without it.
import { initAll } from "./govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();

// A menu closes when one looks elsewhere, and by Escape, which gives the focus back.
const menus = [...document.querySelectorAll("details.menu, details.switch, details.menuall")];
document.addEventListener("click", (event) => {
  for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus.filter((each) => each.open)) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Facets are open beside the results, and folded where they would come before them.
const narrow = matchMedia("(max-width: 720px)");
for (const facets of document.querySelectorAll("details[data-fold]")) {
  const fold = () => { facets.open = !narrow.matches; };
  narrow.addEventListener("change", fold);
  fold();
}

// A list narrows at once when a facet is ticked; its button stays for those without a script.
for (const form of document.querySelectorAll("form[data-at-once]")) {
  form.addEventListener("change", () => form.requestSubmit());
  for (const button of form.querySelectorAll("[data-not-needed]")) button.hidden = true;
}

// One tick for all the rows of a list.
for (const all of document.querySelectorAll("input[data-ticks]")) {
  const each = [...document.querySelectorAll(`input[name="${all.dataset.ticks}"]`)];
  all.addEventListener("change", () => { for (const box of each) box.checked = all.checked; });
}

// A follow-up is there when the answer above calls for it; one with an error stays.
for (const follow of document.querySelectorAll("[data-asked-if]")) {
  const above = [...document.getElementsByName(follow.dataset.askedIf)];
  const called = () => above.some((input) => input.checked && input.value === follow.dataset.answer);
  const show = () => { follow.hidden = !called() && !follow.querySelector(".govuk-error-message"); };
  for (const input of above) input.addEventListener("change", show);
  show();
}

// What was typed is not left by accident.
for (const form of document.querySelectorAll("form[data-guard]")) {
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}

for (const button of document.querySelectorAll("button[data-print]")) {
  button.addEventListener("click", () => print());
}

// How much waits at each entry of the rail: kept for half a minute, unless something was just done.
const rail = document.querySelector("nav[data-waiting]");
if (rail) {
  const cache = document.querySelector(".notes") ? "reload" : "default";
  fetch(rail.dataset.waiting, { cache }).then((answer) => answer.json()).then((numbers) => {
    for (const link of document.querySelectorAll("nav.side a, .menuall nav a")) {
      const number = numbers[link.pathname];
      if (!number) continue;
      const shown = Object.assign(document.createElement("span"), { className: "n" });
      const said = Object.assign(document.createElement("span"), { className: "vh" });
      said.textContent = " waiting";
      shown.append(number, said);
      link.append(shown);
    }
  }).catch(() => {});  // the page does without
}
