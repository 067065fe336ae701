// The page's files, kept so that it works offline. The large ones are kept by fetch.js, under names with their hashes.

const VERSION = '{{version}}', FILES = ['{{files}}'];
const KEPT = `semi-deraingan-page-${VERSION}`, OURS = 'semi-deraingan-page-';

addEventListener('install', (event) => {
  const fresh = FILES.map((name) => new Request(name, { cache: 'no-cache' }));
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(fresh)).then(() => self.skipWaiting()));
});

addEventListener('activate', (event) => {
  const forget = async () => {
    for (const name of await caches.keys()) if (name.startsWith(OURS) && name !== KEPT) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(forget());
});

addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  const find = async () => (await (await caches.open(KEPT)).match(request, { ignoreSearch: true })) ?? fetch(request);
  event.respondWith(find());
});
