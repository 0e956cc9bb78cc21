// A short sentence at the foot of the page. tone: "", "good", "warning", "danger".
const SECONDS = 6;

export function toast(sentence, tone = "") {
  const box = document.getElementById("toasts");
  if (!box || !sentence) return;
  const line = document.createElement("p");
  line.className = "toast";
  if (tone) line.dataset.tone = tone;
  line.textContent = sentence;
  box.append(line);
  while (box.children.length > 4) box.firstElementChild.remove();
  setTimeout(() => line.remove(), SECONDS * 1000);
}
