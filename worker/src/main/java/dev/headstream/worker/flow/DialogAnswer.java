package dev.headstream.worker.flow;

import java.util.Optional;

/**
 * What is answered to alerts, questions and prompts of a page.
 *
 * @param accept whether it is OK or Cancel
 * @param text what is entered into a prompt
 */
public record DialogAnswer(boolean accept, Optional<Template> text) {}
