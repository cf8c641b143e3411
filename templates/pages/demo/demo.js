// The demo page: asks for the state, draws it, moves the clock.
import { fill, fullDate, lifts, longDate, strings } from "./format.js";
import { drawCalls, drawThread, inChinese, newestFirst } from "./phones.js";
import { drawWatch, onStop } from "./watch.js";
import { showWhy } from "./why.js";

const PLAY_EVERY = 1600; // ms between two days while playing

// the language link keeps the unit that is open
const language = document.getElementById("language");
language.addEventListener("click", () => {
  if (state) language.search = new URLSearchParams({ lang: language.hreflang, unit: state.unit.ref });
});

const $ = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
let state = null;
let playing = null;
let busy = false;

async function fetchJson(path, payload) {
  try {
    const options = payload && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(payload) };
    const answer = await fetch(path, options);
    if (answer.ok) return await answer.json();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  say(strings.page.failed, "trouble");
  return null;
}

function say(text, kind = "") {
  const live = $("#live");
  delete live.dataset.new;
  delete live.dataset.trouble;
  if (kind) live.dataset[kind] = "";
  live.textContent = text;
}

const ask = (noticeId, button) => showWhy(noticeId, button, fetchJson);

function draw() {
  const { clock } = state;
  $("#date").dateTime = clock.date;
  $("#date").textContent = fullDate(clock.date);
  drawMark(clock);
  for (const box of all("[data-count]")) {
    const count = state.strip[box.dataset.count];
    box.textContent = count;
    box.closest("div").toggleAttribute("data-some", count > 0);
  }
  for (const box of all("[data-total]")) box.textContent = fill(strings.strip.month, { n: state.strip[box.dataset.total] });
  drawManager();
  drawChatLinks();
  const calls = $("[data-thread=calls]");
  drawHead("department", state.department);
  drawCalls(calls, state.department, clock.date, { ask, answer });
  for (const name of ["regulator", "maintainer"]) {
    drawHead(name, state[name]);
    const empty = name === "regulator" ? strings.empty.notices : strings.empty.copies;
    drawThread($(`[data-thread=${name}]`), state[name].messages, clock.date, { empty, ask });
  }
  drawDots();
  drawWatch(state.watch);
}

function drawMark({ mark, holiday, published }) {
  const words = [strings.holiday[holiday] ?? "", strings.mark[mark]].filter(Boolean);
  const box = $("#mark");
  box.textContent = words.join(" · ");
  box.dataset.rest = mark === "makeup" ? "makeup" : String(mark !== "working");
  if (published) return;
  box.textContent += ` · ${strings.mark.provisional}`;
  box.title = strings.mark.provisional_hint;
}

function drawHead(name, { party, person }) {
  $(`[data-party=${name}]`).textContent = party;
  drawPerson($(`[data-who=${name}]`), person);
}

function drawPerson(box, person) {
  if (!person) return box.replaceChildren();
  return box.replaceChildren(inChinese(person.name), ` ${strings.role[person.role] ?? ""} ${person.phone}`);
}

function drawWho() {
  const { sms, chat } = state.manager.people;
  const box = $("#manager-who");
  drawPerson(box, openBoxName() === "sms" ? sms : chat);
  if (!sms && !chat) box.textContent = strings.empty.unreachable;
}

// into the web chat as this person; who has no telephone cannot sign in
function drawChatLinks() {
  const people = { manager: state.manager.people.sms, department: state.department.person };
  Object.assign(people, { regulator: state.regulator.person, maintainer: state.maintainer.person, worker: state.worker });
  for (const link of all("[data-chat]")) {
    link.hidden = !people[link.dataset.chat]?.phone;
    link.href = `/api/chat/${link.dataset.chat}?${new URLSearchParams({ unit: state.unit.ref, lang: strings.short })}`;
  }
}

function drawManager() {
  const { unit, units, manager, clock } = state;
  const select = $("#unit");
  if (select.options.length !== units.length) {
    const label = (one) => fill(strings.column.unit_option, { name: one.name, lifts: lifts(strings.message, one.lifts) });
    select.replaceChildren(...units.map((one) => new Option(label(one), one.ref)));
  }
  select.value = unit.ref;
  drawWho();
  for (const name of ["sms", "chat"]) {
    const box = $(`[data-thread=${name}]`);
    drawThread(box, manager[name], clock.date, { empty: strings.empty[name], ask });
    const fresh = manager[name].filter((message) => message.on === clock.date).length;
    $(`[data-box=${name}] .count`).textContent = fresh ? `${fresh}` : "";
  }
}

