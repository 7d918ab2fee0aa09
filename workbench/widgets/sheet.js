// A grey picture on a canvas with the frame of a window; click, arrow keys, or drawing.
const BRUSH = [[0, 0, 255], [0, 1, 170], [1, 0, 170], [0, -1, 170], [-1, 0, 170]];
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const CANVAS = 420; // about as many canvas pixels a side, whatever the picture's size

function render({ model, el }) {
  el.classList.add("wb-sheet");
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  el.appendChild(canvas);
  let pixels = [];
  let count = 0;
  let isDown = false;

  const tell = (news) => {
    model.set("value", { ...news, count: ++count });
    model.save_changes();
  };

  function draw() {
    const height = model.get("height"), width = model.get("width"), margin = model.get("margin");
    const scale = Math.max(2, Math.round(CANVAS / (width + 2 * margin)));
    canvas.width = (width + 2 * margin) * scale;
    canvas.height = (height + 2 * margin) * scale;
    const pen = canvas.getContext("2d");
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.strokeStyle = "#8c8c8c80";
    for (let x = -canvas.height; x < canvas.width; x += 12) {
      pen.beginPath();
      pen.moveTo(x, 0);
      pen.lineTo(x + canvas.height, canvas.height);
      pen.stroke();
    }
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const grey = pixels[row * width + column] || 0;
        pen.fillStyle = `rgb(${grey},${grey},${grey})`;
        pen.fillRect((column + margin) * scale, (row + margin) * scale, scale, scale);
      }
    }
    const [top, left, side] = model.get("frame");
    if (side === undefined) return;
    for (const [colour, thickness] of [["#ffffff", 7], ["#d55e00", 4]]) {
      pen.strokeStyle = colour;
      pen.lineWidth = thickness;
      pen.strokeRect((left + margin) * scale, (top + margin) * scale, side * scale, side * scale);
    }
  }

  function paint(row, column) {
    const height = model.get("height"), width = model.get("width");
    for (const [down, across, grey] of BRUSH) {
      const y = row + down, x = column + across;
      if (y < 0 || x < 0 || y >= height || x >= width) continue;
      pixels[y * width + x] = Math.max(pixels[y * width + x], grey);
    }
    draw();
  }

  function place(event) {
    const box = canvas.getBoundingClientRect(), margin = model.get("margin");
    const down = (event.clientY - box.top) / box.height * (model.get("height") + 2 * margin);
    const across = (event.clientX - box.left) / box.width * (model.get("width") + 2 * margin);
    return [Math.floor(down) - margin, Math.floor(across) - margin];
  }

  function touch(event) {
    const [row, column] = place(event);
    if (model.get("is_drawing")) paint(row, column);
    else tell({ kind: "place", row, column });
  }

  canvas.addEventListener("pointerdown", (event) => {
    isDown = true;
    canvas.setPointerCapture(event.pointerId);
    touch(event);
  });
  canvas.addEventListener("pointermove", (event) => { if (isDown) touch(event); });
  const lift = () => {
    if (isDown && model.get("is_drawing")) tell({ kind: "paint", pixels });
    isDown = false;
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("keydown", (event) => {
    event.stopPropagation(); // else JupyterLab takes the arrows for moving between cells
    if (ARROWS[event.key]) {
      event.preventDefault();
      const [rows, columns] = ARROWS[event.key];
      tell({ kind: "step", rows, columns });
    } else if (event.key === " " && model.get("is_drawing")) {
      event.preventDefault();
      const [top, left, side] = model.get("frame");
      const middle = Math.floor(side / 2);
      paint(top + middle, left + middle);
      tell({ kind: "paint", pixels });
    }
  });

  const take = () => { pixels = [...model.get("pixels")]; draw(); };
  const name = () => canvas.setAttribute("aria-label", model.get("label"));
  const drawing = () => canvas.classList.toggle("wb-drawn-on", model.get("is_drawing"));
  model.on("change:pixels", take);
  for (const trait of ["height", "width", "margin", "frame"]) model.on(`change:${trait}`, draw);
  model.on("change:label", name);
  model.on("change:is_drawing", drawing);
  take();
  name();
  drawing();
}

export default { render };
