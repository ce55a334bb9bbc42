// Keeps the request log going. The page works without it.
const live = document.getElementById("live");
const rows = document.getElementById("requests");
const pause = document.getElementById("pause");
const shown = 200;
let waiting = [];

function show(row) {
  rows.insertAdjacentHTML("afterbegin", row);
  while (rows.rows.length > shown) rows.lastElementChild.remove();
}

function paused() {
  return pause.getAttribute("aria-pressed") === "true";
}

pause.hidden = false;
pause.addEventListener("click", () => {
  const now = !paused();
  pause.setAttribute("aria-pressed", String(now));
  live.textContent = now ? "Paused." : "Live.";
  if (!now) waiting.splice(0).forEach(show);
});

const source = new EventSource(live.dataset.stream);
source.onopen = () => { if (!paused()) live.textContent = "Live."; };
source.onerror = () => { live.textContent = "The sandbox does not answer; trying again."; };
source.onmessage = (event) => {
  if (!paused()) return show(event.data);
  waiting.push(event.data);
  if (waiting.length > shown) waiting.shift();
  live.textContent = `Paused, ${waiting.length} waiting.`;
};
