// Keeps the page fresh and sends its forms without leaving it. Without this script every button still works.
const office = document.getElementById("office");
let last = "";

async function refresh() {
  const answer = await fetch("/office");
  const html = await answer.text();
  const typing = office.contains(document.activeElement);
  if (!answer.ok || html === last) return;
  const shape = document.createElement("template");
  shape.innerHTML = html; // our own server's fragment, every value of it escaped there
  const focused = typing ? [...office.querySelectorAll("button")].indexOf(document.activeElement) : -1;
  office.replaceChildren(shape.content);
  office.querySelectorAll("button")[focused]?.focus();
  last = html;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  event.preventDefault();
  const answer = await fetch(form.action, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams(new FormData(form)),
  });
  if (answer.status === 409) {
    let said = document.querySelector(".trouble");
    if (!said) {
      said = document.createElement("p");
      said.className = "trouble";
      said.setAttribute("role", "alert");
      document.querySelector("h1").after(said);
    }
    said.textContent = (await answer.json()).error;
  } else {
    document.querySelector(".trouble")?.remove();
  }
  await refresh();
});

setInterval(() => refresh().catch(() => {}), 1000);
