// A sheet to draw on, with a mouse, a finger, a stylus or the keyboard.
// Points are [x, y] from 0 to 1. Calls `changed` after every change.

const PEN = 0.075; // the width of a line
const STEP = 0.04; // how far an arrow key moves the pen
const EXPORTED = 280; // pixels of the picture that is sent

export class Sheet {
  constructor(canvas, changed) {
    this.canvas = canvas;
    this.changed = changed;
    this.strokes = [];
    this.picture = null; // a bitmap that was opened
    this.pen = [0.5, 0.5];
    this.penIsDown = false;
    this.byKeyboard = false;
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const name of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(name, () => this.#up());
    }
    canvas.addEventListener("keydown", (event) => this.#key(event));
    for (const name of ["focus", "blur"]) {
      canvas.addEventListener(name, () => this.#focus());
    }
  }

  get empty() {
    return this.strokes.length === 0 && this.picture === null;
  }

  clear() {
    this.#replace([]);
    this.#change();
  }

  undo() {
    this.#replace(this.strokes.slice(0, -1));
    this.#change();
  }

  // Shows a bitmap in place of the drawing. It is no change that `changed` hears of.
  show(picture) {
    this.#replace([]);
    this.picture = picture;
    this.redraw();
  }

  // Whatever was being drawn ends with it.
  #replace(strokes) {
    this.strokes = strokes;
    this.picture = null;
    this.penIsDown = false;
    this.drawing = undefined;
  }

  // The drawing in black on white, as a PNG.
  png() {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = EXPORTED;
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, EXPORTED, EXPORTED);
    this.#trace(context, EXPORTED, "#000");
    return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  }

  redraw() {
    const { canvas } = this;
    const context = canvas.getContext("2d");
    const side = canvas.width;
    context.clearRect(0, 0, side, side);
    if (this.picture) {
      const scale = side / Math.max(this.picture.width, this.picture.height);
      const width = this.picture.width * scale;
      const height = this.picture.height * scale;
      context.drawImage(this.picture, (side - width) / 2, (side - height) / 2, width, height);
    }
    this.#trace(context, side, getComputedStyle(canvas).color);
    if (this.byKeyboard) this.#cross(context, side);
  }

  #trace(context, side, ink) {
    context.strokeStyle = ink;
    context.lineWidth = PEN * side;
    context.lineCap = context.lineJoin = "round";
    for (const stroke of this.strokes) {
      context.beginPath();
      if (stroke.length === 1) this.#dot(context, side, stroke[0], ink);
      context.moveTo(stroke[0][0] * side, stroke[0][1] * side);
      stroke.forEach(([x, y], i) => {
        const [nextX, nextY] = stroke[i + 1] ?? [x, y];
        // A curve through the middles of the lines: a hand makes no corners between two events.
        context.quadraticCurveTo(
          x * side, y * side, ((x + nextX) / 2) * side, ((y + nextY) / 2) * side,
        );
      });
      context.stroke();
    }
  }

  // A line without length has no ink: where the pen has only touched, it would leave nothing.
  #dot(context, side, [x, y], ink) {
    context.fillStyle = ink;
    context.arc(x * side, y * side, (PEN * side) / 2, 0, 2 * Math.PI);
    context.fill();
    context.beginPath();
  }

  #cross(context, side) {
    const [x, y] = this.pen.map((value) => value * side);
    context.save();
    context.strokeStyle = this.penIsDown ? "#ea580c" : "#2563eb";
    context.lineWidth = 3;
    context.beginPath();
    context.arc(x, y, (PEN * side) / 2 + 4, 0, 2 * Math.PI);
    context.moveTo(x - 26, y);
    context.lineTo(x + 26, y);
    context.moveTo(x, y - 26);
    context.lineTo(x, y + 26);
    context.stroke();
    context.restore();
  }

  #point(event) {
    const box = this.canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  #down(event) {
    if (event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.drawing = event.pointerId;
    this.byKeyboard = this.penIsDown = false;
    this.#start(this.#point(event));
  }

  #move(event) {
    if (this.drawing !== event.pointerId) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) {
      this.strokes.at(-1).push(this.#point(each));
    }
    this.#change();
  }

  #up() {
    this.drawing = undefined;
  }

  #start(point) {
    this.picture = null;
    this.strokes.push([point]);
    this.#change();
  }

  #focus() {
    this.byKeyboard = this.canvas.matches(":focus-visible");
    this.penIsDown = false;
    this.redraw();
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const acts = { " ": () => this.#toggle(), Backspace: () => this.undo(), Delete: () => this.clear() };
    if (!(event.key in moves) && !(event.key in acts)) return;
    event.preventDefault();
    this.byKeyboard = true;
    if (event.key in moves) this.#movePen(moves[event.key], event.shiftKey ? STEP / 4 : STEP);
    else acts[event.key]();
  }

  #movePen([dx, dy], step) {
    const [x, y] = this.pen;
    const kept = (value) => Math.min(Math.max(value, 0.04), 0.96);
    this.pen = [kept(x + dx * step), kept(y + dy * step)];
    if (this.penIsDown) {
      this.strokes.at(-1).push(this.pen);
      this.#change();
    } else {
      this.redraw();
    }
  }

  #toggle() {
    this.penIsDown = !this.penIsDown;
    if (this.penIsDown) this.#start(this.pen);
    else this.redraw();
  }

  #change() {
    this.redraw();
    this.changed();
  }
}
