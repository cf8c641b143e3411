// What lands on the phones: threads of messages and the list of calls.
import { fill, flag, fullDate, lifts, longDate, make, markOfDay, strings } from "./format.js";

export const newestFirst = matchMedia("(max-width: 899px)"); // there the page scrolls, not the thread
const shownAtFirst = () => (newestFirst.matches ? 12 : 40); // messages of a thread

export function drawThread(box, messages, today, { empty, ask }) {
  const shown = messages.slice(-Number(box.dataset.shown || shownAtFirst()));
  const parts = [];
  let day = "";
  if (newestFirst.matches) shown.reverse();
  for (const message of shown) {
    if (message.on !== day) parts.push(dayMark((day = message.on), today));
    parts.push(drawMessage(message, today, ask));
  }
  if (!shown.length) parts.push(emptyLine(empty));
  if (messages.length > shown.length) {
    const earlier = earlierButton(box, messages, today, { empty, ask });
    newestFirst.matches ? parts.push(earlier) : parts.unshift(earlier);
  }
  box.replaceChildren(...parts);
  box.scrollTop = box.scrollHeight;
}

function earlierButton(box, messages, today, options) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "earlier";
  button.textContent = fill(strings.column.earlier, { n: messages.length - Number(box.dataset.shown || shownAtFirst()) });
  button.addEventListener("click", () => {
    box.dataset.shown = messages.length;
    drawThread(box, messages, today, options);
    box.scrollTop = 0;
  });
  return button;
}

function dayMark(day, today) {
  const mark = make("t-day");
  mark.firstElementChild.dateTime = day;
  mark.firstElementChild.textContent = markOfDay(day, today);
  return mark;
}

function emptyLine(text) {
  const line = document.createElement("p");
  line.className = "empty";
  line.textContent = text;
  return line;
}

function drawMessage(message, today, ask) {
  const button = make("t-message");
  const { n, to } = message;
  button.querySelector(".step").textContent = strings.step[message.step] ?? strings.step.other;
  const flags = button.querySelector(".flags");
  if (message.late) flags.append(flag("late", strings.message.late));
  if (message.on === today) {
    flags.append(flag("new", strings.message.new));
    button.dataset.new = "";
  }
  drawWords(button.querySelector(".body"), message.body, message.translation);
  const foot = [n ? lifts(strings.message, n) : "", strings.status[message.status] ?? ""];
  button.querySelector(".foot").textContent = foot.filter(Boolean).join(" · ");
  button.dataset.status = message.status;
  button.dataset.notice = message.notice_id ?? "";
  if (to) button.querySelector(".foot").append(" · ", inChinese(to));
  if (message.direction === "in") button.dataset.in = "";
  if (message.notice_id) button.addEventListener("click", () => ask(message.notice_id, button));
  else button.disabled = true;
  return button;
}

export function inChinese(text) {
  const span = document.createElement("span");
  span.lang = "zh-CN";
  span.textContent = text;
  return span;
}

// what was said, in the page's language where there is a wording of it: signature or heading stand apart
export function drawWords(box, original, translation) {
  const text = translation ?? original;
  box.lang = translation ? strings.lang : "zh-CN";
  box.dataset.said = "";
  const [, signature, heading, rest] = /^(\u3010[^\u3011]+\u3011|\[[^\]]+\] )?(?:([^\n]+)(?=\n))?([\s\S]*)$/.exec(text);
  const strong = document.createElement("b");
  strong.textContent = signature ?? heading ?? "";
  box.replaceChildren(strong, signature ? (heading ?? "") + rest : rest);
  strong.className = signature ? "signature" : "heading";
}

export function drawCalls(box, department, today, { ask, answer }) {
  const parts = department.calls.map((call) => drawCall(call, department.visit_days, today, { ask, answer }));
  if (!parts.length) parts.push(emptyLine(strings.empty.calls));
  if (department.checks.length) parts.push(drawList(strings.column.checks, department.checks, checkLine, ask));
  if (department.done.length) parts.push(drawList(strings.column.calls_done, department.done, doneLine, ask));
  box.replaceChildren(...parts);
}

function drawCall(call, visitDays, today, { ask, answer }) {
  const card = make("t-call");
  card.dataset.task = call.id;
  if (call.opened_on === today) card.dataset.new = "";
  card.querySelector("h3").textContent = call.unit;
  const facts = [lifts(strings.call, call.n)];
  if (call.by) facts.push(fill(strings.call.by, { date: longDate(call.by) }));
  card.querySelector(".facts").textContent = facts.join(" · ");
  card.querySelector(".name").textContent = call.name;
  card.querySelector(".number").textContent = call.phone;
  const script = card.querySelector("blockquote");
  script.dataset.said = "";
  script.lang = call.translation ? strings.lang : "zh-CN";
  script.textContent = call.translation ?? call.card;
  wireOutcomes(card, call, visitDays, { ask, answer });
  return card;
}

function wireOutcomes(card, call, visitDays, { ask, answer }) {
  const form = card.querySelector(".visit");
  const day = form.querySelector("select");
  day.replaceChildren(...visitDays.map((iso) => new Option(fullDate(iso), iso)));
  for (const button of card.querySelectorAll("[data-answer]")) {
    const outcome = button.dataset.answer;
    button.addEventListener("click", () => {
      if (outcome !== "booked") return answer(call.id, outcome, null);
      form.hidden = !form.hidden;
      button.setAttribute("aria-expanded", String(!form.hidden));
      return form.hidden || day.focus();
    });
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer(call.id, "booked", day.value);
  });
  card.querySelector(".ask").addEventListener("click", (event) => ask(call.notice_id, event.currentTarget));
}

const checkLine = (check) => strings.task[check.kind];

const doneLine = (call) => {
  const outcome = strings.answer[call.outcome] ?? strings.answer.done;
  return fill(strings.call.done, { date: longDate(call.closed_on), outcome });
};

function drawList(heading, rows, lineOf, ask) {
  const box = document.createElement("section");
  box.className = "rows";
  const title = document.createElement("h3");
  title.textContent = heading;
  const list = document.createElement("ul");
  list.append(...rows.map((row) => drawRow(row, lineOf(row), ask)));
  box.append(title, list);
  return box;
}

function drawRow({ unit, notice_id: noticeId }, line, ask) {
  const row = make("t-row");
  row.querySelector(".unit").textContent = unit;
  row.querySelector(".outcome").textContent = line;
  const button = row.querySelector("button");
  button.disabled = !noticeId;
  button.addEventListener("click", () => ask(noticeId, button));
  return row;
}
