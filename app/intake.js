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

  // Words from the first moment: a large photo takes seconds to arrive and to be read.
  const reading = document.createElement('p');
  reading.id = 'reading';
  reading.setAttribute('role', 'status');
  const answers = '#rainy-panel .caption, #facts, [data-testid=toast-body]';
  let before = '';
  const answered = () => [...document.querySelectorAll(answers)].map((node) => node.textContent).join();
  addEventListener('change', (event) => {
    if (!event.target.matches?.('.intake input[type=file]') || !event.target.files.length) return;
    before = answered();
    document.body.append(reading);
    reading.textContent = 'Reading the photo …';
  }, true);
  new MutationObserver(() => {
    if (reading.textContent && answered() !== before) reading.textContent = '';
  }).observe(document.documentElement, { childList: true, characterData: true, subtree: true });

  for (const name of ['dragenter', 'dragover', 'dragleave', 'drop']) addEventListener(name, hear, true);
  addEventListener('paste', (event) => {
    const files = event.clipboardData?.files || [];
    if (!files.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    take(files);
  }, true);
})();
