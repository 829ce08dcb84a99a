package dev.headstream.loadgen.chaos;

import dev.headstream.loadgen.audit.AuditReport;
import dev.headstream.loadgen.audit.Finding;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What became of one case.
 *
 * @param findings what the audit found; empty if there was nothing to audit, because the case broke off
 * @param disappointments what else should have been so, in words
 * @param notes figures of the case, in words
 * @param takeoverMillis from each kill to the first job of the killed that another worker began, sorted
 */
record CaseReport(
        String name,
        long seed,
        Duration took,
        Optional<AuditReport> findings,
        List<String> disappointments,
        List<String> notes,
        List<Long> takeoverMillis) {

    boolean passed() {
        return disappointments.isEmpty() && findings.map(AuditReport::holds).orElse(false);
    }

    /** What the audit says of the invariant with this letter; empty if it had nothing to look at. */
    Optional<Finding> finding(String letter) {
        return findings.stream()
                .flatMap(report -> report.findings().stream())
                .filter(finding -> finding.invariant().letter().equals(letter))
                .filter(finding -> finding.checked() > 0 || !finding.holds() || letter.equals("H"))
                .findFirst();
    }
}
