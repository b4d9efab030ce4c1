// Buttons that copy the field beside them. Without this script they stay hidden, and the fields
// can be copied by hand.

const status = document.createElement("p");
status.className = "unseen";
status.setAttribute("role", "status");
document.body.append(status);

/** Tell people who do not see the page. */
export function say(sentence) {
  status.textContent = sentence;
}

async function copy(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    return document.execCommand("copy"); // pages over plain http have no navigator.clipboard
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const copied = await copy(button.parentElement.querySelector("input"));
  const sentence = copied ? "Copied" : "Press Ctrl+C";
  button.textContent = sentence;
  say(sentence);
  setTimeout(() => {
    button.textContent = "Copy";
  }, 2000);
});

for (const button of document.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
