// Each person's own keys. Behaviours know the usual ones (`KeyboardEvent.code`); `meant` says which of them a press
// stands for. Hints (<kbd> in an element with data-key or data-hotkey, or data-key-of="KeyA") show the own ones.
const TYPED_IN = "input:not([type=checkbox], [type=radio], [type=button], [type=range]), select, textarea, [contenteditable]";

let own = {}; // usual → own

export const isTyping = (event) => event.target.matches?.(TYPED_IN) ?? false;

export function meant(event) {
  const code = event.code || event.key; // a key that was made up has no place on the keyboard
  const usual = Object.keys(own).find((name) => own[name] === code);
  if (usual) return usual;
  return code in own ? "" : code;
}

export const keyOf = (usual) => own[usual] ?? usual;

export function learn(keys) {
  own = keys;
  hint(document);
}

export const known = () => ({ ...own });

export function name(code) {
  const sign = code.replace(/^Key|^Digit/, "");
  return { Insert: "Ins", Delete: "Del", Escape: "Esc", ArrowUp: "↑", ArrowDown: "↓", Slash: "/", Comma: ",", Space: "␣" }[sign] ?? sign;
}

function usualOf(element) {
  const { key, hotkey, keyOf } = element.dataset;
  return keyOf ?? (hotkey ? `${/\d/.test(hotkey) ? "Digit" : "Key"}${hotkey.toUpperCase()}` : key);
}

export function hint(root) {
  for (const element of root.querySelectorAll("[data-key], [data-hotkey], [data-key-of]")) {
    const usual = usualOf(element);
    const sign = element.matches("kbd") ? element : element.querySelector("kbd") ?? element.parentElement.querySelector("button kbd");
    if (!sign || (!(usual in own) && !("own" in sign.dataset))) continue;
    sign.textContent = name(keyOf(usual));
    sign.dataset.own = "";
  }
}
