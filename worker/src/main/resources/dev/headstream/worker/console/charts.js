// Small SVG charts. Paths stretch with their box; words stand beside them as HTML, so that they do not stretch.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 1000;
const HEIGHT = 100;

function svg(name, attributes) {
  const element = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  return element;
}

function frame(box, label) {
  let picture = box.querySelector("svg");
  if (!picture) {
    picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" });
    box.append(picture);
  }
  picture.setAttribute("aria-label", label);
  picture.replaceChildren();
  box.querySelectorAll("span").forEach((word) => word.remove());
  return picture;
}

/** A word at a height of the chart (0 is the bottom, 1 the top) or, without one, below it. */
function word(box, text, place, height) {
  const element = document.createElement("span");
  element.className = place;
  element.textContent = text;
  if (height !== undefined) {
    element.style.bottom = `${100 * height}%`;
  }
  box.append(element);
}

const y = (value, top) => HEIGHT - (HEIGHT * Math.min(value, top)) / top;

function scale(times) {
  const first = times[0];
  const span = Math.max(1, times[times.length - 1] - first);
  return (time) => (WIDTH * (time - first)) / span;
}

function path(times, values, top, stepped) {
  const x = scale(times);
  return values
    .map((value, index) => {
      const at = `${x(times[index]).toFixed(1)} ${y(value, top).toFixed(2)}`;
      const corner = stepped && index > 0 ? `L${x(times[index]).toFixed(1)} ${y(values[index - 1], top).toFixed(2)}` : "";
      return `${corner}${index === 0 ? "M" : "L"}${at}`;
    })
    .join("");
}

function ends(box, times) {
  const minutes = Math.round((times[times.length - 1] - times[0]) / 60000);
  word(box, minutes < 1 ? "less than a minute" : `${minutes} min ago`, "left");
  word(box, "now", "right");
}

/** Lines over time: {name, values, stepped}. */
export function lines(box, label, times, all, top, topWord) {
  const picture = frame(box, label);
  if (times.length < 2) {
    word(box, "the first minutes are being recorded", "middle");
    return;
  }
  all.forEach((line) =>
    picture.append(svg("path", { d: path(times, line.values, top, line.stepped), class: `line ${line.name}` })),
  );
  word(box, topWord, "top");
  ends(box, times);
}

/** Areas on top of each other: {name, values}, and levels: {name, value, text} drawn across. */
export function stack(box, label, times, layers, levels, top) {
  const picture = frame(box, label);
  if (times.length < 2) {
    word(box, "the first minutes are being recorded", "middle");
    return;
  }
  let below = times.map(() => 0);
  layers.forEach((layer) => {
    const above = below.map((value, index) => value + layer.values[index]);
    const x = scale(times);
    const down = below
      .map((value, index) => `L${x(times[index]).toFixed(1)} ${y(value, top).toFixed(2)}`)
      .reverse()
      .join("");
    picture.append(svg("path", { d: `${path(times, above, top)}${down}Z`, class: `area ${layer.name}` }));
    below = above;
  });
  levels
    .filter((level) => level.value <= top)
    .forEach((level) => {
      const at = y(level.value, top);
      picture.append(svg("path", { d: `M0 ${at}L${WIDTH} ${at}`, class: `level ${level.name}` }));
      word(box, level.text, "level", level.value / top);
    });
  ends(box, times);
}
