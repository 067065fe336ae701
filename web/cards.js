// The rain measures as cards, each with its definition, the direction also drawn: app/derain/measures.py.

import { make } from './make.js';
import { DEFINITIONS, number } from './words.js';

const SVG = 'http://www.w3.org/2000/svg';

export function cards({ coverage, direction, spread, density }) {
  return make('dl', { class: 'measures' },
    card('Coverage', number(coverage, 1), '%', bar(coverage)),
    card('Direction', number(direction, 0, true), '°', compass(direction, spread)),
    card('Spread', number(spread), '°', null),
    card('Density', number(density), ' streaks/MP', null));
}

function card(name, value, unit, drawing) {
  return make('div', { class: 'measure' }, make('dt', {}, name),
    make('dd', { class: 'value' }, value, value === '–' ? null : make('small', {}, unit), drawing),
    make('dd', { class: 'definition' }, DEFINITIONS[name]));
}

function bar(coverage) {
  const filled = make('i');
  filled.style.width = `${coverage}%`;
  return make('span', { class: 'bar', 'aria-hidden': 'true' }, filled);
}

// A half dial: the vertical dashed, the mean direction as a line, its spread as a fan.
function compass(direction, spread) {
  const lines = [['rim', 'M4 46 A40 40 0 0 1 84 46'], ['vertical', 'M44 46 V6']];
  if (direction !== null) {
    const wide = Math.min(spread ?? 0, 60);
    lines.push(['fan', `M44 46 L${point(direction - wide, 36)} A36 36 0 0 1 ${point(direction + wide, 36)} Z`]);
    lines.push(['mean', `M44 46 L${point(direction, 40)}`]);
  }
  const dial = document.createElementNS(SVG, 'svg');
  for (const [name, value] of [['class', 'compass'], ['viewBox', '0 0 88 50'], ['aria-hidden', 'true']]) dial.setAttribute(name, value);
  dial.append(...lines.map(([name, path]) => {
    const line = document.createElementNS(SVG, 'path');
    line.setAttribute('class', name);
    line.setAttribute('d', path);
    return line;
  }));
  return dial;
}

function point(degrees, radius) {
  const angle = (degrees * Math.PI) / 180;
  return `${(44 + radius * Math.sin(angle)).toFixed(1)} ${(46 - radius * Math.cos(angle)).toFixed(1)}`;
}
