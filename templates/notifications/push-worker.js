// Shows that something waits, when a push service brings it. Keeps no page and sees no request.
"use strict";
self.addEventListener("push", (event) => {
  let told = {};
  try { told = event.data.json(); } catch { /* shown without words of its own */ }
  event.waitUntil(self.registration.showNotification(told.title || "Meldcode", {
    tag: "meldcode", // the next one takes its place
    data: told.path || "/",
  }));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const place = new URL(event.notification.data, self.location.origin);
  if (place.origin === self.location.origin) event.waitUntil(self.clients.openWindow(place.href));
});
