// The panel that says why a message came: the clause, the dates of its ladder, the lifts, and how it was sent.
import { fill, flag, longDate, shortDate, strings } from "./format.js";
import { drawWords } from "./phones.js";

const LIFTS_SHOWN = 24;

const panel = document.getElementById("why");
const body = document.getElementById("why-body");
let asked = null;

document.getElementById("why-close").addEventListener("click", () => panel.close());
panel.addEventListener("click", (event) => event.target === panel && panel.close());
panel.addEventListener("close", () => asked?.isConnected && asked.focus());

export async function showWhy(noticeId, button, fetchJson) {
  const why = await fetchJson(`/api/why/${noticeId}?lang=${strings.short}`);
  if (!why) return;
  asked = button;
  body.replaceChildren(document.getElementById("t-why").content.cloneNode(true));
  drawWords(body.querySelector(".told"), why.body, why.translation);
  const original = body.querySelector(".original");
  original.hidden = !why.translation;
  original.textContent = why.body;
  body.querySelector(".note").hidden = !why.late;
  drawClause(why.clause);
  const ladders = body.querySelector(".ladders");
  for (const ladder of why.ladders) ladders.append(...drawLadder(ladder, why));
  ladders.hidden = !why.ladders.length;
  drawSent(why);
  drawLifts(why.lifts);
  if (!panel.open) panel.showModal();
  body.scrollTop = 0;
}

function drawClause(clause) {
  const box = body.querySelector(".clause");
  box.hidden = !clause;
  if (!clause) return;
  box.querySelector("blockquote").textContent = clause.quote;
  box.querySelector("cite").textContent = fill(strings.why.quote_from, clause);
}

function drawLadder(ladder, { duty, step }) {
  const part = document.getElementById("t-ladder").content.cloneNode(true);
  part.querySelector("h4").textContent = fill(strings.due[duty] ?? strings.due.periodic_inspection, { date: longDate(ladder.due) });
  const rows = part.querySelector("tbody");
  for (const rung of ladder.rungs) {
    const row = rows.insertRow();
    if (rung.step === step) row.dataset.this = "";
    row.insertCell().textContent = strings.step[rung.step] ?? strings.step.other;
    for (const day of [rung.opens, rung.on, rung.practical]) row.insertCell().textContent = shortDate(day);
    if (rung.provisional) row.lastElementChild.append(" ", flag("provisional", strings.mark.provisional, strings.mark.provisional_hint));
  }
  return [...part.children];
}

function drawSent(why) {
  const box = body.querySelector(".sent");
  box.hidden = !why.deliveries.length;
  box.querySelector("ul").replaceChildren(...why.deliveries.map((delivery) => line(
    [delivery.to, true],
    [strings.role[delivery.role] ?? ""],
    [strings.channel[delivery.channel] ?? delivery.channel],
    [`${longDate(delivery.on)} ${delivery.at} · ${strings.status[delivery.status] ?? delivery.status}`],
  )));
}

function drawLifts(lifts) {
  const box = body.querySelector(".lifts");
  box.hidden = !lifts.length;
  box.querySelector("h3").textContent = fill(strings.why.lifts, { n: lifts.length });
  const list = box.querySelector("ul");
  list.replaceChildren(...lifts.slice(0, LIFTS_SHOWN).map(drawLift));
  if (lifts.length <= LIFTS_SHOWN) return;
  const more = document.createElement("button");
  more.type = "button";
  more.className = "more";
  more.textContent = fill(strings.why.more, { n: lifts.length - LIFTS_SHOWN });
  more.addEventListener("click", () => {
    list.replaceChildren(...lifts.map(drawLift));
    more.remove();
  });
  box.append(more);
}

function drawLift(lift) {
  let state = lift.due ? fill(strings.why.valid_until, { date: longDate(lift.due) }) : "";
  if (lift.booked_on) state = fill(strings.why.booked_on, { date: longDate(lift.booked_on) });
  if (lift.closed) state = strings.why.inspected;
  return line([lift.place, true], [lift.certificate, true], [], [state]);
}

// name (Chinese), second (Chinese or a word), third, and what stands at the end
function line(...texts) {
  const item = document.createElement("li");
  texts.forEach(([text, chinese], index) => {
    if (!text) return;
    const span = document.createElement("span");
    span.className = index === 0 ? "main" : index === texts.length - 1 ? "end" : "side";
    if (chinese) span.lang = "zh-CN";
    span.textContent = text;
    item.append(span, " ");
  });
  return item;
}
