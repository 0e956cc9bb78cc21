// A key that is pressed on the screen is sent at once, several that were typed with Enter.
export function start(form) {
  const field = form.querySelector("[name=keys]");
  form.addEventListener("click", (event) => {
    const key = event.target.closest("[data-press]")?.dataset.press;
    if (!key) return;
    field.value = key;
    form.requestSubmit();
  });
  form.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (!detail.successful) return;
    field.value = "";
    field.focus();
  });
}
