// The live bridge: each message that arrives lights its line once. Without this script the page
// shows the same messages and a link that shows what travelled since.
(function () {
  "use strict";
  var PACE = 1400;          // a line lights in 1.2 s; the next begins after it
  var SPEAK_EVERY = 8000;   // screen readers hear the latest message, not each of a burst
  var LONGEST_QUEUE = 20, LONGEST_FEED = 30;

  var bridge = document.getElementById("bridge");
  var feed = document.getElementById("feed");
  if (!bridge || !feed || !window.EventSource || !window.fetch) return;

  var newest = Number(bridge.dataset.newest);
  var queue = [], busy = false, held = false, source = null, spokeAt = 0, retryAfter = 1000;
  var hold = bridge.querySelector("[data-hold]");

  function part(root, name) { return root.querySelector('[data-part="' + name + '"]'); }

  function listen() {
    fetch(bridge.dataset.ticket, { cache: "no-store", credentials: "same-origin" })
      .then(function (reply) { if (!reply.ok) throw new Error(reply.status); return reply.json(); })
      .then(function (pass) {
        source = new EventSource("/live/events?" + new URLSearchParams({
          topic: pass.topic, ticket: pass.ticket, after: newest
        }));
        source.addEventListener("open", function () { retryAfter = 1000; });
        source.addEventListener("message", function (told) { hear(Number(told.lastEventId)); });
        source.addEventListener("resync", function (told) { hear(Number(told.lastEventId)); });
        // A ticket admits once, for a minute: after a break we ask for a new one ourselves.
        source.addEventListener("error", function () { source.close(); listenLater(); });
      })
      .catch(listenLater);
  }

  function listenLater() {
    setTimeout(listen, retryAfter);
    retryAfter = Math.min(retryAfter * 2, 30000);
  }

  function hear(number) {
    if (!(number > newest)) return;
    newest = number;
    if (held) return;
    if (queue.length >= LONGEST_QUEUE) queue = [];
    queue.push(number);
    showNext();
  }

  function showNext() {
    if (busy || held || !queue.length) return;
    busy = true;
    show(queue.shift()).catch(function () {}).then(function () {
      setTimeout(function () { busy = false; showNext(); }, PACE);
    });
  }

  function show(number) {
    return fetch(bridge.dataset.bridge + "?message=" + number, { cache: "no-store", credentials: "same-origin" })
      .then(function (reply) { if (!reply.ok) throw new Error(reply.status); return reply.text(); })
      .then(function (text) {
        var fresh = new DOMParser().parseFromString(text, "text/html");
        replace(fresh, "count");
        replace(fresh, "map");
        replace(fresh, "now");
        extend(fresh);
        speak();
      });
  }

  function replace(fresh, name) {
    var here = part(bridge, name), there = part(fresh, name);
    if (here && there && !here.contains(document.activeElement)) here.replaceChildren.apply(here, there.childNodes);
  }

  function extend(fresh) {
    var quiet = document.getElementById("quiet");
    var known = Array.from(feed.children).map(number);
    Array.from(fresh.querySelectorAll("#feed > li")).reverse().forEach(function (item) {
      if (known.indexOf(number(item)) >= 0) return;
      var after = Array.from(feed.children).find(function (other) { return number(other) < number(item); });
      feed.insertBefore(item, after || null);
      if (quiet) quiet.remove();
    });
    while (feed.children.length > LONGEST_FEED && !feed.lastElementChild.contains(document.activeElement)) {
      feed.lastElementChild.remove();
    }
  }

  function number(item) { return Number(item.id.replace("message-", "")); }

  function speak() {
    var said = bridge.querySelector(".now strong");
    if (!said || Date.now() - spokeAt < SPEAK_EVERY) return;
    spokeAt = Date.now();
    part(bridge, "heard").textContent = said.textContent;
  }

  function openTarget() {
    var target = /^#message-\d+$/.test(location.hash) && document.querySelector(location.hash + " details");
    if (target) target.open = true;
  }

  hold.addEventListener("click", function () {
    held = !held;
    hold.setAttribute("aria-pressed", String(held));
    queue = [];
    if (!held && newest > Number(bridge.dataset.newest)) { queue.push(newest); showNext(); }
  });
  hold.hidden = false;
  window.addEventListener("hashchange", openTarget);
  bridge.addEventListener("click", function (event) {
    if (event.target.matches('a[href^="#message-"]')) setTimeout(openTarget);
  });
  window.addEventListener("pagehide", function () { if (source) source.close(); });
  openTarget();
  listen();
})();
