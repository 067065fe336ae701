// The one photo that is decided on: fetched, shown, decided, undone; and the trail of those seen before.

import { ask, insist, query, Refused } from "./api.js";
import { byId, tell } from "./dom.js";
import { identity, uuid } from "./identity.js";

const AHEAD = 6;
const STAY = 10_000;
const WORDS = { accept: "Accepted", reject: "Rejected", skip: "Skipped" };

/** Sends "shown" when another candidate, or none, stands on the stage. */
export class Desk extends EventTarget {
  constructor({ stage, pictures, editor, drafts, filters, votes, labels }) {
    super();
    Object.assign(this, { stage, pictures, editor, drafts, filters, votes, labels, candidate: null, upcoming: [], busy: false });
    this.trail = [];
    this.told = new Set();
    this.leafedThrough = false;
    this.shownAt = 0;
    this.turn = Promise.resolve();
    setInterval(() => this.#stay(), STAY);
    document.addEventListener("visibilitychange", () => this.#stay());
    addEventListener("pagehide", () => this.#leave());
    addEventListener("pageshow", (event) => event.persisted && this.#stay());
    editor.addEventListener("change", () => this.candidate && editor.photo === this.candidate && drafts.keep(this.candidate.id, editor.work));
  }

  /** Sends what an earlier page could not, then shows the first photo. */
  async start() {
    for (const { path, body } of this.drafts.writes) {
      try {
        await this.write(path, body);
        tell("A decision from before the reload is saved now.", "good");
      } catch (error) {
        tell(`A decision from before the reload was not taken: ${error.message}`, "bad");
      }
    }
    await this.next();
  }

  /** The first candidate that fits the filters. */
  async next() {
    await this.#inTurn(() => this.#next());
  }

  /** Whether photos may fit the filters after a decision too: then one leafs through them. */
  get leafing() {
    return this.filters.values.state !== "pending";
  }

  /** Shows any candidate, to look at it or to decide again. */
  async open(id) {
    await this.#inTurn(() => this.#open(id));
  }

  /** The pre-screening has another order: what nothing was done to yet makes place for the first of it. */
  async measured() {
    const { candidate, editor } = this;
    if (!candidate || (candidate.state === "pending" && !this.drafts.of(candidate.id) && !editor.crops.length)) {
      await this.#inTurn(async () => {
        await ask("/api/leave", {});
        await this.#next();
      });
    }
  }

  async back() {
    await this.#inTurn(async () => {
      const at = this.trail.indexOf(this.candidate?.id ?? this.trail.at(-1));
      const id = this.candidate ? this.trail[at - 1] : this.trail.at(-1);
      if (id === undefined) tell("There is no photo before this one.");
      else await this.#open(id);
    });
  }

