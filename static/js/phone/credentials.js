// What the office gives a tab to register with. The tab's name lives as long as the tab, over reloads; one that was
// doubled by the browser gets a name of its own.
const KEY = "phone.tab";

let named = null;

function tabName() {
  named ??= new Promise((settle) => {
    const kept = sessionStorage.getItem(KEY);
    const fresh = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const claim = (name, isNew) => {
      const taken = (lock) => {
        if (!lock) return isNew ? settle(name) : claim(fresh(), true);
        sessionStorage.setItem(KEY, name);
        settle(name);
        return new Promise(() => {}); // held until the page goes
      };
      if (!navigator.locks) return settle(name);
      navigator.locks.request(`${KEY} ${name}`, { ifAvailable: true }, taken);
    };
    claim(kept ?? fresh(), kept === null);
  });
  return named;
}

// `url`: of the line at our server; `token`: () → what is against forged requests; it changes with each signing in.
export function credentialsFrom(url, token) {
  const ask = async (method, fields, options = {}) =>
    fetch(url, { method, headers: { "X-CSRFToken": token(), Accept: "application/json" }, body: new URLSearchParams({ tab: await tabName(), ...fields }), ...options });

  async function credentials({ take = false } = {}) {
    const answer = await ask("POST", take ? { take: "1" } : {}, { signal: AbortSignal.timeout(10_000) });
    if (answer.ok && !answer.redirected) return answer.json();
    if (answer.status === 409) throw await answer.json();
    if (answer.redirected || [401, 403, 404].includes(answer.status)) throw { refused: " " };
    throw new Error(`line: ${answer.status}`);
  }
  credentials.release = () => ask("DELETE", {}, { keepalive: true }).catch(() => {});
  credentials.tab = tabName;
  return credentials;
}
