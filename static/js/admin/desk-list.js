/* <desk-list>: Alt+L goes to the list, Alt+A to what is done with it; in it J and K walk, X ticks. A box ticks all. */
class DeskList extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("[data-list]");
    this.all = this.querySelector("[data-all] input");
    document.addEventListener("keydown", this);
    this.addEventListener("change", this);
    if (this.all) this.all.parentNode.hidden = false;
    this.tell();
  }

  handleEvent(event) {
    const { type, target, key, altKey, ctrlKey, metaKey } = event;
    if (type === "change") {
      if (target === this.all) for (const box of this.boxes) box.checked = target.checked;
      return this.tell();
    }
    const goal = altKey && { KeyL: "[data-list]", KeyA: "[data-bar]" }[event.code];
    if (goal && this.querySelector(goal)) {
      this.querySelector(goal).focus();
      event.preventDefault();
    }
    if (altKey || ctrlKey || metaKey || target.matches("select") || !this.list.contains(target)) return;
    const rows = [...this.list.querySelectorAll("[data-row]")];
    const here = rows.findIndex((row) => row.contains(target));
    const step = { j: 1, k: -1 }[key];
    if (step) rows[Math.max(0, here + step)]?.querySelector("[data-open]").focus();
    if (key === "x") rows[here]?.querySelector("[name=entry]")?.click();
  }

  get boxes() {
    return [...this.querySelectorAll("[name=entry]")];
  }

  tell() {
    if (!this.all) return;
    const ticked = this.boxes.filter((box) => box.checked).length;
    this.all.checked = ticked === this.boxes.length;
    this.all.indeterminate = ticked && !this.all.checked;
    const count = this.querySelector("[data-count]");
    count.textContent = ticked === 1 ? count.dataset.one : count.dataset.many.replace("%s", ticked);
  }
}

customElements.define("desk-list", DeskList);
