// Gradio names the pictures of a gallery by their number and says a caption twice: here the caption alone is the name.
// It loses the keyboard's focus with the button that fills the screen with a picture, and the one that ends it.
// It gives every radio button a name of its own, so that arrow keys do nothing.
// It names every place for files alike, and not by what is read there: here the label over it comes first.
(() => {
  function mend() {
    for (const button of document.querySelectorAll('#given button[aria-label]')) {
      const name = `${button.closest('.block').querySelector('label').innerText.trim()}: ${button.innerText.trim()}`;
      if (button.innerText.trim() && button.getAttribute('aria-label') !== name) button.setAttribute('aria-label', name);
    }
    for (const button of document.querySelectorAll('.thumbnail-item[aria-label]')) {
      if (!button.innerText.trim()) continue;
      button.removeAttribute('aria-label');
      button.querySelector('img')?.setAttribute('alt', '');
    }
    // radio buttons that go by the arrow keys have one name
    for (const group of document.querySelectorAll('fieldset:has(input[type=radio])')) {
      const [first, ...others] = group.querySelectorAll('input[type=radio]');
      for (const other of others) if (other.name !== first.name) other.name = first.name;
    }
    // a notice's heading is a button to Gradio, and holds one
    for (const heading of document.querySelectorAll('.toast-header[role]')) {
      heading.removeAttribute('role');
      heading.removeAttribute('tabindex');
    }
  }
  const FILLS = 'button[aria-label*="ullscreen"]';
  const focusIn = (block) => setTimeout(() => block?.querySelector(FILLS)?.focus({ preventScroll: true }), 50);
  addEventListener('click', ({ target }) => focusIn(target.closest?.(FILLS)?.closest('.block')), true);
  addEventListener('keydown', ({ key }) => { if (key === 'Escape') focusIn(document.querySelector('.block.fullscreen')); }, true);
  new MutationObserver(mend).observe(document.documentElement, { childList: true, subtree: true });
})();
