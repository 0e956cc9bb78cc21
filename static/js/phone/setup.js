// The page where the phone of this browser is set up: permissions, devices and their tests, ringing, and the check.
import { sounds } from "../sounds.js";
import { toast } from "../toast.js";
import { check } from "./check.js";
import * as headset from "./headset.js";
import { keep, kept } from "./kept.js";
import { devices, heard, kindOf, open, play } from "./media.js";

const TEST_LIMIT = 20_000; // ms; a microphone is not left open

export function start(page) {
  const say = page.dataset;
  const find = (selector) => page.querySelector(selector);
  const fields = [...page.querySelectorAll("[data-keep]")];
  const phone = () => window.top.phone;
  let tested = null; // {name, end}
  let round = 0; // of tests: a device that opens when its test is over is closed again

  // --- this browser -------------------------------------------------------------------------------------------------
  function show() {
    const { on } = kept();
    find("[data-here]").textContent = on ? say.sayOn : say.sayOff;
    find('[data-turn="on"]').hidden = on;
    find('[data-turn="off"]').hidden = !on;
    const { url = "", login = "", ice = [] } = phone()?.access ?? {};
    const servers = ice.flatMap(({ urls }) => urls);
    for (const [name, value] of Object.entries({ url, login, ice: servers.join(", ") })) find(`[data-access=${name}]`).textContent = value || "—";
    find("[data-renew]").disabled = phone()?.state !== "registered";
  }

  async function turn(on) {
    if (on && !(await allowMicrophone())) return;
    if (!on && phone()?.talks.length) {
      toast(say.sayInCall, "warning");
      return;
    }
    keep({ on });
    if (on) window.top.location.reload(); // this document becomes the phone's
    show();
  }

  // --- permissions --------------------------------------------------------------------------------------------------
  async function permission(name) {
    if (name === "notifications") return window.Notification?.permission ?? "denied";
    const known = await navigator.permissions?.query({ name }).catch(() => null);
    if (known) known.onchange = showPermissions;
    return known?.state ?? "prompt";
  }

  async function showPermissions() {
    for (const name of ["microphone", "notifications"]) {
      const state = await permission(name);
      find(`[data-permission=${name}]`).textContent = { granted: say.sayAllowed, denied: say.sayDenied }[state] ?? say.sayUnasked;
      find(`[data-allow=${name}]`).hidden = state === "granted";
    }
  }

  async function allowMicrophone() {
    try {
      (await open({ audio: true })).end();
      trouble("");
      return true;
    } catch (error) {
      trouble(whyNot(error));
      return false;
    } finally {
      await showPermissions();
      await list();
    }
  }

  // --- devices ------------------------------------------------------------------------------------------------------
  async function list() {
    const found = await devices();
    for (const field of fields.filter(({ dataset }) => dataset.kind)) {
      const { kind, keep: name } = field.dataset;
      const words = { audioinput: say.sayMicrophone, audiooutput: say.saySpeaker, videoinput: say.sayCamera }[kind];
      const own = found.filter((device) => device.kind === kind && device.deviceId && device.deviceId !== "default");
      const choices = own.map((device, at) => new Option(device.label || words.replace("{n}", at + 1), device.deviceId));
      const isUnplugged = kept()[name] && found.some(({ deviceId }) => deviceId) && !own.some(({ deviceId }) => deviceId === kept()[name]);
      field.replaceChildren(new Option(say.sayUsual, ""), ...choices, ...(isUnplugged ? [new Option(say.sayUnplugged, kept()[name])] : []));
      field.value = [...field.options].some(({ value }) => value === kept()[name]) ? kept()[name] : "";
      if (kind === "audiooutput") field.disabled = !("setSinkId" in HTMLMediaElement.prototype);
    }
    find("[data-no-sinks]").hidden = "setSinkId" in HTMLMediaElement.prototype;
  }

  const whyNot = (error) => ({ denied: say.sayRefused, busy: say.sayTaken, missing: say.sayMissing })[kindOf(error)] ?? say.sayBroken;

  function trouble(words) {
    const note = find("[data-device-trouble]");
    note.textContent = words;
    note.hidden = !words;
  }

  async function test(button) {
    const name = button.dataset.test;
    const was = tested;
    stopTest();
    if (was?.name === name) return;
    trouble("");
    const own = round;
    try {
      const end = await { microphone, speaker, ringing, camera }[name]();
      if (!end) return;
      if (own !== round) return end();
      button.textContent = say.sayStop;
      const limit = setTimeout(stopTest, TEST_LIMIT);
      tested = { name, end: () => { clearTimeout(limit); button.textContent = say.sayTest; end(); } };
    } catch (error) {
      trouble(whyNot(error));
    }
  }

  function stopTest() {
    round += 1;
    tested?.end();
    tested = null;
  }

  async function microphone() {
    const opened = await open({ audio: { device: kept().microphone } });
    const meter = find("[data-level]");
    const look = heard(opened.stream, (level) => { meter.value = level; });
    return () => {
      look();
      opened.end();
      meter.value = 0;
    };
  }

  async function showHeadsets() {
    const own = await headset.names();
    find("[data-headsets]").textContent = headset.isAble() ? own.join(", ") || say.sayNoHeadset : say.sayNoButtons;
    find("[data-ask-headset]").hidden = !headset.isAble();
  }

  // The one that was allowed is not told to the phone's document by the browser: what is kept is.
  async function askHeadset() {
    await headset.ask().catch(whyNot);
    await showHeadsets();
    keep({ headsets: Date.now() });
  }

  const speaker = () => play(sounds.chime, { device: kept().speaker, gain: 0.5 });
  const ringing = () => play(sounds[kept().tone] ?? sounds.bell, { device: kept().ringing, gain: (kept().loudness / 10) ** 2 });

  async function camera() {
    const opened = await open({ video: { device: kept().camera } });
    const picture = find("[data-picture]");
    picture.srcObject = opened.stream;
    picture.hidden = false;
    picture.play();
    return () => {
      opened.end();
      picture.srcObject = null;
      picture.hidden = true;
    };
  }

  // --- presses ------------------------------------------------------------------------------------------------------
  page.addEventListener("change", ({ target }) => {
    const name = target.dataset.keep;
    if (!name) return;
    keep({ [name]: target.type === "checkbox" ? target.checked : target.type === "range" ? Number(target.value) : target.value });
    stopTest();
  });
  page.addEventListener("click", async ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    const { turn: way, allow, test: name } = button.dataset;
    if (way) turn(way === "on");
    else if (allow === "microphone") allowMicrophone();
    else if (allow) window.Notification?.requestPermission().then(showPermissions);
    else if (name) test(button);
    else if ("askHeadset" in button.dataset) askHeadset();
    else if ("checkAll" in button.dataset) {
      button.setAttribute("aria-busy", "true");
      await check(page, { permission, phone: phone(), whyNot });
      button.removeAttribute("aria-busy");
    } else if ("renew" in button.dataset) {
      if (phone().talks.length) return toast(say.sayInCall, "warning");
      if (await phone().renew()) toast(say.sayRenewed, "good");
    }
  });
  for (const field of fields) {
    if (field.type === "checkbox") field.checked = kept()[field.dataset.keep];
    else field.value = kept()[field.dataset.keep];
  }
  document.addEventListener("phone:state", show);
  window.addEventListener("pagehide", stopTest);
  navigator.mediaDevices?.addEventListener("devicechange", list);
  list();
  showHeadsets();
  show();
  showPermissions();
}
