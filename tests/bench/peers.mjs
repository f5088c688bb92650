// Recognizers-Text on the documents of one folder: node peers.mjs WHAT DOCS SECONDS. See peers.py.
import fs from 'node:fs';
import path from 'node:path';
import suite from '@microsoft/recognizers-text-suite';

const [what, docs, seconds] = process.argv.slice(2);
const zh = suite.Culture.Chinese;
const readers = {
	times: [suite.recognizeDateTime],
	numbers: [suite.recognizeNumber, suite.recognizePercentage, suite.recognizeCurrency, suite.recognizeDimension],
}[what];

function* files(folder) {
	for (const entry of fs.readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
		const at = path.join(folder, entry.name);
		if (entry.isDirectory()) yield* files(at);
		else yield at;
	}
}

const cpu = () => { const t = process.cpuUsage(); return (t.user + t.system) / 1e6; };
for (const read of readers) read('市水利局要在2025年6月底前完成，增长8.5%，资金3亿元。', zh); // models are made at the first call
const start = cpu();
let bytes = 0, found = 0;
for (const file of files(docs)) {
	for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
		if (cpu() - start > Number(seconds)) break;
		for (const read of readers) found += read(line, zh).length;
		bytes += Buffer.byteLength(line) + 1;
	}
	if (cpu() - start > Number(seconds)) break;
}
console.log(JSON.stringify({ bytes, seconds: cpu() - start, found }));