const freshIn = () => ({
  manager: [...state.manager.sms, ...state.manager.chat].filter((one) => one.on === state.clock.date).length,
  department: state.department.calls.filter((call) => call.opened_on === state.clock.date).length,
  regulator: state.regulator.messages.filter((one) => one.on === state.clock.date).length,
  maintainer: state.maintainer.messages.filter((one) => one.on === state.clock.date).length,
});

function drawDots() {
  for (const [name, count] of Object.entries(freshIn())) $(`#tab-${name} .dot`).hidden = !count;
}

function announce(quiet) {
  const date = longDate(state.clock.date);
  const n = Object.values(freshIn()).reduce((sum, count) => sum + count, 0);
  if (quiet) return say(strings.clock.quiet);
  return n ? say(fill(strings.live.arrived, { date, n }), "new") : say(fill(strings.live.nothing, { date }));
}

async function load(unit) {
  const asked = new URLSearchParams({ lang: strings.short, ...(unit && { unit }) });
  const found = await fetchJson(`/api/state?${asked}`);
  if (!found) return;
  state = found;
  draw();
  for (const button of all(".moves button, [data-box], #watch-open")) button.disabled = false; // there is something to act on now
}

async function move(to) {
  if (busy) return;
  busy = true;
  for (const button of all("[data-to]")) button.disabled = true;
  if (to !== "day") say(strings.page.updating);
  const found = await fetchJson("/api/clock", { to, unit: state.unit.ref, lang: strings.short });
  for (const button of all("[data-to]")) button.disabled = false;
  busy = false;
  if (!found) return stop();
  const moved = found.clock.date !== state.clock.date;
  state = found;
  draw();
  if (to === "stop") return say(strings.watch.missed, "trouble");
  announce(to === "next" && !moved);
}

async function answer(task, outcome, on) {
  const found = await fetchJson(`/api/call/${task}`, { answer: outcome, on, unit: state.unit.ref, lang: strings.short });
  if (!found) return;
  state = found;
  draw();
  say(fill(strings.live.answered, { outcome: strings.answer[outcome] }), "new");
  $("[data-thread=calls]").focus();
}

function stop() {
  clearInterval(playing);
  playing = null;
  $("#play").textContent = strings.clock.play;
  $("#play").setAttribute("aria-pressed", "false");
}

function play() {
  if (playing) return stop();
  playing = setInterval(() => move("day"), PLAY_EVERY);
  $("#play").textContent = strings.clock.pause;
  $("#play").setAttribute("aria-pressed", "true");
  return move("day");
}

function openTab(name, focus) {
  for (const tab of all("[role=tab]")) {
    const chosen = tab.id === `tab-${name}`;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    if (chosen && focus) tab.focus();
  }
  for (const phone of all(".phone")) phone.toggleAttribute("data-open", phone.id === name);
}

const openBoxName = () => $("[data-box][aria-pressed=true]").dataset.box;

function openBox(name) {
  for (const button of all("[data-box]")) button.setAttribute("aria-pressed", String(button.dataset.box === name));
  for (const box of all("#manager [data-thread]")) {
    box.hidden = box.dataset.thread !== name;
    box.scrollTop = box.scrollHeight;
  }
  drawWho();
}

// on a phone the bar's first line scrolls away and the clock stays; the tabs stand below it
function measureBar() {
  const bar = $(".bar");
  const away = Math.max(0, $(".clock").getBoundingClientRect().top - bar.getBoundingClientRect().top - 6);
  document.documentElement.style.setProperty("--bar-top", `${-away}px`);
  document.documentElement.style.setProperty("--bar-stays", `${Math.floor(bar.offsetHeight - away)}px`);
}

for (const button of all("[data-to]")) button.addEventListener("click", () => move(button.dataset.to));
for (const button of all("[data-box]")) button.addEventListener("click", () => openBox(button.dataset.box));
for (const tab of all("[role=tab]")) tab.addEventListener("click", () => openTab(tab.id.slice(4)));
$("[role=tablist]").addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const tabs = all("[role=tab]");
  const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
  openTab(next.id.slice(4), true);
});
$("#unit").addEventListener("change", (event) => load(event.target.value));
$("#play").addEventListener("click", play);
onStop(() => {
  if (playing) stop();
  return move("stop");
});
// who comes back from the chat sees what they did there
document.addEventListener("visibilitychange", () => state && !document.hidden && !busy && load(state.unit.ref));
new ResizeObserver(measureBar).observe($(".bar"));
newestFirst.addEventListener("change", () => state && draw());
openTab("manager");
load(new URLSearchParams(location.search).get("unit"));
