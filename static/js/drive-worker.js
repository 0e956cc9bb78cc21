// The service worker of a driver's page: it opens without a connection, too, as it was last. Whoever is not signed in
// any more leaves nothing behind.
const STORE = "driver-1";
const PATIENCE = 4000; // ms for the page itself, before the kept one is shown

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && url.pathname === self.registration.scope.slice(location.origin.length)) {
    event.respondWith(page(request));
  } else if (url.pathname.startsWith("/static/")) {
    event.respondWith(furniture(event));
  }
});

async function page(request) {
  const store = await caches.open(STORE);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    if (answer.ok && !answer.redirected) {
      await store.put(request.url, answer.clone());
      await forget(store, await answer.clone().text());
    } else if (answer.status < 500) await caches.delete(STORE);
    return answer;
  } catch {
    return (await store.match(request.url)) ?? Response.error();
  }
}

// Under one address a file never changes: dispatch/assets.py.
async function furniture({ request }) {
  const store = await caches.open(STORE);
  const kept = await store.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok && answer.headers.get("Cache-Control") !== "no-store") await store.put(request, answer.clone());
  return answer;
}

// What belongs to another version than the page.
async function forget(store, page) {
  const version = page.match(/\/static\/[^/]+\//)?.[0];
  for (const { url } of await store.keys()) {
    const { pathname } = new URL(url);
    if (pathname.startsWith("/static/") && !pathname.startsWith(version)) await store.delete(url);
  }
}
