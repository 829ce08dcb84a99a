/**
 * One Chromium and the lanes into it. The only package that starts a browser or opens a connection to one; tasks see
 * a {@link dev.headstream.worker.browser.LaneSession}.
 */
@NullMarked
package dev.headstream.worker.browser;

import org.jspecify.annotations.NullMarked;
