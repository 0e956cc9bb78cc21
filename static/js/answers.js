// What the server refuses is said to the person: 403 and 409 bring their sentence, the rest has one of the page.
import { toast } from "./toast.js";

export async function sayRefusal(status, text) {
  const say = document.body.dataset;
  if (status === 409 || status === 403) toast(text.trim().slice(0, 300), "warning");
  else if (status === 404) toast(say.sayGone, "warning");
  else toast(say.sayError, "danger");
}

// Heard at the request itself: what was clicked may be drawn anew before the answer comes, and the events of an element
// that has left the page reach nobody.
document.addEventListener("htmx:beforeSend", ({ detail: { xhr } }) => {
  xhr.addEventListener("load", () => xhr.status >= 400 && xhr.status !== 422 && sayRefusal(xhr.status, xhr.responseText));
  for (const end of ["error", "timeout"]) xhr.addEventListener(end, () => toast(document.body.dataset.sayOffline, "danger"));
});
