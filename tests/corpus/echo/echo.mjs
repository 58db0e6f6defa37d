// Takes values from a server and gives them back, as the tasks say; prints what went wrong.
import { readFile } from "node:fs/promises";

const [socket, tasks] = process.argv.slice(2);

function complain(task, at, error) {
  const says = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  console.log(JSON.stringify({ document: task.document, codec: task.codec, at, says }));
}

async function carryOut(task) {
  const folder = new URL(`dist/${task.document}/src/`, import.meta.url);
  await import(new URL("index.js", folder));
  const { connect } = await import(new URL("node.js", folder));
  const client = await connect(socket, { codec: task.codec, timeout: 20_000, reconnect: false });
  const mirror = client.mirror(task.document);
  for (const [at, count] of task.counts.entries()) {
    for (let index = 0; index < count; index++) {
      try {
        await mirror[`take${at}`](await mirror[`give${at}`](index));
      } catch (error) {
        complain(task, [at, index], error);
      }
    }
  }
  await client.close();
}

for (const task of JSON.parse(await readFile(tasks, "utf8"))) {
  try {
    await carryOut(task);
  } catch (error) {
    complain(task, null, error);
  }
}
