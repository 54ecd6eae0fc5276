/* <rule-editor>: shows only those parts of a rule of repetition that apply.
   <schedule-preview>: keeps the sentence and the next dates true while the fields of the form change.
   Both are whole without this script: all parts are visible, and the dates are those of what is saved. */
class RuleEditor extends HTMLElement {
  connectedCallback() {
    this.addEventListener("input", this);
    this.addEventListener("change", this);
    this.apply();
  }

  handleEvent(event) {
    // Who writes beside a choice has made it.
    const beside = event.target.closest("[data-choice]");
    if (beside && event.target.value) {
      const choice = beside.closest("fieldset").querySelector(`input[type=radio][value="${beside.dataset.choice}"]`);
      if (choice) choice.checked = true;
    }
    this.apply();
  }

  apply() {
    const chosen = this.querySelector("[data-part=frequency] input:checked")?.value ?? "once";
    for (const part of this.querySelectorAll("[data-when]")) {
      part.hidden = !part.dataset.when.split(" ").includes(chosen);
    }
    for (const part of this.querySelectorAll("[data-without-script]")) part.hidden = true;
  }
}

const PAUSE = 400;

class SchedulePreview extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    if (!this.form || !this.dataset.url) return;
    this.names = this.dataset.fields.split(" ");
    this.shown = this.read().toString();
    // A click may add or remove a row.
    for (const type of ["input", "change", "click"]) this.form.addEventListener(type, this);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    this.asked?.abort();
    for (const type of ["input", "change", "click"]) this.form?.removeEventListener(type, this);
  }

  handleEvent() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), PAUSE);
  }

  read() {
    const fields = new URLSearchParams({ page: this.dataset.page });
    for (const [name, value] of new FormData(this.form)) {
      const ours = this.names.some((own) => name === own || name.startsWith(`${own}_`) || name.startsWith(`${own}-`));
      if (ours && typeof value === "string") fields.append(name, value);
    }
    return fields;
  }

  async refresh() {
    const body = this.read();
    if (body.toString() === this.shown) return;
    this.shown = body.toString();
    this.asked?.abort();
    this.asked = new AbortController();
    try {
      const response = await fetch(this.dataset.url, {
        method: "POST",
        body,
        headers: { "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value },
        signal: this.asked.signal,
      });
      if (response.ok && !response.redirected) this.show(await response.text());
    } catch {
      // Left for a newer request, or no network: what is shown stays until the next change.
    }
  }

  show(html) {
    const answer = document.createElement("template");
    answer.innerHTML = html;
    for (const part of answer.content.querySelectorAll("[data-part]")) {
      const place = this.querySelector(`[data-part=${part.dataset.part}]`);
      // What did not change is not announced again.
      if (place && place.innerHTML !== part.innerHTML) place.replaceChildren(...part.childNodes);
    }
  }
}

customElements.define("rule-editor", RuleEditor);
customElements.define("schedule-preview", SchedulePreview);
