// What this device keeps of its phone: choices, and nothing secret.
const STORE = "phone";
const USUAL = { on: false, microphone: "", speaker: "", ringing: "", camera: "", tone: "bell", loudness: 6, volume: 10, auto: false, headsets: 0 };

export const kept = () => ({ ...USUAL, ...JSON.parse(localStorage.getItem(STORE) ?? "{}") });

export function keep(change) {
  localStorage.setItem(STORE, JSON.stringify({ ...kept(), ...change }));
}

export const follow = (heard) => window.addEventListener("storage", ({ key }) => key === STORE && heard());

// A document of its own, not one that was opened in the frame of another, becomes the phone's where the phone is on here.
export const isHost = () => "phoneBar" in document.body.dataset && window === window.top && kept().on;
