package dev.headstream.loadgen.site;

/** One part of the site: pages that belong together. */
interface Pages {

    /** Makes the pages known. */
    void addTo(Routes routes);
}
