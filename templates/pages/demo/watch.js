// The watch: the line that says whether today was planned, and the panel with /healthz and the operator's phone.
import { fill, longDate, strings } from "./format.js";

const panel = document.getElementById("watch");
const opener = document.getElementById("watch-open");
const stopper = document.getElementById("stop-clock");

opener.addEventListener("click", () => panel.showModal());
document.getElementById("watch-close").addEventListener("click", () => panel.close());
panel.addEventListener("click", (event) => event.target === panel && panel.close());

export function onStop(act) {
  stopper.addEventListener("click", act);
}

export function drawWatch(watch) {
  const well = watch.status === 200;
  const at = { date: longDate(watch.at.date), time: watch.at.time };
  const plan = watch.plan && { time: watch.plan.time, n: watch.plan.notices };
  opener.toggleAttribute("data-failing", !well);
  document.getElementById("watch-line").textContent = well ? fill(strings.watch.ok, plan) : fill(strings.watch.failing, at);
  const status = document.getElementById("watch-status");
  status.textContent = watch.status;
  status.toggleAttribute("data-failing", !well);
  document.getElementById("watch-at").textContent = fill(strings.watch.at, at);
  document.getElementById("watch-body").textContent = JSON.stringify(watch.body, null, 2);
  document.getElementById("watch-messages").replaceChildren(...drawMessages(watch.messages));
  stopper.disabled = !well;
}

function drawMessages(messages) {
  if (!messages.length) {
    const empty = document.createElement("p");
    empty.className = "empty";
    empty.textContent = strings.watch.quiet_so_far;
    return [empty];
  }
  return messages.map((message) => {
    const box = document.createElement("div");
    box.className = "alarm";
    const meta = document.createElement("span");
    meta.className = "meta";
    meta.textContent = `${longDate(message.on)} ${message.time}`;
    const body = document.createElement("p");
    body.textContent = message.translation ?? message.text;
    if (!message.translation) body.lang = "zh-CN";
    box.append(meta, body);
    return box;
  });
}
