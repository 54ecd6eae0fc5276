/* <print-button hidden>: shows its button where there is a script to print with. */
class PrintButton extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.querySelector("button").addEventListener("click", () => print());
  }
}
customElements.define("print-button", PrintButton);
