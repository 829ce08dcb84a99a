package dev.headstream.worker.browser;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Who follows whom while one browser takes over from another. A lane is followed only by one that is ready, so that at no
 * time fewer are free; one that is followed takes no more tasks and ends with the one that it has. Guarded by the pool's
 * lock.
 */
final class Succession {
    /** Followers that are not ready yet, and whom they will follow. */
    private final Map<Lane, Lane> followers = new LinkedHashMap<>();
    /** Lanes that have been followed and have not ended yet. */
    private final Set<Lane> leaving = new HashSet<>();

    /** Whether a lane of the browser before is still there. */
    boolean underWay() {
        return !followers.isEmpty() || !leaving.isEmpty();
    }

    void follow(Lane lane, Lane follower) {
        followers.put(follower, lane);
    }

    /** A lane is ready for a task: the one that it follows, if it does, is leaving from now on. */
    Optional<Lane> ready(Lane lane) {
        Optional<Lane> followed = Optional.ofNullable(followers.remove(lane));
        followed.ifPresent(leaving::add);
        return followed;
    }

    /** Whether the lane takes no more tasks. */
    boolean isLeaving(Lane lane) {
        return leaving.contains(lane);
    }

    /** A lane has ended; true if it was the last one of the browser before. */
    boolean ended(Lane lane) {
        return leaving.remove(lane) && !underWay();
    }

    /** A lane is lost that has not been followed yet: its follower takes its place at once. */
    Optional<Lane> replace(Lane lost) {
        Optional<Lane> follower = followers.entrySet().stream()
                .filter(entry -> entry.getValue() == lost)
                .map(Map.Entry::getKey)
                .findFirst();
        follower.ifPresent(followers::remove);
        return follower;
    }

    /** The lanes that leave. */
    List<Lane> leaving() {
        return List.copyOf(leaving);
    }

    /** The lanes that are here besides those that take tasks. */
    List<Lane> all() {
        return Stream.concat(followers.keySet().stream(), leaving.stream()).toList();
    }
}
