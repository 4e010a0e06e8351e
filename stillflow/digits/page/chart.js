// A curve over training steps, as an SVG that grows with its frame.

const WIDTH = 300;
const HEIGHT = 100;
const SVG = "http://www.w3.org/2000/svg";

// Draws [step, value] points into an svg element, from `least` or the smallest value to the largest.
export function draw(svg, points, least) {
  const steps = points.map(([step]) => step);
  const values = points.map(([, value]) => value);
  const low = least ?? Math.min(...values);
  const high = Math.max(...values, low + 1e-9);
  const first = steps[0];
  const span = Math.max(steps.at(-1) - first, 1);
  const place = ([step, value]) => {
    const x = (WIDTH * (step - first)) / span;
    const y = HEIGHT * (1 - (value - low) / (high - low));
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  };
  const line = document.createElementNS(SVG, "polyline");
  line.setAttribute("points", points.map(place).join(" "));
  svg.setAttribute("viewBox", `0 -3 ${WIDTH} ${HEIGHT + 6}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.replaceChildren(line);
}
