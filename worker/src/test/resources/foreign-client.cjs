// A client that shares no code with Headstream: sends one job and prints its result as one line of JSON.
// usage: node foreign-client.cjs BOOTSTRAP REGISTRY JOBS-TOPIC RESULTS-TOPIC JOB-AS-JSON TRACEPARENT
const {Kafka, logLevel} = require('kafkajs');
const {SchemaRegistry} = require('@kafkajs/confluent-schema-registry');

// which partition the job lands in is all the same here
process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1';

async function main([bootstrap, registryUrl, jobs, results, json, traceparent]) {
  const kafka = new Kafka({clientId: 'foreign', brokers: bootstrap.split(','), logLevel: logLevel.ERROR});
  const registry = new SchemaRegistry({host: registryUrl});
  const job = JSON.parse(json);

  const producer = kafka.producer();
  await producer.connect();
  const value = await registry.encode(await registry.getLatestSchemaId(jobs + '-value'), job);
  await producer.send({topic: jobs, messages: [{key: job.jobId, value, headers: {traceparent}}]});
  await producer.disconnect();

  const consumer = kafka.consumer({groupId: 'foreign-' + process.pid, readUncommitted: false});
  await consumer.connect();
  await consumer.subscribe({topic: results, fromBeginning: true});
  const message = await new Promise((found, failed) => {
    consumer.on(consumer.events.CRASH, event => failed(event.payload.error));
    consumer.run({eachMessage: async ({message}) => {
      if (String(message.key) === job.jobId) {
        found(message);
      }
    }}).catch(failed);
  });
  const result = await registry.decode(message.value);
  await consumer.disconnect();
  console.log(JSON.stringify({result, traceparent: String(message.headers.traceparent)}));
}

main(process.argv.slice(2)).then(() => process.exit(0), error => {
  console.error(error);
  process.exit(1);
});
