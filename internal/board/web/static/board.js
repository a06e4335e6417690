// Keeps a page of the board up to date: what the server sends replaces parts of it, and
// bars and times go on by the clock. Without it the page shows the time it was made.
'use strict';
(() => {
  const body = document.body;
  let rate = Number(body.dataset.rate) || 1;
  let serverNow = Number(body.dataset.now);
  let heardAt = performance.now();
  const now = () => serverNow + (performance.now() - heardAt) * rate;
  const clock = (m) => { serverNow = m.now; rate = m.rate; heardAt = performance.now(); };

  // Times are those of the reader's zone.
  const short = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' });
  const bare = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
  const long = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  const words = (ms) => {
    const s = Math.max(0, Math.round(ms / 1000));
    if (s < 60) return s + ' s';
    if (s < 3600) return Math.floor(s / 60) + ' min';
    if (s < 172800) return Math.floor(s / 3600) + ' h ' + Math.floor(s % 3600 / 60) + ' min';
    return Math.floor(s / 86400) + ' days';
  };
  const relative = (at) => (at > now() ? 'in ' + words(at - now()) : words(now() - at) + ' ago');

  const write = (e, text) => { if (e.textContent !== text) e.textContent = text; };

  const tick = () => {
    document.getElementById('as-of').dateTime = new Date(now()).toISOString();
    for (const t of document.querySelectorAll('time')) {
      const at = Date.parse(t.dateTime);
      if (Number.isNaN(at)) continue;
      const near = Math.abs(at - now()) < 43200000;
      const text = (!near ? long : 'bare' in t.dataset ? bare : short).format(at);
      write(t, text);
      t.title = relative(at);
    }
    for (const p of document.querySelectorAll('progress[data-to]')) {
      const from = Number(p.dataset.from), to = Number(p.dataset.to);
      p.value = to > from ? Math.min(990, Math.max(0, (now() - from) / (to - from) * 1000)) : 0;
    }
    for (const s of document.querySelectorAll('[data-since]')) write(s, words(now() - Number(s.dataset.since)));
    for (const s of document.querySelectorAll('[data-until]')) {
      const at = Number(s.dataset.until), comes = at > now();
      write(s, comes ? relative(at) : 'now');
      s.nextElementSibling.hidden = !comes;
    }
  };
  tick();
  setInterval(tick, 1000);

  document.addEventListener('keydown', (e) => {
    const search = document.querySelector('input[type=search]');
    if (e.key === '/' && search && !/^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName)) {
      e.preventDefault();
      search.focus();
    }
  });

  const connection = document.getElementById('connection');
  const say = (text) => write(connection, text);

  // A page that is not sent what is new is asked for anew.
  const again = Number(body.dataset.refresh);
  const refresh = async () => {
    try {
      const answer = await fetch(location.href);
      if (!answer.ok) throw new Error(answer.statusText);
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      document.querySelector('main').replaceChildren(...page.querySelector('main').childNodes);
      clock({ now: Number(page.body.dataset.now), rate: Number(page.body.dataset.rate) });
      say('');
    } catch {
      say('not connected; trying again');
    }
    tick();
  };
  if (again) setInterval(refresh, again * 1000);

  const live = body.dataset.live;
  if (!live) return;

  const element = (html) => {
    const t = document.createElement('template');
    t.innerHTML = html; // the server has escaped what is in it
    return t.content.firstElementChild;
  };

  // Replaces what is in the page, but leaves the focus where it was.
  const keepFocus = (holder, replace) => {
    const active = document.activeElement;
    const href = holder && active && holder.contains(active) ? active.getAttribute('href') : null;
    const fresh = replace();
    if (href === null) return;
    for (const a of fresh.querySelectorAll('a')) {
      if (a.getAttribute('href') === href) { a.focus(); return; }
    }
  };

  const byKey = (list) => {
    const all = new Map();
    for (const e of list.children) all.set(e.dataset.key, e);
    return all;
  };

  // Makes a list as the server says: all keys in their order. Reports whether it could.
  const arrange = (list, id, keys, items) => {
    const there = byKey(list);
    let at = list.firstElementChild;
    for (const key of keys) {
      let e = there.get(key);
      const html = items[id + ' ' + key];
      if (html) {
        const old = e;
        keepFocus(old, () => {
          e = element(html);
          if (old) {
            if (at === old) at = e;
            old.replaceWith(e);
          }
          return e;
        });
      }
      if (!e) return false;
      there.delete(key);
      if (e === at) at = at.nextElementSibling; else list.insertBefore(e, at);
    }
    for (const e of there.values()) e.remove();
    return true;
  };

  const apply = (m) => {
    for (const [id, html] of Object.entries(m.parts || {})) {
      const part = document.getElementById('part-' + id);
      if (part) keepFocus(part, () => { part.innerHTML = html; return part; });
    }
    for (const [id, l] of Object.entries(m.lists || {})) {
      if (!arrange(document.getElementById('list-' + id), id, l.keys, m.items || {})) return false;
      write(document.getElementById('count-' + id), l.count || '');
      const more = document.getElementById('more-' + id);
      if (more) more.hidden = !l.more;
    }
    tick();
    return true;
  };

  let source, last = new URLSearchParams(live.split('?')[1]).get('since') || '', heard = performance.now(), waiting = 0;
  const connect = () => {
    clearTimeout(waiting);
    if (source) source.close();
    heard = performance.now();
    const u = new URL(live, location.href);
    u.searchParams.set('since', last);
    source = new EventSource(u);
    source.addEventListener('open', () => say('live'));
    source.addEventListener('state', (e) => {
      heard = performance.now();
      last = e.lastEventId;
      say('live');
      if (!apply(JSON.parse(e.data))) { last = ''; connect(); }
    });
    source.addEventListener('ping', (e) => { heard = performance.now(); clock(JSON.parse(e.data)); say('live'); });
    source.onerror = () => {
      say('not connected; trying again');
      if (source.readyState === EventSource.CLOSED) waiting = setTimeout(connect, 5000 + Math.random() * 5000);
    };
  };
  connect();
  // A connection that is dead without anybody saying so, after sleep for instance.
  setInterval(() => { if (performance.now() - heard > 45000) connect(); }, 5000);
  addEventListener('pagehide', () => source.close());
  addEventListener('pageshow', (e) => { if (e.persisted) connect(); });
})();
