// The demo's viewer (app/viewer.js) as a module: scripts/build_web.py puts it where it is marked.

import { make } from './make.js';

// The viewer round `.viewer` within an element: show(value) as app/viewer.py describes it, null for nothing.
export function startViewer(element) {
  const props = { value: null }, hearers = [];
  const watch = (name, hear) => hearers.push(hear);
  const trigger = () => {}; // the blind test's picks, which this page has not
// {{viewer}}
  return {
    show(shown) {
      props.value = shown;
      for (const hear of hearers) hear();
    },
  };
}
