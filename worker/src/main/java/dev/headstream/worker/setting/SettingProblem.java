package dev.headstream.worker.setting;

/**
 * Something wrong with one key.
 *
 * @param key the full key, such as {@code memory.soft}
 * @param given what was given and where, such as {@code '120%' (worker.yaml line 12)}; empty if nothing was
 * @param reason what is wrong with it
 * @param allowed what may stand there, or what to do; empty if the reason says all
 */
public record SettingProblem(String key, String given, String reason, String allowed) {

    /** One line for a person. */
    @Override
    public String toString() {
        String subject = given.isEmpty() ? key + ": " : key + ": " + given + " ";
        return allowed.isEmpty() ? subject + reason : subject + reason + "; allowed: " + allowed;
    }
}
