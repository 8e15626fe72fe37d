// The board, live: cards come and go while the page is open. No markup is made from text (Trusted Types).
(() => {
  "use strict";
  const list = document.getElementById("board"), template = document.getElementById("board-card");
  const live = document.getElementById("board-live"), empty = document.getElementById("board-empty");
  const zh = document.documentElement.lang.startsWith("zh");
  // By the server's clock: that of a phone may be wrong.
  const ahead = (new Date(document.body.dataset.now) - Date.now()) || 0;
  const words = JSON.parse(list.dataset.words), quota = document.getElementById("quota");
  // How far each area is, so that a card that comes needs no question back: not everyone asks at once.
  let far = JSON.parse(list.dataset.far);
  const slot = (card, name) => card.querySelector(`[data-slot=${name}]`);
  const show = (card, name, yes) => { const part = card.querySelector(`[data-when=${name}]`); if (part) part.hidden = !yes; };
  const find = (id) => list.querySelector(`[data-case="${CSS.escape(id)}"]`);
  const say = (text) => { live.textContent = text; };

  const key = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  const fill = (card, it) => {
    card.dataset.case = it.case_id;
    const texts = { matter: words.matter[it.matter], stage: words.stage[it.stage], place: it.place || "", cause: zh ? it.cause.zh : it.cause.en, effort: it.effort };
    for (const [name, text] of Object.entries(texts)) slot(card, name).textContent = text;
    for (const name of ["due_at", "sealed_until"]) slot(card, name).dateTime = it[name] || "";
    const km = far[it.area];
    slot(card, "distance_km").textContent = km;
    show(card, "distance", km !== undefined);
    show(card, "due", it.due_at);
    const why = card.querySelector("[data-when=refused]");
    if (why && it.refusals) {
      why.replaceChildren(...it.refusals.map((each) => { const line = document.createElement("li"); line.textContent = each.text; return line; }));
      show(card, "refused", it.refusals.length && !it.claim_id);
      show(card, "open", !it.refusals.length && !it.claim_id);
      show(card, "claimed", it.claim_id);
    }
    for (const each of card.querySelectorAll("[name=case_id]")) each.value = it.case_id;
  };

  const made = (it) => {
    // A quota that is used up refuses what comes, too.
    if (!it.refusals && quota && !quota.hidden) it.refusals = [{ text: quota.textContent }];
    const card = template.content.firstElementChild.cloneNode(true);
    for (const each of card.querySelectorAll("[name=idempotency-key]")) each.value = key();
    fill(card, it);
    return card;
  };

  const claimed = (card) => Boolean(card && card.querySelector("[data-when=claimed]:not([hidden])"));

  const put = (it) => {
    const card = find(it.case_id);
    // What one may claim stands before what one may not.
    if (card) fill(card, it); else list.insertBefore(made(it), [...list.children].find((each) => each.querySelector("[data-when=refused]:not([hidden])")) || null);
    tidy();
  };

  // Whoever stood on a card that goes stands on the next one.
  const drop = (id) => {
    const card = find(id);
    if (!card) return false;
    const had = card.contains(document.activeElement);
    const next = card.nextElementSibling || card.previousElementSibling;
    card.remove();
    tidy();
    if (had) ([...(next ? next.querySelectorAll("button") : [])].find((each) => each.offsetParent) || document.getElementById("main")).focus();
    return true;
  };

  const tidy = () => { empty.hidden = list.children.length > 0; tick(); document.dispatchEvent(new Event("countdown")); };

  const tick = () => {
    for (const each of list.querySelectorAll("[data-clock]")) {
      const left = Math.round((new Date(each.dateTime) - Date.now() - ahead) / 1000);
      each.closest("[data-when]").hidden = !(left > 0);
      const two = (part) => String(Math.floor(part)).padStart(2, "0"), hours = Math.floor(left / 3600);
      const clock = `${hours ? `${hours}:${two(left / 60 % 60)}` : Math.floor(left / 60)}:${two(left % 60)}`;
      if (left > 0) each.textContent = zh ? `还剩 ${clock}` : `${clock} left`;
    }
  };

  const refresh = async () => {
    const answer = await fetch(list.dataset.cards + location.search, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer) return;
    if (answer.status === 401) { location.assign(list.dataset.signIn); return; }
    if (!answer.ok) return;
    const board = await answer.json();
    far = board.distances_km;
    const there = new Set(board.items.map((it) => it.case_id));
    for (const card of [...list.children]) if (!there.has(card.dataset.case)) drop(card.dataset.case);
    board.items.forEach(put);
    if (quota) {
      document.getElementById("left-week").textContent = board.claims_left_this_week;
      document.getElementById("left-open").textContent = board.claims_left;
      quota.hidden = !board.quota;
      quota.textContent = board.quota ? (zh ? board.quota.zh : board.quota.en) : "";
    }
  };

  // What became of one's own claim is read a moment later, by those alone who had one.
  let soon = 0;
  const refreshSoon = () => { if (!soon) soon = setTimeout(() => { soon = 0; refresh(); }, 1000 + Math.random() * 4000); };

  let stream = null, retry = 0;
  const stop = () => { if (stream) stream.close(); stream = null; };
  const start = () => {
    clearTimeout(retry);
    if (stream) return;
    stream = new EventSource(list.dataset.events);
    const on = (name, act) => stream.addEventListener(name, (event) => act(JSON.parse(event.data)));
    // Live is said once the list is read again: what was posted between page and stream stands in it.
    on("hello", async (about) => { if (!about.resumed) await refresh(); say(live.dataset.on); });
    on("reset", refresh);
    for (const name of ["posted", "opened"]) on(name, (event) => {
      if (!event.card) return;
      const card = find(event.case_id);
      if (!card) say(live.dataset.new);
      put(event.card);
      if (claimed(card)) refreshSoon();
    });
    for (const name of ["taken", "expired", "withdrawn"]) on(name, (event) => {
      if (claimed(find(event.case_id))) refreshSoon();
      if (drop(event.case_id)) say(live.dataset.gone);
    });
    stream.onerror = () => {
      say(live.dataset.off);
      // Closed for good: the session is over, or the server refuses; the list says which.
      if (stream && stream.readyState === EventSource.CLOSED) { stop(); refresh(); retry = setTimeout(start, 3000 + Math.random() * 5000); }
    };
  };

  document.addEventListener("visibilitychange", () => { if (document.hidden) { stop(); clearTimeout(retry); } else start(); });
  addEventListener("pagehide", stop);
  setInterval(tick, 1000);
  tick();
  start();
})();
