// Tells the site in which zone this clock runs, until the account has one: see ReaderZoneMiddleware.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const secure = location.protocol === "https:" ? ";secure" : "";
if (zone) document.cookie = `zone=${encodeURIComponent(zone)};path=/;max-age=3600;samesite=lax${secure}`;
