package dev.headstream.worker.setting;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Where settings come from, later ones winning: the defaults that the keys are declared with, one YAML file, the
 * environment ({@code kafka.groupId} is {@code HEADSTREAM_KAFKA_GROUP_ID}), the command line. Confined to one thread.
 */
public final class SettingSources {
    private static final String PREFIX = "HEADSTREAM_";
    /** What others put into the environment under our prefix: launcher, secrets of flows, tests, and Kubernetes for Services. */
    private static final Pattern FOREIGN = Pattern.compile(
            "HEADSTREAM_(HOME|CONFIG|JAVA|JAVA_OPTS|NODE|CHROMIUM|BUILD|SETUP|CACHE|OFFLINE|SECRET_.*|TEST_.*"
                    + "|(.*_)?SERVICE_(HOST|PORT)(_.*)?|(.*_)?PORT_\\d+_(TCP|UDP|SCTP)(_.*)?)");

    private static final Pattern SERVICE_LINK = Pattern.compile("(tcp|udp|sctp)://.*");

    private Map<String, String> processEnvironment = Map.of();
    private final Map<String, String> environment = new TreeMap<>();
    private final Map<String, Given> options = new TreeMap<>();
    private final Map<String, Given> file = new TreeMap<>();
    private final List<SettingProblem> problems = new ArrayList<>();

    private SettingSources() {}

    /** Nothing but the defaults. */
    public static SettingSources defaults() {
        return new SettingSources();
    }

    /** Adds a YAML file; what is wrong with it is reported together with all other problems. */
    public SettingSources file(Path path) {
        return yaml(YamlSettings.read(path));
    }

    /** Adds YAML text; the name stands for it in messages. */
    public SettingSources yaml(String name, String text) {
        return yaml(YamlSettings.of(name, text));
    }

    /**
     * Adds environment variables: those that begin with {@code HEADSTREAM_} as settings, all of them as what {@code
     * ${env:NAME}} may refer to. An empty variable counts as not set.
     */
    public SettingSources environment(Map<String, String> variables) {
        processEnvironment = Map.copyOf(variables);
        variables.forEach((name, value) -> {
            boolean ours = name.startsWith(PREFIX) && !FOREIGN.matcher(name).matches();
            if (ours && !value.isBlank() && !SERVICE_LINK.matcher(value).matches()) {
                environment.put(name, value);
            }
        });
        return this;
    }

    /** Adds one setting of the command line, as {@code --set key=value} gives it. */
    public SettingSources option(String key, String value) {
        options.put(key, Given.scalar(value, "command line"));
        return this;
    }

    /** Adds settings of the command line. */
    public SettingSources options(Map<String, String> settings) {
        settings.forEach(this::option);
        return this;
    }

    List<SettingProblem> problems() {
        return problems;
    }

    Map<String, String> processEnvironment() {
        return processEnvironment;
    }

    Optional<Given> find(String key) {
        Given option = options.get(key);
        if (option != null) {
            return Optional.of(option);
        }
        String variable = environment.get(variable(key));
        if (variable != null) {
            return Optional.of(Given.scalar(variable, "environment variable " + variable(key)));
        }
        return Optional.ofNullable(file.get(key));
    }

    /** All full keys below a prefix that ends in a dot. */
    Set<String> keysBelow(String prefix) {
        Set<String> keys = new TreeSet<>();
        file.keySet().stream().filter(key -> key.startsWith(prefix)).forEach(keys::add);
        options.keySet().stream().filter(key -> key.startsWith(prefix)).forEach(keys::add);
        String start = variable(prefix);
        environment.keySet().stream()
                .filter(name -> name.startsWith(start))
                .map(name -> prefix
                        + name.substring(start.length())
                                .toLowerCase(Locale.ROOT)
                                .replace('_', '.'))
                .forEach(keys::add);
        return keys;
    }

    /** Every key that was given, with where it stands; variables under the name of the variable. */
    Map<String, String> given() {
        Map<String, String> all = new TreeMap<>();
        file.forEach((key, given) -> all.put(key, given.origin()));
        environment.keySet().forEach(name -> all.put(name, "environment"));
        options.forEach((key, given) -> all.put(key, given.origin()));
        return all;
    }

    /** {@code kafka.bootstrapServers} is {@code HEADSTREAM_KAFKA_BOOTSTRAP_SERVERS}. */
    static String variable(String key) {
        String words =
                key.replaceAll("([a-z0-9])([A-Z])", "$1_$2").replace('.', '_').replace('-', '_');
        return PREFIX + words.toUpperCase(Locale.ROOT);
    }

    private SettingSources yaml(YamlSettings yaml) {
        file.putAll(yaml.values());
        problems.addAll(yaml.problems());
        return this;
    }
}
