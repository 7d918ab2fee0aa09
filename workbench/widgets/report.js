// A button for each format: the kernel makes the file when it is asked, the page saves it.
function render({ model, el }) {
  Object.assign(el.style, { display: "flex", flexFlow: "row wrap", gap: "6px" });
  const save = ({ name, type, text = "" }, buffers = []) => {
    const url = URL.createObjectURL(new Blob([text, ...buffers], { type }));
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  };
  const draw = () => {
    el.replaceChildren();
    for (const [format, label] of Object.entries(model.get("labels"))) {
      const button = document.createElement("button");
      button.className = "jupyter-button widget-button wb-button";
      button.type = "button";
      button.textContent = label;
      button.addEventListener("click", () => {
        model.set("value", { format, at: Date.now() }); // the same format again is a new wish
        model.save_changes();
      });
      el.appendChild(button);
    }
  };
  model.on("msg:custom", save);
  model.on("change:labels", draw);
  draw();
  return () => {
    model.off("msg:custom", save);
    model.off("change:labels", draw);
  };
}

export default { render };
