// An address field that offers what is in the directory: the combobox of ARIA 1.2 with a list.
//
// <input data-behaviour="address" data-search="/places/search/">. Where a form keeps coordinates, the input names its
// fields: data-latitude-field="pickup_latitude" data-longitude-field="pickup_longitude" (names within its form), and
// data-near="pickup" names an address field whose coordinates come first to mind. Whoever types on after a choice has
// no coordinates any more. On the input: "address:chosen" (detail: label, latitude, longitude, kind, key) and
// "address:free"; data-key is there while the text is one of the directory.
const PAUSE = 120; // ms after the last key
const SHORTEST = 2; // letters
const LIMIT = 4000; // ms; an answer later than that comes too late to be of use

let count = 0;

export function start(input) {
  new Address(input).begin();
}

class Address {
  constructor(input) {
    this.input = input;
    this.asked = 0; // number of the newest question: older answers are dropped
    this.active = null;
    this.list = document.createElement("ul");
    this.list.id = `addresses-${++count}`;
    this.list.className = "options";
    this.list.setAttribute("role", "listbox");
    this.list.hidden = true;
    this.says = document.createElement("span");
    this.says.className = "visually-hidden";
    this.says.setAttribute("role", "status");
  }

  begin() {
    const { input, list } = this;
    const label = input.labels?.[0];
    if (label) list.setAttribute("aria-label", label.textContent.trim());
    for (const [name, value] of [
      ["role", "combobox"],
      ["aria-autocomplete", "list"],
      ["aria-expanded", "false"],
      ["aria-controls", list.id],
    ]) {
      input.setAttribute(name, value);
    }
    const frame = document.createElement("div");
    frame.className = "combo";
    const hadFocus = document.activeElement === input;
    input.replaceWith(frame);
    frame.append(input, list, this.says);
    if (hadFocus) input.focus({ preventScroll: true });
    input.addEventListener("input", (event) => event.detail !== this && this.typed());
    input.addEventListener("keydown", (event) => !event.isComposing && this.key(event));
    input.addEventListener("blur", () => this.close());
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the input keeps the focus
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.take(option);
    });
  }

  typed() {
    this.forget();
    clearTimeout(this.timer);
    const text = this.input.value.trim();
    if (text.length < SHORTEST) return this.close();
    this.timer = setTimeout(() => this.ask(text), PAUSE);
  }

  async ask(text) {
    const mine = ++this.asked;
    this.question?.abort();
    this.question = new AbortController();
    const query = new URLSearchParams({ q: text });
    const near = this.near();
    if (near) query.set("near", near);
    try {
      const signal = AbortSignal.any([this.question.signal, AbortSignal.timeout(LIMIT)]);
      const answer = await fetch(`${this.input.dataset.search}?${query}`, { signal, headers: { "HX-Request": "true" } });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const html = await answer.text();
      if (mine === this.asked && this.input.isConnected) this.show(html);
    } catch {
      if (mine === this.asked) this.close(); // without the directory the text is taken as it stands
    }
  }

  near() {
    const other = this.input.form?.elements[this.input.dataset.near];
    return other?.dataset.latitude ? `${other.dataset.latitude},${other.dataset.longitude}` : "";
  }

  show(html) {
    const template = document.createElement("template");
    template.innerHTML = html; // drawn by the server's templates, which escape what people typed
    const options = [...template.content.querySelectorAll("[role=option]")];
    for (const [place, option] of options.entries()) option.id = `${this.list.id}-${place}`;
    this.list.replaceChildren(...options);
    if (!options.length || document.activeElement !== this.input) return this.close();
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.mark("sure" in options[0].dataset ? options[0] : null);
    this.says.textContent = String(options.length);
  }

  close() {
    clearTimeout(this.timer);
    this.asked += 1;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.says.textContent = "";
    this.mark(null);
  }

  mark(option) {
    this.active?.setAttribute("aria-selected", "false");
    this.active = option;
    if (!option) return this.input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  key(event) {
    const isOpen = !this.list.hidden;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (isOpen) this.step(event.key === "ArrowDown" ? 1 : -1);
      else if (this.input.value.trim().length >= SHORTEST) this.ask(this.input.value.trim());
    } else if (event.key === "Enter" && isOpen && this.active) {
      event.preventDefault();
      if (this.take(this.active)) event.stopPropagation(); // not on to the next field: the house is still to come
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }

  step(by) {
    const options = [...this.list.children];
    const place = this.active ? options.indexOf(this.active) + by : by > 0 ? 0 : options.length - 1;
    this.mark(options[place] ?? null); // beyond the ends: back to what was typed
  }

  // Answers whether something is still to be typed.
  take(option) {
    const { label, latitude, longitude, kind, key, wantsHouse } = option.dataset;
    const goesOn = wantsHouse !== undefined && this.input.value !== `${label}, `;
    this.input.value = goesOn ? `${label}, ` : label;
    Object.assign(this.input.dataset, { latitude, longitude, key });
    this.fill(latitude, longitude);
    this.close();
    this.input.dispatchEvent(new CustomEvent("input", { bubbles: true, detail: this }));
    this.input.dispatchEvent(new CustomEvent("address:chosen", { bubbles: true, detail: { label, latitude, longitude, kind, key } }));
    if (goesOn) this.input.setSelectionRange(this.input.value.length, this.input.value.length);
    return goesOn;
  }

  forget() {
    if (!this.input.dataset.key) return;
    for (const name of ["latitude", "longitude", "key"]) delete this.input.dataset[name];
    this.fill("", "");
    this.input.dispatchEvent(new CustomEvent("address:free", { bubbles: true }));
  }

  fill(latitude, longitude) {
    const fields = this.input.form?.elements;
    const { latitudeField, longitudeField } = this.input.dataset;
    if (latitudeField && fields?.[latitudeField]) fields[latitudeField].value = latitude;
    if (longitudeField && fields?.[longitudeField]) fields[longitudeField].value = longitude;
  }
}
