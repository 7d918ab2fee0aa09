// The language: chosen in the gallery or in a lesson, remembered in this browser, said by <html lang>.
(() => {
  const KEY = "workbench-language";
  const html = document.documentElement;

  // A browser may refuse to store anything: then only the address says the language.
  const remembered = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  };
  const remember = (language) => {
    try {
      localStorage.setItem(KEY, language);
    } catch {}
  };

  const choices = [...document.querySelectorAll(".workbench-languages a")].map((link) => link.lang);
  if (new URLSearchParams(location.search).has("lang")) {
    remember(html.lang);
  } else if (choices.includes(remembered()) && remembered() !== html.lang) {
    location.replace(`?lang=${remembered()}`);
  }

  // The page around a lesson follows the lesson, whose switch sets <html lang> without a reload.
  window.workbenchSpeak = () => {
    const all = JSON.parse(document.getElementById("workbench-words").textContent);
    const words = all[html.lang];
    if (!words) return;
    document.title = `${words.title} · ${words.workbench}`;
    for (const element of document.querySelectorAll("[data-word]")) {
      element.textContent = words[element.dataset.word];
    }
    document.querySelector(".workbench-home").search = `?lang=${html.lang}`;
  };
  const follow = () => {
    window.workbenchSpeak();
    remember(html.lang);
    const address = new URL(location.href);
    address.searchParams.set("lang", html.lang);
    history.replaceState(history.state, "", address); // a reload keeps the language
  };
  if (document.getElementById("workbench-words")) {
    new MutationObserver(follow).observe(html, { attributeFilter: ["lang"] });
  }
})();
