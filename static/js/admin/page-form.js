/* A page's form waits for its autosave: both at once would make two pages of a new one, or refuse the second's address. */
const LONGEST_WAIT_MS = 15000;
const waiting = new WeakSet();
const waited = new WeakSet();
let autosave;

document.addEventListener("w-autosave:save", (event) => { autosave = event; });

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const controller = window.wagtail.app.getControllerForElementAndIdentifier(form, "w-autosave");
  if (!controller) return;
  // From here on the form itself is being saved: what is typed until the answer comes is no new draft.
  controller.activeValue = false;
  const underWay = controller.submitPromise;
  if (!underWay || waited.has(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  // Pressed again meanwhile: it is sent once.
  if (waiting.has(form)) return;
  waiting.add(form);
  // It waits half a second before it asks the server: what has not been sent by now never is.
  autosave?.preventDefault();
  await Promise.race([underWay, new Promise((resolve) => { setTimeout(resolve, LONGEST_WAIT_MS); })]);
  waited.add(form);
  // Wagtail has disabled the button meanwhile, and a disabled button does not say which action it stands for.
  const button = event.submitter;
  if (button?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value }));
  form.requestSubmit();
}, { capture: true });
