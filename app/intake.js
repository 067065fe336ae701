// Takes a photo that is dropped anywhere on a page, or pasted, as if it had been chosen with the page's button.
// Gradio's own places take no second photo, and a browser opens in a tab what is dropped beside them.
(() => {
  const OWN_PLACES = '#given-clean, #given-others'; // take files of their own
  const button = () => document.querySelector('.intake input[type=file]');
  const ofFiles = (event) => [...(event.dataTransfer?.types || [])].includes('Files');

  function take(files) {
    const input = button();
    if (!input || !files.length) return;
    const chosen = new DataTransfer();
    chosen.items.add(files[0]);
    input.files = chosen.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  }

  function hear(event) {
    if (!ofFiles(event) || event.target.closest?.(OWN_PLACES)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    document.body.classList.toggle('dropping', event.type === 'dragenter' || event.type === 'dragover');
    if (event.type === 'drop') take(event.dataTransfer.files);
  }

  for (const name of ['dragenter', 'dragover', 'dragleave', 'drop']) addEventListener(name, hear, true);
  addEventListener('paste', (event) => {
    const files = event.clipboardData?.files || [];
    if (!files.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    take(files);
  }, true);
})();
