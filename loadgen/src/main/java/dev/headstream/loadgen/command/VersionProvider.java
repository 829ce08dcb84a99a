package dev.headstream.loadgen.command;

import picocli.CommandLine.IVersionProvider;

/** The version out of the jar's manifest, so that it stands in one place: the parent pom. */
final class VersionProvider implements IVersionProvider {

    @Override
    public String[] getVersion() {
        String version = VersionProvider.class.getPackage().getImplementationVersion();
        return new String[] {
            "headstream " + (version == null ? "(not started from its jar)" : version),
            "Java " + Runtime.version().feature() + " (" + System.getProperty("java.vm.name") + "), "
                    + System.getProperty("os.name") + " " + System.getProperty("os.arch")
        };
    }
}
