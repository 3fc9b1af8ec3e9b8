// Shown after a reader confirms: /welcome?name=…&msg=…#section
const params = new URLSearchParams(location.search);

const hello = document.querySelector("#hello");
hello.textContent = "Welcome, " + (params.get("name") || "reader");

const note = params.get("msg");
if (note) {
  const markup = ["<p class='note'>", note, "</p>"].join("");
  document.querySelector("#note").innerHTML = markup;
}

const showTab = (id) => document.body.insertAdjacentHTML("afterbegin", `<nav data-tab="${id}"></nav>`);
window.addEventListener("hashchange", () => showTab(decodeURIComponent(location.hash.slice(1))));

document.querySelector("#badge").innerHTML = "<strong>New</strong>";

const count = Number(params.get("n"));
document.querySelector("#count").innerHTML = `<em>${count}</em>`;

document.querySelector("#continue").addEventListener("click", () => {
  const back = params.get("return") || "/";
  window.location.href = back;
});

document.querySelector("#home").addEventListener("click", () => {
  location.assign("/?from=" + encodeURIComponent(params.get("name") || ""));
});
