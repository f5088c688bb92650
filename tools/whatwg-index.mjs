// Writes the indexes of the WHATWG Encoding Standard as index-*.txt (pointer, TAB, code points) into a folder, from
// the npm package @exodus/bytes (MIT), whose tests hold its tables against the standard:
//
//     npm install --prefix build/npm @exodus/bytes
//     node tools/whatwg-index.mjs build/npm/node_modules/@exodus/bytes build/whatwg
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const [from, to] = process.argv.slice(2).map((p) => path.resolve(p))
const { getTable } = await import(pathToFileURL(path.join(from, 'fallback/multi-byte.table.js')))
const version = JSON.parse(fs.readFileSync(path.join(from, 'package.json'))).version
fs.mkdirSync(to, { recursive: true })

// Pairs of UTF-16 units: a character above U+FFFF, or (four entries of Big5) two characters.
function codePoints(x) {
	if (x <= 0xffff) return [x]
	const high = x >>> 16, low = x & 0xffff
	const pair = high >= 0xd800 && high < 0xdc00
	return pair ? [0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)] : [high, low]
}

for (const name of ['big5', 'gb18030', 'jis0208', 'euc-kr']) {
	const lines = [`# @exodus/bytes ${version}`]
	getTable(name).forEach((x, pointer) => {
		if (x) lines.push(`${pointer}\t${codePoints(x).map((c) => '0x' + c.toString(16).toUpperCase().padStart(4, '0')).join('+')}`)
	})
	fs.writeFileSync(path.join(to, `index-${name}.txt`), lines.join('\n') + '\n')
}
fs.writeFileSync(path.join(to, 'index-gb18030-ranges.txt'), `# @exodus/bytes ${version}\n` +
	getTable('gb18030-ranges').map(([a, b]) => `${a}\t0x${b.toString(16).toUpperCase().padStart(4, '0')}`).join('\n') + '\n')
