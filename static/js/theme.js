// Runs before the first paint: settles “System” to light or dark, and follows the system later on.
(() => {
  const root = document.documentElement;
  if (root.dataset.tsTheme !== "system") return;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const settle = () => {
    root.dataset.bsTheme = dark.matches ? "dark" : "light";
    root.dispatchEvent(new Event("ts:theme"));
  };
  settle();
  dark.addEventListener("change", settle);
})();
