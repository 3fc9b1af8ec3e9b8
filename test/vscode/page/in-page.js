// Runs inside the page, from its first moment: notes every toast and every change of focus that left the editor, and reads rows
// of trees.
(() => {
  const toasts = [];
  let focus = [];
  const look = (node) => {
    if (!(node instanceof Element)) return;
    const items = [...node.querySelectorAll('.notification-list-item')];
    if (node.matches('.notification-list-item')) items.push(node);
    for (const item of items) {
      if (item.closest('.notifications-toasts') !== null && !toasts.includes(item)) toasts.push(item);
    }
  };
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) look(node);
  }).observe(document, { childList: true, subtree: true });
  document.addEventListener(
    'focusin',
    ({ target }) => {
      if (!(target instanceof Element) || target.closest('.part.editor .editor-instance') !== null) return;
      const part = target.closest('.part')?.id ?? 'the page';
      focus.push(`${part}: ${target.tagName} ${target.getAttribute('aria-label') ?? target.className}`);
    },
    true,
  );
  const rowOf = (row) => ({
    level: Number(row.getAttribute('aria-level')),
    label: row.querySelector('.label-name')?.textContent ?? '',
    description: row.querySelector('.label-description')?.textContent ?? '',
    aria: row.getAttribute('aria-label') ?? '',
    expanded: row.hasAttribute('aria-expanded') ? row.getAttribute('aria-expanded') === 'true' : null,
  });
  // A workbench that runs extension tests never shows toasts: there the bell in the status bar gets a dot for what would pop up.
  // Elsewhere a dot alone is of what nobody was disturbed by.
  const showsNoToasts = location.search.includes('extensionTestsPath');
  const bellHasDot = () =>
    showsNoToasts && document.querySelector('[id="status.notifications"] .codicon-bell-dot') !== null;
  const answerOf = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const storesIn = async (database, text) => {
    for (const store of database.objectStoreNames) {
      const values = await answerOf(database.transaction(store).objectStore(store).getAll());
      if (values.some((value) => typeof value === 'string' && value.includes(text))) return true;
    }
    return false;
  };
  window.savepointPage = {
    // Whether this is in one of VS Code's databases: what it keeps in memory first is lost with the page.
    stores: async (text) => {
      for (const { name } of await indexedDB.databases()) {
        const database = await answerOf(indexedDB.open(name));
        try {
          if (await storesIn(database, text)) return true;
        } finally {
          database.close();
        }
      }
      return false;
    },
    disturbances: () => {
      const words = toasts.map((item) => item.textContent);
      return { toasts: words.length === 0 && bellHasDot() ? ['the bell has a dot'] : words, focus };
    },
    beginLooking: () => {
      toasts.length = 0;
      focus = [];
    },
    // Of the side bar's view with this name; empty where it is not shown.
    rows: (view) => {
      const panes = [...document.querySelectorAll('.part.sidebar .pane')];
      const pane = panes.find((one) => one.querySelector(`.pane-header[aria-label^="${view}"]`) !== null);
      const drawn = [...(pane?.querySelectorAll('.monaco-list-row') ?? [])];
      // What came later may stand behind in the document.
      return drawn.sort((a, b) => Number(a.dataset.index) - Number(b.dataset.index)).map(rowOf);
    },
  };
})();
