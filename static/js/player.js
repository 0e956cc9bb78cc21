// The pieces of one call's recording sound one after the other, and never two recordings at once.
export function start(player) {
  const pieces = [...player.querySelectorAll("audio")];
  pieces.forEach((piece, index) => {
    piece.addEventListener("ended", () => pieces[index + 1]?.play());
    piece.addEventListener("play", () => silenceOthers(piece));
  });
}

function silenceOthers(playing) {
  for (const other of document.querySelectorAll("audio")) {
    if (other !== playing && other.closest(".player")) other.pause();
  }
}
