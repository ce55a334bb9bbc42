"use strict";
const form = document.querySelector(".filters");
form.hidden = !document.querySelector("article");
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", () => {
  const levels = [...form.querySelectorAll("[name=level]:checked")].map((box) => box.value);
  const text = form.elements.text.value.toLowerCase();
  for (const section of document.querySelectorAll("section")) {
    const file = section.querySelector("h2").textContent.toLowerCase();
    let shown = 0;
    for (const card of section.querySelectorAll("article")) {
      const fits = levels.includes(card.dataset.level) && (file + card.textContent.toLowerCase()).includes(text);
      card.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    section.hidden = shown === 0;
  }
});
