// Light or dark, before anything is drawn; a classic script, so that the page does not flash.
document.documentElement.classList.toggle('dark', matchMedia('(prefers-color-scheme: dark)').matches);
