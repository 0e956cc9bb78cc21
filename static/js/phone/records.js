// What this device keeps of the network of its calls: {callId: of the PBX, page: of the call in our history or "", extension,
// began: ISO, seconds, looks}. Nothing of it goes to the server, and no number or name is in it.
const NAME = "phone-network";
const KEPT = 500; // calls

let opened = null;

function store(mode) {
  opened ??= new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("calls", { autoIncrement: true }).createIndex("callId", "callId");
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  return opened.then((database) => database.transaction("calls", mode).objectStore("calls"));
}

const answered = (request) => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});

export async function keep(record) {
  const calls = await store("readwrite");
  await answered(calls.add(record));
  const keys = await answered(calls.getAllKeys());
  for (const key of keys.slice(0, Math.max(0, keys.length - KEPT))) calls.delete(key);
}

export const ofCall = async (callId) => answered((await store("readonly")).index("callId").getAll(callId));

// The newest first.
export const all = async () => (await answered((await store("readonly")).getAll())).reverse();

export const forget = async () => answered((await store("readwrite")).clear());
