/* <desk-list>: in the list J and K walk through the lines, X ticks one; a box ticks all. */
class DeskList extends HTMLElement {
  connectedCallback() {
    const find = (selector) => this.querySelector(selector);
    this.all = find("[data-all] input");
    this.count = find("[data-count]");
    find("[data-list]").addEventListener("keydown", this);
    this.addEventListener("change", this);
    if (this.all) this.all.parentNode.hidden = false;
    this.tell();
  }

  handleEvent(event) {
    const { target, key } = event;
    if (event.type === "change") {
      if (target === this.all) for (const box of this.boxes) box.checked = target.checked;
      return this.tell();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || target.matches("select")) return;
    const rows = [...this.querySelectorAll("[data-row]")];
    const here = rows.findIndex((row) => row.contains(target));
    const step = { j: 1, k: -1 }[key];
    if (step) rows[Math.max(0, here + step)]?.querySelector("[data-open]").focus();
    else if (key === "x") rows[here]?.querySelector("[name=entry]")?.click();
  }

  get boxes() {
    return [...this.querySelectorAll("[name=entry]")];
  }

  tell() {
    if (!this.count) return;
    const ticked = this.boxes.filter((box) => box.checked).length;
    this.all.checked = ticked === this.boxes.length;
    this.all.indeterminate = ticked && !this.all.checked;
    const { one, many } = this.count.dataset;
    this.count.textContent = ticked === 1 ? one : many.replace("%s", ticked);
  }
}

customElements.define("desk-list", DeskList);
