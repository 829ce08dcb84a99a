package dev.headstream.worker.flow;

import dev.headstream.worker.browser.ContextSpec;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the contexts of a flow look like to its sites, and what is heard of their pages.
 *
 * @param spec all that is the same for every job
 * @param basicAuth the login where the flow's site asks for one by HTTP's own authentication
 * @param console whether a failure leaves what its pages wrote to their consoles: every line of them then comes to the
 *     worker, which a page can make many
 */
public record ContextRule(ContextSpec spec, Optional<BasicAuth> basicAuth, boolean console) {
    /** That of a flow that says nothing. */
    public static final ContextRule DEFAULT = new ContextRule(ContextSpec.DEFAULT, Optional.empty(), false);

    /** Made of literals, inputs and secrets. */
    public record BasicAuth(Template username, Template password) {}

    /** What the login is made of. */
    public Stream<Reference> uses() {
        return basicAuth.stream()
                .flatMap(login -> Stream.concat(
                        login.username().references(), login.password().references()));
    }
}
