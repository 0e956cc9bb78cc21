// Says what is stale and how old it is, and refuses commands meanwhile: all of them without the server or the database,
// those for the telephones without the link or the PBX. Reading and typing go on. Without Redis or the timers nothing is
// refused, since nothing fails: it comes later, and that is said.
import { toast } from "./toast.js";
import { watch } from "./pulse.js";

export function start(banner) {
  const say = banner.dataset;
  let all = ""; // the sentence with which every command is refused now; empty: none is
  let phone = "";

  function age(seconds) {
    return seconds < 100 ? say.seconds.replace("{n}", Math.floor(seconds)) : say.minutes.replace("{n}", Math.floor(seconds / 60));
  }

  function sentence({ server, database, link, pbx, redis, worker }) {
    all = phone = "";
    if (!server.ok) {
      all = say.sayRefusedServer;
      return say.sayServer.replace("{age}", age(server.age ?? 0));
    }
    if (database && !database.ok) {
      all = say.sayRefusedDatabase;
      return say.sayDatabase.replace("{age}", age(database.age ?? 0));
    }
    const deaf = [link, pbx].filter((part) => part && !part.ok);
    if (!deaf.length) return slower(redis, say.sayRedis) || slower(worker, say.sayWorker);
    phone = say.sayRefusedPhone;
    const ages = deaf.map((part) => part.age).filter((seconds) => seconds !== null);
    const first = ages.length ? say.sayPhone.replace("{age}", age(Math.max(...ages))) : say.sayPhoneUnknown;
    return [first, deaf[0].note].filter(Boolean).join(" ");
  }

  function slower(part, words) {
    return part && !part.ok && part.age !== null ? words.replace("{age}", age(part.age)) : "";
  }

  watch((parts) => {
    const words = sentence(parts);
    if (banner.textContent !== words) banner.textContent = words;
    banner.hidden = !words;
    banner.classList.toggle("danger", Boolean(all));
    document.body.toggleAttribute("data-stale-all", Boolean(all));
    document.body.toggleAttribute("data-stale-phone", Boolean(all || phone));
  });

  const refusal = (element) => all || (element.closest("[data-intent]") ? phone : "");

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.requestConfig.verb === "get") return;
    const words = refusal(event.detail.elt);
    if (!words) return;
    event.preventDefault();
    toast(words, "danger");
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const words = form.method === "post" && !form.closest("[hx-post]") ? refusal(form) : "";
    if (!words) return;
    event.preventDefault();
    toast(words, "danger");
  }, { capture: true });
}
