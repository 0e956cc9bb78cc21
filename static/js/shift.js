// My shift was ended, here in another tab or by a supervisor: the desk is left for the start of a shift.
export function start(desk) {
  document.addEventListener("live:told", ({ detail }) => {
    if (detail.kind === "person" && detail.key === desk.dataset.person && isAbsent(detail.html)) location.reload();
  });
}

// The phone book keeps whoever is not on shift, or, once he works here no more, loses him.
function isAbsent(html) {
  const template = document.createElement("template");
  template.innerHTML = html ?? "";
  return !template.content.querySelector(".person:not([data-absent])");
}
