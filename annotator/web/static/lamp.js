// Light or dark, chosen before the first paint: what the person chose last, else what the system says.
(() => {
  const dark = localStorage.getItem("annotator:dark");
  const wanted = dark === null ? matchMedia("(prefers-color-scheme: dark)").matches : dark === "true";
  document.documentElement.classList.toggle("dark", wanted);
  addEventListener("DOMContentLoaded", () => {
    document.getElementById("lamp")?.addEventListener("click", () => {
      const now = document.documentElement.classList.toggle("dark");
      localStorage.setItem("annotator:dark", String(now));
    });
  });
})();
