// Gradio names the pictures of a gallery by their number and says a caption twice: here the caption alone is the name.
(() => {
  function mend() {
    for (const button of document.querySelectorAll('.thumbnail-item[aria-label]')) {
      if (!button.innerText.trim()) continue;
      button.removeAttribute('aria-label');
      button.querySelector('img')?.setAttribute('alt', '');
    }
  }
  new MutationObserver(mend).observe(document.documentElement, { childList: true, subtree: true });
})();
