// Runs inside the page of a judged release: shows what the extension sends, and asks it to open a line, to take a step or
// to judge again.
(function () {
  const editor = acquireVsCodeApi();
  const byId = (id) => document.getElementById(id);
  const judgement = byId('judgement');
  const status = byId('status');
  const announcement = byId('announcement');
  const judged = ['override', 'copy'];
  const timeOf = (ms) =>
    new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(ms);

  window.addEventListener('message', ({ data: message }) => {
    if (message.type === 'judgement') show(message);
    else if (message.type === 'status') showStatus(message);
    else if (message.type === 'nothing') showNothing(message);
    else if (message.type === 'announce') announce(message.text);
  });

  function show(message) {
    const scrolled = window.scrollY;
    const hadFocus = judgement.contains(document.activeElement);
    document.title = message.title;
    // Made by the extension, with every text of the repository escaped; the page's policy lets no script in it run.
    judgement.innerHTML = message.html;
    editor.setState(message.state);
    for (const id of judged) byId(id).disabled = false;
    byId('again').textContent = 'Judge Again';
    showStatus(message);
    window.scrollTo(0, message.isSame ? scrolled : 0);
    if (hadFocus) judgement.focus({ preventScroll: true });
  }

  function showStatus({ judgedAtMs, changed, isRestricted, isRunning }) {
    const parts = [];
    if (isRunning) parts.push('Judging.');
    else if (changed) parts.push(`Outdated: ${changed} changed since ${timeOf(judgedAtMs)}.`);
    else parts.push(`Judged on ${timeOf(judgedAtMs)}. Nothing that was read is known to have changed since.`);
    if (isRestricted) parts.push('Restricted Mode: git was not run, so what changes is not known.');
    status.textContent = parts.join(' ');
    document.body.classList.toggle('outdated', Boolean(changed) && !isRunning);
    byId('again').disabled = Boolean(isRunning);
  }

  // After a restart, or where a judgement could not be made: the last word is told as what it is, and nothing more.
  function showNothing({ message, last, state }) {
    judgement.replaceChildren();
    const paragraph = document.createElement('p');
    paragraph.textContent = message;
    judgement.append(paragraph);
    status.textContent = last ? `${last.text} on ${timeOf(last.judgedAtMs)}.` : 'Not judged.';
    document.body.classList.toggle('outdated', true);
    for (const id of judged) byId(id).disabled = true;
    byId('again').disabled = false;
    byId('again').textContent = 'Judge Now';
    if (state) editor.setState(state);
  }

  function announce(text) {
    announcement.textContent = '';
    announcement.textContent = text;
  }

  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    if (!button) return;
    const place = button.getAttribute('data-place');
    const step = button.getAttribute('data-step');
    if (place !== null) editor.postMessage({ type: 'open', place: Number(place) });
    else if (step !== null) editor.postMessage({ type: 'step', step: Number(step) });
    else if (button.id) editor.postMessage({ type: button.id });
  });

  editor.postMessage({ type: 'ready' });
})();
