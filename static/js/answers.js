// What the server refuses is said to the person: 403 and 409 bring their sentence, the rest has one of the page.
import { toast } from "./toast.js";

export async function sayRefusal(status, text) {
  const say = document.body.dataset;
  if (status === 409 || status === 403) toast(text.trim().slice(0, 300), "warning");
  else if (status === 404) toast(say.sayGone, "warning");
  else toast(say.sayError, "danger");
}

document.addEventListener("htmx:responseError", (event) => {
  const { status, responseText } = event.detail.xhr;
  sayRefusal(status, responseText);
});
document.addEventListener("htmx:sendError", () => toast(document.body.dataset.sayOffline, "danger"));
document.addEventListener("htmx:timeout", () => toast(document.body.dataset.sayOffline, "danger"));
