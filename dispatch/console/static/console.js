// Makes pages come sooner; each works without it. No markup is made from text here (Trusted Types).
(() => {
  "use strict";
  const minute = 60000;
  // The clock of an office's computer may be wrong: what is left is counted by the server's.
  const ahead = (new Date(document.body.dataset.now) - Date.now()) || 0;
  const now = () => Date.now() + ahead;

  // Deadlines count on.
  const words = {
    zh: { left: (t) => `还剩${t}`, over: (t) => `已超期${t}`, d: (d, h) => `${d}天${h}小时`, h: (h, m) => `${h}小时${m}分`, m: (m) => `${m}分钟` },
    en: { left: (t) => `${t} left`, over: (t) => `${t} overdue`, d: (d, h) => `${d} d ${h} h`, h: (h, m) => `${h} h ${m} min`, m: (m) => `${m} min` },
  };
  const count = () => {
    for (const each of document.querySelectorAll("[data-countdown]")) {
      const say = words[each.dataset.countdown] || words.en;
      const left = new Date(each.dateTime) - now();
      if (Number.isNaN(left)) continue;
      const all = Math.floor(Math.abs(left) / minute);
      const days = Math.floor(all / 1440), hours = Math.floor(all / 60) % 24, rest = all % 60;
      const text = days ? say.d(days, hours) : hours ? say.h(hours, rest) : say.m(rest);
      each.textContent = left < 0 ? say.over(text) : say.left(text);
    }
  };

  // Two minutes before a session ends for want of anything done, the page says so, and keeps what was typed.
  const body = document.body, box = document.getElementById("idle");
  let asked = Date.now(), asking = false, told = "";
  const tell = (when) => {
    told = when;
    box.hidden = !when;
    for (const each of box.querySelectorAll("[data-when]")) each.hidden = each.dataset.when !== when;
  };
  const look = () => {
    const left = new Date(body.dataset.idleUntil) - now();
    tell(left <= 0 ? "after" : left > 1000 * Number(body.dataset.warnS) ? "" : "before");
  };
  // Whether the session is still open, and still of who opened the page: "" if so, else what to tell.
  const ask = async () => {
    const answer = await fetch(body.dataset.session, { headers: { Accept: "application/json" } }).catch(() => null);
    if (answer && answer.status === 401) { body.dataset.idleUntil = new Date(0).toISOString(); return "after"; }
    if (!answer || !answer.ok) return "away";
    const session = await answer.json();
    if (session.user_id !== body.dataset.user) return "other";
    body.dataset.idleUntil = session.idle_until;
    asked = Date.now();
    return "";
  };
  const ascertain = async () => { const found = await ask(); if (found) tell(found); else look(); return found; };
  const watch = () => {
    if (!box) return;
    box.querySelector("[data-stay]").addEventListener("click", ascertain);
    // Whoever has signed in again in another window comes back to a page that knows.
    addEventListener("focus", () => { if (!box.hidden) ascertain(); });
    setInterval(() => { if (told !== "other" && told !== "away") look(); }, 5000);
    look();
  };

  // What was typed is sent only where somebody takes it: a session that is over, or no network, leaves it in the page.
  const written = (form) => form.getAttribute("method") === "post" && form.querySelector("textarea, select, input:not([type=hidden])");
  const hold = (event) => {
    const form = event.target;
    if (!box || !form.requestSubmit || !written(form) || Date.now() - asked < minute) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (asking) return;
    asking = true;
    const submitter = event.submitter;
    ascertain().then((found) => {
      asking = false;
      if (found) { box.tabIndex = -1; box.focus(); } else form.requestSubmit(submitter && submitter.form === form ? submitter : undefined);
    });
  };

  // Who goes back or elsewhere in the middle of a long form is asked first.
  let unsent = false;
  const mark = (event) => { const form = event.target.form; if (form && written(form) && (form.querySelector("textarea") || form.dataset.keep !== undefined)) unsent = true; };

  document.addEventListener("DOMContentLoaded", () => {
    // Two clicks are one act; the server would take them as one, too. A button with a name leaves the page as it is.
    document.addEventListener("submit", hold, true);
    document.addEventListener("submit", (event) => {
      unsent = false;
      if (event.submitter && event.submitter.name) return;
      for (const button of event.target.querySelectorAll("button:not([name])")) setTimeout(() => { button.disabled = true; });
    });
    document.addEventListener("input", mark);
    unsent = Boolean(document.querySelector("form[data-keep=carried]"));
    addEventListener("beforeunload", (event) => { if (unsent) { event.preventDefault(); event.returnValue = ""; } });
    addEventListener("pageshow", () => { for (const each of document.querySelectorAll("form button[disabled]")) each.disabled = false; });
    const wrong = document.querySelector("[aria-invalid]") || document.querySelector("[data-focus]");
    if (wrong) wrong.focus();
    // An invitation stands behind the #, so that no server's log has it.
    const invitation = document.querySelector("[data-from-fragment]");
    if (invitation && location.hash.length > 1) {
      invitation.value = decodeURIComponent(location.hash.slice(1));
      history.replaceState(null, "", location.pathname + location.search);
    }
    for (const each of document.querySelectorAll("[data-print]")) each.addEventListener("click", () => print());
    const menu = document.querySelector("[data-menu]");
    if (menu) {
      document.addEventListener("keydown", (event) => { if (event.key === "Escape" && menu.open) { menu.open = false; menu.querySelector("summary").focus(); } });
      document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
    }
    const underway = document.querySelector("[data-reload-s]");
    if (underway) setTimeout(() => location.reload(), 1000 * Number(underway.dataset.reloadS));
    count();
    setInterval(count, minute / 2);
    document.addEventListener("countdown", count);
    watch();
  });
})();
