// Gradio names the pictures of a gallery by their number and says a caption twice: here the caption alone is the name.
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
    // a notice's heading is a button to Gradio, and holds one
    for (const heading of document.querySelectorAll('.toast-header[role]')) {
      heading.removeAttribute('role');
      heading.removeAttribute('tabindex');
    }
  }
  new MutationObserver(mend).observe(document.documentElement, { childList: true, subtree: true });
})();
