/** `<button data-confirm="End this campaign?">` asks in a dialog before its form is sent. */
export function confirmFirst(page: Document): void {
  page.addEventListener("submit", (event) => {
    const button = event.submitter;
    const question = button?.dataset["confirm"];
    if (!button || question === undefined || button.dataset["confirmed"] !== undefined) return;
    event.preventDefault();
    ask(page, question, button.textContent?.trim() ?? "", button.dataset["confirmText"] ?? "", () => {
      button.dataset["confirmed"] = "";
      (event.target as HTMLFormElement).requestSubmit(button);
      delete button.dataset["confirmed"];
    });
  });
}

function ask(page: Document, question: string, act: string, text: string, yes: () => void): void {
  const dialog = page.createElement("dialog");
  const title = page.createElement("h2");
  title.textContent = question;
  title.id = "confirm-question";
  dialog.setAttribute("aria-labelledby", title.id);
  const words = page.createElement("p");
  words.className = "muted";
  words.textContent = text;
  const form = page.createElement("form");
  form.method = "dialog";
  form.className = "dialog-actions";
  form.append(choice(page, "no", "Cancel", ""), choice(page, "yes", act, "danger"));
  dialog.append(title, words, form);
  page.body.append(dialog);
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "yes") yes();
    dialog.remove();
  });
  dialog.showModal();
}

function choice(page: Document, value: string, label: string, look: string): HTMLButtonElement {
  const button = page.createElement("button");
  button.value = value;
  button.textContent = label;
  button.className = `button ${look}`;
  return button;
}
