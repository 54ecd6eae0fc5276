/* <phone-directory>: "/" goes to the search field, the arrows walk through the results, Escape goes back and clears.
   The search itself is a plain form: without this script nothing is lost but the keys. */
class PhoneDirectory extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("input[type=search]");
    if (this.field) document.addEventListener("keydown", this);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this);
  }

  handleEvent(event) {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const hits = [...this.querySelectorAll("[data-hit]")];
    const here = hits.findIndex((hit) => hit.contains(event.target));
    const steps = { ArrowDown: 1, ArrowUp: -1 };

    if (event.key === "/" && !typing) {
      this.field.focus();
      this.field.select();
    } else if (event.key === "Escape" && (here >= 0 || event.target === this.field)) {
      if (event.target === this.field) this.field.value = "";
      this.field.focus();
    } else if (event.key in steps && (here >= 0 || event.target === this.field)) {
      if (here < 0 && event.key === "ArrowUp") return;
      const next = hits[here + steps[event.key]];
      if (next) (next.querySelector("a") || next).focus();
      else if (here === 0) this.field.focus();
    } else return;
    event.preventDefault();
  }
}

customElements.define("phone-directory", PhoneDirectory);
