// Shown after a reader confirms: /welcome?name=…&msg=…#section
const params = new URLSearchParams(location.search);

const hello = document.querySelector("#hello");
hello.textContent = "Welcome, " + (params.get("name") || "reader");

const note = params.get("msg");
if (note) {
  const line = document.createElement("p");
  line.className = "note";
  line.textContent = note;
  document.querySelector("#note").replaceChildren(line);
}

const showTab = (id) => {
  const nav = document.createElement("nav");
  nav.dataset.tab = id;
  document.body.prepend(nav);
};
window.addEventListener("hashchange", () => showTab(decodeURIComponent(location.hash.slice(1))));

document.querySelector("#badge").innerHTML = "<strong>New</strong>";

const count = Number(params.get("n"));
document.querySelector("#count").innerHTML = `<em>${count}</em>`;

document.querySelector("#continue").addEventListener("click", () => {
  const back = new URL(params.get("return") || "/", location.origin);
  window.location.href = back.origin === location.origin ? back.href : "/";
});

document.querySelector("#home").addEventListener("click", () => {
  location.assign("/?from=" + encodeURIComponent(params.get("name") || ""));
});
