package dev.headstream.loadgen.chaos;

import dev.headstream.loadgen.bench.ParentWatch;
import dev.headstream.loadgen.stack.EmbeddedKafka;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** One broker as a process that can be killed: says where it is reached, and ends when its standard input does. */
final class BrokerMain {
    private BrokerMain() {}

    /**
     * Starts it.
     *
     * @param args the directory that it keeps its data in
     */
    public static void main(String[] args) throws Exception {
        EmbeddedKafka kafka = EmbeddedKafka.start(Arena.settings().withDataDirectory(Path.of(args[0])));
        System.out.println(kafka.bootstrap());
        ParentWatch.start();
        new CountDownLatch(1).await();
    }
}
