// What the page says, in each of its languages.

export const WORDS = {
  en: {
    title: "Stillflow digits",
    other: "中文",
    theme: "Light or dark",
    draw: "Draw a digit",
    sheet: "Drawing sheet",
    invitation: "Draw here, or drop a picture",
    clear: "Clear",
    undo: "Undo",
    open: "Open a picture",
    keyboard: "By keyboard",
    keys: "With the sheet in focus, the arrow keys move the pen (finer with Shift) and Space puts it down or lifts it. Backspace undoes a stroke, Delete clears the sheet.",
    answer: "What the network says",
    verdict: (digit, share) => `It is ${digit}: ${share}.`,
    waiting: "Nothing is drawn yet.",
    seen: "What the network sees",
    seenLabel: "28 by 28 pixels",
    seenNote: "28 × 28 pixels: cropped, scaled and centred by mass, as MNIST's images are.",
    firing: "Strokes that fire",
    firingNote: "The first layer's most active units: what each looks for (orange) and would rather not see (blue), brightest where ink is, and how strongly it answers.",
    unit: (unit, activation) => `Unit ${unit}, activation ${activation}`,
    untrained: "There is no trained model yet",
    train: "Train one in another terminal; this page takes it up by itself.",
    model: (name) => `Model: ${name}.`,
    training: "The training",
    loss: (value, step, from) => `Loss at step ${step}: ${value} (${from} at first)`,
    accuracy: (value, step, from) => `Accuracy on the validation images at step ${step}: ${value} (${from} at first)`,
    api: "API",
    unreachable: "The server does not answer. Is it still running?",
    noPicture: "This file is no picture that the browser can read.",
  },
  zh: {
    title: "Stillflow 手写数字",
    other: "English",
    theme: "浅色或深色",
    draw: "写一个数字",
    sheet: "书写区",
    invitation: "在这里书写,或拖入一张图片",
    clear: "清除",
    undo: "撤销",
    open: "打开图片",
    keyboard: "用键盘书写",
    keys: "焦点在书写区时,方向键移动画笔(同时按 Shift 则步幅更小),空格键落笔或提笔;Backspace 撤销一笔,Delete 清除全部。",
    answer: "网络的判断",
    verdict: (digit, share) => `这是 ${digit},概率 ${share}。`,
    waiting: "还没有写任何内容。",
    seen: "网络看到的图像",
    seenLabel: "28 × 28 像素",
    seenNote: "28 × 28 像素:裁剪、缩放,并按质心居中,与 MNIST 的图片一样。",
    firing: "被激活的笔画",
    firingNote: "第一层中最活跃的单元:橙色是它寻找的笔画,蓝色是它不希望出现的,有墨迹处最亮;数字是它的激活强度。",
    unit: (unit, activation) => `单元 ${unit},激活 ${activation}`,
    untrained: "还没有训练好的模型",
    train: "请在另一个终端中训练;完成后本页会自动载入。",
    model: (name) => `模型:${name}。`,
    training: "训练过程",
    loss: (value, step, from) => `第 ${step} 步的损失:${value}(最初 ${from})`,
    accuracy: (value, step, from) => `第 ${step} 步在验证图片上的准确率:${value}(最初 ${from})`,
    api: "API",
    unreachable: "服务器没有响应。它还在运行吗?",
    noPicture: "浏览器无法把这个文件读作图片。",
  },
};

export function remembered(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage is switched off
  }
}

export function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // it is asked again next time
  }
}

export function preferredLanguage() {
  const chosen = remembered("language");
  if (chosen in WORDS) return chosen;
  return navigator.language.startsWith("zh") ? "zh" : "en";
}

// Puts the words of a language where the page names them: data-say is text, data-label a label.
export function translate(language) {
  const words = WORDS[language];
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.title = words.title;
  for (const element of document.querySelectorAll("[data-say]")) {
    element.textContent = words[element.dataset.say];
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", words[element.dataset.label]);
  }
  return words;
}

export function preferredTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  return remembered("theme") ?? (dark ? "dark" : "light");
}
