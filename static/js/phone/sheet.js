// The network of the calls that this device keeps, as a spreadsheet; it is made here and goes nowhere.
// `words`: the headings, in the language of the page.
import { averages, FIGURES, rounded, worst } from "./network.js";

const WHEN = "yyyy-mm-dd hh:mm:ss";

export async function download(records, words) {
  const { default: write } = await import("../../dist/sheet.js");
  const file = await write([
    { sheet: words.calls, ...table(calls(records, words)) },
    { sheet: words.course, ...table(course(records, words)) },
  ]).toBlob();
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: `${words.name}.xlsx` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function calls(records, words) {
  const head = [words.began, words.call, words.seconds, ...FIGURES.flatMap((name) => [`${words[name]}, ${words.average}`, `${words[name]}, ${words.worst}`])];
  const rows = records.map(({ began, page, seconds, looks }) => {
    const [mean, top] = [averages(looks), worst(looks)];
    return [local(began), page, seconds, ...FIGURES.flatMap((name) => [mean[name], top[name]])];
  });
  return [head, ...rows];
}

function course(records, words) {
  const rows = records.flatMap(({ began, page, looks }) => looks.map((look) => [local(began), page, look.at, ...FIGURES.map((name) => look[name])]));
  return [[words.began, words.call, words.second, ...FIGURES.map((name) => words[name])], ...rows];
}

function table([head, ...rows]) {
  const data = [head.map((value) => ({ value, fontWeight: "bold" })), ...rows.map((row) => row.map(cell))];
  return { data, columns: head.map((word) => ({ width: Math.max(12, word.length + 2) })) };
}

function cell(value) {
  if (value === null || value === "") return null;
  if (value instanceof Date) return { value, type: Date, format: WHEN };
  return { value: typeof value === "number" ? rounded(value) : value };
}

// A spreadsheet knows no zones: the wall clock of this device.
function local(iso) {
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
}
