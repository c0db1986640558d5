/** Light or dark: as the system is set, unless the reader chooses. */
function bindTheme() {
  for (const input of document.querySelectorAll('input[name="theme"]')) {
    input.addEventListener("change", () => {
      document.documentElement.dataset.theme = /** @type {HTMLInputElement} */ (input).value;
    });
  }
}
