// Words and dates. Words come from the page's strings; dates are written by the browser in the page's language.
export const strings = JSON.parse(document.getElementById("strings").textContent);

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

// "1 lift" or "{n} lifts" in the words of a group of strings
export const lifts = (words, n) => (n === 1 ? words.lift : fill(words.lifts, { n }));

const formatter = (options) => {
  const format = new Intl.DateTimeFormat(strings.lang === "en" ? "en-GB" : strings.lang, { timeZone: "UTC", ...options });
  return (iso) => format.format(new Date(`${iso}T00:00:00Z`));
};

export const longDate = formatter({ year: "numeric", month: "long", day: "numeric" });
export const shortDate = formatter({ month: strings.lang === "en" ? "short" : "numeric", day: "numeric", year: "numeric" });
const dayOfYear = formatter({ month: "long", day: "numeric" });
const weekday = formatter({ weekday: "long" });

const withWeekday = (iso, date) => fill(strings.page.date, { date, weekday: weekday(iso) });

export const fullDate = (iso) => withWeekday(iso, longDate(iso));

export const markOfDay = (iso, today) => withWeekday(iso, (iso.slice(0, 4) === today.slice(0, 4) ? dayOfYear : longDate)(iso));

export const make = (templateId) => document.getElementById(templateId).content.cloneNode(true).firstElementChild;

export function flag(kind, text, title = "") {
  const span = document.createElement("span");
  span.className = `flag ${kind}`;
  span.textContent = text;
  span.title = title;
  return span;
}
