// The recording of a call: never two sound at once, and one whose file is missing says so. Buttons with data-seek="58"
// beside it play from there.
export function start(player) {
  const sound = player.querySelector("audio");
  sound.addEventListener("play", () => silenceOthers(sound));
  sound.addEventListener("error", () => {
    sound.hidden = true;
    player.querySelector("[data-missing]").hidden = false;
  });
  player.parentElement.addEventListener("click", (event) => {
    const button = event.target.closest("[data-seek]");
    if (!button) return;
    sound.currentTime = Number(button.dataset.seek);
    sound.play();
  });
}

function silenceOthers(playing) {
  for (const other of document.querySelectorAll(".player audio")) {
    if (other !== playing) other.pause();
  }
}
