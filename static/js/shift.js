// My shift was ended, here in another tab or by a supervisor: the desk is left for the start of a shift.
export function start(desk) {
  document.addEventListener("live:told", ({ detail }) => {
    if (detail.kind === "person" && detail.key === desk.dataset.person && detail.html === null) location.reload();
  });
}
