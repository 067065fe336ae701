// Takes a photo that is dropped anywhere on the page, pasted, chosen or taken by the phone's camera.

const ofFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes('Files');

export function listenForPhotos(take) {
  for (const name of ['dragenter', 'dragover', 'dragleave', 'drop']) {
    addEventListener(name, (event) => {
      if (!ofFiles(event)) return;
      event.preventDefault();
      document.body.classList.toggle('dropping', name === 'dragenter' || name === 'dragover');
      if (name === 'drop' && event.dataTransfer.files.length) take(event.dataTransfer.files[0]);
    });
  }
  addEventListener('paste', (event) => {
    const [file] = event.clipboardData?.files ?? [];
    if (!file) return;
    event.preventDefault();
    take(file);
  });
  for (const input of document.querySelectorAll('input[type=file]')) {
    input.addEventListener('change', () => {
      if (input.files.length) take(input.files[0]);
      input.value = ''; // so that the same photo can be chosen again
    });
    for (const button of document.querySelectorAll(`[data-opens=${input.id}]`)) button.addEventListener('click', () => input.click());
  }
}
