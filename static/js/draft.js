// A half-filled form is kept on the server with each pause in typing, and in this tab while the server is away.
const PAUSE = 300; // ms after the last key
const AGAIN = 2000; // ms until the next try when the server did not answer
const TEXTS = ["phone", "pickup", "when", "destination", "comment", "name"];

export function start(form) {
  if (form.dataset.draft) new Draft(form).begin();
}

class Draft {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.draftUrl;
    this.place = `draft:${form.dataset.draft}`;
    this.version = Number(form.dataset.version);
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
    window.addEventListener("pagehide", () => this.save({ keepalive: true }), { signal });
    document.addEventListener("visibilitychange", () => document.hidden && this.save({ keepalive: true }), { signal });
    if (Object.keys(this.changes()).length) this.typed();
  }

  fields() {
    const data = new FormData(this.form);
    return Object.fromEntries([...TEXTS, "client"].filter((name) => data.has(name)).map((name) => [name, data.get(name)]));
  }

  // Not what stands in the fields: who types before this script has come has typed all the same.
  drawn() {
    const texts = TEXTS.map((name) => this.form.elements[name]).filter(Boolean);
    return { ...this.fields(), ...Object.fromEntries(texts.map((field) => [field.name, field.defaultValue])) };
  }

  changes() {
    return Object.fromEntries(Object.entries(this.fields()).filter(([name, text]) => this.kept[name] !== text));
  }

  // The copy of this tab is newer than the server's when the server was away; the newest wins.
  restore() {
    const copy = JSON.parse(sessionStorage.getItem(this.place) ?? "null");
    if (!copy || copy.version <= this.version || "bound" in this.form.dataset) return;
    for (const name of TEXTS) {
      const field = this.form.elements[name];
      if (field && name in copy.fields) field.value = copy.fields[name];
    }
  }

  typed() {
    if (this.isOver()) return;
    sessionStorage.setItem(this.place, JSON.stringify({ version: this.version + 1, fields: this.fields() }));
    this.later(PAUSE);
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  async save({ keepalive = false } = {}) {
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
    if (answer.status === 404) return this.end(); // thrown away in another tab
    if (answer.status !== 409) throw new Error(String(answer.status));
    const { version, order } = await answer.json();
    if (order) return this.end(); // saved in another tab: it is an order now
    this.version = version; // another tab of hers was ahead: what is typed here now is the newest
    this.later(0);
  }

  // Saved as an order, or thrown away: only the server's answer makes it so.
  isItsEnd(event) {
    return event.target === this.form || event.target.closest("[data-discard]") !== null;
  }

  left(event) {
    if (this.isItsEnd(event) && event.detail.xhr.status < 300) this.end();
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
