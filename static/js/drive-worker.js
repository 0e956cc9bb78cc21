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
    if (answer.ok && !answer.redirected) await store.put(request.url, answer.clone());
    else if (answer.status < 500) await caches.delete(STORE);
    return answer;
  } catch {
    return (await store.match(request.url)) ?? Response.error();
  }
}

// What is kept at once, and what is new for the next time.
async function furniture(event) {
  const store = await caches.open(STORE);
  const kept = await store.match(event.request);
  const fresh = fetch(event.request).then((answer) => {
    if (answer.ok) store.put(event.request, answer.clone());
    return answer;
  });
  if (!kept) return fresh;
  event.waitUntil(fresh.catch(() => {}));
  return kept;
}
