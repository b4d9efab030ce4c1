// A picture's page: buttons that copy, and the picture's own box. Until it is loaded its box is
// as wide as the page lets it be, so that nothing jumps; from then on as wide as the picture.

import "./copy.js";

const picture = document.querySelector(".stage img");
const settle = () => picture.classList.add("loaded");
if (picture.complete) settle();
else picture.addEventListener("load", settle);
