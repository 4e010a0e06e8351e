// The page: sends what is drawn or opened, and shows what the network makes of it.

import { draw } from "./chart.js";
import { Sheet } from "./sheet.js";
import { preferredLanguage, preferredTheme, remember, translate } from "./words.js";

const SIDE = 28;
const LOOK_AGAIN = 2000; // milliseconds between two looks at the model
const SPEAK_AFTER = 500; // of silence, so that a reader is not talked over
const LARGEST_SENT = 900_000; // bytes; the server takes a megabyte
const LARGEST_SIDE = 1000; // of a picture that is made smaller before it is sent

const at = (id) => document.getElementById(id);
let language = preferredLanguage();
let words = translate(language);
let answer = null; // the last one
let problem = null; // a key of the words, or the server's own reason
let model = null;
let strokes = null; // a byte for each weight of the first layer
let training = { step: null, loss: [], accuracy: [] }; // figures of the model's training
let speaking;

let opened = null; // a picture file to send in place of the drawing

const sheet = new Sheet(at("sheet"), () => {
  opened = null;
  at("invitation").hidden = !sheet.empty;
  ask();
});

// ---- asking -------------------------------------------------------------------------------------

let asking = false;
let askAgain = false;

// One question at a time: what changes meanwhile is asked together, afterwards.
async function ask() {
  askAgain = true;
  if (asking) return;
  asking = true;
  while (askAgain) {
    askAgain = false;
    if (sheet.empty) show(null);
    else await send(opened ?? (await sheet.png()));
  }
  asking = false;
}

async function send(blob) {
  try {
    const response = await fetch("/api/predict", {
      method: "POST", body: blob, headers: { "content-type": blob.type },
    });
    const said = await response.json();
    if (response.status === 503) await look();
    if (!response.ok) return show(null, model && said.error);
    if (said.step !== model?.step) await look();
    if (!sheet.empty) show(said);
  } catch {
    show(null, "unreachable");
  }
}

async function look() {
  try {
    const response = await fetch("/api/model");
    const said = await response.json();
    at("untrained").hidden = response.ok;
    if (!response.ok) {
      model = null;
      at("reason").textContent = said.error;
    } else if (said.step !== model?.step) {
      strokes = new Uint8Array(await (await fetch("/api/model/strokes")).arrayBuffer());
      model = said;
      ask();
    } else if (problem === "unreachable") {
      ask(); // the server is back
    }
    showModel();
    await lookAtTraining();
  } catch {
    // what is drawn next will say that the server is gone
  }
}

async function lookAtTraining() {
  const response = await fetch("/api/training");
  const said = response.ok ? await response.json() : training;
  if (said.step === training.step && said.accuracy.length === training.accuracy.length) return;
  training = said;
  showTraining();
}

function showModel() {
  at("model").textContent = model ? words.model(model.checkpoint) : "";
}

setInterval(() => document.hidden || look(), LOOK_AGAIN);

// ---- showing ------------------------------------------------------------------------------------

const percent = (share) =>
  share.toLocaleString(language, { style: "percent", minimumFractionDigits: 1 });

function showTraining() {
  const { loss, accuracy } = training;
  at("training").hidden = loss.length + accuracy.length === 0;
  showCurve(at("losses"), at("loss"), loss, words.loss, (value) => value.toFixed(3), 0);
  showCurve(at("accuracies"), at("accuracy"), accuracy, words.accuracy, percent);
}

function showCurve(svg, caption, points, say, write, least) {
  svg.parentElement.hidden = points.length === 0;
  if (points.length === 0) return;
  draw(svg, points, least);
  const [step, value] = points.at(-1);
  caption.textContent = say(write(value), step.toLocaleString(language), write(points[0][1]));
}

const rows = Array.from({ length: 10 }, (_, digit) => {
  const row = document.createElement("li");
  row.innerHTML = `<span>${digit}</span><span class="bar"><span></span></span><span class="share"></span>`;
  at("probabilities").append(row);
  return row;
});

