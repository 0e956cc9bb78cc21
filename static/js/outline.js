// Drawing the outline of a zone on the chart. The list of corners in the form is what counts: the drawing writes it and
// reads it, so that all can be done by typing too. What the list cannot say (holes, several parts) is not drawn.
const SVG = "http://www.w3.org/2000/svg";
const DIGITS = 6;
const RADIUS = 7;
const CORNER = /^\s*([-+]?\d+(?:\.\d+)?)\s*[,;\s]\s*([-+]?\d+(?:\.\d+)?)\s*$/;
const STEPS = { ArrowLeft: [-4, 0], ArrowRight: [4, 0], ArrowUp: [0, -4], ArrowDown: [0, 4] };

export function start(form) {
  const chart = form.querySelector(".chart");
  const list = form.elements.outline;
  if (!chart || !list) return;
  const { west, north, across, down } = Object.fromEntries(
    ["west", "north", "across", "down"].map((name) => [name, Number(chart.dataset[name])]),
  );
  const outline = document.createElementNS(SVG, "polygon");
  outline.setAttribute("class", "chart-outline");
  const handles = document.createElementNS(SVG, "g");
  chart.append(outline, handles);
  chart.dataset.draws = "";
  chart.setAttribute("role", "group"); // a picture no longer: its corners are buttons
  let corners = []; // [x, y] in the chart's units
  let held = -1;

  const place = ([x, y]) => `${(north - y / down).toFixed(DIGITS)}, ${(west + x / across).toFixed(DIGITS)}`;

  function read() {
    const lines = list.value.split("\n").filter((line) => line.trim());
    const found = lines.map((line) => CORNER.exec(line));
    corners = found.every(Boolean) ? found.map(([, latitude, longitude]) => [(longitude - west) * across, (north - latitude) * down]) : [];
    draw();
  }

  function write() {
    list.value = corners.map(place).join("\n");
    draw();
  }

  function draw(focus = -1) {
    outline.setAttribute("points", corners.map((corner) => corner.join(",")).join(" "));
    handles.replaceChildren(...corners.map(handle));
    if (focus >= 0) handles.children[focus]?.focus();
  }

  function handle([x, y], number) {
    const dot = document.createElementNS(SVG, "circle");
    for (const [name, value] of Object.entries({ class: "chart-corner", cx: x, cy: y, r: RADIUS, tabindex: 0, role: "button", "data-number": number })) {
      dot.setAttribute(name, value);
    }
    dot.setAttribute("aria-label", `${number + 1}: ${place([x, y])}`);
    return dot;
  }

  function at(event) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(chart.getScreenCTM().inverse());
    return [point.x, point.y];
  }

  const numberOf = (event) => Number(event.target.dataset?.number ?? -1);

  function remove(number) {
    corners.splice(number, 1);
    write();
  }

  chart.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    held = numberOf(event);
    if (held < 0 && (corners.length || !list.value.trim())) {
      corners.push(at(event));
      held = corners.length - 1;
      write();
    }
    chart.setPointerCapture(event.pointerId);
  });
  chart.addEventListener("pointermove", (event) => {
    if (held < 0) return;
    corners[held] = at(event);
    write();
  });
  for (const name of ["pointerup", "pointercancel"]) chart.addEventListener(name, () => (held = -1));
  chart.addEventListener("dblclick", (event) => {
    const number = nearest(at(event));
    if (number >= 0) remove(number);
  });
  chart.addEventListener("keydown", (event) => {
    const number = numberOf(event);
    if (number < 0) return;
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      remove(number);
    } else if (STEPS[event.key]) {
      event.preventDefault();
      corners[number] = corners[number].map((value, axis) => value + STEPS[event.key][axis]);
      write();
      draw(number);
    }
  });

  // A double click is two clicks before it: those may have put two corners there.
  function nearest([x, y]) {
    const distances = corners.map(([cx, cy]) => Math.hypot(cx - x, cy - y));
    const least = Math.min(...distances);
    return least <= RADIUS * 2 ? distances.indexOf(least) : -1;
  }

  form.querySelector("[data-undo]")?.addEventListener("click", () => corners.length && remove(corners.length - 1));
  form.querySelector("[data-clear]")?.addEventListener("click", () => {
    corners = [];
    write();
  });
  list.addEventListener("input", read);
  read();
}
