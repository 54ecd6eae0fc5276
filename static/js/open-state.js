/* <open-state>: keeps an "open now" badge, and the week below it, true on a page that was cached.
   data-transitions: [[ISO moment, "open|closed|unknown", label], …], sent for the eight days after data-from. */
const HORIZON = 8 * 864e5;
const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
// The city's clock, whatever the visitor's zone.
const clock = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/Bucharest", hourCycle: "h23", weekday: "short",
  year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
});

class OpenState extends HTMLElement {
  connectedCallback() {
    try {
      this.changes = JSON.parse(this.dataset.transitions || "[]")
        .map(([at, state, label]) => [Date.parse(at), state, label])
        .sort((a, b) => a[0] - b[0]);
    } catch {
      this.changes = [];
    }
    this.tick();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  tick() {
    const now = Date.now();
    this.showState(now);
    this.showToday(Object.fromEntries(clock.formatToParts(now).map((part) => [part.type, part.value])));
    this.timer = setTimeout(() => this.tick(), 60000 - (now % 60000));
  }

  showState(now) {
    const badge = this.querySelector("[data-open-state]");
    if (!badge) return;
    const last = this.changes.findLast(([at]) => at <= now);
    if (last) [, badge.dataset.openState, badge.textContent] = last;
    // Past what the server knew: no badge is better than a wrong one.
    badge.hidden = now > Date.parse(this.dataset.from) + HORIZON;
  }

  showToday({ year, month, day, weekday, hour, minute }) {
    this.querySelectorAll("[aria-current=date]").forEach((mark) => mark.removeAttribute("aria-current"));
    this.querySelector(".bar .n")?.remove();
    const special = this.querySelector(`[data-date="${year}-${month}-${day}"]`);
    const row = special || this.querySelector(`tr[data-weekday="${DAYS.indexOf(weekday)}"]`);
    row?.setAttribute("aria-current", "date");
    const bar = row?.querySelector(".bar");
    const marks = this.querySelectorAll(".scale text");
    if (!bar || marks.length < 2) return;
    const [from, to] = [marks[0], marks[marks.length - 1]].map((mark) =>
      [parseFloat(mark.getAttribute("x")), parseFloat(mark.textContent)]);
    const x = from[0] + ((+hour + minute / 60 - from[1]) * (to[0] - from[0])) / (to[1] - from[1]);
    if (!(x >= 0 && x <= 100)) return;
    const tick = document.createElementNS(bar.namespaceURI, "rect");
    for (const [name, value] of Object.entries({ class: "n", x: `${x.toFixed(2)}%`, y: -2, width: 3, height: 20 })) {
      tick.setAttribute(name, value);
    }
    bar.append(tick);
  }
}

customElements.define("open-state", OpenState);
