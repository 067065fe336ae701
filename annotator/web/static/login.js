// Signing in: a name and the password; the server answers with a cookie that no script can read.

import { byId, tell } from "./dom.js";

byId("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const given = Object.fromEntries(new FormData(event.target));
    const response = await fetch("/login", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(given) });
    if (response.ok) return location.assign("/");
    tell((await response.json()).error, "bad");
  } catch {
    tell("The server does not answer.", "bad");
  }
});
