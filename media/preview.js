// Runs inside the preview: shows what the extension sends, and tells it what the person does. It decides nothing: what a
// command is, whether it may run and what was ticked the extension says.
(function () {
  const editor = acquireVsCodeApi();
  const byId = (id) => document.getElementById(id);
  const contents = byId('contents');
  const main = byId('document');
  const summary = byId('summary');
  const announcement = byId('announcement');
  const fields = byId('fields');
  const header = document.querySelector('header');

  let rollback = null;
  let lastCommands = [];
  let lastRun = null;
  let isFirst = true;
  /** The HTML that each block of code has got, so that what is the same is left alone. */
  const shown = new WeakMap();
  const waiting = new Map();

  window.addEventListener('message', (event) => {
    const message = event.data;
    switch (message.type) {
      case 'content':
        return showContent(message);
      case 'parameters':
        return showParameters(message);
      case 'commands':
        lastCommands = message.commands;
        return showCommands();
      case 'run':
        lastRun = message;
        return showRun();
      case 'jump':
        return goToRollback();
      case 'announce':
        return announce(message.text);
    }
  });

  function showContent({ title, contents: list, html, ...message }) {
    const scrolled = window.scrollY;
    const focused = placeOfFocus();
    document.title = title;
    setText(summary, message.summary);
    if (contents.innerHTML !== list) contents.innerHTML = list;
    rollback = message.rollback;
    byId('to-rollback').hidden = rollback === null;
    byId('no-rollback').hidden = rollback !== null;
    for (let count = 0; count < message.removed; count++) main.children[message.from]?.remove();
    const before = main.children[message.from] ?? null;
    for (const part of message.parts) {
      const piece = document.createElement('div');
      piece.className = 'part';
      piece.innerHTML = part;
      main.insertBefore(piece, before);
    }
    editor.setState(message.state);
    showCommands();
    showRun();
    window.scrollTo(0, scrolled);
    if (focused && placeOfFocus() !== focused)
      document.querySelector(focused)?.focus({ preventScroll: true });
  }

  /** A selector of what has the focus, to find it again after its part was made anew. */
  function placeOfFocus() {
    const active = document.activeElement;
    if (!active || active === document.body) return null;
    if (active.id) return `#${CSS.escape(active.id)}`;
    const command = active.getAttribute('data-command');
    return command ? `.${active.className}[data-command="${CSS.escape(command)}"]` : null;
  }

  function showParameters({ entries, note, environment }) {
    byId('environment').hidden = environment === '';
    setText(byId('environment-name'), environment);
    byId('parameters').hidden = entries.length === 0;
    byId('to-parameters').hidden = entries.length === 0;
    setText(byId('parameters-note'), note);
    if (isFirst) document.querySelector('#parameters details').open = entries.some((each) => !each.isFilled);
    isFirst = false;
    const names = new Set(entries.map(({ name }) => name));
    for (const field of [...fields.children]) if (!names.has(field.dataset.name)) field.remove();
    entries.forEach((entry, index) => {
      let field = [...fields.children].find((each) => each.dataset.name === entry.name);
      if (!field || (field.querySelector('input').type === 'password') !== entry.isSecret) {
        field?.remove();
        field = newField(entry);
        fields.insertBefore(field, fields.children[index] ?? null);
      }
      const input = field.querySelector('input');
      // What the person is typing stays as it is; a secret never comes back.
      if (!entry.isSecret && document.activeElement !== input && input.value !== entry.value) {
        input.value = entry.value;
      }
      if (!entry.isFilled && !waiting.has(entry.name) && document.activeElement !== input) input.value = '';
      input.placeholder = placeholderOf(entry);
      setText(field.querySelector('.parameter-says'), entry.says);
      field.classList.toggle('open', !entry.isFilled);
      setText(field.querySelector('.parameter-state'), entry.isFilled ? '' : 'not filled');
    });
  }

  function placeholderOf({ isSecret, isFilled, example }) {
    if (isSecret) return isFilled ? 'filled, not shown' : 'not filled';
    return example === '' ? '' : `for example ${example}`;
  }

  function newField(entry) {
    const field = document.createElement('div');
    field.className = 'field';
    field.dataset.name = entry.name;
    const id = `parameter-${entry.name}`;
    const label = document.createElement('label');
    label.htmlFor = id;
    label.textContent = entry.name;
    const input = document.createElement('input');
    input.id = id;
    input.type = entry.isSecret ? 'password' : 'text';
    input.autocomplete = 'off';
    input.spellcheck = false;
    input.maxLength = 2000;
    input.setAttribute('aria-describedby', `${id}-says`);
    const state = document.createElement('span');
    state.className = 'parameter-state';
    const says = document.createElement('span');
    says.className = 'parameter-says';
    says.id = `${id}-says`;
    field.append(label, input, state, says);
    return field;
  }

  fields.addEventListener('input', (event) => {
    const { name } = event.target.closest('.field').dataset;
    clearTimeout(waiting.get(name));
    waiting.set(
      name,
      setTimeout(() => sendParameter(name, event.target.value), 200),
    );
  });
  fields.addEventListener('change', (event) => {
    const { name } = event.target.closest('.field').dataset;
    if (waiting.has(name)) sendParameter(name, event.target.value);
  });

  function sendParameter(name, value) {
    clearTimeout(waiting.get(name));
    waiting.delete(name);
    editor.postMessage({ type: 'parameter', name, value });
  }

  function showCommands() {
    const blocks = new Map(
      [...main.querySelectorAll('.command')].map((each) => [each.dataset.command, each]),
    );
    for (const { id, html, isOffered, canRun, why, name } of lastCommands) {
      const block = blocks.get(id);
      if (!block) continue;
      const code = block.querySelector('code');
      if (code && shown.get(code) !== html) {
        code.innerHTML = html;
        keepWordsTogether(code);
        shown.set(code, html);
      }
      const bar = block.querySelector('.command-bar');
      let run = bar.querySelector('button.run');
      if (!isOffered) run?.remove();
      else {
        if (!run) {
          run = document.createElement('button');
          run.type = 'button';
          run.className = 'run';
          run.dataset.command = id;
          run.textContent = 'Run in terminal…';
          run.setAttribute('aria-describedby', `why-${id}`);
          bar.insertBefore(run, bar.querySelector('.why'));
        }
        // Not `disabled`: what cannot be pressed should still be reached, and say why.
        run.setAttribute('aria-disabled', String(!canRun));
        run.setAttribute('aria-label', `Run in terminal: ${name}`);
      }
      setText(bar.querySelector('.why'), why);
    }
  }

  /** Lines may end at blanks only: a browser would also end one between the dashes of `--tail`. */
  function keepWordsTogether(code) {
    const texts = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) if (/\S-|-\S/.test(texts.currentNode.data)) found.push(texts.currentNode);
    for (const text of found) {
      const pieces = text.data.split(/(\s+)/).map((piece) => {
        if (!piece.includes('-')) return piece;
        const word = document.createElement('span');
        word.className = 'word';
        word.textContent = piece;
        return word;
      });
      text.replaceWith(...pieces);
    }
  }

  function showRun() {
    if (!lastRun) return;
    const { says, whyNot, isUnderWay, isOverdue, steps } = lastRun;
    const line = byId('run-says');
    setText(line, says);
    line.classList.toggle('overdue', isOverdue);
    setText(byId('why-not'), whyNot === '' ? '' : `${whyNot}.`);
    byId('begin').hidden = isUnderWay || whyNot !== '';
    byId('finish').hidden = !isUnderWay || whyNot !== '';
    for (const step of steps) {
      const item = main.querySelector(`.step[data-step="${CSS.escape(step.id)}"]`);
      if (!item) continue;
      const box = byId(`tick-${step.id}`);
      box.checked = step.isTicked;
      box.disabled = whyNot !== '';
      setText(byId(`says-${step.id}`), step.says);
      item.classList.toggle('ticked', step.isTicked);
      item.classList.toggle('current', step.isCurrent);
      item.classList.toggle('overdue', step.isOverdue);
      item.classList.toggle('changed', step.isChanged);
      if (step.isCurrent) item.setAttribute('aria-current', 'step');
      else item.removeAttribute('aria-current');
    }
  }

  function goToRollback() {
    const heading = rollback === null ? null : byId(rollback);
    if (!heading) return announce('This document has no rollback section.');
    heading.tabIndex = -1;
    heading.scrollIntoView();
    heading.focus({ preventScroll: true });
  }

  function announce(text) {
    announcement.textContent = '';
    announcement.textContent = text;
  }

  function setText(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  main.addEventListener('change', (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || !box.classList.contains('tick')) return;
    editor.postMessage({ type: 'tick', step: box.dataset.step, isTicked: box.checked });
  });

  document.addEventListener('click', (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const link = target?.closest('main a[href]');
    const address = link ? link.getAttribute('href') : null;
    // The editor opens web addresses by itself; a path is meant from the document, which only the extension knows.
    if (address !== null && !address.startsWith('#') && !/^[a-z][a-z0-9+.-]*:/i.test(address)) {
      event.preventDefault();
      editor.postMessage({ type: 'open', address });
      return;
    }
    const button = target?.closest('button');
    if (!button) return;
    const { command } = button.dataset;
    if (button.id === 'to-rollback') goToRollback();
    else if (button.id === 'begin') editor.postMessage({ type: 'begin' });
    else if (button.id === 'finish') editor.postMessage({ type: 'finish' });
    else if (button.id === 'clear') {
      for (const input of fields.querySelectorAll('input')) input.value = '';
      editor.postMessage({ type: 'clear' });
    } else if (button.classList.contains('run') && command) {
      if (button.getAttribute('aria-disabled') === 'true')
        announce(button.parentElement.querySelector('.why').textContent);
      else editor.postMessage({ type: 'run', command });
    } else if (button.classList.contains('copy') && command) {
      editor.postMessage({ type: 'copy', command });
      button.textContent = 'Copied';
      setTimeout(() => {
        button.textContent = 'Copy command';
      }, 1500);
    }
  });

  // Headings that are jumped to stand below the bar, however high it is.
  new ResizeObserver(() => {
    document.documentElement.style.setProperty('--bar', `${header.offsetHeight}px`);
  }).observe(header);

  editor.postMessage({ type: 'ready' });
})();
