// Makes pages come sooner; each works without it. No markup is made from text here (Trusted Types).
(() => {
  "use strict";
  const minute = 60000;

  // Deadlines count on.
  const words = {
    zh: { left: (t) => `还剩${t}`, over: (t) => `已超期${t}`, d: (d, h) => `${d}天${h}小时`, h: (h, m) => `${h}小时${m}分`, m: (m) => `${m}分钟` },
    en: { left: (t) => `${t} left`, over: (t) => `${t} overdue`, d: (d, h) => `${d} d ${h} h`, h: (h, m) => `${h} h ${m} min`, m: (m) => `${m} min` },
  };
  const count = () => {
    for (const each of document.querySelectorAll("[data-countdown]")) {
      const say = words[each.dataset.countdown] || words.en;
      const left = new Date(each.dateTime) - Date.now();
      if (Number.isNaN(left)) continue;
      const all = Math.floor(Math.abs(left) / minute);
      const days = Math.floor(all / 1440), hours = Math.floor(all / 60) % 24, rest = all % 60;
      const text = days ? say.d(days, hours) : hours ? say.h(hours, rest) : say.m(rest);
      each.textContent = left < 0 ? say.over(text) : say.left(text);
    }
  };

  // Two minutes before a session ends for want of anything done, the page says so, and keeps what was typed.
  const watch = () => {
    const body = document.body, box = document.getElementById("idle");
    if (!box) return;
    const [before, after] = ["before", "after"].map((when) => box.querySelector(`[data-when=${when}]`));
    const look = () => {
      const left = new Date(body.dataset.idleUntil) - Date.now();
      const over = left <= 0;
      box.hidden = left > 1000 * Number(body.dataset.warnS);
      before.hidden = over;
      after.hidden = !over;
    };
    box.querySelector("[data-stay]").addEventListener("click", async () => {
      const answer = await fetch(body.dataset.session, { headers: { Accept: "application/json" } });
      body.dataset.idleUntil = answer.ok ? (await answer.json()).idle_until : new Date(0).toISOString();
      look();
    });
    setInterval(look, 5000);
    look();
  };

  document.addEventListener("DOMContentLoaded", () => {
    // Two clicks are one act; the server would take them as one, too. A button with a name leaves the page as it is.
    document.addEventListener("submit", (event) => {
      if (event.submitter && event.submitter.name) return;
      for (const button of event.target.querySelectorAll("button:not([name])")) setTimeout(() => { button.disabled = true; });
    });
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
