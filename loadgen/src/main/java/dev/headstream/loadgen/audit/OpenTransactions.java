package dev.headstream.loadgen.audit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeProducersResult.PartitionProducerState;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;

/**
 * Finds transactions that hang: those that stay open on the given partitions for longer than workers' transactions may.
 * Asks both the leaders of the partitions and the transaction coordinators, which can disagree. Blocks.
 */
final class OpenTransactions {
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Set<TransactionState> OPEN = Set.of(
            TransactionState.ONGOING,
            TransactionState.PREPARE_COMMIT,
            TransactionState.PREPARE_ABORT,
            TransactionState.PREPARE_EPOCH_FENCE);

    private final Admin admin;
    private final Collection<TopicPartition> partitions;

    OpenTransactions(Admin admin, Collection<TopicPartition> partitions) {
        this.admin = admin;
        this.partitions = partitions;
    }

    /**
     * The transactions that are open now and stay so for the whole of a time, in words; returns as soon as there are none.
     *
     * @throws KafkaException if the brokers cannot be asked
     */
    List<String> hangingFor(Duration patience) throws InterruptedException {
        long start = System.nanoTime();
        Set<String> hanging = open();
        while (!hanging.isEmpty() && System.nanoTime() - start < patience.toNanos()) {
            Thread.sleep(PAUSE.toMillis());
            hanging.retainAll(open());
        }
        return List.copyOf(hanging);
    }

    private Set<String> open() throws InterruptedException {
        Set<String> open = new TreeSet<>();
        try {
            open.addAll(byLeaders());
            open.addAll(byCoordinators());
        } catch (ExecutionException e) {
            throw new KafkaException("cannot ask for open transactions", e.getCause());
        }
        return open;
    }

    private List<String> byLeaders() throws InterruptedException, ExecutionException {
        Map<TopicPartition, PartitionProducerState> states =
                admin.describeProducers(partitions).all().get();
        List<String> open = new ArrayList<>();
        states.forEach((partition, state) -> {
            for (ProducerState producer : state.activeProducers()) {
                if (producer.currentTransactionStartOffset().isPresent()) {
                    open.add(partition + ": producer " + producer.producerId() + " epoch " + producer.producerEpoch()
                            + " has a transaction open since offset "
                            + producer.currentTransactionStartOffset().getAsLong());
                }
            }
        });
        return open;
    }

    private List<String> byCoordinators() throws InterruptedException, ExecutionException {
        List<String> ids = admin.listTransactions(new ListTransactionsOptions().filterStates(OPEN)).all().get().stream()
                .map(TransactionListing::transactionalId)
                .toList();
        List<String> open = new ArrayList<>();
        for (String id : ids) {
            try {
                TransactionDescription transaction =
                        admin.describeTransactions(List.of(id)).description(id).get();
                Set<TopicPartition> ours = transaction.topicPartitions().stream()
                        .filter(partitions::contains)
                        .collect(Collectors.toSet());
                if (OPEN.contains(transaction.state()) && !ours.isEmpty()) {
                    open.add("transactional.id " + id + " epoch " + transaction.producerEpoch() + " has one open on "
                            + new TreeSet<>(ours.stream().map(String::valueOf).toList()));
                }
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TransactionalIdNotFoundException)) {
                    throw e;
                }
            }
        }
        return open;
    }
}
