package dev.headstream.worker.flow;

import java.time.Duration;
import java.util.Optional;

/**
 * How jobs of a flow share a logged-in context.
 *
 * @param key jobs with equal keys, and equal values of all that logging in takes, may follow one another in the same
 *     context
 * @param maxUses the context is recycled after so many jobs
 * @param ttl the context is recycled after so long
 * @param login the step that logs in; passed over in a context that is logged in already
 * @param warm of how many keys, those that jobs used last, the sessions are kept ready: made anew ahead of need when they
 *     are about to end; 0: none
 * @param loggedOut how a page shows that the portal has ended the session; empty: nobody looks
 */
public record SessionRule(
        Template key, int maxUses, Duration ttl, Optional<String> login, int warm, Optional<LoggedOut> loggedOut) {

    /** What a page has that is shown instead of the one that was asked for. */
    public sealed interface LoggedOut {
        /** Its URL, without query and fragment, matches: {@code **} is anything, {@code *} anything but a slash. */
        record AtUrl(String pattern) implements LoggedOut {}

        /** It has an element. */
        record Shows(Selector selector) implements LoggedOut {}
    }
}
