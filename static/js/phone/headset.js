// The buttons and lamps of headsets, where the browser has WebHID. What their reports mean they say themselves (USB HID
// usage tables: telephony page 0x0B, lamps 0x08). A lifted hook answers, a hook put down hangs up, mute mutes; the lamps show
// what is so, also when it was done on the screen.
const TELEPHONY = 0x0b;
const BUTTONS = { 0x0b0020: "hook", 0x0b002f: "mute" };
const LINELESS = ["off", "taken", "refused", "missing"];
const LAMPS = { 0x080017: "offHook", 0x080018: "ring", 0x080009: "muted" };

export const isAble = () => "hid" in navigator;

// Asks the person for one; must follow a press. The names of those that are allowed.
export async function ask() {
  await navigator.hid.requestDevice({ filters: [{ usagePage: TELEPHONY }] });
  return names();
}

export const names = async () => (await allowed()).map(({ productName }) => productName);

async function allowed() {
  const known = isAble() ? await navigator.hid.getDevices() : [];
  return known.filter(({ collections }) => collections.some(({ usagePage }) => usagePage === TELEPHONY));
}

export class Headsets {
  #phone;
  #open = new Map(); // device → {buttons, lamps, pressed, shown, lit, end}
  #isOurs = false; // this tab has the line, and so the headsets: another one would put their lamps out, and end the call with them

  constructor(phone) {
    this.#phone = phone;
    if (!isAble()) return;
    phone.addEventListener("change", () => this.#follow());
    navigator.hid.addEventListener("connect", () => this.look());
    navigator.hid.addEventListener("disconnect", ({ device }) => this.#open.delete(device));
  }

  #follow() {
    const { state, talks } = this.#phone;
    if (!this.#isOurs && (state === "registered" || talks.length)) {
      this.#isOurs = true;
      this.look();
    } else if (this.#isOurs && LINELESS.includes(state) && !talks.length) {
      this.#isOurs = false;
      this.#leave();
    }
    this.#show();
  }

  // Opens those that the person has allowed.
  async look() {
    if (!this.#isOurs) return;
    for (const device of await allowed()) {
      if (this.#open.has(device)) continue;
      const known = { buttons: fields(device, "inputReports", BUTTONS), lamps: fields(device, "outputReports", LAMPS), pressed: {}, shown: new Map(), lit: {}, end: new AbortController() };
      this.#open.set(device, known);
      try {
        if (!device.opened) await device.open();
        if (known.end.signal.aborted) return void (await device.close());
        device.addEventListener("inputreport", ({ reportId, data }) => this.#hear(known, reportId, data), { signal: known.end.signal });
        await this.#light(device, known);
      } catch (error) {
        console.warn(error); // another program has it
        this.#open.delete(device);
      }
    }
  }

  // Dark, since nothing rings or talks any more.
  async #leave() {
    const open = [...this.#open];
    this.#open.clear();
    for (const [device, known] of open) {
      known.end.abort();
      await this.#light(device, known).catch((error) => console.warn(error));
      if (!this.#open.has(device)) await device.close(); // else it is ours again
    }
  }

  #hear({ buttons, pressed, lit }, reportId, data) {
    for (const { name, report, bit, isAbsolute } of buttons) {
      if (report !== reportId || bit >> 3 >= data.byteLength) continue;
      const now = ((data.getUint8(bit >> 3) >> (bit & 7)) & 1) === 1;
      const was = pressed[name] ?? false;
      pressed[name] = now;
      if (now === was) continue;
      if (name === "mute") this.#mute(now, isAbsolute);
      else if (now !== lit.offHook) this.#hook(now); // else it echoes what its lamp was told
    }
  }

  #hook(isLifted) {
    const phone = this.#phone;
    if (isLifted && phone.ringing.length) phone.answer();
    else if (!isLifted && phone.up.length) phone.hangUp();
  }

  // A key says "pressed", a switch says where it stands.
  #mute(now, isSwitch) {
    const { active } = this.#phone;
    if (active && isSwitch && now !== active.muted) this.#phone.mute(active, now);
    else if (active && !isSwitch && now) this.#phone.mute(active);
  }

  #show() {
    for (const [device, known] of this.#open) this.#light(device, known).catch((error) => console.warn(error));
  }

  async #light(device, { lamps, shown, lit }) {
    const { ringing, up, active } = this.#phone;
    const on = { ring: ringing.length > 0, offHook: up.length > 0, muted: Boolean(active?.muted) };
    for (const { name } of lamps) lit[name] = on[name];
    for (const report of new Set(lamps.map((lamp) => lamp.report))) {
      const own = lamps.filter((lamp) => lamp.report === report);
      const bytes = new Uint8Array(own[0].size);
      for (const { name, bit } of own) if (on[name]) bytes[bit >> 3] |= 1 << (bit & 7);
      if ((shown.get(report) ?? new Uint8Array(own[0].size).join()) === bytes.join()) continue; // a first dark one would end another tab's call
      shown.set(report, bytes.join());
      await device.sendReport(report, bytes);
    }
  }
}

// Where in which report each of the wanted usages is: [{name, report, bit, size: bytes of the report, isAbsolute}].
function fields(device, kind, wanted) {
  return device.collections.flatMap((collection) => (collection[kind] ?? []).flatMap(({ reportId, items }) => {
    let bit = 0;
    const found = [];
    for (const item of items) {
      for (let n = 0; n < item.reportCount; n++) {
        const usage = item.isRange ? item.usageMinimum + n : item.usages?.[n];
        if (!item.isConstant && usage in wanted) found.push({ name: wanted[usage], report: reportId, bit, isAbsolute: item.isAbsolute });
        bit += item.reportSize;
      }
    }
    return found.map((one) => ({ ...one, size: Math.ceil(bit / 8) }));
  }));
}
