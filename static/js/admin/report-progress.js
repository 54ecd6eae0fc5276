/* Follows a report that is being counted: asks how far it is, and loads the page again when it is done. */
const bar = document.querySelector("[data-progress-url]");

async function look() {
  try {
    const response = await fetch(bar.dataset.progressUrl, { headers: { Accept: "application/json" } });
    if (response.ok) {
      const { percent, done } = await response.json();
      if (done) return location.reload();
      bar.value = percent;
      bar.textContent = `${percent} %`;
      document.querySelector("[data-progress-text]").textContent = `${percent} %`;
    }
  } catch { /* the server is away for a moment: asked again */ }
  setTimeout(look, 1500);
}

if (bar) setTimeout(look, 700);
