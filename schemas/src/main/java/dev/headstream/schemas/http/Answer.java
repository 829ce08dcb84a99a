package dev.headstream.schemas.http;

import java.net.URI;

/** What an endpoint answered: any status except those that mean "not now" (see {@link FailoverHttp}). */
public record Answer(URI endpoint, int status, String location, String body) {

    /** Whether the request was carried out. */
    public boolean succeeded() {
        return status >= 200 && status < 300;
    }

    /** Whether the endpoint wants to be asked elsewhere; redirects are never followed. */
    public boolean redirects() {
        return status >= 300 && status < 400;
    }
}
