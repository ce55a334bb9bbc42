// What is wrong with the page, in words; run in the page itself.
const problems = [];
const shown = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility !== "hidden";
const name = (element) => `<${element.tagName.toLowerCase()} ${element.id ? "#" + element.id : element.className}> ${(element.textContent || "").trim().slice(0, 40)}`;

// Headings in order, landmarks, names.
if (document.documentElement.lang !== "en") problems.push("the page does not say its language");
if (!document.title.trim()) problems.push("the page has no title");
let level = 0;
for (const heading of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
  const own = Number(heading.tagName[1]);
  if (own > level + 1) problems.push(`${name(heading)} comes after a level ${level}`);
  level = own;
}
for (const [selector, wanted] of [["h1", 1], ["main", 1], ["body > header", 1], ["body > footer", 1]]) {
  const found = document.querySelectorAll(selector).length;
  if (found !== wanted) problems.push(`${found} ${selector} in place of ${wanted}`);
}
const navs = [...document.querySelectorAll("nav")].map((nav) => nav.getAttribute("aria-label"));
if (navs.some((label) => !label) || new Set(navs).size !== navs.length) problems.push(`navigations are named ${navs}`);
const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) problems.push(`two elements are #${id}`);
for (const element of document.querySelectorAll("[aria-labelledby]")) {
  if (!document.getElementById(element.getAttribute("aria-labelledby"))) problems.push(`${name(element)} is named by nothing`);
}
for (const link of document.querySelectorAll('a[href^="#"]')) {
  if (!document.getElementById(link.hash.slice(1))) problems.push(`${name(link)} leads nowhere`);
}
for (const image of document.querySelectorAll("img")) {
  if (!image.hasAttribute("alt")) problems.push(`${image.src} has no alt`);
  if (image.complete && image.naturalWidth === 0) problems.push(`${image.src} is no picture`);
}
for (const input of document.querySelectorAll("input")) {
  if (!input.labels.length) problems.push(`${name(input)} has no label`);
}
for (const element of document.querySelectorAll("a, button")) {
  const named = element.textContent.trim() || [...element.querySelectorAll("img")].some((image) => image.alt);
  if (!named) problems.push(`${name(element)} says nothing`);
}
for (const table of document.querySelectorAll("table")) {
  if (!table.querySelector("th[scope=col]")) problems.push("a table has no column heads");
}

// Contrast of text: WCAG 2.2, level AA.
const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
function color(text) {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = text;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
  return [r, g, b, a / 255];
}
const over = ([r, g, b, a], below) => [r, g, b].map((part, i) => part * a + below[i] * (1 - a));
function luminance(rgb) {
  const [r, g, b] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function background(element) {
  const layers = [];
  for (let at = element; at; at = at.parentElement) layers.push(color(getComputedStyle(at).backgroundColor));
  return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
}
function contrast(one, other) {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const judged = new Set();
while (texts.nextNode()) {
  const element = texts.currentNode.parentElement;
  if (!texts.currentNode.data.trim() || judged.has(element) || !shown(element)) continue;
  judged.add(element);
  const style = getComputedStyle(element);
  const below = background(element);
  const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
  const ratio = contrast(over(color(style.color), below), below);
  if (ratio < (large ? 3 : 4.5)) problems.push(`${name(element)} has a contrast of ${ratio.toFixed(2)}`);
}
if (!judged.size) problems.push("there is no text");

// Nothing from elsewhere, nothing wider than the screen.
for (const entry of performance.getEntriesByType("resource")) {
  if (!entry.name.startsWith(location.origin + "/")) problems.push(`${entry.name} is from elsewhere`);
}
const page = document.scrollingElement;
if (page.scrollWidth > page.clientWidth) {
  const wide = [...document.querySelectorAll("main *")].find((element) => element.getBoundingClientRect().right > page.clientWidth && !element.closest(".scroll"));
  problems.push(`the page is ${page.scrollWidth} wide in a window of ${page.clientWidth}: ${wide ? name(wide) : ""}`);
}
return problems;
