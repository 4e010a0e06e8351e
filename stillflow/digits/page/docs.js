// Shows openapi.json as a page.

import { preferredTheme } from "./words.js";

document.documentElement.dataset.theme = preferredTheme();

function element(tag, content = "", attributes = {}) {
  const made = document.createElement(tag);
  made.append(...[content].flat());
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

// Text in which `code` is marked as in Markdown.
const prose = (text) =>
  text.split("`").map((part, i) => (i % 2 ? element("code", part) : part));

function operation(path, method, about, document) {
  const title = element("h2", [element("span", method.toUpperCase(), { class: "method" }), " ", element("code", path)]);
  const parts = [title, element("p", about.summary)];
  if (about.description) parts.push(element("p", prose(about.description), { class: "note" }));
  if (about.requestBody) {
    parts.push(element("h3", "Send"), element("p", kinds(about.requestBody.content)));
  }
  parts.push(element("h3", "Answers"), answers(about.responses, document));
  return element("section", parts, { class: "card", id: `operation-${about.operationId}` });
}

const kinds = (content) =>
  Object.entries(content).flatMap(([kind, { schema }], i) => [
    i ? ", " : "", element("code", kind), ...(schema?.$ref ? [" (", link(schema.$ref), ")"] : []),
  ]);

function answers(responses, document) {
  const rows = Object.entries(grouped(responses)).map(([key, statuses]) => {
    const { description, content = {} } = resolved(JSON.parse(key), document);
    return element("tr", [
      element("th", statuses.join(", "), { scope: "row" }),
      element("td", [...prose(description), " ", ...kinds(content)]),
    ]);
  });
  return element("table", element("tbody", rows));
}

// {a response as JSON: the statuses that have it}
function grouped(responses) {
  const groups = {};
  for (const [status, response] of Object.entries(responses)) {
    (groups[JSON.stringify(response)] ??= []).push(status);
  }
  return groups;
}

const nameOf = (reference) => reference.split("/").at(-1);
const link = (reference) => element("a", nameOf(reference), { href: `#${nameOf(reference)}` });

function resolved(value, document) {
  if (!value.$ref) return value;
  return value.$ref.slice(2).split("/").reduce((found, key) => found[key], document);
}

function schema(name, about) {
  const text = JSON.stringify(about, null, 2);
  return element("section", [element("h2", name), element("pre", text, { tabindex: "0" })], { class: "card", id: name });
}

const description = await (await fetch("/openapi.json")).json();
document.getElementById("title").textContent = `${description.info.title}: the API`;
document.getElementById("docs").append(
  element("p", prose(description.info.description)),
  ...Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, about]) => operation(path, method, about, description)),
  ),
  ...Object.entries(description.components.schemas).map(([name, about]) => schema(name, about)),
);
document.getElementById("docs").setAttribute("aria-busy", "false");
