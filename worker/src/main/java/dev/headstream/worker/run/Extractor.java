package dev.headstream.worker.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.microsoft.playwright.Locator;
import dev.headstream.worker.flow.Extraction;
import dev.headstream.worker.flow.OutputSpec;
import dev.headstream.worker.flow.Selector;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads values from a page, one round trip each however many elements there are. Text is what a reader sees, with runs
 * of white space as one space; of a form field it is the value. {@code href}, {@code src} and {@code action} are absolute.
 */
final class Extractor {
    private static final String READ =
            """
            const read = (el, attribute) => {
              if (attribute) {
                if (['href', 'src', 'action', 'value'].includes(attribute) && typeof el[attribute] === 'string') {
                  return el.hasAttribute(attribute) || attribute === 'value' ? el[attribute] : null;
                }
                return attribute === 'checked' ? String(Boolean(el.checked)) : el.getAttribute(attribute);
              }
              if (el instanceof HTMLSelectElement) {
                return [...el.selectedOptions].map(option => option.text.trim()).join(', ');
              }
              if (el instanceof HTMLInputElement || el instanceof HTMLTextAreaElement) {
                return el.value;
              }
              return (el.innerText ?? el.textContent).replace(/\\s+/g, ' ').trim();
            };
            """;
    private static final String ONE = "(el, attribute) => {" + READ + "return read(el, attribute); }";
    private static final String EACH = "(els, part) => {" + READ
            + """
            return els.map(el => {
              const found = part.css ? el.querySelector(part.css) : el;
              return found ? read(found, part.attribute) : null;
            }); }""";
    private static final String RECORDS = "(els, fields) => {" + READ
            + """
            return els.map(el => Object.fromEntries(Object.entries(fields).map(([name, part]) => {
              const found = part.css ? el.querySelector(part.css) : el;
              return [name, found ? read(found, part.attribute) : null];
            }))); }""";
    private static final String TABLE = "(table) => {" + READ
            + """
            if (!(table instanceof HTMLTableElement)) {
              throw new Error('not a table but ' + table.tagName.toLowerCase());
            }
            const rows = [...table.rows];
            const head = rows.findIndex(row => row.cells.length > 0);
            if (head < 0) return [];
            const heads = [];
            for (const cell of rows[head].cells) {
              const name = read(cell) || 'column ' + (heads.length + 1);
              heads.push(heads.includes(name) ? name + ' ' + (heads.length + 1) : name);
            }
            const foot = table.tFoot;
            return rows.slice(head + 1).filter(row => row.cells.length > 0 && row.parentNode !== foot)
              .map(row => Object.fromEntries(heads.map((name, i) => [name, row.cells[i] ? read(row.cells[i]) : null])));
            }""";

    private final ObjectMapper json;
    private final Locators locators;

    Extractor(ObjectMapper json, Locators locators) {
        this.json = json;
        this.locators = locators;
    }

    /** Reads items to be added to a list; a single value is one item. */
    JsonNode readMore(String name, Extraction extraction, OutputSpec shape, double timeoutMillis) {
        JsonNode raw = raw(extraction, shape, timeoutMillis);
        boolean isItem = extraction instanceof Extraction.One && !raw.isNull();
        JsonNode items = isItem ? json.createArrayNode().add(raw) : raw;
        return items.isNull() ? json.createArrayNode() : shaped(name, shape, items);
    }

    /** Reads a value and brings it into its declared shape. */
    JsonNode read(String name, Extraction extraction, OutputSpec shape, double timeoutMillis) {
        return shaped(name, shape, raw(extraction, shape, timeoutMillis));
    }

    private static JsonNode shaped(String name, OutputSpec shape, JsonNode raw) {
        try {
            return Shaping.shape(name, shape, raw);
        } catch (IllegalArgumentException e) {
            throw new StepFailureException(FailureKind.OUTPUT_INVALID, String.valueOf(e.getMessage()), e);
        }
    }

    private JsonNode raw(Extraction extraction, OutputSpec shape, double timeoutMillis) {
        boolean isWaitedFor = !shape.optional() && isSingle(extraction);
        Selector selector = selectorOf(extraction);
        Locator found = isWaitedFor ? locators.one(selector) : locators.all(selector);
        Locator locator = selector.first() && isSingle(extraction) ? found.first() : found;
        if (extraction instanceof Extraction.Count) {
            return LongNode.valueOf(locator.count());
        }
        if (extraction instanceof Extraction.Each each) {
            return json.valueToTree(locator.evaluateAll(EACH, argument(each.part())));
        }
        if (extraction instanceof Extraction.Records records) {
            Map<String, Object> fields = new LinkedHashMap<>();
            records.fields().forEach((field, part) -> fields.put(field, argument(part)));
            return json.valueToTree(locator.evaluateAll(RECORDS, fields));
        }
        if (shape.optional() && locator.count() == 0) {
            return NullNode.instance;
        }
        Locator.EvaluateOptions options = new Locator.EvaluateOptions().setTimeout(timeoutMillis);
        return extraction instanceof Extraction.One one
                ? tree(locator.evaluate(ONE, one.attribute().orElse(""), options))
                : tree(locator.evaluate(TABLE, "", options));
    }

    private static boolean isSingle(Extraction extraction) {
        return extraction instanceof Extraction.One || extraction instanceof Extraction.Table;
    }

    private JsonNode tree(@Nullable Object value) {
        return value == null ? NullNode.instance : json.valueToTree(value);
    }

    private static Map<String, Object> argument(Extraction.Part part) {
        Optional<String> attribute = part.attribute();
        return Map.of("css", part.css(), "attribute", attribute.orElse(""));
    }

    /** Where an extraction looks. */
    static Selector selectorOf(Extraction extraction) {
        if (extraction instanceof Extraction.One one) {
            return one.selector();
        }
        if (extraction instanceof Extraction.Each each) {
            return each.each();
        }
        if (extraction instanceof Extraction.Records records) {
            return records.each();
        }
        return extraction instanceof Extraction.Table table
                ? table.selector()
                : ((Extraction.Count) extraction).selector();
    }
}