  async forth() {
    await this.#inTurn(async () => {
      const id = this.trail[this.trail.indexOf(this.candidate?.id) + 1];
      if (id !== undefined) await this.#open(id);
      else if (this.candidate && this.leafing) await this.#next(this.candidate.id);
      else if (this.candidate?.decision) await this.#next();
      else tell("This is the newest photo: decide on it, or skip it.");
    });
  }

  /** Accepts, rejects or skips what is shown, and goes on once the server has said that it is saved. */
  async decide(verdict) {
    const { candidate, editor } = this;
    if (!candidate) return;
    const { crops, reasons, note } = editor.work;
    if (verdict === "accept" && reasons.length) return tell("Reasons are added: reject with them, or take them back first.", "bad");
    if (verdict === "accept" && !crops.length) return tell("Draw at least one crop before you accept.", "bad");
    await this.#alone(async () => {
      const body = {
        uuid: uuid(),
        candidate: candidate.id,
        base_version: candidate.version,
        kind: this.votes > 1 && candidate.state !== "pending" ? "review" : "decide",
        verdict,
        reasons: verdict === "reject" ? reasons : [],
        crops: verdict === "accept" ? crops : [],
        note,
        seen_ms: Math.round(performance.now() - this.shownAt),
        filters: this.filters.values,
      };
      const answer = await this.write("/api/decide", body);
      this.drafts.drop(candidate.id);
      const crop = crops.length === 1 ? "one crop" : `${crops.length} crops`;
      const how = { accept: ` with ${crop}`, reject: `: ${reasons.map((code) => this.labels[code]).join(", ")}`, skip: "" }[verdict];
      tell(`${WORDS[verdict]} ${candidate.name}${how}.`, "good");
      const after = this.leafing ? candidate.id : undefined;
      if (answer.candidate === undefined) await this.#next(after);
      else await this.#arrive(answer, after);
    });
  }

  /** Takes the last change of crops back, else the curator's last decision, whose photo is shown with the crops it had. */
  async undo() {
    if (!this.editor.undo()) await this.#alone(() => this.#takeBack(true));
  }

  /** Takes the curator's last decision that still counts back, with all that were made at once with it. Says what was done. */
  async takeBack() {
    await this.#alone(() => this.#takeBack(false));
    return byId("status").textContent;
  }

  async #takeBack(show) {
    const { last, batch, overruled } = await ask("/api/undo");
    const news = overruled.filter(({ uuid: decision }) => !this.told.has(decision));
    if (news.length) {
      for (const { uuid: decision } of news) this.told.add(decision);
      const names = news.length > 3 ? `${news.length} photos` : news.map(({ name }) => name).join(", ");
      const before = last ? " Undo again to take the decision before back." : "";
      return tell(`Somebody else decided since you did on ${names}: that stays, nothing was taken back.${before}`, "bad");
    }
    if (!last) return tell("There is nothing to undo.");
    const { candidate, decision } = last;
    const was = `no longer ${WORDS[decision.verdict].toLowerCase()}`;
    if (batch.length > 1) {
      const items = batch.map(({ id, version }) => ({ uuid: uuid(), candidate: id, base_version: version }));
      const { done, refused } = await this.write("/api/grid/undo", { batch: uuid(), items });
      tell([`Taken back: ${done.length} photos are ${was}.`, ...refused.map(({ name, error }) => `${name}: ${error}`)].join(" "), refused.length ? "bad" : "good");
      if (show) await this.#next();
      return;
    }
    const answer = await this.write("/api/undo", { uuid: uuid(), candidate: candidate.id, base_version: candidate.version });
    if (!this.drafts.of(candidate.id)) this.drafts.keep(candidate.id, { crops: decision.crops, reasons: [], note: decision.note });
    const done = `Taken back: ${candidate.name} is ${was}.`;
    if (answer.unopened && candidate.id !== this.candidate?.id) return tell(`${done} It is not shown here: ${answer.unopened}`, "good");
    tell(done, "good");
    this.#follow(candidate.id);
    await this.#show(answer.candidate);
  }

  async #next(after) {
    await this.#arrive(await ask(`/api/next?${query({ ...this.filters.values, after })}`), after);
  }

  async #open(id) {
    const { candidate } = await ask(`/api/candidates/${id}/open`, {});
    this.#follow(candidate.id);
    await this.#show(candidate);
  }

  /** Decides at once or not at all: a key pressed while the server is asked must not fall on a photo not seen yet. */
  async #alone(work) {
    if (!this.busy) await this.#inTurn(work);
  }

  /** Runs one thing after the other. */
  #inTurn(work) {
    this.turn = this.turn.then(() => this.#run(work));
    return this.turn;
  }

  async #run(work) {
    this.busy = true;
    document.body.setAttribute("aria-busy", "true");
    try {
      await work();
    } catch (error) {
      await this.#explain(error);
    } finally {
      this.busy = false;
      document.body.removeAttribute("aria-busy");
    }
  }

  async #explain(error) {
    if (error instanceof Refused && error.status === 409 && error.answer.candidate) {
      const work = structuredClone(this.editor.work);
      if (error.answer.candidate.id === this.candidate?.id) {
        await this.#show(error.answer.candidate, work);
      }
      tell(`${error.message} Nothing was overwritten: decide again to replace it, or go on with D.`, "bad");
    } else if (error instanceof Refused) tell(error.message, "bad");
    else tell("The server does not answer. Is it still running? Press F to try again.", "bad");
  }

  /** A write that is sent until it is answered, through reloads too; throws Refused where the answer is no. */
  async write(path, body) {
    const key = this.drafts.keepWrite(path, body);
    try {
      return await insist(path, body, () =>
        tell("Not saved yet: the server does not answer. It is tried again; this page may also be reloaded.", "bad"),
      );
    } finally {
      this.drafts.dropWrite(key);
    }
  }

  /** Says that this window still shows its photo, which others get where it is silent for long. */
  async #stay() {
    const { candidate } = this;
    if (!candidate || document.hidden || this.busy) return;
    try {
      const { mine } = await ask(`/api/candidates/${candidate.id}/stay`, {});
      if (!mine && candidate === this.candidate) tell("Another window of yours shows this photo too: whichever decides first counts.", "lasting");
    } catch {
      // Whoever decides finds out whether the server answers, and whose the photo is.
    }
  }

  /** Gives what is shown free when the window closes, so that the next one begins with it; a reload gets it again. */
  #leave() {
    fetch("/api/leave", { method: "POST", body: "", headers: identity(), keepalive: true }).catch(() => {});
  }

  async #arrive(answer, after) {
    this.upcoming = answer.upcoming;
    this.leafedThrough = !answer.candidate && after !== undefined;
    if (answer.candidate) this.#follow(answer.candidate.id);
    await this.#show(answer.candidate);
  }

  #follow(id) {
    if (!this.trail.includes(id)) this.trail.push(id);
  }

  async #show(candidate, work = null) {
    this.candidate = candidate;
    if (!candidate) {
      this.editor.start(null, { crops: [], reasons: [], note: "" });
      this.stage.clear();
      this.dispatchEvent(new Event("shown"));
      document.body.dataset.shown = "none";
      return;
    }
    const { decision } = candidate;
    const decided = { crops: decision?.crops ?? [], reasons: [], note: decision?.note ?? "" };
    const painted = this.stage.show(candidate, candidate.suggestions);
    this.editor.start(candidate, work ?? this.drafts.of(candidate.id) ?? decided);
    this.dispatchEvent(new Event("shown"));
    const notice = byId("notice");
    notice.hidden = true;
    delete document.body.dataset.shown;
    try {
      await painted;
    } catch (error) {
      if (error.name === "AbortError") return;
      notice.textContent = error instanceof TypeError ? "The server does not answer: this photo could not be loaded." : error.message;
      notice.hidden = false;
    }
    this.shownAt = performance.now();
    document.body.dataset.shown = candidate.id;
    this.#loadAhead();
  }

  #loadAhead() {
    const { candidate, pictures, stage } = this;
    const photos = [candidate, ...this.upcoming.slice(0, AHEAD)];
    const near = photos.map(({ sha256 }) => sha256);
    stage.keepOnly(near);
    pictures.keepOnly((url) => {
      const sha256 = url.split("/")[2];
      return sha256 === candidate.sha256 || (near.includes(sha256) && url.endsWith("/preview"));
    });
    for (const photo of photos) stage.prepare(photo).catch(() => {});
  }
}
