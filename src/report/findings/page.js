"use strict";
const form = document.querySelector(".filters");
const files = [...document.querySelectorAll(".file")].map((element) => ({
  element,
  name: element.querySelector("h2").textContent.toLowerCase(),
  count: element.querySelector(".count"),
  cards: [...element.querySelectorAll("article")].map((card) => ({ card, text: card.textContent.toLowerCase() })),
}));
const all = files.reduce((sum, file) => sum + file.cards.length, 0);
const filter = () => {
  const levels = [...form.querySelectorAll("[name=level]:checked")].map((box) => box.value);
  const rule = form.elements.rule.value;
  const text = form.elements.text.value.trim().toLowerCase();
  let total = 0;
  for (const { element, name, count, cards } of files) {
    let shown = 0;
    for (const { card, text: own } of cards) {
      const fits = levels.includes(card.dataset.level) && (rule === "" || card.dataset.rule === rule) && (name.includes(text) || own.includes(text));
      card.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    element.hidden = shown === 0;
    count.textContent = shown;
    total += shown;
  }
  form.querySelector("output").textContent = total === all ? "" : `${total} of ${all} shown`;
};
form.hidden = false;
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", filter);
form.elements.fold.addEventListener("click", (event) => {
  const fold = event.target.getAttribute("aria-pressed") === "false";
  event.target.setAttribute("aria-pressed", String(fold));
  event.target.textContent = fold ? "Unfold all files" : "Fold all files";
  for (const { element } of files) element.open = !fold;
});
filter();
