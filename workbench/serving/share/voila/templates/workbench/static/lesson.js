// What Voila's page calls while a lesson starts, and how a lesson takes leave.

// Voila says nothing for ten seconds at a stretch: tell the reader that somebody is still there.
window.voila_heartbeat = () => {
  const text = document.getElementById("loading_text");
  if (text) text.dataset.word = "slow";
  window.workbenchSpeak();
};

window.voila_process = (cell, cells) => {
  const progress = document.getElementById("loading_progress");
  if (progress) Object.assign(progress, { value: cell - 1, max: cells });
};

// Called when all cells have arrived, and again when Voila's program has loaded: shows at the later.
window.voila_finish = window.display_cells = () => {
  if (!window.themeLoaded) {
    window.cellLoaded = true;
    return;
  }
  document.getElementById("loading")?.remove();
  document.getElementById("rendered_cells").style.display = "";
};

// Voila ends the kernel of a page that closes, but only once its program has loaded. Until then we do.
window.addEventListener("pagehide", () => {
  const config = document.getElementById("jupyter-config-data");
  if (window.themeLoaded || !config) return;
  const { baseUrl, kernelId } = JSON.parse(config.textContent);
  const farewell = new FormData();
  farewell.append("_xsrf", document.cookie.match("\\b_xsrf=([^;]*)\\b")?.[1] ?? "");
  navigator.sendBeacon(`${baseUrl}voila/api/shutdown/${kernelId}`, farewell);
});

// The colours follow the system through CSS; bqplot and ipywidgets also ask the body.
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const followSystem = () => {
  document.body.dataset.jpThemeLight = String(!dark.matches);
  document.body.dataset.jpThemeName = dark.matches ? "JupyterLab Dark" : "JupyterLab Light";
};
followSystem();
dark.addEventListener("change", followSystem);
