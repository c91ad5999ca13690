// Runs inside the page of a run: puts each part that the extension sends in its place, and sends what a person answers or
// demands. What is typed, what is unfolded and where the keys go outlive a part that changes.
(function () {
  const editor = acquireVsCodeApi();
  const byId = (id) => document.getElementById(id);
  const announcement = byId('announcement');

  window.addEventListener('message', ({ data: message }) => {
    if (message.type === 'parts') {
      document.title = message.title;
      editor.setState(message.state);
      for (const [part, html] of Object.entries(message.parts)) put(byId(part), html);
    } else if (message.type === 'announce') {
      announcement.textContent = '';
      announcement.textContent = message.text;
    }
  });

  function put(element, html) {
    const focused = element.contains(document.activeElement) ? document.activeElement : null;
    const typed = [...element.querySelectorAll('input')].map(({ id, value }) => [id, value]);
    const unfolded = [...element.querySelectorAll('details')].map(({ id, open }) => [id, open]);
    const scrolled = [...element.querySelectorAll('pre')].map((each) => isAtEnd(each));
    const selection =
      focused instanceof HTMLInputElement && focused.type === 'text' ? focused.selectionStart : null;
    // Made by the extension, with every text from outside escaped; the page's policy lets no script in it run.
    element.innerHTML = html;
    element.hidden = html === '';
    for (const [id, value] of typed) {
      const input = byId(id);
      if (input) input.value = value;
    }
    for (const [id, open] of unfolded) {
      const details = byId(id);
      if (details) details.open = open;
    }
    // New lines of output are seen where the end was seen before.
    element.querySelectorAll('pre').forEach((each, index) => {
      if (scrolled[index] !== false) each.scrollTop = each.scrollHeight;
    });
    if (!focused) return;
    const again = focused.id ? byId(focused.id) : null;
    if (again) {
      again.focus({ preventScroll: true });
      if (selection !== null) again.setSelectionRange(selection, selection);
    } else if (html !== '') {
      // What had the keys is gone, as the question after its answer: what came in its place has them.
      const next = element.querySelector('button, input');
      if (next) next.focus({ preventScroll: true });
    }
  }

  function isAtEnd({ scrollTop, scrollHeight, clientHeight }) {
    return scrollHeight - scrollTop - clientHeight < 8;
  }

  const valueOf = (id) => (id ? (byId(id)?.value ?? '') : '');

  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    if (!button) return;
    const { place, answer, question, input, demand } = button.dataset;
    if (place !== undefined) editor.postMessage({ type: 'open', place: Number(place) });
    else if (answer !== undefined)
      editor.postMessage({ type: 'answer', question, choice: answer, text: valueOf(input) });
    else if (demand !== undefined)
      editor.postMessage({
        type: 'demand',
        what: demand,
        reason: valueOf(`reason-${demand}`),
        phrase: valueOf(`phrase-${demand}`),
      });
    else if (button.id) editor.postMessage({ type: button.id });
  });

  document.addEventListener('keydown', (event) => {
    const button = event.target instanceof HTMLInputElement ? event.target.dataset.enter : undefined;
    if (event.key === 'Enter' && !event.isComposing && button) byId(button)?.click();
  });

  editor.postMessage({ type: 'ready' });
})();
