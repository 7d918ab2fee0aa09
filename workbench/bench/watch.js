// Times one key press: to the first number that belongs to the new setting, and to the final one.
// `pressed` resolves when both are painted. Works on our strips and on the stock notebook's text; a
// strip of a training has a first number alone.
function readNumber() {
  const strip = document.querySelector(".wb-strip");
  if (strip) {
    const card = strip.querySelector('[data-name="accuracy"][data-n], [data-name="training_loss"][data-n]');
    if (!card) return null;
    const isOnly = card.dataset.name === "training_loss";
    return { isOnly, setting: strip.dataset.setting, fresh: !card.classList.contains("wb-stale"), n: Number(card.dataset.n) };
  }
  const found = /accuracy of (\S+): .* on (\d+) images/.exec(document.body.innerText);
  return found && { setting: found[1], fresh: true, n: Number(found[2]) };
}

function painted(then) {
  requestAnimationFrame(() => { const channel = new MessageChannel(); channel.port1.onmessage = then; channel.port2.postMessage(0); });
}

window.watchNextPress = function () {
  const before = readNumber().setting;
  window.pressed = new Promise((resolve) => {
    let began = null;
    let first = null;
    let isFirstSeen = false;
    const look = () => {
      const now = readNumber();
      if (began === null || !now || !now.fresh || now.setting === before) return;
      if (!isFirstSeen) {
        isFirstSeen = true;
        painted(() => { first = performance.now() - began; });
      }
      if (now.n >= 10000 || now.isOnly) {
        observer.disconnect();
        painted(() => resolve({ first, final: performance.now() - began }));
      }
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true });
    document.addEventListener("keydown", (event) => { began = event.timeStamp; }, { capture: true, once: true });
  });
};
