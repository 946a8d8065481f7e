/* Better with: / goes to the box, j and k through the results, the help opens while typing begins. All of it is on the
   page without this. */
(function () {
  "use strict";
  var box = document.querySelector('.ask input[type="search"]');
  var help = document.getElementById("help");
  var titles = Array.prototype.slice.call(document.querySelectorAll(".hits h2 a"));
  var keys = document.querySelector(".help .script");
  if (keys) keys.hidden = false;

  function typing(target) {
    return target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
  }

  function move(by) {
    var at = titles.indexOf(document.activeElement);
    var to = titles[at < 0 ? (by > 0 ? 0 : -1) : at + by];
    if (to) { to.focus(); to.scrollIntoView({ block: "nearest" }); }
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && event.target === box && help && help.open && help.dataset.shown) {
      help.open = false;
      return;
    }
    if (typing(event.target)) return;
    if (event.key === "/" && box) { box.focus(); box.select(); event.preventDefault(); }
    else if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
  });

  if (box && help) {
    box.addEventListener("input", function () {
      /* What was typed and may not do what it seems to: quotes, minus, a comma. Once, and never against the reader. */
      if (!help.open && !help.dataset.shown && /["“”\-，,、|&*?]/.test(box.value)) {
        help.open = true;
        help.dataset.shown = "1";
      }
    });
  }
})();
