// The network of the calls that this device has carried: the last ones as a table, all of them as a spreadsheet.
import { toast } from "../toast.js";
import { worded } from "./figures.js";
import { averages, FIGURES, tooHigh, worst } from "./network.js";
import { all, forget } from "./records.js";

const SHOWN = 20;

export async function start(element) {
  const place = (name) => element.querySelector(`[data-past-${name}]`);
  const when = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "short", timeStyle: "medium" });
  const draw = async () => {
    const records = await all().catch(() => []); // a browser that keeps nothing
    place("rows").replaceChildren(...records.slice(0, SHOWN).map(row));
    place("none").hidden = records.length > 0;
    place("some").hidden = !records.length;
  };

  function row({ page, began, seconds, looks }) {
    const made = place("row").content.firstElementChild.cloneNode(true);
    const [mean, top] = [averages(looks), worst(looks)];
    const link = made.querySelector("a");
    link.textContent = page || "—";
    if (page) link.href = element.dataset.callUrl.replace("/0/", `/${page}/`);
    made.querySelector("[data-when]").textContent = when.format(new Date(began));
    made.querySelector("[data-seconds]").textContent = seconds;
    for (const name of FIGURES) {
      const cell = made.querySelector(`[data-figure=${name}]`);
      cell.textContent = `${worded(name, mean[name])} / ${worded(name, top[name])}`;
      cell.toggleAttribute("data-bad", tooHigh(mean).includes(name));
    }
    return made;
  }

  place("export").addEventListener("click", async () => {
    try {
      const { download } = await import("./sheet.js");
      await download(await all(), place("export").dataset);
    } catch (error) {
      console.warn(error);
      toast(place("export").dataset.failed, "danger");
    }
  });
  place("forget").addEventListener("click", async () => {
    await forget();
    await draw();
  });
  await draw();
}
