// Times that tick, by the server's clock: <time data-since="ISO"> counts up, <time data-until="ISO"> down; the element
// itself shows the time of day.
let ahead = 0; // ms that the server's clock is before ours

export const now = () => Date.now() + ahead;

export function span(seconds) {
  const whole = Math.max(0, Math.floor(Math.abs(seconds)));
  const two = (number) => String(number).padStart(2, "0");
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

// What a span says: "1:02:03" → 3723.
export const seconds = (said) => said.split(":").reduce((all, part) => 60 * all + Number(part), 0);

function tick(root) {
  const at = now();
  for (const time of root.querySelectorAll("time[data-since]")) time.textContent = span((at - Date.parse(time.dataset.since)) / 1000);
  for (const time of root.querySelectorAll("time[data-until]")) {
    const left = (Date.parse(time.dataset.until) - at) / 1000;
    time.textContent = (left < 0 ? "−" : "") + span(left);
    time.toggleAttribute("data-late", left < 0);
  }
}

export function start(clock) {
  const style = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", numberingSystem: "latn", timeZone: clock.dataset.timeZone };
  const show = () => {
    clock.textContent = new Intl.DateTimeFormat(document.documentElement.lang, style).format(now());
    tick(document);
  };
  document.addEventListener("live:beat", ({ detail }) => {
    const seen = Date.parse(detail.at) - Date.now();
    ahead = Math.abs(seen - ahead) > 1000 ? seen : Math.max(ahead, seen); // the quickest frame tells best
  });
  document.addEventListener("live:changed", ({ detail }) => detail.element && tick(detail.element));
  setInterval(show, 1000);
  show();
}
