// Uploads from the start page: dropped, pasted or chosen pictures go to the API one after the
// other, each with a card that shows its progress, then its link. Without this script the form
// itself is sent, one picture at a time.

import { say } from "./copy.js";

const form = document.getElementById("upload");
const picker = document.getElementById("file");
const results = document.getElementById("results");
const template = document.getElementById("result");
const drop = form.querySelector(".drop");
const maxFile = Number(form.dataset.maxFile);
const queue = [];
let busy = false;

const number = new Intl.NumberFormat("en");
const date = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short" });

function size(bytes) {
  const units = ["bytes", "KB", "MB", "GB"];
  let unit = 0;
  let count = bytes;
  while (count >= 1024 && unit < units.length - 1) {
    count /= 1024;
    unit += 1;
  }
  return `${number.format(unit ? Math.floor(count * 10) / 10 : count)} ${units[unit]}`;
}

/** A card for a file, with what the form says at this moment. */
function add(file) {
  const card = template.content.firstElementChild.cloneNode(true);
  const part = (selector) => card.querySelector(selector);
  const item = { file, card, part, caption: form.caption.value, ttl: form.ttl.value };
  part("h3").textContent = file.name;
  part(".thumb img").src = URL.createObjectURL(file);
  part(".thumb img").onerror = () => { // no format that this browser shows
    part(".thumb").remove();
    card.classList.add("bare");
  };
  part(".retry button").onclick = () => enqueue(item);
  part(".delete").onclick = () => takeBack(item);
  results.prepend(card);
  results.parentElement.hidden = false;
  enqueue(item);
}

function enqueue(item) {
  item.part(".retry").hidden = true;
  if (item.file.size > maxFile) {
    fail(item, `It has ${size(item.file.size)}; the most is ${size(maxFile)}.`, false);
    return;
  }
  item.part("progress").hidden = false;
  tell(item, "Waiting …");
  queue.push(item);
  if (!busy) work();
}

async function work() {
  busy = true;
  for (let item = queue.shift(); item; item = queue.shift()) await upload(item);
  busy = false;
}

/** Send one file; fetch has no progress of what is sent, XMLHttpRequest has. */
function upload(item) {
  const body = new FormData();
  body.append("file", item.file, item.file.name);
  if (item.caption) body.append("caption", item.caption);
  if (item.ttl) body.append("ttl", item.ttl);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/v1/upload");
    request.responseType = "json";
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) item.part("progress").value = event.loaded / event.total;
      tell(item, event.loaded < event.total ? "Uploading …" : "Making the link …");
    };
    request.onload = () => {
      if (request.status === 201) done(item, request.response);
      else fail(item, explain(request), request.status === 429 || request.status >= 500);
    };
    request.onerror = () => fail(item, "The connection broke.", true);
    request.onloadend = resolve;
    tell(item, "Uploading …");
    request.send(body);
  });
}

function explain(request) {
  const answer = request.response ?? {};
  const sentence = answer.message ?? `The server answered ${request.status}.`;
  const wait = answer.action?.type === "wait" ? ` ${answer.action.label}.` : "";
  const id = answer.request_id ? ` The request id is ${answer.request_id}.` : "";
  return `${sentence}${wait}${id}`;
}

function done(item, media) {
  const { part } = item;
  item.media = media;
  part("progress").hidden = true;
  const ends = media.expires_at ? `until ${date.format(media.expires_at * 1000)}` : "until deleted";
  const pixels = `${number.format(media.width)} × ${number.format(media.height)} pixels`;
  tell(item, `${pixels}, ${size(media.filesize)}, ${ends}`);
  part("[data-link]").value = media.link;
  part("[data-src]").value = media.src;
  part("[data-token]").value = media.delete_token;
  part(".done").hidden = false;
  say(`${item.file.name} is uploaded; its link is ready.`);
}

function fail(item, sentence, again) {
  item.part("progress").hidden = true;
  item.part(".retry").hidden = !again;
  tell(item, sentence, true);
  say(`${item.file.name}: ${sentence}`);
}

function tell(item, sentence, bad = false) {
  const state = item.part(".state");
  if (state.textContent !== sentence) state.textContent = sentence;
  state.classList.toggle("error", bad);
  state.classList.toggle("muted", !bad);
}

async function takeBack(item) {
  const button = item.part(".delete");
  button.disabled = true;
  let sentence = "The connection broke; try again.";
  try {
    const answer = await fetch(`/v1/media/${item.media.id}`, {
      method: "DELETE",
      headers: { "X-Delete-Token": item.media.delete_token },
    });
    if (answer.ok || answer.status === 404) {
      item.part(".done").hidden = true;
      tell(item, "Deleted: its link shows nothing any more.");
      say("Deleted.");
      return;
    }
    sentence = (await answer.json()).message;
  } catch {
    // told below
  }
  button.disabled = false;
  tell(item, sentence, true);
  say(sentence);
}

function take(files) {
  for (const file of files) add(file);
}

picker.multiple = true;
picker.addEventListener("change", () => {
  take(picker.files);
  picker.value = "";
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  picker.focus();
});
document.addEventListener("paste", (event) => {
  if (event.clipboardData.files.length === 0) return; // text goes where it is pasted
  event.preventDefault();
  take(event.clipboardData.files);
});
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("over");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) drop.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  take(event.dataTransfer.files);
});
window.addEventListener("beforeunload", (event) => {
  if (busy) event.preventDefault();
});

for (const part of document.querySelectorAll(".with-script")) part.hidden = false;
for (const part of document.querySelectorAll(".without-script")) part.hidden = true;
