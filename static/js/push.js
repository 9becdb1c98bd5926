// Being told on this browser: asks for permission, and sends where it can be reached in a form.
(() => {
  "use strict";
  const form = document.getElementById("add-device");
  const can = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  const unable = document.getElementById("no-push");
  if (!form || !can) {
    if (unable) unable.hidden = false;
    return;
  }
  form.hidden = false;
  const raw = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const refused = document.getElementById("push-refused");
    try {
      if (await Notification.requestPermission() !== "granted") throw new Error("refused");
      await navigator.serviceWorker.register(form.dataset.worker);
      const registration = await navigator.serviceWorker.ready;
      const options = { userVisibleOnly: true, applicationServerKey: raw(form.dataset.key) };
      let found;
      try {
        found = await registration.pushManager.subscribe(options);
      } catch {
        // One of before, under another key.
        await (await registration.pushManager.getSubscription())?.unsubscribe();
        found = await registration.pushManager.subscribe(options);
      }
      const { endpoint, keys } = found.toJSON();
      form.elements.endpoint.value = endpoint;
      form.elements.public_key.value = keys.p256dh;
      form.elements.secret.value = keys.auth;
      form.submit();
    } catch {
      refused.hidden = false;
    }
  });
})();
