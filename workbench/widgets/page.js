// Accessible names for widgets that have none, and the watch over the kernel's pulse.
const SILENCE_MS = 4000;
const INNER = '[role="slider"], .noUi-handle, select, input, textarea';

function target(element) {
  if (element.matches("button")) return element;
  return element.querySelector(INNER) || element.querySelector("svg") || element;
}

function put(element, attribute, value) {
  if (element.getAttribute(attribute) !== value) element.setAttribute(attribute, value);
}

function nameHandle(handle, name, readout) {
  put(handle, "role", "slider");
  put(handle, "aria-label", name);
  if (readout) put(handle, "aria-valuetext", readout.textContent);
}

function giveNames(names, ends) {
  for (const [mark, { name, role, live }] of Object.entries(names)) {
    for (const element of document.querySelectorAll("." + mark)) {
      const inner = role ? element : target(element);
      put(inner, "aria-label", name);
      if (role) put(inner, "role", role);
      if (live) put(inner, "aria-live", "polite");
      if (!inner.matches(".noUi-handle")) continue;
      const readout = element.querySelector(".widget-readout");
      const handles = element.querySelectorAll(".noUi-handle");
      if (handles.length === 1) nameHandle(inner, name, readout);
      else handles.forEach((handle, at) => nameHandle(handle, `${name}: ${ends[at]}`, readout));
    }
  }
}

function render({ model, el }) {
  el.classList.add("wb-page");
  const banner = document.createElement("div");
  banner.className = "wb-banner wb-ended";
  banner.setAttribute("role", "alert");
  banner.hidden = true;
  document.body.appendChild(banner);

  let heard = Date.now();
  let asleep = Date.now();
  const onBeat = () => { heard = Date.now(); banner.hidden = true; };
  model.on("change:beat", onBeat);
  const watch = setInterval(() => {
    // After a sleep of the whole computer the first beats are still on their way.
    if (Date.now() - asleep > 3000) heard = Date.now();
    asleep = Date.now();
    if (Date.now() - heard > SILENCE_MS && banner.hidden) {
      banner.textContent = model.get("ended");
      banner.hidden = false;
    }
  }, 500);

  const notice = document.createElement("div");
  notice.className = "wb-banner wb-notice";
  notice.setAttribute("role", "alert");
  document.body.appendChild(notice);
  const tell = () => {
    notice.innerHTML = model.get("problem"); // escaped by the kernel
    notice.hidden = !model.get("problem");
  };
  model.on("change:problem", tell);
  tell();

  const speak = () => { document.documentElement.lang = model.get("language"); };
  model.on("change:language", speak);
  speak();

  let planned = false;
  const plan = () => {
    if (planned) return;
    planned = true;
    requestAnimationFrame(() => { planned = false; giveNames(model.get("names"), model.get("ends")); });
  };
  const observer = new MutationObserver(plan);
  observer.observe(document.body, { childList: true, subtree: true, characterData: true });
  model.on("change:names", plan);
  plan();

  return () => {
    clearInterval(watch);
    observer.disconnect();
    banner.remove();
    notice.remove();
  };
}

export default { render };
