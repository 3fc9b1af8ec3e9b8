// Sign-up box that other sites put on their pages.
(function () {
  const box = document.querySelector("[data-pigeonpost]");
  if (!box) return;

  const form = document.createElement("form");
  const input = document.createElement("input");
  input.type = "email";
  input.required = true;
  const button = document.createElement("button");
  button.textContent = box.dataset.label || "Subscribe";
  form.append(input, button);
  box.append(form);

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const reply = await fetch(box.dataset.pigeonpost + "/api/subscribe", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email: input.value }),
    });
    form.textContent = reply.ok ? "Thank you. Look in your inbox." : "That did not work.";
  });
})();
