// What part of the photo the stage shows: scale in screen pixels an original pixel, and the original point at its corner.

const MOST = 32;
const MARGIN = 8; // round a fitted photo, so that handles on its edges can be seen and held

export class View {
  /** @param {{width: number, height: number}} photo, stage in CSS pixels */
  constructor(photo, stage) {
    this.photo = photo;
    this.stage = stage;
    this.fit();
  }

  get fitting() {
    const [wide, high] = [this.stage.width - 2 * MARGIN, this.stage.height - 2 * MARGIN];
    return Math.max(Math.min(wide / this.photo.width, high / this.photo.height), 0.001);
  }

  fit() {
    this.fitted = true;
    this.scale = this.fitting;
    this.settle(0, 0);
  }

  /** The stage has another size; a fitted photo stays fitted, otherwise its middle stays where it was. */
  resized(stage) {
    const middle = this.toPhoto(this.stage.width / 2, this.stage.height / 2);
    this.stage = stage;
    if (this.fitted) this.fit();
    else this.centre(...middle);
  }

  toScreen(x, y) {
    return [(x - this.x) * this.scale, (y - this.y) * this.scale];
  }

  toPhoto(sx, sy) {
    return [sx / this.scale + this.x, sy / this.scale + this.y];
  }

  /** Zooms to `scale` and keeps the original point under (sx, sy) there. */
  zoomTo(scale, sx = this.stage.width / 2, sy = this.stage.height / 2) {
    const [px, py] = this.toPhoto(sx, sy);
    this.scale = Math.min(Math.max(scale, Math.min(this.fitting, 1)), MOST);
    this.fitted = this.scale <= this.fitting * 1.001;
    this.settle(px - sx / this.scale, py - sy / this.scale);
  }

  pan(dx, dy) {
    this.settle(this.x - dx / this.scale, this.y - dy / this.scale);
  }

  centre(px, py) {
    this.settle(px - this.stage.width / 2 / this.scale, py - this.stage.height / 2 / this.scale);
  }

  /** Moves the photo so that (x, y) is at the corner, as far as its edges allow; a smaller photo stands in the middle. */
  settle(x, y) {
    const place = (value, whole, seen) => (seen >= whole ? (whole - seen) / 2 : Math.min(Math.max(value, 0), whole - seen));
    this.x = place(x, this.photo.width, this.stage.width / this.scale);
    this.y = place(y, this.photo.height, this.stage.height / this.scale);
  }

  /** The part of the photo in sight: [left, top, right, bottom] in original pixels. */
  get seen() {
    const [left, top] = this.toPhoto(0, 0);
    const [right, bottom] = this.toPhoto(this.stage.width, this.stage.height);
    return [Math.max(left, 0), Math.max(top, 0), Math.min(right, this.photo.width), Math.min(bottom, this.photo.height)];
  }
}
