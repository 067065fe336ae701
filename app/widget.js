// What the scripts of our own components begin with: app/widget.py puts it before each of them.

// An element with attributes and children. An attribute "onNAME" is a listener; true is one without a value; false and
// null leave an attribute, null a child, out.
// biome-ignore lint/correctness/noUnusedVariables: the scripts that it is put before call it
function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, content] of Object.entries(attributes)) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), content);
    else if (content === true) node.setAttribute(name, '');
    else if (content !== false && content !== null) node.setAttribute(name, content);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}
