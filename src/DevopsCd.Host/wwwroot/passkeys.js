// Passkeys on the pages of logging in: asks the browser, and sends its answer as a form. Without it those pages work with a password.
for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON)
        continue;
    form.hidden = false;
    form.addEventListener("submit", async event => {
        event.preventDefault();
        const failed = form.querySelector("[data-failed]");
        failed.hidden = true;
        try {
            const options = JSON.parse(form.dataset.options);
            const credential = form.dataset.passkey === "create"
                ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
                : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
            form.elements.credential.value = JSON.stringify(credential);
            form.submit();
        } catch {
            failed.hidden = false;
        }
    });
}
