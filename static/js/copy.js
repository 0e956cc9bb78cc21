// Copies what its button names, and says so.
import { toast } from "./toast.js";

export function start(button) {
  button.addEventListener("click", async () => {
    const { copy, say, sayNot } = button.dataset;
    const isDone = await toClipboard(copy);
    toast(isDone ? say : sayNot, isDone ? "good" : "warning");
    button.focus({ preventScroll: true });
  });
}

// The clipboard exists only on https and on this machine itself; elsewhere a field is copied as by hand.
async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "visually-hidden";
    document.body.append(field);
    field.select();
    const isDone = document.execCommand("copy");
    field.remove();
    return isDone;
  }
}
