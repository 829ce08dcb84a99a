'use strict';
// Stays registered for the canary pages and does nothing but exist.
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
