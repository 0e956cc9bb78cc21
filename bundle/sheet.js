// Spreadsheets made in the browser, of what stays in the browser.
export { default } from "write-excel-file/universal";
