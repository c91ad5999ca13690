// Runs inside the picture of the paths to production: draws what the extension sends, goes along its edges by keyboard,
// plays a run, and asks the extension to open a line, copy or save.
(function () {
  const editor = acquireVsCodeApi();
  const byId = (id) => document.getElementById(id);
  const picture = byId('picture');
  const runs = byId('runs');
  const steps = byId('steps');
  const now = byId('now');
  const announcement = byId('announcement');
  const STEP_MS = 1800;
  const SVG = 'http://www.w3.org/2000/svg';

  let data = null;
  let svg = null;
  let size = { width: 1, height: 1 };
  // Null: as large as fits.
  let scale = null;
  let step = -1;
  let timer = null;
  // The element that Tab comes to; the arrows move it.
  let current = null;

  window.addEventListener('message', ({ data: message }) => {
    if (message.type === 'picture') show(message);
    else if (message.type === 'problem') showProblem(message.message);
    else if (message.type === 'announce') announce(message.text);
  });

  function show(message) {
    const before = data ? data.runs[runs.selectedIndex] : null;
    const hadFocus = svg !== null && svg.contains(document.activeElement);
    const kept = current ? keyOf(current) : null;
    const keptStep = step;
    stop();
    data = message;
    byId('summary').textContent = message.summary;
    byId('all').checked = message.scope === 'all';
    editor.setState(message.state);
    // Made by the engine, with every text of the repository escaped; the page's policy lets no script in it run.
    picture.innerHTML = message.svg;
    svg = picture.querySelector('svg');
    size = { width: Number(svg.getAttribute('width')), height: Number(svg.getAttribute('height')) };
    if (message.isEmpty) picture.textContent = message.empty;
    zoom(scale);
    runs.replaceChildren(
      ...message.runs.map((run) => {
        const option = document.createElement('option');
        option.textContent = run.title;
        option.title = run.title;
        return option;
      }),
    );
    document.body.classList.toggle('no-runs', message.runs.length === 0);
    const wanted = message.focus;
    const same = before ? message.runs.findIndex((run) => run.title === before.title) : -1;
    const ofNode = wanted ? message.runs.findIndex((run) => run.production === wanted) : -1;
    runs.selectedIndex = Math.max(0, ofNode >= 0 ? ofNode : same);
    listSteps();
    const isSame = same >= 0 && JSON.stringify(before.steps) === JSON.stringify(message.runs[same].steps);
    goToStep(isSame && ofNode < 0 ? keptStep : -1);
    setCurrent(find(wanted ? `node ${wanted}` : kept) || items()[0] || null);
    if (current && (hadFocus || wanted)) focus(current);
  }

  function showProblem(text) {
    stop();
    data = null;
    svg = null;
    current = null;
    byId('summary').textContent = 'Not checked';
    picture.textContent = text;
    document.body.classList.add('no-runs');
  }

  function announce(text) {
    announcement.textContent = '';
    announcement.textContent = text;
  }

  // Zooming.

  function fitting() {
    const width = (picture.clientWidth - 4) / size.width;
    const height = (picture.clientHeight - 24) / size.height;
    return Math.max(0.15, Math.min(width, height, 1.5));
  }

  function zoom(wanted) {
    scale = wanted;
    if (!svg) return;
    const factor = wanted === null ? fitting() : wanted;
    svg.setAttribute('width', String(Math.round(size.width * factor)));
    svg.setAttribute('height', String(Math.round(size.height * factor)));
  }

  function zoomBy(factor) {
    const before = scale === null ? fitting() : scale;
    zoom(Math.max(0.15, Math.min(4, before * factor)));
  }

  byId('zoom-in').addEventListener('click', () => zoomBy(1.25));
  byId('zoom-out').addEventListener('click', () => zoomBy(0.8));
  byId('fit').addEventListener('click', () => zoom(null));
  window.addEventListener('resize', () => {
    if (scale === null) zoom(null);
  });
  picture.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoomBy(event.deltaY < 0 ? 1.1 : 1 / 1.1);
    },
    { passive: false },
  );

  // Dragging the paper moves it.
  let drag = null;
  picture.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || event.target.closest('[data-node], [data-edge]')) return;
    drag = { x: event.clientX, y: event.clientY, left: picture.scrollLeft, top: picture.scrollTop };
    picture.classList.add('dragged');
    picture.setPointerCapture(event.pointerId);
  });
  picture.addEventListener('pointermove', (event) => {
    if (!drag) return;
    picture.scrollLeft = drag.left - (event.clientX - drag.x);
    picture.scrollTop = drag.top - (event.clientY - drag.y);
  });
  for (const end of ['pointerup', 'pointercancel']) {
    picture.addEventListener(end, () => {
      drag = null;
      picture.classList.remove('dragged');
    });
  }

  // Going along the edges.

  function items() {
    return svg ? [...svg.querySelectorAll('[data-node], [data-edge]')] : [];
  }

  function nodes() {
    return svg ? [...svg.querySelectorAll('[data-node]')] : [];
  }

  function keyOf(item) {
    return item.dataset.node !== undefined ? `node ${item.dataset.node}` : `edge ${item.dataset.edge}`;
  }

  function find(key) {
    return key === null ? null : items().find((item) => keyOf(item) === key);
  }

  function setCurrent(item) {
    if (current) current.setAttribute('tabindex', '-1');
    current = item;
    if (item) item.setAttribute('tabindex', '0');
  }

  function focus(item) {
    setCurrent(item);
    item.focus({ preventScroll: true });
    item.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  function boxOf(node) {
    const [x, y, width, height] = node.dataset.box.split(' ').map(Number);
    return { x, y, width, height };
  }

  const middle = (item) => {
    const { x, y, width, height } = item.dataset.box ? boxOf(item) : item.querySelector('.line').getBBox();
    return { x: x + width / 2, y: y + height / 2 };
  };

  /** The next thing in a direction: along the edges to the right and left, beside to the top and bottom. */
  function next(item, key) {
    const edges = [...svg.querySelectorAll('[data-edge]')];
    const byHeight = (list) => list.sort((one, other) => middle(one).y - middle(other).y);
    if (item.dataset.edge !== undefined) {
      if (key === 'ArrowRight') return find(`node ${item.dataset.to}`);
      if (key === 'ArrowLeft') return find(`node ${item.dataset.from}`);
      const beside = byHeight(edges.filter((edge) => edge.dataset.from === item.dataset.from));
      return beside[beside.indexOf(item) + (key === 'ArrowDown' ? 1 : -1)];
    }
    const id = item.dataset.node;
    if (key === 'ArrowRight')
      return nearest(
        edges.filter((edge) => edge.dataset.from === id),
        item,
      );
    if (key === 'ArrowLeft')
      return nearest(
        edges.filter((edge) => edge.dataset.to === id),
        item,
      );
    const at = middle(item);
    const isBeyond = (other) =>
      key === 'ArrowDown' ? middle(other).y > at.y + 1 : middle(other).y < at.y - 1;
    const distance = (other) => Math.abs(middle(other).y - at.y) + 2 * Math.abs(middle(other).x - at.x);
    return nodes()
      .filter((other) => other !== item && isBeyond(other))
      .sort((one, other) => distance(one) - distance(other))[0];
  }

  function nearest(list, item) {
    const at = middle(item);
    return list.sort((one, other) => Math.abs(middle(one).y - at.y) - Math.abs(middle(other).y - at.y))[0];
  }

  picture.addEventListener('keydown', (event) => {
    const item = event.target.closest('[data-node], [data-edge]');
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '+' || event.key === '=') zoomBy(1.25);
    else if (event.key === '-') zoomBy(0.8);
    else if (event.key === '0') zoom(null);
    else if (!item) return;
    else if (event.key === 'Enter' || event.key === ' ') open(item);
    else if (event.key === 'Home') focus(items()[0]);
    else if (event.key === 'End') focus(nodes().at(-1));
    else if (event.key.startsWith('Arrow')) {
      const target = next(item, event.key);
      if (target) focus(target);
      else announce('Nothing further in this direction.');
    } else return;
    event.preventDefault();
  });

  picture.addEventListener('click', (event) => {
    const item = event.target.closest('[data-node], [data-edge]');
    if (!item) return;
    setCurrent(item);
    open(item);
  });

  function open(item) {
    if (item.dataset.node !== undefined) editor.postMessage({ type: 'open', node: item.dataset.node });
    else editor.postMessage({ type: 'open', edge: item.dataset.edge });
  }

  // Playing a run.

  function run() {
    return data ? data.runs[runs.selectedIndex] : undefined;
  }

  function listSteps() {
    const chosen = run();
    byId('finding').textContent = chosen ? chosen.title : '';
    steps.replaceChildren(
      ...(chosen ? chosen.steps : []).map((each, index) => {
        const item = document.createElement('li');
        const go = document.createElement('button');
        go.type = 'button';
        go.textContent = each.sentence;
        go.addEventListener('click', () => {
          stop();
          goToStep(index);
        });
        const line = document.createElement('button');
        line.type = 'button';
        line.className = 'line';
        line.textContent = each.place;
        line.setAttribute('aria-label', `Go to ${each.place}`);
        line.addEventListener('click', () =>
          editor.postMessage({ type: 'open', run: chosen.id, step: index }),
        );
        const number = document.createElement('span');
        number.className = 'number';
        number.textContent = `${index}.`;
        item.append(number, go, line);
        return item;
      }),
    );
  }

  function goToStep(index) {
    step = index;
    const chosen = run();
    if (!svg) return;
    for (const old of svg.querySelectorAll('.result')) old.remove();
    for (const item of items()) item.classList.remove('been', 'now', 'taken');
    svg.classList.toggle('played', Boolean(chosen) && index >= 0);
    const count = chosen ? chosen.steps.length : 0;
    byId('previous').disabled = index <= 0;
    byId('next').disabled = index >= count - 1;
    [...steps.children].forEach((item, at) => {
      item.classList.toggle('now', at === index);
      if (at === index) {
        item.setAttribute('aria-current', 'step');
        item.scrollIntoView({ block: 'nearest' });
      } else item.removeAttribute('aria-current');
    });
    if (!chosen || index < 0) {
      now.textContent = chosen ? chosen.run : '';
      return;
    }
    chosen.steps.slice(0, index + 1).forEach((each, at) => {
      const node = each.node === null ? null : find(`node ${each.node}`);
      if (node) {
        node.classList.add('been');
        node.classList.toggle('now', at === index);
        addResult(node, `${at} ${each.result}`);
      }
      for (const id of each.edges) {
        const edge = find(`edge ${id}`);
        if (!edge) continue;
        edge.classList.add('taken');
        edge.classList.toggle('now', at === index);
      }
    });
    const at = chosen.steps[index];
    now.textContent = at.sentence;
    const shown = at.node === null ? null : find(`node ${at.node}`);
    if (shown) shown.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  /** What became of a job, on its upper edge. */
  function addResult(node, text) {
    const { x, y, width } = boxOf(node);
    const group = document.createElementNS(SVG, 'g');
    group.setAttribute('class', 'result');
    const label = document.createElementNS(SVG, 'text');
    label.textContent = text;
    label.setAttribute('font-size', '11');
    const paper = document.createElementNS(SVG, 'rect');
    group.append(paper, label);
    svg.append(group);
    const needed = label.getComputedTextLength() + 14;
    const left = x + width - needed + 8;
    label.setAttribute('x', String(left + 7));
    label.setAttribute('y', String(y + 3));
    paper.setAttribute('x', String(left));
    paper.setAttribute('y', String(y - 9));
    paper.setAttribute('width', String(needed));
    paper.setAttribute('height', '17');
    paper.setAttribute('rx', '8.5');
  }

  function stop() {
    if (timer !== null) clearInterval(timer);
    timer = null;
    byId('play').textContent = 'Play';
  }

  function play() {
    const chosen = run();
    if (!chosen) return;
    if (timer !== null) {
      stop();
      return;
    }
    goToStep(step >= chosen.steps.length - 1 ? 0 : step + 1);
    byId('play').textContent = 'Pause';
    timer = setInterval(() => {
      if (step >= chosen.steps.length - 1) stop();
      else goToStep(step + 1);
    }, STEP_MS);
  }

  byId('play').addEventListener('click', play);
  byId('previous').addEventListener('click', () => {
    stop();
    if (step > 0) goToStep(step - 1);
  });
  byId('next').addEventListener('click', () => {
    stop();
    const chosen = run();
    if (chosen && step < chosen.steps.length - 1) goToStep(step + 1);
  });
  runs.addEventListener('change', () => {
    stop();
    listSteps();
    goToStep(-1);
  });

  // What the extension does.

  byId('all').addEventListener('change', () => {
    editor.postMessage({ type: 'scope', all: byId('all').checked });
  });
  byId('copy-mermaid').addEventListener('click', () => editor.postMessage({ type: 'copy' }));
  byId('save-mermaid').addEventListener('click', () =>
    editor.postMessage({ type: 'save', format: 'mermaid' }),
  );
  byId('save-svg').addEventListener('click', () => {
    const chosen = run();
    editor.postMessage({ type: 'save', format: 'svg', run: chosen ? chosen.id : null });
  });

  editor.postMessage({ type: 'ready' });
})();
