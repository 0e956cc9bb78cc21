// A link that is to open in another tab does so, also where a plain press opens it in the pane.
const isForAnotherTab = ({ ctrlKey, metaKey, shiftKey }) => ctrlKey || metaKey || shiftKey;

function leaveToBrowser(event) {
  if (isForAnotherTab(event) && event.target.closest("a[href][hx-get]")) event.stopPropagation();
}

window.addEventListener("click", leaveToBrowser, { capture: true });
