// A half-filled form is kept on the server with each pause in typing, and in this tab while the server is away.
const PAUSE = 300; // ms after the last key
const AGAIN = 2000; // ms until the next try when the server did not answer
const OTHERS = new Set(["csrfmiddlewaretoken", "draft", "accept", "keys"]); // are no part of what was said

export function start(form) {
  if (form.dataset.draft) new Draft(form).begin();
}

const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

class Draft {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.draftUrl;
    this.place = `draft:${form.dataset.draft}`;
    this.version = Number(form.dataset.version);
    this.lists = (form.dataset.lists ?? "").split(" ").filter(Boolean);
    this.touched = new Set(); // names of what was ever another here than on the server
    this.kept = "bound" in form.dataset ? {} : this.drawn(); // what the server has
    this.status = form.querySelector("[data-draft-status]");
    this.off = new AbortController();
  }

  begin() {
    const { signal } = this.off;
    this.restore();
    this.form.addEventListener("input", () => this.typed(), { signal });
    this.form.addEventListener("htmx:afterSwap", () => this.typed(), { signal }); // the client was recognised
    this.form.addEventListener("focusout", () => this.save(), { signal });
    this.form.addEventListener("htmx:beforeSend", (event) => this.isItsEnd(event) && clearTimeout(this.timer), { signal });
    this.form.addEventListener("htmx:beforeOnLoad", (event) => this.left(event), { signal });
    this.form.addEventListener("htmx:afterRequest", (event) => this.stayed(event), { signal });
    this.form.addEventListener("htmx:confirm", (event) => this.turned(event), { signal });
    window.addEventListener("pagehide", () => this.save({ keepalive: true }), { signal });
    document.addEventListener("visibilitychange", () => document.hidden && this.save({ keepalive: true }), { signal });
    if (Object.keys(this.changes()).length) this.typed();
  }

  // {name: text}, and a list of texts for each name of data-lists. A box that is not ticked is an empty text.
  fields() {
    return this.read((field) => field.value, (field) => field.checked);
  }

  // Not what stands in the fields: who types before this script has come has typed all the same.
  drawn() {
    const ofSelect = (field) => [...field.options].find((option) => option.defaultSelected)?.value ?? field.value;
    const value = (field) => (field.type === "hidden" ? field.value : field.matches("select") ? ofSelect(field) : field.defaultValue);
    return this.read(value, (field) => field.defaultChecked);
  }

  read(value, isTicked) {
    const fields = Object.fromEntries(this.lists.map((name) => [name, []]));
    for (const field of this.form.elements) {
      if (!field.name || OTHERS.has(field.name) || field.matches("button")) continue;
      const isBox = field.type === "checkbox" || field.type === "radio";
      const isSaid = !isBox || isTicked(field);
      if (this.lists.includes(field.name)) isSaid && fields[field.name].push(value(field));
      else if (isSaid || !(field.name in fields)) fields[field.name] = isSaid ? value(field) : "";
    }
    return fields;
  }

  changes() {
    const changed = Object.entries(this.fields()).filter(([name, said]) => !isSame(this.kept[name], said));
    for (const [name] of changed) this.touched.add(name);
    return Object.fromEntries(changed);
  }

  // The copy of this tab is newer than the server's when the server was away; the newest wins.
  restore() {
    const copy = JSON.parse(sessionStorage.getItem(this.place) ?? "null");
    if (!copy || copy.version <= this.version || "bound" in this.form.dataset) return;
    for (const field of this.form.elements) {
      const said = copy.fields[field.name];
      if (said === undefined || field.name.startsWith("stop") || field.name === "client") continue;
      if (field.type === "checkbox") field.checked = Array.isArray(said) ? said.includes(field.value) : Boolean(said);
      else field.value = said;
    }
    this.form.dispatchEvent(new CustomEvent("draft:restored", { detail: copy.fields }));
  }

  typed() {
    if (this.isOver()) return;
    this.changes();
    sessionStorage.setItem(this.place, JSON.stringify({ version: this.version + 1, fields: this.fields() }));
    this.later(PAUSE);
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  // To another form, and perhaps back at once: what was typed here is to be there by then.
  async turned(event) {
    if (!event.target.matches(".form-tab")) return;
    event.preventDefault();
    await this.saving;
    await this.save();
    event.detail.issueRequest(true);
  }

  save(how) {
    this.saving = this.keep(how);
    return this.saving;
  }

  async keep({ keepalive = false } = {}) {
    if (this.isOver() || (this.isSaving && !keepalive)) return;
    const fields = this.changes();
    if (!Object.keys(fields).length) return;
    clearTimeout(this.timer);
    this.isSaving = true;
    this.version += 1;
    try {
      const answer = await this.send({ version: this.version, fields }, keepalive);
      if (answer.ok) this.wasKept(fields);
      else await this.wasRefused(answer);
    } catch {
      this.say(this.form.dataset.sayUnsaved);
      this.later(AGAIN);
    } finally {
      this.isSaving = false;
    }
  }

  send(body, keepalive) {
    return fetch(this.url, {
      method: "PUT",
      keepalive,
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value },
      body: JSON.stringify(body),
    });
  }

  wasKept(fields) {
    Object.assign(this.kept, fields);
    if (Object.keys(this.changes()).length) return this.typed();
    sessionStorage.removeItem(this.place);
    this.say(this.form.dataset.saySaved);
  }

  async wasRefused(answer) {
    if (answer.status === 404 && !(await this.isSignedOut())) return this.end(); // thrown away in another tab
    if (answer.status !== 409) throw new Error(String(answer.status));
    const { version, order } = await answer.json();
    if (order) return this.end(); // saved in another tab: it is an order now
    this.version = version; // another tab of hers was ahead: what was touched here is the newest, also where it was undone
    for (const name of this.touched) delete this.kept[name];
    this.later(0);
  }

  // A stranger who writes is told 404, whoever he is; who reads is led to the sign-in page.
  async isSignedOut() {
    return (await fetch(this.url, { method: "HEAD" })).redirected;
  }

  // Saved as an order, or thrown away: only the server's answer makes it so.
  isItsEnd(event) {
    return event.target === this.form || event.target.closest("[data-discard]") !== null;
  }

  left(event) {
    const { xhr } = event.detail;
    const isLedAway = xhr.getResponseHeader("HX-Redirect") !== null; // to sign in: nothing was saved
    if (this.isItsEnd(event) && xhr.status < 300 && !isLedAway) this.end();
  }

  stayed(event) {
    if (this.isItsEnd(event) && !event.detail.successful) this.later(AGAIN);
  }

  isOver() {
    if (!this.form.isConnected && !this.isEnded) this.end({ forget: false });
    return this.isEnded;
  }

  end({ forget = true } = {}) {
    this.isEnded = true;
    clearTimeout(this.timer);
    this.off.abort();
    if (forget) sessionStorage.removeItem(this.place);
  }

  say(sentence) {
    if (this.status) this.status.textContent = sentence;
  }
}
