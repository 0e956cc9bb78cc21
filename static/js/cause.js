// Who called it off, and why: one list by arrows and letters. Enter takes what is chosen; only what is not on the list
// is asked for in words.
export function start(cause) {
  const list = cause.querySelector("select");
  const words = cause.querySelector("[data-words]");
  const field = words.querySelector("input");
  const isOwn = () => "ownWords" in (list.selectedOptions[0]?.dataset ?? {});

  function show() {
    words.hidden = !isOwn();
    field.required = isOwn();
  }

  function take() {
    if (!isOwn()) return list.form.requestSubmit();
    show();
    field.focus();
  }

  list.addEventListener("change", show);
  list.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || !list.selectedOptions.length) return;
    event.preventDefault();
    take();
  });
  show();
}