function show(said, wrong = null) {
  answer = said;
  problem = wrong;
  at("problem").hidden = !wrong;
  at("problem").textContent = wrong ? words[wrong] ?? wrong : "";
  at("digit").textContent = said ? said.digit : "?";
  rows.forEach((row, digit) => {
    const share = said ? said.probabilities[digit] : 0;
    row.classList.toggle("likeliest", digit === said?.digit);
    row.querySelector(".bar span").style.setProperty("--share", share);
    row.querySelector(".share").textContent = said ? percent(share) : "";
  });
  showSeen(said?.pixels);
  const firing = said?.strokes.filter(({ activation }) => activation > 0) ?? [];
  at("strokes").replaceChildren(...firing.map((unit) => drawUnit(unit, said.pixels)));
  clearTimeout(speaking);
  speaking = setTimeout(speak, SPEAK_AFTER);
}

function speak() {
  const share = answer && percent(answer.probabilities[answer.digit]);
  at("verdict").textContent = answer ? words.verdict(answer.digit, share) : problem ? "" : words.waiting;
}

// Paints a canvas of 28 by 28: colour(i) gives [red, green, blue, alpha] of pixel i.
function paint(canvas, colour) {
  const image = new ImageData(SIDE, SIDE);
  for (let i = 0; i < SIDE * SIDE; i++) image.data.set(colour(i), 4 * i);
  canvas.getContext("2d").putImageData(image, 0, 0);
}

function showSeen(pixels) {
  paint(at("seen"), (i) => [255, 255, 255, pixels ? 255 * pixels[i] : 0]);
}

// One unit's weights, faint where there is no ink for them to meet.
function drawUnit({ unit, activation }, ink) {
  const item = document.createElement("li");
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  canvas.className = "pixels";
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", words.unit(unit, activation.toFixed(2)));
  paint(canvas, (i) => {
    const weight = (strokes?.[unit * SIDE * SIDE + i] ?? 128) - 128;
    const strength = Math.abs(weight) * (0.5 + 1.5 * ink[i]);
    return [...(weight > 0 ? [234, 88, 12] : [37, 99, 235]), strength];
  });
  item.append(canvas, activation.toFixed(2));
  return item;
}

// ---- pictures -----------------------------------------------------------------------------------

async function open(file) {
  try {
    const picture = await createImageBitmap(file);
    const small = file.size <= LARGEST_SENT && /^image\/(png|jpeg|bmp)$/.test(file.type);
    opened = small ? file : await reduced(picture);
    sheet.show(picture);
    at("invitation").hidden = true;
    ask();
  } catch {
    show(null, "noPicture");
  }
}

// A picture that is too large, or of a kind that the server does not read, as a smaller JPEG.
function reduced(picture) {
  const scale = Math.min(1, LARGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.9));
}

at("open").addEventListener("click", () => at("file").click());
at("file").addEventListener("change", (event) => {
  if (event.target.files[0]) open(event.target.files[0]);
  event.target.value = "";
});
addEventListener("paste", (event) => {
  if (event.clipboardData.files[0]) open(event.clipboardData.files[0]);
});
addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("dropping");
});
addEventListener("dragleave", () => document.body.classList.remove("dropping"));
addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("dropping");
  if (event.dataTransfer.files[0]) open(event.dataTransfer.files[0]);
});

// ---- settings -----------------------------------------------------------------------------------

function setLanguage(chosen) {
  language = chosen;
  words = translate(language);
  at("language").textContent = words.other;
  at("language").lang = language === "zh" ? "en" : "zh-CN";
  showModel();
  showTraining();
  show(answer, problem);
}

function setTheme(chosen) {
  document.documentElement.dataset.theme = chosen;
  sheet.redraw();
}

at("language").addEventListener("click", () => {
  setLanguage(language === "zh" ? "en" : "zh");
  remember("language", language);
});
at("theme").addEventListener("click", () => {
  setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
  remember("theme", document.documentElement.dataset.theme);
});
at("clear").addEventListener("click", () => sheet.clear());
at("undo").addEventListener("click", () => sheet.undo());

setTheme(preferredTheme());
setLanguage(language);
look();
