package dev.headstream.schemas;

import org.apache.avro.Conversion;

/**
 * Converts nothing: a place to act in before Avro touches the first generated record. Since 1.12.2 Avro refuses to load a
 * record class that nobody declared trusted, already when a builder fills in the default of a list of records. Avro finds
 * its conversions with {@link java.util.ServiceLoader} whenever it makes a data model, which each generated class does
 * first, so that with this jar on the class path the contracts simply work: also with Confluent's own (de)serialisers.
 */
public final class ContractTrust extends Conversion<ContractTrust> {
    static {
        TrustedTypes.install();
    }

    /** For the service loader. */
    public ContractTrust() {}

    @Override
    public Class<ContractTrust> getConvertedType() {
        return ContractTrust.class;
    }

    @Override
    public String getLogicalTypeName() {
        return "headstream-contract-trust";
    }
}
