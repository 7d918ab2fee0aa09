// The language: chosen in the gallery, remembered in this browser, followed by the page around a lesson.
(() => {
  const KEY = "workbench-language";
  const remembered = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // a browser that stores nothing: the address still says it
    }
  };
  const remember = (language) => {
    try {
      localStorage.setItem(KEY, language);
    } catch {
      // as above
    }
  };

  const html = document.documentElement;
  const asked = new URLSearchParams(location.search).has("lang");
  const choices = [...document.querySelectorAll(".workbench-languages a")].map((link) => link.lang);

  if (asked) {
    remember(html.lang);
  } else if (choices.includes(remembered()) && remembered() !== html.lang) {
    location.replace(`?lang=${remembered()}`);
  }

  // A lesson changes its language without a reload and says so:
  //   window.dispatchEvent(new CustomEvent("workbench:language", { detail: "tr" }))
  window.workbenchSpeak = (language) => {
    const words = JSON.parse(document.getElementById("workbench-words").textContent)[language];
    if (!words) return;
    html.lang = language;
    document.title = `${words.title} · ${words.workbench}`;
    for (const element of document.querySelectorAll("[data-word]")) {
      element.textContent = words[element.dataset.word];
    }
    const address = new URL(location.href);
    address.searchParams.set("lang", language);
    history.replaceState(null, "", address);
    document.querySelector(".workbench-home").search = `?lang=${language}`;
  };
  window.addEventListener("workbench:language", ({ detail }) => {
    remember(detail);
    window.workbenchSpeak(detail);
  });
})();
