// Runs inside the preview: shows what the extension sends, and asks it to copy a command.
(function () {
  const editor = acquireVsCodeApi();
  const contents = document.getElementById('contents');
  const main = document.getElementById('document');
  const summary = document.getElementById('summary');
  const announcement = document.getElementById('announcement');

  window.addEventListener('message', (event) => {
    const message = event.data;
    if (message.type === 'content') {
      const scrolled = window.scrollY;
      const focused = document.activeElement && document.activeElement.id;
      document.title = message.title;
      summary.textContent = message.summary;
      contents.innerHTML = message.contents;
      main.innerHTML = message.html;
      editor.setState(message.state);
      window.scrollTo(0, scrolled);
      if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    } else if (message.type === 'copied') {
      announcement.textContent = 'Command copied.';
    }
  });

  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('main a[href]') : null;
    const address = link ? link.getAttribute('href') : null;
    // The editor opens web addresses by itself; a path is meant from the document, which only the extension knows.
    if (address !== null && !address.startsWith('#') && !/^[a-z][a-z0-9+.-]*:/i.test(address)) {
      event.preventDefault();
      editor.postMessage({ type: 'open', address });
      return;
    }
    const button = event.target instanceof Element ? event.target.closest('button.copy') : null;
    if (!button) return;
    const command = button.getAttribute('data-command');
    if (command === null) return;
    announcement.textContent = '';
    editor.postMessage({ type: 'copy', command });
    const label = button.textContent;
    button.textContent = 'Copied';
    setTimeout(() => {
      button.textContent = label;
    }, 1500);
  });

  editor.postMessage({ type: 'ready' });
})();
