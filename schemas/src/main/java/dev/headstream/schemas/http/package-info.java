/**
 * HTTP to a service that has several addresses: failover, retries, basic credentials and TLS. Knows nothing of schemas;
 * only the registry client calls it.
 */
@NullMarked
package dev.headstream.schemas.http;

import org.jspecify.annotations.NullMarked;
