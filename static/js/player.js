// The pieces of one call's recording sound one after the other, and never two recordings at once; a piece whose file is
// missing says so.
export function start(player) {
  const pieces = [...player.querySelectorAll("audio")];
  pieces.forEach((piece, index) => {
    piece.addEventListener("ended", () => pieces[index + 1]?.play());
    piece.addEventListener("play", () => silenceOthers(piece));
    piece.addEventListener("error", () => {
      piece.hidden = true;
      piece.closest("[data-piece]").querySelector("[data-missing]").hidden = false;
      pieces[index + 1]?.play();
    });
  });
}

function silenceOthers(playing) {
  for (const other of document.querySelectorAll("audio")) {
    if (other !== playing && other.closest(".player")) other.pause();
  }
}
